"""Which paper a document is laid out for: the one asked for, else that of the reader's country."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from assessor.language.locales import territory_of

#: The papers that a report can be laid out for, by their names in CSS.
PAPERS: Final = ("letter", "a4")
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
        territory = territory_of(locale)
        if territory is not None:
            return LETTER if territory in ON_LETTER else A4
    return LETTER
