"""The files that people hand to commands, from a path or from standard input, within limits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile, gettempdir
from typing import BinaryIO

from assessor.banks.encodings import MOST_BYTES, Readable, decoded
from assessor.banks.files import NotAFile, opened
from assessor.cli.failures import WrongInput, near

STANDARD_INPUT = "-"
#: Files of columns and calibrations are no larger: a spreadsheet's million lines of two short cells.
SMALL = 32 * 1024 * 1024
#: What a pipe gave is kept for a second reading in memory up to here, then in a file without a name.
_IN_MEMORY = 8 * 1024 * 1024


def handed(source: str | Path, kind: str, most: int = MOST_BYTES) -> tuple[Path, bytes]:
    """What errors call the file, and its bytes: ``most``, and one more where there are more.

    ``kind`` says what it ought to be. Raises WrongInput for what is no regular file, OSError for what cannot
    be read.
    """
    path = Path(source)
    with _file(path, kind) as file:
        return path, file.read(most + 1)


def text_of(path: Path, kind: str) -> str:
    """The text of a file that a command of ours wrote; raises as `handed`, BankError for what is no text."""
    return decoded(handed(path, kind, SMALL)[1], path, kind=kind, most=SMALL).text


@contextmanager
def streamed(source: str, kind: str) -> Iterator[tuple[Path, BinaryIO]]:
    """What errors call the file, and the file, to be read a piece at a time and once.

    Standard input and the pipes of a shell (``<(...)``) are read too; else raises as `handed`.
    """
    if source == STANDARD_INPUT:
        yield Path("standard input"), sys.stdin.buffer
        return
    with _file(Path(source), kind, stream=True) as file:
        yield Path(source), file


@contextmanager
def streamed_twice(source: str, kind: str) -> Iterator[tuple[Path, Readable, Callable[[], Readable]]]:
    """As `streamed`, and what gives the stream from its start again once it was read to its end."""
    with streamed(source, kind) as (path, file):
        if file.seekable():
            start = file.tell()

            def again() -> Readable:
                file.seek(start)
                return file

            yield path, file, again
            return
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:

            def again_from_kept() -> Readable:
                kept.seek(0)
                return kept

            yield path, _Keeping(file, kept), again_from_kept


class _Keeping:
    """A stream whose pieces are kept as they are read, and no further than they are read."""

    def __init__(self, stream: BinaryIO, kept: SpooledTemporaryFile[bytes]) -> None:
        self._stream, self._kept = stream, kept

    def read(self, size: int, /) -> bytes:
        piece = self._stream.read(size)
        try:
            self._kept.write(piece)
        except OSError as error:
            raise OSError(error.errno, error.strerror, gettempdir()) from None
        return piece


def _file(path: Path, kind: str, *, stream: bool = False) -> BinaryIO:
    try:
        return opened(path, stream=stream)
    except NotAFile as other:
        raise WrongInput(f"{near(path)}: {other.found} - name a file: {kind}") from None
