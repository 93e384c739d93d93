"""Which paper a report is laid out for: the one asked for, the server's, or that of the reader's country."""

from __future__ import annotations

from collections.abc import Iterable

from babel import Locale, UnknownLocaleError

from assessor.config import PAPERS
from assessor.report.moments import LOCALES

LETTER, A4 = PAPERS
#: Where Letter is in use; everywhere else it is A4 (Unicode CLDR, supplemental data, ``paperSize``).
ON_LETTER = frozenset(["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"])


def paper_of(*wanted: str | None, locales: Iterable[str] = ()) -> str:
    """The first paper of ``wanted`` that there is, else that of the first locale that names a country.

    A language without a country is read where the product is at home.
    """
    for paper in wanted:
        if paper in PAPERS:
            return paper
    for locale in locales:
        territory = _territory(locale)
        if territory is not None:
            return LETTER if territory in ON_LETTER else A4
    return LETTER


def page_rule(paper: str) -> str:
    """The rule that gives a printed page this size. Raises ValueError for a paper that there is not."""
    if paper not in PAPERS:
        raise ValueError(f"{paper!r} is not a paper - use one of {', '.join(PAPERS)}")
    return f"@page {{ size: {paper}; }}"


def _territory(locale: str) -> str | None:
    tag = LOCALES.get(locale, locale).replace("-", "_")
    try:
        return Locale.parse(tag).territory
    except (UnknownLocaleError, ValueError):
        return None
