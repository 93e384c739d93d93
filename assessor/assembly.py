"""Forms: which items a role and a seed draw from a pool, and how precise that form will be. Scores nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np

from assessor.banks.schema import Domain, Item, LengthId, Library, Pool, RoleProfile
from assessor.items import ITEM_TYPES
from assessor.measurement import Expected, expected, form_digest
from assessor.scoring.model import PLANNING


@dataclass(frozen=True)
class Length:
    """One length on offer: minutes aimed at and allowed, and the least items of each area's block."""

    id: LengthId
    minutes: float
    at_least: float
    at_most: float
    per_core_area: int
    gate: int
    domain: int


LENGTHS: Mapping[LengthId, Length] = MappingProxyType(
    {
        "short": Length("short", 10, 8, 12, 1, 1, 1),
        "standard": Length("standard", 25, 21, 29, 2, 2, 2),
        "full": Length("full", 45, 38, 50, 3, 3, 4),
    }
)
_BLOCK_SHARE = {"core": 0.65, "gate": 0.13, "domain": 0.22}


class NotFillable(ValueError):
    """The banks cannot fill the length that was asked for; the message says what is short."""


@dataclass(frozen=True)
class TestForm:
    """A frozen list of exact item versions, in the order in which they are given."""

    __test__ = False

    role: RoleProfile
    domain: Domain
    length: LengthId
    pool: Pool
    seed: int
    items: tuple[Item, ...]

    @property
    def minutes(self) -> float:
        """The planned minutes of all items."""
        return sum(item.book.minutes for item in self.items)

    @property
    def digest(self) -> str:
        """The form's identity: SHA-256 of its item digests in order, with the pool and the domain."""
        return form_digest(self.domain.bank.id, self.pool, [item.digest for item in self.items])

    def expected(self) -> Expected:
        """The standard errors that this form will give."""
        return expected(self.items, self.domain, self.role, PLANNING)


def assemble(
    library: Library,
    role: RoleProfile,
    length: LengthId,
    *,
    seed: int,
    today: date,
    pool: Pool = "open",
    languages: Sequence[str] | None = None,
) -> TestForm:
    """The form that this role and seed draw; the same arguments give the same form on any machine.

    ``languages`` are those in which the form may be taken (all that the domain's banks carry by default): an
    item that lacks one is not drawn. Raises NotFillable with what is short.
    """
    domain = library.domain(role.domain)
    wanted = tuple(languages or library.languages(role.domain))
    drawable = [item for item in eligible(library, domain, pool, today) if _carries(library, item, wanted)]
    rng = np.random.Generator(np.random.PCG64(seed))
    chosen = _draw(drawable, domain, role, LENGTHS[length], rng)
    _require_filled(chosen, domain, LENGTHS[length])
    order = rng.permutation(len(chosen))
    return TestForm(role, domain, length, pool, seed, tuple(chosen[position] for position in order))


def eligible(library: Library, domain: Domain, pool: Pool, today: date) -> list[Item]:
    """The items of the core and of this domain that may enter a new form today, in the order of their ids."""
    banks = {bank.id for bank in library.banks.values() if bank.kind == "core"} | {domain.bank.id}
    return sorted(
        (
            item
            for item in library.items.values()
            if item.bank in banks
            and item.book.pool == pool
            and item.book.status not in ("draft", "retired")
            and (item.book.review_by is None or today <= item.book.review_by)
            and item.content.type in ITEM_TYPES
        ),
        key=lambda item: item.id,
    )


def offered(
    library: Library, role: RoleProfile, *, today: date, pool: Pool = "open"
) -> dict[LengthId, Expected]:
    """The lengths that the banks can fill for this role, each with what a typical form of it tells."""
    found: dict[LengthId, Expected] = {}
    for length in LENGTHS:
        try:
            found[length] = assemble(library, role, length, seed=0, today=today, pool=pool).expected()
        except NotFillable:
            continue
    return found


def longest_offered(library: Library, role: RoleProfile, *, today: date, pool: Pool = "open") -> LengthId:
    """The role's own length where the banks fill it, else the longest below it; NotFillable if none is."""
    lengths = list(LENGTHS)
    for length in reversed(lengths[: lengths.index(role.length) + 1]):
        try:
            assemble(library, role, length, seed=0, today=today, pool=pool)
        except NotFillable:
            if length == lengths[0]:
                raise
            continue
        return length
    raise AssertionError("the shortest length either fills or raises")


def _carries(library: Library, item: Item, languages: Sequence[str]) -> bool:
    return set(languages) <= set(library.banks[item.bank].languages)


def _draw(
    drawable: Sequence[Item], domain: Domain, role: RoleProfile, length: Length, rng: np.random.Generator
) -> list[Item]:
    """Add items one by one where the form is furthest behind its blueprint, until the minutes are full."""
    left = [drawable[position] for position in rng.permutation(len(drawable))]
    chosen: list[Item] = []
    while _is_short(chosen, domain, length) and (fits := _fitting(left, chosen, domain, length)):
        taken = min(fits, key=_behind(chosen, domain, role, length))
        chosen.append(taken)
        left = [item for item in left if item.id != taken.id and not _are_enemies(item, taken)]
    return chosen


def _is_short(chosen: Sequence[Item], domain: Domain, length: Length) -> bool:
    minutes = sum(item.book.minutes for item in chosen)
    return minutes < length.minutes or any(count > 0 for count in _missing(chosen, domain, length).values())


def _missing(chosen: Sequence[Item], domain: Domain, length: Length) -> dict[str, int]:
    """How many more items each area needs; below 0 where it has more than its least."""
    missing = {area.id: _least(area.block, length) for area in domain.areas}
    for item in chosen:
        missing[domain.area_of[item.content.competency].id] -= 1
    return missing


def _are_enemies(one: Item, other: Item) -> bool:
    return one.id in other.book.enemies or other.id in one.book.enemies


def _fitting(left: Sequence[Item], chosen: Sequence[Item], domain: Domain, length: Length) -> list[Item]:
    """The items whose minutes fit and leave room for what each area must still have; else all that fit."""
    spare = length.at_most - sum(item.book.minutes for item in chosen) + 1e-9
    missing = _missing(chosen, domain, length)
    minutes: dict[str, list[float]] = {area.id: [] for area in domain.areas}
    for item in sorted(left, key=lambda item: item.book.minutes):
        minutes[domain.area_of[item.content.competency].id].append(item.book.minutes)
    reserved = {area: sum(minutes[area][: max(missing[area], 0)]) for area in missing}

    def taken_up(item: Item) -> float:
        area = domain.area_of[item.content.competency].id
        others = minutes[area].copy()
        others.remove(item.book.minutes)
        own = item.book.minutes + sum(others[: max(missing[area] - 1, 0)])
        return own + sum(reserved.values()) - reserved[area]

    return [item for item in left if taken_up(item) <= spare] or [
        item for item in left if item.book.minutes <= spare
    ]


def _behind(
    chosen: Sequence[Item], domain: Domain, role: RoleProfile, length: Length
) -> Callable[[Item], tuple[float, ...]]:
    """How early an item's turn comes: areas under their least count first, then minutes against share."""
    share = _area_shares(domain, role)
    minutes = {area.id: 0.0 for area in domain.areas}
    count = {area.id: 0 for area in domain.areas}
    covered: dict[str, int] = {}
    types: dict[str, int] = {}
    for item in chosen:
        area = domain.area_of[item.content.competency].id
        minutes[area] += item.book.minutes
        count[area] += 1
        covered[item.content.competency] = covered.get(item.content.competency, 0) + 1
        types[item.content.type] = types.get(item.content.type, 0) + 1
    least = {area.id: _least(area.block, length) for area in domain.areas}

    def turn(item: Item) -> tuple[float, ...]:
        competency = item.content.competency
        area = domain.area_of[competency].id
        weight = role.weight_of(competency) or (1.0 if domain.area_of[competency].block == "gate" else 0.25)
        return (
            float(count[area] >= least[area]),
            minutes[area] / share[area],
            covered.get(competency, 0) / weight,
            -weight,
            float(types.get(item.content.type, 0)),
        )

    return turn


def _area_shares(domain: Domain, role: RoleProfile) -> dict[str, float]:
    """Each area's share of the minutes: fixed by block, within the core by the role's weight on the area."""
    weight = {
        area.id: max(sum(role.weight_of(competency.id) for competency in area.competencies), 0.5)
        for area in domain.areas
    }
    total = {
        block: sum(weight[area.id] for area in domain.areas if area.block == block) for block in _BLOCK_SHARE
    }
    return {area.id: _BLOCK_SHARE[area.block] * weight[area.id] / total[area.block] for area in domain.areas}


def _least(block: str, length: Length) -> int:
    return {"core": length.per_core_area, "gate": length.gate, "domain": length.domain}[block]


def _require_filled(chosen: Sequence[Item], domain: Domain, length: Length) -> None:
    minutes = sum(item.book.minutes for item in chosen)
    missing = _missing(chosen, domain, length)
    short = [
        f"{area.id} has {least - missing[area.id]} of {least} items"
        for area in domain.areas
        if missing[area.id] > 0
        for least in [_least(area.block, length)]
    ]
    if minutes < length.at_least:
        short.append(f"{minutes:g} of at least {length.at_least:g} minutes")
    if short:
        raise NotFillable(f"the banks cannot fill the length {length.id!r}: {'; '.join(short)}")
