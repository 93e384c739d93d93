"""A person's text file as text, whatever program saved it; what cannot be read says how to save it.

Strictly UTF-8 first, then what a byte order mark names. Nothing is guessed but Windows-1252, only where it is
asked for, and then the caller can say so.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assessor.banks.places import BankError, Finding

#: Larger files are not read: some 200,000 sittings.
MOST_BYTES = 512 * 1024 * 1024
#: More lines of a stream are not read, empty ones included.
MOST_LINES = 500_000
_CHUNK = 64 * 1024
_LINE_END = re.compile("\r\n|[\r\n]")
#: The longer mark first: that of UTF-32 begins as that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Windows-1252"}
_BINARY = {
    b"PK\x03\x04": "a workbook (.xlsx, .ods) or an archive",
    b"\xd0\xcf\x11\xe0": "a workbook (.xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
}


class Readable(Protocol):
    """What gives bytes, a piece at a time."""

    def read(self, size: int, /) -> bytes:
        """So many bytes, fewer at the end, none after it."""


@dataclass(frozen=True)
class Decoded:
    """The text, without a byte order mark, and the encoding that it was in by name.

    `is_guessed` says that the file itself does not tell.
    """

    text: str
    encoding: str
    is_guessed: bool = False


def decoded(
    raw: bytes,
    path: Path,
    *,
    kind: str,
    guess: bool = False,
    most: int = MOST_BYTES,
    longest: int | None = None,
) -> Decoded:
    """The text of a file that ought to be ``kind``; ``guess`` takes what is not UTF-8 for Windows-1252.

    Raises BankError with the line of the first byte that cannot be read, and how to save the file; of a file
    of over ``most`` bytes, or a line of over ``longest``, without reading further.
    """
    if len(raw) > most:
        raise BankError([_too_large(path, most)])
    if longest is not None and (line := _over(raw, longest)):
        raise BankError([_too_long(path, line, longest, kind)])
    _require_text(raw, path, kind)
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return _strictly(raw[len(mark) :], codec, path, kind)
    if b"\0" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        raise BankError([_unmarked(path, line, kind)])
    try:
        return Decoded(raw.decode("utf-8"), _NAMES["utf-8"])
    except UnicodeDecodeError:
        if not guess:
            return _strictly(raw, "utf-8", path, kind)
    return Decoded(_strictly(raw, "cp1252", path, kind).text, _NAMES["cp1252"], is_guessed=True)


def lines_in(
    file: Readable, path: Path, *, kind: str, longest: int, most: int = MOST_BYTES, lines: int = MOST_LINES
) -> Iterator[tuple[int, str]]:
    """The lines of a stream that ought to be ``kind``, each with its number from 1, without their ends.

    Reads a piece at a time. Raises BankError as `decoded`, when the reading comes to the fault: over ``most``
    bytes, over so many ``lines``, or a line of over ``longest`` characters.
    """
    piece = file.read(_CHUNK)
    _require_text(piece, path, kind)
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if piece.startswith(mark)), (b"", "utf-8"))
    decoder = codecs.getincrementaldecoder(codec)()
    size, number, pending = len(piece), 1, ""
    is_last, piece = not piece, piece[len(mark) :]
    while True:
        try:
            text = pending + decoder.decode(piece, final=is_last)
        except UnicodeDecodeError as trouble:
            before = pending + trouble.object[: trouble.start].decode(codec, errors="replace")
            raise BankError([_undecodable(path, number + _ends_in(before), codec, trouble, kind)]) from None
        if "\0" in text:
            line = number + _ends_in(text[: text.index("\0")])
            raise BankError([_nul(path, line) if mark else _unmarked(path, line, kind)])
        # A carriage return at the end of a piece may be half a line end.
        held = text.endswith("\r") and not is_last
        *whole, pending = _LINE_END.split(text[:-1] if held else text)
        for line_text in whole:
            if len(line_text) > longest:
                raise BankError([_too_long(path, number, longest, kind)])
            yield number, line_text
            number += 1
            if number > lines:
                raise BankError([_error(path, number, f"the file has over {lines} lines", "split it")])
        pending += "\r" if held else ""
        if len(pending) > longest:
            raise BankError([_too_long(path, number, longest, kind)])
        if is_last:
            yield number, pending
            return
        piece = file.read(_CHUNK)
        is_last = not piece
        size += len(piece)
        if size > most:
            raise BankError([_too_large(path, most)])


def _ends_in(text: str) -> int:
    return len(_LINE_END.findall(text))


def _require_text(raw: bytes, path: Path, kind: str) -> None:
    for start, what in _BINARY.items():
        if raw.startswith(start):
            raise BankError([_error(path, 1, f"the file is {what}", f"save it as {kind}, in UTF-8")])


def _over(raw: bytes, longest: int) -> int:
    """The first line of over so many bytes, counted from 1; 0 where there is none."""
    end = b"\n" if b"\n" in raw else b"\r"
    line, start = 1, 0
    while (found := raw.find(end, start)) >= 0:
        if found - start > longest:
            return line
        line, start = line + 1, found + 1
    return line if len(raw) - start > longest else 0


def _strictly(raw: bytes, codec: str, path: Path, kind: str) -> Decoded:
    name = _NAMES.get(codec, codec)
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as trouble:
        line = raw[: trouble.start].decode(codec, errors="replace").count("\n") + 1
        raise BankError([_undecodable(path, line, codec, trouble, kind)]) from None
    if "\0" in text:
        raise BankError([_nul(path, text.count("\n", 0, text.index("\0")) + 1)])
    return Decoded(text, name)


def _too_large(path: Path, most: int) -> Finding:
    return _error(path, 1, f"the file is over {most // (1024 * 1024)} MB", "split it")


def _too_long(path: Path, line: int, longest: int, kind: str) -> Finding:
    return _error(path, line, f"the line is over {longest // 1024} kB", f"save the file as {kind}, in UTF-8")


def _unmarked(path: Path, line: int, kind: str) -> Finding:
    found = "the line holds NUL bytes: the file is UTF-16 without its mark, or no text"
    return _error(path, line, found, f"save the file as {kind}, in UTF-8")


def _nul(path: Path, line: int) -> Finding:
    return _error(path, line, "the line holds a NUL character", "take it out")


def _undecodable(path: Path, line: int, codec: str, trouble: UnicodeDecodeError, kind: str) -> Finding:
    byte = trouble.object[trouble.start]
    found = f"the line is not {_NAMES.get(codec, codec)}: the byte {byte:#04x} has no place in it"
    return _error(path, line, found, f"save the file as {kind}, in UTF-8")


def _error(path: Path, line: int, found: str, wanted: str) -> Finding:
    return Finding(path, line, "error", found, wanted)
