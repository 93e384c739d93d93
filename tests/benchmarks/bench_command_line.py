"""How long a person waits for the command line, beside Python doing nothing."""

import subprocess
import sys
from collections.abc import Callable, Iterator

from assessor.config import ROOT
from tests.benchmarks.timing import Measured, paired

COMMANDS = (
    ["--help"],
    ["banks", "check"],
    ["form", "--role", "credit-union-community-manager", "--seed", "1"],
)


def measure(*, quick: bool) -> Iterator[Measured]:
    for arguments in COMMANDS[:1] if quick else COMMANDS:
        yield paired(
            f"assessor {' '.join(arguments[:2])}",
            "1",
            running("-m", "assessor", *arguments),
            "python -c pass",
            running("-c", "pass"),
            rounds=1 if quick else 9 if arguments == COMMANDS[0] else 3,
        )


def running(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True)
