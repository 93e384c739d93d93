"""What files are called after people: a name that every file system takes, and that no two of them share."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

#: What a file's name may take, with its extension, on all common file systems.
MOST_BYTES = 255
NAMELESS = "sitting"
#: Names that Windows keeps for devices, whatever the extension.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"}
)


def file_names(names: Sequence[str], extension: str, folder: Path) -> list[str]:
    """A file's name for each, in their order, no two the same on any file system.

    Who has a name alone, or first, has the file of that name; the others have the next free number. A file
    that is in the folder under the very name is replaced, one whose name differs from it in capitals or in
    Unicode form only is left alone.
    """
    there = {_seen_as(name): name for name in sorted(os.listdir(folder))} if folder.is_dir() else {}
    stems = [_stem(name) for name in names]
    used: set[str] = set()
    found: dict[int, str] = {}

    def take(place: int, file_name: str) -> bool:
        seen = _seen_as(file_name)
        if seen in used or there.get(seen, file_name) != file_name:
            return False
        used.add(seen)
        found[place] = file_name
        return True

    later = [
        place for place, stem in enumerate(stems) if not take(place, _fitted(stem, "", extension) + extension)
    ]
    for place in later:
        next(one for one in _numbered(stems[place], extension) if take(place, one))
    return [found[place] for place in range(len(names))]


def _numbered(stem: str, extension: str) -> Iterator[str]:
    for number in count(2):
        yield _fitted(stem, f"-{number}", extension) + f"-{number}{extension}"


def _stem(name: str) -> str:
    """The name with hyphens for what file systems, shells and options take amiss; never empty."""
    kept = "".join(
        char if unicodedata.category(char)[0] in "LMN" or char in "._-" else "-"
        for char in unicodedata.normalize("NFC", name)
    )
    while "--" in kept:
        kept = kept.replace("--", "-")
    kept = kept.strip(".-") or NAMELESS
    return f"{NAMELESS}-{kept}" if kept.split(".")[0].casefold() in _DEVICES else kept


def _fitted(stem: str, number: str, extension: str) -> str:
    """The stem cut at a whole character, with its accents, so that all of the name fits."""
    room = MOST_BYTES - len((number + extension).encode())
    kept = len(stem.encode()[:room].decode(errors="ignore"))
    while 0 < kept < len(stem) and unicodedata.category(stem[kept])[0] == "M":
        kept -= 1
    return stem[:kept].rstrip(".-")


def _seen_as(name: str) -> str:
    """The name as a file system sees it that knows neither capitals nor Unicode forms."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
