"""What a terminal shows beside results: tables and a progress bar. Decides nothing."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from assessor.language.figures import fixed

BAR = 30


def table(rows: Sequence[Sequence[str]], *, right: Iterable[int] = ()) -> Iterator[str]:
    """The rows as lines with aligned columns; the columns in ``right`` end together."""
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    flush = set(right)
    for row in rows:
        cells = (
            " " * (width - _width(cell)) + cell if column in flush else cell + " " * (width - _width(cell))
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


class Progress:
    """A bar on standard error, only where a person looks at it."""

    def __init__(self, total: int, what: str) -> None:
        """Start with nothing done of ``total``."""
        self.total, self.what, self.done = total, what, 0
        self._started = time.monotonic()
        self._shown = sys.stderr.isatty() and total > 1

    def advance(self) -> None:
        """One more is done."""
        self.done += 1
        if not self._shown:
            return
        filled = BAR * self.done // self.total
        left = (time.monotonic() - self._started) / self.done * (self.total - self.done)
        end = "\n" if self.done == self.total else ""
        bar = "#" * filled + "." * (BAR - filled)
        text = f"\r{self.what} {self.done}/{self.total} [{bar}] {fixed(left, 0)} s left "
        print(text, end=end, file=sys.stderr, flush=True)
