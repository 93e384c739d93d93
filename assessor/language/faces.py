"""The typefaces that are shipped, for pages and for print, and which characters they draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import font_source_sans_pro as sans
import font_source_serif_pro as serif
from fontTools.ttLib import TTFont

FOLDER: Final = Path(__file__).resolve().parent.parent / "fonts"


@dataclass(frozen=True)
class Face:
    """One file of a family: ``family``, ``weight`` and ``style`` are what style sheets ask for it by."""

    family: str
    path: Path
    weight: int = 400
    style: str = "normal"

    @property
    def file(self) -> str:
        """The name of its file, which no other face has."""
        return self.path.name


def _serif(name: str, weight: int = 400, style: str = "normal") -> Face:
    return Face("Source Serif Pro", Path(serif.font_files_ttf[name]), weight, style)


def _sans(name: str, weight: int = 400, style: str = "normal") -> Face:
    return Face("Source Sans Pro", Path(sans.font_files_ttf[name]), weight, style)


def _other(family: str, name: str) -> Face:
    return Face(family, FOLDER / f"{name}.ttf")


#: By name. A family of its own for each script: the renderer tells faces apart by family, weight and style
#: only. Where those of the other scripts come from: assessor/fonts/README.md.
FACES = {
    "serif-regular": _serif("SourceSerifPro"),
    "serif-italic": _serif("SourceSerifProIt", style="italic"),
    "serif-semibold": _serif("SourceSerifProSemibold", 600),
    "sans-regular": _sans("SourceSansPro"),
    "sans-italic": _sans("SourceSansProIt", style="italic"),
    "sans-semibold": _sans("SourceSansProSemibold", 600),
    "arabic": _other("Noto Naskh Arabic", "arabic"),
    "hebrew": _other("Noto Serif Hebrew", "hebrew"),
    "syllabics": _other("Noto Sans Canadian Aboriginal", "syllabics"),
    "arrows": _other("Noto Sans Math", "arrows"),
    "signs": _other("Noto Symbols", "signs"),
}

#: What has no shape of its own, so that no face need draw it: line ends, the soft hyphen, joiners, marks of
#: direction, and the selectors that choose between two shapes of the sign before them.
WITHOUT_SHAPE = frozenset(
    [*"\t\n\r\u00ad\u2060\ufeff"]
    + [
        chr(code)
        for first, last in ((0x200B, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069), (0xFE00, 0xFE0F))
        for code in range(first, last + 1)
    ]
)


def undrawn(text: str) -> tuple[str, ...]:
    """The characters of the text that no shipped face draws, each once, in their order; empty for most texts.

    Spaces of any width and the no-break hyphen count as drawn: print sets a plain one.
    """
    unknown = dict.fromkeys(text).keys() - drawn() - {"\u2011"}
    return tuple(char for char in dict.fromkeys(text) if char in unknown and not char.isspace())


@cache
def drawn() -> frozenset[str]:
    """Every character that some shipped face draws, or that has no shape."""
    return WITHOUT_SHAPE.union(*(_characters(face.path) for face in FACES.values()))


def _characters(path: Path) -> Iterator[str]:
    with TTFont(path, lazy=True) as font:
        yield from map(chr, font.getBestCmap())
