"""Take each listed guard out of a copy of the tree, in turn, and see that its tests fail without it.

    python -m tests.guards [WORD ...]

With words, only the guards whose names hold one of them. Prints a line a guard; the exit code is 1 where one
is held by nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from assessor.config import ROOT
from tests.guards.listed import Guard, listed

PASSED, FAILED = 0, 1
LONGEST_S = 300


def main() -> int:
    """The exit code: 0 where every guard is held by a test, 1 where one is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.guards", description=__doc__)
    parser.add_argument("word", nargs="*", help="only guards whose names hold it")
    words = parser.parse_args().word
    asked = [guard for guard in listed() if not words or any(word in guard.name for word in words)]
    if not asked:
        print("no guard of that name", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="assessor-guards-") as folder:
        copies = list(_copies(Path(folder), min(os.cpu_count() or 1, len(asked))))
        whole = tuple(dict.fromkeys(test for guard in asked for test in guard.tests))
        if (code := _run(copies[0], whole)) != PASSED:
            print(f"with every guard in place the tests do not pass (exit code {code})", file=sys.stderr)
            return 1
        unheld = _tried(asked, copies)
    print(f"{len(asked) - len(unheld)} of {len(asked)} guards held")
    return 1 if unheld else 0


def _copies(folder: Path, count: int) -> Iterator[Path]:
    """The tree as it stands, uncommitted changes included, ``count`` times."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    compiled = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("assessor/translations/*/*/*.mo")]
    for number in range(count):
        copy = folder / str(number)
        for name in filter(None, [*names, *compiled]):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        yield copy


def _tried(asked: Sequence[Guard], copies: Sequence[Path]) -> list[Guard]:
    """The guards whose removal no test noticed; a line is printed for each guard as it is done."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def tried(guard: Guard) -> int:
        copy = free.get()
        try:
            return _without(guard, copy)
        finally:
            free.put(copy)

    unheld = []
    with ThreadPoolExecutor(len(copies)) as pool:
        for guard, code in zip(asked, pool.map(tried, asked), strict=True):
            print(f"{_word(code):9}  {guard.name}  ({guard.file})", flush=True)
            if code != FAILED:
                unheld.append(guard)
    return unheld


def _word(code: int) -> str:
    if code == FAILED:
        return "held"
    return "NOT HELD" if code == PASSED else f"ERROR {code}"


def _without(guard: Guard, copy: Path) -> int:
    """The exit code of the guard's tests on a tree that lacks it."""
    path = copy / guard.file
    before = path.read_text(encoding="utf-8")
    path.write_text(guard.taken_out(before), encoding="utf-8")
    try:
        return _run(copy, guard.tests)
    finally:
        path.write_text(before, encoding="utf-8")


def _run(copy: Path, tests: Sequence[str]) -> int:
    """Pytest's exit code: 0 all passed, 1 some failed, anything else: they could not be run."""
    environ = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    asked = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        return subprocess.run(
            asked, cwd=copy, env=environ, capture_output=True, check=False, timeout=LONGEST_S
        ).returncode
    except subprocess.TimeoutExpired:
        return -1


if __name__ == "__main__":
    sys.exit(main())
