"""What a server writes to its log: errors that go on are counted, and nothing that was sent is repeated.

A database that is down fails every request: each in full, they would fill the disk on which answers are kept.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from types import TracebackType
from typing import TextIO

#: Equal lines within so many seconds are counted once there are more than so many.
WINDOW_S = 60.0
LINES = 10
#: Where equal errors go on, the next one to be told with its traceback comes after so many seconds.
TRACED_EVERY_S = 600.0
#: So many kinds of lines are told apart at one time.
MOST_KINDS = 200

_FORMAT = "%(asctime)s [%(process)d] %(levelname)s %(message)s"
_MORE = "%s more like this in %s seconds: %s"
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Wordless(logging.Formatter):
    """Tracebacks without the words of exceptions, which may quote what was sent."""

    def __init__(self) -> None:
        """Lines carry their time, process and level."""
        super().__init__(_FORMAT)

    def formatException(self, ei: _Raised) -> str:  # noqa: N802
        """The traceback of an exception and of those behind it, each ended by its kind alone."""
        lines: list[str] = []
        error, seen = ei[1], set[int]()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            frames = traceback.format_tb(error.__traceback__)
            lines = ["Traceback (most recent call last):\n", *frames, f"{_kind(error)}\n", *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "".join(lines).rstrip()


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


@dataclass
class _Window:
    """Equal lines since a moment: how many, and how many of them were only counted."""

    first: logging.LogRecord
    until: float
    traced_at: float | None = None
    seen: int = 0
    hidden: int = 0


class Counted(logging.StreamHandler[TextIO]):
    """Writes the first lines of a kind, the very first with its traceback, then says how many more came.

    Lines are of one kind where they share logger, level, exception, and words before anything is filled in.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing has been written yet; ``clock`` gives seconds."""
        super().__init__(stream)
        self.setFormatter(Wordless())
        self._clock = clock
        self._windows: dict[Hashable, _Window] = {}
        self._later: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, or count it."""
        now = self._clock()
        self._end_windows(now)
        window = self._window_of(record, now)
        window.seen += 1
        if window.seen > LINES:
            window.hidden += 1
            self._tell_later(window.until - now)
            return
        super().emit(self._as_told(record, window, now))

    def _window_of(self, record: logging.LogRecord, now: float) -> _Window:
        raised = record.exc_info[0] if record.exc_info else None
        words = record.getMessage() if record.msg == "%s" else str(record.msg)
        kind: Hashable = (record.name, record.levelno, words, raised)
        if kind not in self._windows and len(self._windows) >= MOST_KINDS:
            kind = None
        window = self._windows.setdefault(kind, _Window(record, now + WINDOW_S))
        if window.until <= now:
            window.first, window.until, window.seen = record, now + WINDOW_S, 0
        return window

    @staticmethod
    def _as_told(record: logging.LogRecord, window: _Window, now: float) -> logging.LogRecord:
        if not record.exc_info:
            return record
        if window.traced_at is None or now - window.traced_at >= TRACED_EVERY_S:
            window.traced_at = now
            return record
        plain = logging.makeLogRecord(record.__dict__)
        plain.exc_info = plain.exc_text = None
        return plain

    def _end_windows(self, now: float) -> None:
        """Tell what was counted in windows that are over; forget those that say nothing any more."""
        for kind, window in list(self._windows.items()):
            if window.until > now:
                continue
            self._tell(window)
            is_traced = window.traced_at is not None and now - window.traced_at < TRACED_EVERY_S
            if not is_traced:
                del self._windows[kind]

    def _tell(self, window: _Window) -> None:
        if window.hidden:
            told = logging.makeLogRecord(window.first.__dict__)
            told.msg, told.args = _MORE, (window.hidden, round(WINDOW_S), window.first.getMessage())
            told.exc_info = told.exc_text = None
            told.created = time.time()
            window.hidden = 0
            super().emit(told)

    def _tell_later(self, seconds: float) -> None:
        if self._later is None or not self._later.is_alive():
            self._later = threading.Timer(max(0.0, seconds), self._tell_now)
            self._later.daemon = True
            self._later.start()

    def _tell_now(self) -> None:
        with self.lock or threading.RLock():
            self._later = None
            for window in self._windows.values():
                self._tell(window)

    def close(self) -> None:
        """Tell what is still only counted."""
        if self._later is not None:
            self._later.cancel()
        self._tell_now()
        super().close()


def configure(stream: TextIO = sys.stderr) -> None:
    """Have warnings and errors of this process written to ``stream``, and by nobody else."""
    logging.basicConfig(handlers=[Counted(stream)], level=logging.WARNING, force=True)
