"""The commands run in this process, on a data folder of their own."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from assessor.cli import main

ROLE = "credit-union-community-manager"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Run = Callable[..., Ran]


def processes_of(folder: Path) -> list[int]:
    """The processes whose data folder lies there, whoever their parent is."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"ASSESSOR_DATA={folder}/".encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def left_of(folder: Path, within: float = 10.0) -> list[int]:
    """The processes that are still there after a while; they are ended."""
    until = time.monotonic() + within
    while processes_of(folder) and time.monotonic() < until:
        time.sleep(0.05)
    left = processes_of(folder)
    for process in left:
        os.kill(process, signal.SIGKILL)
    return left


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESSOR_DATA", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def bounded() -> Iterator[None]:
    """The test ends within half a minute, even where it waits for something that never comes."""

    def too_long(*_: object) -> None:
        raise TimeoutError("the command was still waiting")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, 30)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command; ``typed`` is its standard input."""

    def run_once(*arguments: object, typed: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(str(end.code))
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run_once


@pytest.fixture
def sittings(run: Run, tmp_path: Path) -> Path:
    """Three simulated sittings of a short form."""
    path = tmp_path / "sittings.jsonl"
    assert run("simulate", "--role", ROLE, "-n", 3, "--length", "short", "--lang", "fr", "-o", path).code == 0
    return path
