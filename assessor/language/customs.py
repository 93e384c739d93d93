"""What each language does in its own way, in one entry; what is not said here is as CLDR has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

NBSP = "\u00a0"


@dataclass(frozen=True)
class Customs:
    """How one language is written where the product is at home."""

    #: Where its dates, figures and papers are at home: the name of a locale of CLDR.
    locale: str
    #: What stands around words that a message quotes.
    quotes: tuple[str, str] = ("'", "'")
    #: A colon with the spaces around it.
    colon: str = ": "
    #: The spaces at which no line may break, besides those of dates and hours.
    unbreakable: re.Pattern[str] | None = None
    #: How the first day of a month is written within a date.
    first_day: str = "1"
    #: Whether an hour below ten is written with the zero that CLDR gives it.
    pads_hours: bool = True
    #: Whether the last accent of a word decides the order of two words, and not the first.
    compares_accents_from_the_end: bool = False


CUSTOMS: Mapping[str, Customs] = {
    "en": Customs("en_CA"),
    "fr": Customs(
        "fr_CA",
        quotes=(f"«{NBSP}", f"{NBSP}»"),
        colon=f"{NBSP}: ",
        # Before high signs, after an opening guillemet, between the groups of a figure, around its unit.
        unbreakable=re.compile(
            r"(?<=\S) (?=[:;?!»%$])|(?<=«) "
            r"|(?<=\d) (?=\d{3}(?!\d)|h(?: \d{2})?\b|min\b|km\b)|(?<=\d h) (?=\d{2}\b)"
        ),
        first_day="1er",
        pads_hours=False,
        # cote, côte, coté, côté (CAN/CSA Z243.4.1).
        compares_accents_from_the_end=True,
    ),
}


@lru_cache(maxsize=64)
def customs_of(language: str) -> Customs:
    """The customs of a language, fr, or of one in a region, fr-BE or fr_BE: the same, at home there."""
    if language in CUSTOMS:
        return CUSTOMS[language]
    locale = language.replace("-", "_")
    return replace(CUSTOMS.get(locale.partition("_")[0], Customs(locale)), locale=locale)
