"""How text is set: spaces at which no line breaks, signs that our faces lack, direction, small letters."""

from __future__ import annotations

import unicodedata

from assessor.language.customs import NBSP, customs_of

_SHOWN = str.maketrans({"\u202f": NBSP, "\u2011": "-"})


def shown(text: str) -> str:
    """The text without characters that the serif lacks: a fallback font would fill in.

    These are the narrow no-break space and the no-break hyphen.
    """
    return text.translate(_SHOWN)


def typeset(text: str, language: str) -> str:
    """The text with the no-break spaces that its language wants, and without signs that our serif lacks."""
    clean, unbreakable = shown(text), customs_of(language).unbreakable
    return clean if unbreakable is None else unbreakable.sub(NBSP, clean)


def direction(text: str) -> str:
    """Where a text runs, ``ltr`` or ``rtl``: as its first letter does (print knows no ``dir="auto"``)."""
    strong = (unicodedata.bidirectional(char) for char in text)
    return "rtl" if next((one for one in strong if one in ("L", "R", "AL")), "L") != "L" else "ltr"


def lowered(name: str) -> str:
    """A name as it stands inside a sentence: a small first letter, unless the word is all capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
