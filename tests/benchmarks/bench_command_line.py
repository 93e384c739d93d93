"""How long a person waits for the command line; measured, never asserted."""

import statistics
import subprocess
import sys
import time

import pytest

from assessor.config import ROOT

ROUNDS = 7


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["banks", "check"],
        ["form", "--role", "credit-union-community-manager", "--seed", "1"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_answer_of_the_command_line(arguments: list[str]) -> None:
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "assessor", *arguments], cwd=ROOT, capture_output=True, check=True
        )
        seconds.append(time.perf_counter() - start)
    middle, longest = statistics.median(seconds), max(seconds)
    print(f"\nassessor {' '.join(arguments[:2])}: median {middle:.3f} s, longest {longest:.3f} s")
