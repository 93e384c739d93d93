"""What a self-assessment can be today: domains, lengths and their precision, languages. Draws no form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock

from assessor.assembly import LENGTHS, offered
from assessor.banks.schema import Bank, LengthId, Library
from assessor.errors import Invalid
from assessor.messages import N_

#: Half of an 80 % interval in standard errors.
HALF_80 = 1.2816
USUAL = "standard"

NAMES: Mapping[str, str] = {
    "short": N_("Glimpse"),
    "standard": N_("Standard"),
    "full": N_("Complete"),
}
GAINS: Mapping[str, str] = {
    "short": N_("The areas in outline, and what to think about."),
    "standard": N_("The areas, and a first reading of the competencies."),
    "full": N_("The areas and the competencies, as surely as this test can say."),
}


@dataclass(frozen=True)
class Offer:
    """One length: its name and gain (message ids), minutes, and half its expected interval on 0-100."""

    id: str
    name: str
    gain: str
    minutes: int
    half_width: float


#: Several first readers wait for one computation instead of repeating it.
_ONE_AT_A_TIME = Lock()


class _ByIdentity:
    """A library as a key of the cache: two are the same only if they are one object."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def __hash__(self) -> int:
        return id(self.library)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByIdentity) and other.library is self.library


@lru_cache(maxsize=16)
def _errors(key: _ByIdentity, today: date) -> dict[str, dict[LengthId, float]]:
    """Domain -> length that can be filled -> expected standard error of the composite, 0-1 scale."""
    library = key.library
    return {
        domain: {
            length: expected.fit
            for length, expected in offered(library, library.general_role(domain), today=today).items()
            if expected.fit is not None
        }
        for domain in library.domain_ids
    }


def _known(library: Library, today: date) -> dict[str, dict[LengthId, float]]:
    """What ``_errors`` found, by the last day on which the same items may be drawn as today."""
    ends = (item.book.review_by for item in library.items.values())
    last = min((day for day in ends if day is not None and day >= today), default=date.max)
    with _ONE_AT_A_TIME:
        return _errors(_ByIdentity(library), last)


def warm(library: Library, today: date) -> None:
    """Nothing; afterwards the first start page finds what it needs ready."""
    _known(library, today)


def lengths(library: Library, today: date) -> dict[str, Offer]:
    """The lengths that some domain can fill, shortest first, each with its widest expected interval."""
    errors = _known(library, today)
    found = {}
    for ident, length in LENGTHS.items():
        known = [of_length[ident] for of_length in errors.values() if ident in of_length]
        if known:
            half = 100 * HALF_80 * max(known)
            found[str(ident)] = Offer(ident, NAMES[ident], GAINS[ident], round(length.minutes), half)
    return found


def usual(library: Library, today: date) -> str:
    """The length that is chosen beforehand."""
    found = list(lengths(library, today))
    return USUAL if USUAL in found else (found[-1] if found else "")


def domains(library: Library, today: date, languages: Sequence[str]) -> list[Bank]:
    """The domains that can fill a length in a language of this server."""
    errors = _known(library, today)
    return [
        library.domain(ident).bank
        for ident in library.domain_ids
        if errors[ident] and set(library.languages(ident)) & set(languages)
    ]


def choices(library: Library, today: date, languages: Sequence[str]) -> dict[str, list[str]]:
    """The values of each field of the start page."""
    open_domains = [bank.id for bank in domains(library, today, languages)]
    carried = {code for ident in open_domains for code in library.languages(ident)}
    return {
        "domain": open_domains,
        "length": list(lengths(library, today)),
        "language": [code for code in languages if code in carried],
    }


def require(
    library: Library,
    today: date,
    languages: Sequence[str],
    *,
    domain: str = "",
    length: str = "",
    language: str = "",
) -> None:
    """Nothing; raises Invalid at the first choice that is not offered, alone or with the others."""
    offer = choices(library, today, languages)
    if domain not in offer["domain"]:
        raise Invalid("domain", N_("Choose one of the domains."))
    if length not in offer["length"]:
        raise Invalid("length", N_("Choose one of the lengths."))
    if length not in _known(library, today)[domain]:
        raise Invalid(
            "length", N_("This domain has too few questions for that length yet. Choose a shorter one.")
        )
    if language not in offer["language"]:
        raise Invalid("language", N_("Choose a language."))
    if language not in library.languages(domain):
        raise Invalid(
            "language", N_("This domain's questions do not exist in that language. Choose another.")
        )
