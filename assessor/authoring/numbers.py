"""The figures that a text gives, spelt alike in every language: 1 200 and 1,200, 18 h 30 and 6:30 p.m."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assessor.banks.prose import words

_SPACE = "[ \u00a0\u202f]"
_END = r"(?!\d|-\d)"  # a telephone number is no thousand
_THOUSANDS: Mapping[str, str] = {
    "en": rf"(?<![\d.,-])\d{{1,3}}(?:,\d{{3}})+{_END}",
    "fr": rf"(?<![\d.,-])\d{{1,3}}(?:{_SPACE}\d{{3}})+{_END}",
}
_DECIMAL: Mapping[str, str] = {"en": r"(?<=\d)\.(?=\d)", "fr": r"(?<=\d),(?=\d)"}
_HOUR = re.compile(
    rf"\b(?P<hour>\d\d?)(?:(?:{_SPACE}?h{_SPACE}?|:)(?P<minutes>\d\d)(?!\d)"
    rf"|(?=(?:{_SPACE}|-)?(?:h(?:ours?)?|heures?|[ap]\.m\.)(?![^\W\d_]))"
    rf"|(?={_SPACE}?(?:-|–|à|et){_SPACE}?\d\d?{_SPACE}?h\b))"
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
HALF_AN_HOUR = 30.0
_HALF_PAST = re.compile(r"\bet demie?\b|\bhalf past\b", re.IGNORECASE)

#: What a text may write out where another language has the digits, from zero on.
_WRITTEN: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("zero", "no", "none"),
        ("one", "first", "once"),
        ("two", "second", "twice", "both"),
        ("three", "third"),
        ("four", "fourth"),
        ("five", "fifth"),
        ("six", "sixth"),
        ("seven", "seventh"),
        ("eight", "eighth"),
        ("nine", "ninth"),
        ("ten", "tenth"),
        ("eleven", "eleventh"),
        ("twelve", "twelfth", "noon", "midnight"),
    ),
    "fr": (
        ("zéro", "aucun", "aucune"),
        ("un", "une", "premier", "première"),
        ("deux", "deuxième", "second", "seconde"),
        ("trois", "troisième"),
        ("quatre", "quatrième"),
        ("cinq", "cinquième"),
        ("six", "sixième"),
        ("sept", "septième"),
        ("huit", "huitième"),
        ("neuf", "neuvième"),
        ("dix", "dixième"),
        ("onze", "onzième"),
        ("douze", "douzième", "midi", "minuit"),
    ),
}
LANGUAGES = frozenset(_WRITTEN)
"""The languages whose spelling of figures is known."""


def figures(text: str, language: str) -> frozenset[float]:
    """The numbers written in digits; hours on a dial of twelve, their minutes apart.

    ``KeyError`` for a language outside ``LANGUAGES``.
    """
    if not re.search(r"\d", text):
        return frozenset()
    plain = re.sub(_THOUSANDS[language], lambda found: re.sub(r"\D", "", found[0]), text)
    plain = re.sub(_DECIMAL[language], ".", plain)
    return frozenset(float(number) for number in _NUMBER.findall(_HOUR.sub(_on_the_dial, plain)))


def _on_the_dial(found: re.Match[str]) -> str:
    hour, minutes = int(found["hour"]), int(found["minutes"] or 0)
    shown = str((hour - 1) % 12 + 1 if hour <= 24 else hour)
    return f"{shown} {minutes}" if minutes else shown


def written_out(text: str, language: str) -> frozenset[float]:
    """The small numbers that stand there as words; ``KeyError`` for a language outside ``LANGUAGES``."""
    said = set(words(text))
    found = {float(number) for number, spelt in enumerate(_WRITTEN[language]) if said.intersection(spelt)}
    return frozenset(found | {HALF_AN_HOUR} if _HALF_PAST.search(text) else found)
