"""The parent of a server's parts: starts them, starts again what dies, and ends them together."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from assessor.cli.failures import say

#: A part that dies sooner than this after its start would die again.
AT_LEAST_S = 5.0
#: Seconds for the parts to end by themselves: those who wait for an answer are given it.
GRACE_S = 25.0
_LOOK_EVERY_S = 0.2
_PR_SET_PDEATHSIG = 1


class Parent:
    """Holds named parts, each a process of its own, until a signal ends them all.

    ``vital`` is the part without which there is nothing to hold: where it cannot be started, all ends.
    """

    def __init__(self, parts: Mapping[str, Callable[[], None]], *, vital: str) -> None:
        """Nothing is started yet."""
        self._parts, self._vital = parts, vital
        self._running: dict[int, str] = {}
        self._started: dict[str, float] = {}
        self._ended = False

    def run(self) -> int:
        """The exit code of the whole: 0 where a signal ended it."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGHUP, self._reload)
        for name in self._parts:
            self._start(name)
        while not self._ended:
            time.sleep(_LOOK_EVERY_S)
            code = self._look()
            if code is not None:
                self._end_all()
                return code
            self._start_missing()
        self._end_all()
        return 0

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._ended = True

    def _reload(self, number: int, _frame: FrameType | None) -> None:
        for pid, name in self._running.items():
            if name == self._vital:
                os.kill(pid, number)

    def _start(self, name: str) -> None:
        parent = os.getpid()
        self._started[name] = time.monotonic()
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            self._running[pid] = name
            return
        self._running.clear()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        _end_with(parent)
        _become(self._parts[name])

    def _look(self) -> int | None:
        """The exit code with which all is to end, if a vital part has failed at its start."""
        for pid in list(self._running):
            found, status = os.waitpid(pid, os.WNOHANG)
            if not found:
                continue
            name, code = self._running.pop(pid), os.waitstatus_to_exitcode(status)
            if self._ended:
                continue
            if name == self._vital and time.monotonic() - self._started[name] < AT_LEAST_S:
                return abs(code) or 1
            say(f"the {name} process ended ({code}): another is started")
        return None

    def _start_missing(self) -> None:
        """Start again what has died, each part at most once in a while."""
        for name in self._parts.keys() - set(self._running.values()):
            if not self._ended and time.monotonic() - self._started[name] >= AT_LEAST_S:
                self._start(name)

    def _end_all(self) -> None:
        self._ended = True
        for pid in self._running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        latest = time.monotonic() + GRACE_S
        while self._running and time.monotonic() < latest:
            self._look()
            time.sleep(0.02)
        for pid in self._running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _become(part: Callable[[], None]) -> NoReturn:
    """Run the part and end with its code at once, waiting for no thread; so do processes that it forks."""
    code = 1
    try:
        part()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        # The outermost edge of a process: whatever it was, it is told before the end.
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end_with(parent: int) -> None:
    """Have this process told to end when its parent has gone, where the system can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)
