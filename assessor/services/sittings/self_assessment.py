"""A self-assessment before it is begun: what can be chosen today, and its form. Asks no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import cast

from assessor.assembly import LENGTHS, NotFillable, TestForm, assemble, offered
from assessor.banks.schema import Bank, LengthId, Library
from assessor.errors import Invalid
from assessor.messages import N_
from assessor.services.sittings import rows

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


#: What is said of a choice that is not on offer, in the order in which choices are looked at.
MISSING: Mapping[str, str] = {
    "domain": N_("Choose one of the domains."),
    "length": N_("Choose one of the lengths."),
    "language": N_("Choose a language."),
}
TOO_FEW = N_("This domain has too few questions for that length yet. Choose a shorter one.")


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
    """Compute what the first start page needs, so that nobody waits for it."""
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
    """Raise Invalid at the first choice that is not offered, alone or with the others."""
    offer = choices(library, today, languages)
    _require_among(offer, library, domain=domain, length=length, language=language)
    if length not in _known(library, today)[domain]:
        raise Invalid("length", TOO_FEW)


def _require_among(offer: Mapping[str, Collection[str]], library: Library, **chosen: str) -> None:
    """Raise Invalid at the first choice that its field does not offer, or that its domain does not carry."""
    for field, message in MISSING.items():
        if chosen[field] not in offer[field]:
            raise Invalid(field, message)
    rows.require_carried(library, chosen["domain"], chosen["language"])


def draw(library: Library, *, domain: str, length: str, language: str, seed: int, today: date) -> TestForm:
    """The form that these choices and this seed give; the same arguments give the same form on any machine.

    Takes up to some seconds: whoever holds a transaction ends it first. Raises Invalid for a choice that the
    library cannot serve.
    """
    carried = {code for ident in library.domain_ids for code in library.languages(ident)}
    everything = {"domain": library.domain_ids, "length": LENGTHS, "language": carried}
    _require_among(everything, library, domain=domain, length=length, language=language)
    try:
        role = library.general_role(domain)
        return assemble(library, role, cast(LengthId, length), seed=seed, today=today, pool="open")
    except NotFillable as error:
        raise Invalid("length", TOO_FEW) from error
