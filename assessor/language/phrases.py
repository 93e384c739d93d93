"""Phrases as a lexicon writes them, found in what people write whatever its case, accents or elisions.

A phrase is words. ``*`` at a word's end is any ending, ``a|b`` either word, ``...`` up to five words between;
a plain word is found in its plural too. ``~`` before it all says that it touches what is meant without saying
it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

TOUCHING = "~"
_GAP = "..."
_MOST_BETWEEN = 5
#: What parts of a clause stand apart by, kept as words of their own.
_MARKS = ",;:()"
_BETWEEN = "(?:[,;:()] )*"
#: Endings that inclusive writing adds to a word: conseiller·ère, chargé(e), animateur/trice, chargé.e.s.
_INCLUSIVE = re.compile(
    r"(?<=\w)(?:[·•‧∙]\w+(?:[·•‧∙]\w+)*|\((?:[eèé]\w{0,4}|trice|ne|s)\)s?"
    r"|[/.]-?(?:e|ère|ière|trice|ice|euse|ne|le|s)s?(?:\.s)?(?=[\s,;:)/]|$))",
    re.IGNORECASE,
)
_APART = re.compile(rf"([{re.escape(_MARKS)}])")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def folded(text: str) -> str:
    """The words of a text without case, accents, elisions and inclusive endings, a space around each.

    Commas, semicolons, colons and brackets stay, as words of their own.
    """
    plain = _INCLUSIVE.sub("", unicodedata.normalize("NFC", text))
    spread = unicodedata.normalize("NFKD", plain.casefold().translate(_LIGATURES))
    bare = "".join(sign for sign in spread if not unicodedata.combining(sign))
    spaced = re.sub(rf"[^\w{re.escape(_MARKS)}]|_", " ", _APART.sub(r" \1 ", bare))
    return f" {' '.join(spaced.split())} "


@dataclass(frozen=True)
class Phrase:
    """A phrase as it was written, whether it only touches what is meant, and how it is found."""

    written: str
    touches: bool
    pattern: re.Pattern[str]


@cache
def phrase(written: str) -> Phrase:
    """The phrase that is written so; ValueError where a word of it cannot be looked for."""
    touches = written.startswith(TOUCHING)
    words = written.removeprefix(TOUCHING).strip().replace("’", " ").replace("'", " ").split()
    if not words or _GAP in (words[0], words[-1]):
        raise ValueError(written)
    found = "".join(_looked_for(word, written) for word in words)
    return Phrase(written, touches, re.compile(f"(?<= ){found}"))


def _looked_for(word: str, written: str) -> str:
    if word == _GAP:
        return rf"{_BETWEEN}(?:\w+ {_BETWEEN}){{0,{_MOST_BETWEEN}}}?"
    return f"(?:{'|'.join(_either(one, written) for one in word.split('|'))}) "


def _either(word: str, written: str) -> str:
    bare = folded(word.removesuffix("*")).split()
    if len(bare) != 1 or not bare[0].isalnum():
        raise ValueError(written)
    return bare[0] + (r"\w*" if word.endswith("*") else "(?:s|x|es)?")


def same(one: str, other: str) -> bool:
    """Whether two phrases are found in the same words."""
    return phrase(one).pattern.pattern == phrase(other).pattern.pattern
