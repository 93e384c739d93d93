"""Forms: which items a role and a seed draw from a pool, and how precise that form will be. Scores nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from assessor.assembly.blueprint import LENGTHS as LENGTHS
from assessor.assembly.program import Shortfall
from assessor.assembly.selection import UNEXPOSED, Exposure, Wanted, select
from assessor.banks.schema import Domain, Item, LengthId, Library, Pool, RoleProfile
from assessor.items import ITEM_TYPES
from assessor.measurement import Expected, expected, form_digest
from assessor.scoring.model import PLANNING


class NotFillable(ValueError):
    """The banks cannot fill the length that was asked for; the message says what is short."""


#: The program's pieces stand for exact errors only nearly: a round whose forms lie further apart than this is
#: drawn again, so many times at most.
MOST_APART, TRIES = 0.02, 4


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
    #: What the bank cannot give this form of what its blueprint aims at; no part of its identity.
    unmet: tuple[str, ...] = ()

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
    exposure: Exposure = UNEXPOSED,
) -> TestForm:
    """The form that this role and seed draw; the same arguments give the same form on any machine.

    ``languages`` are those in which the form may be taken (all that the domain's banks carry by default): an
    item that lacks one is not drawn. Raises NotFillable with what is short.
    """
    (form,) = assemble_round(
        library,
        role,
        length,
        forms=1,
        seed=seed,
        today=today,
        pool=pool,
        languages=languages,
        exposure=exposure,
    )
    return form


def assemble_round(
    library: Library,
    role: RoleProfile,
    length: LengthId,
    *,
    forms: int,
    seed: int,
    today: date,
    pool: Pool = "round",
    languages: Sequence[str] | None = None,
    exposure: Exposure = UNEXPOSED,
) -> tuple[TestForm, ...]:
    """Several forms for one round: alike in types by area, competencies and minutes, sharing few items.

    Nobody rates a self-assessment, so a form of the open pool holds no work sample; one of a round holds as
    many as the role asks for. Raises NotFillable with what is short.
    """
    domain = library.domain(role.domain)
    carried = tuple(languages or library.languages(role.domain))
    drawable = [
        item
        for item in eligible(library, domain, pool, today)
        if set(carried) <= set(library.banks[item.bank].languages)
        and exposure.allows(item)
        and item.book.minutes <= LENGTHS[length].longest
    ]
    samples = role.work_samples if pool == "round" else 0
    wanted = Wanted(domain, role, LENGTHS[length], forms, samples, PLANNING, exposure)
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn: list[tuple[TestForm, ...]] = []
    while len(drawn) < TRIES and not (drawn and _apart(drawn[-1])[1] <= MOST_APART):
        # Forms that had to share what they ask may at least ask it by other situations.
        siblings = forms if drawn and _apart(drawn[-1])[0] else 1
        found = select(_by_lot(drawable, siblings, exposure, rng), wanted, rng)
        if found.must:
            raise NotFillable(f"the banks cannot fill the length {length!r}: {_said(found.must)}")
        unmet = tuple(f"{short.name}: {short.by}" for short in found.aims)
        drawn.append(
            tuple(
                TestForm(role, domain, length, pool, seed, _shuffled(items, rng), unmet)
                for items in found.forms
            )
        )
    return min(drawn, key=_apart)


def _by_lot(items: Sequence[Item], siblings: int, exposure: Exposure, rng: np.random.Generator) -> list[Item]:
    """The items with so many of each family, the least given first and by lot among them, in their order.

    Siblings measure the same as precisely and meet in no form: which of them it is need not be weighed, and a
    program with fewer of them is solved many times faster.
    """
    lot = dict(zip((item.id for item in items), rng.random(len(items)), strict=True))
    of: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        of[item.book.family or item.id].append(item)
    kept = {
        item.id
        for family in of.values()
        for item in sorted(family, key=lambda one: (exposure.wear(one), lot[one.id]))[:siblings]
    }
    return [item for item in items if item.id in kept]


def _apart(forms: Sequence[TestForm]) -> tuple[int, float]:
    """How many items and families are in several forms, and how far the errors of the fit lie apart."""
    ids = [item.book.family or item.id for form in forms for item in form.items]
    errors = [form.expected().fit or 0.0 for form in forms]
    return len(ids) - len(set(ids)), max(errors) / min(errors) - 1.0 if min(errors) else 0.0


def _shuffled(items: Sequence[Item], rng: np.random.Generator) -> tuple[Item, ...]:
    return tuple(items[position] for position in rng.permutation(len(items)))


def _said(missed: Iterable[Shortfall]) -> str:
    return "; ".join(_short(short) for short in missed)


def _short(short: Shortfall) -> str:
    if short.name.endswith("minutes"):
        return f"{short.reached:g} of at least {short.wanted:g} {short.name}"
    return f"{short.name} has {short.reached:g} of {short.wanted:g} items"


def eligible(library: Library, domain: Domain, pool: Pool, today: date) -> list[Item]:
    """The items of the core and of this domain that may enter a new form today, in the order of their ids."""
    banks = {bank.id for bank in library.banks.values() if bank.kind == "core"} | {domain.bank.id}
    return sorted(
        (
            item
            for item in library.items.values()
            if item.bank in banks
            and item.book.pool == pool
            and item.is_drawable(today)
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
