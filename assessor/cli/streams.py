"""The three streams of a command and the signals that end it: what a shell and its pipes may do to it."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def prepare() -> None:
    """All three streams are there and write UTF-8; one that was closed (``>&-``) takes and gives nothing.

    What is not UTF-8, as other bytes in a file's name, is written out as an escape.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            _close(number)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _close(number: int) -> None:
    """The descriptor of a stream leads nowhere: else the next file that is opened would get its number."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)


def is_of_output(error: OSError) -> bool:
    """Whether it says that standard output takes no more; errors of files carry the file's name."""
    return error.filename is None and error.errno in _FULL


def silence() -> None:
    """Standard output leads nowhere from now on; Python would else complain once more at its end."""
    _close(sys.stdout.fileno())


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Within, the signals that end a command raise SystemExit, so that all is put away; a second one ends it.

    Those that the shell has it ignore (``nohup``) are ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDING}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is _end:
                signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    raise SystemExit(128 + number)
