"""Names in the order of the alphabet, as people who read a language look for them. Knows no person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from assessor.language.customs import customs_of

#: Letters that carry no accent to be taken off, and where they are looked for.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)

Key = tuple[tuple[tuple[int, str], ...], tuple[str, ...], tuple[bool, ...], str]


def sort_key(name: str, language: str) -> Key:
    """What names are sorted by: letters without accents and case first, then accents, then small letters.

    Spaces and signs come before digits, digits before letters. Equal only for the same name. These are levels
    of the Unicode collation algorithm (UTS #10); other scripts follow the Latin one by their code points.
    """
    from_the_end = customs_of(language).compares_accents_from_the_end
    letters: list[str] = []
    accents: list[str] = []
    for char in unicodedata.normalize("NFKD", name.replace("\u2019", "'")):
        if unicodedata.combining(char) and accents:
            accents[-1] += char
        else:
            small = char.casefold()
            letters.append(char)
            accents.append("" if small.translate(_LETTERS) == char.lower() else small)
    plain = "".join(letters).casefold().translate(_LETTERS)
    return (
        tuple((_kind(char), char) for char in plain),
        tuple(reversed(accents)) if from_the_end else tuple(accents),
        tuple(char.isupper() for char in letters),
        name,
    )


def in_order(names: Iterable[str], language: str) -> list[str]:
    """The names as a reader of the language expects them."""
    return sorted(names, key=lambda name: sort_key(name, language))


def _kind(char: str) -> int:
    return 2 if char.isalpha() else 1 if char.isdigit() else 0
