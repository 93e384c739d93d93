"""A person's text file as text, whatever program saved it; what cannot be read says how to save it.

Strictly UTF-8 first, then what a byte order mark names. Nothing is guessed but Windows-1252, only where it is
asked for, and then the caller can say so.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from assessor.banks.places import BankError, Finding

#: Larger files are not read: some 200,000 sittings.
MOST_BYTES = 512 * 1024 * 1024
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
        megabytes = most // (1024 * 1024)
        raise BankError([_error(path, 1, f"the file is over {megabytes} MB", "split it")])
    if longest is not None and (line := _over(raw, longest)):
        found = f"the line is over {longest // 1024} kB"
        raise BankError([_error(path, line, found, f"save the file as {kind}, in UTF-8")])
    for start, what in _BINARY.items():
        if raw.startswith(start):
            raise BankError([_error(path, 1, f"the file is {what}", f"save it as {kind}, in UTF-8")])
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return _strictly(raw[len(mark) :], codec, path, kind)
    if b"\0" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\0")) + 1
        found = "the line holds NUL bytes: the file is UTF-16 without its mark, or no text"
        raise BankError([_error(path, line, found, f"save the file as {kind}, in UTF-8")])
    try:
        return Decoded(raw.decode("utf-8"), _NAMES["utf-8"])
    except UnicodeDecodeError:
        if not guess:
            return _strictly(raw, "utf-8", path, kind)
    return Decoded(_strictly(raw, "cp1252", path, kind).text, _NAMES["cp1252"], is_guessed=True)


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
        found = f"the line is not {name}: the byte {raw[trouble.start]:#04x} has no place in it"
        raise BankError([_error(path, line, found, f"save the file as {kind}, in UTF-8")]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BankError([_error(path, line, "the line holds a NUL character", "take it out")])
    return Decoded(text, name)


def _error(path: Path, line: int, found: str, wanted: str) -> Finding:
    return Finding(path, line, "error", found, wanted)
