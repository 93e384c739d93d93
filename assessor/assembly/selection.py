"""The integer program of a round: which items its forms hold. Orders nothing, reads no bank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from assessor.assembly.blueprint import (
    BLOCK_SHARE,
    FAST_AGAINST_HELD,
    QUOTAS,
    SHARE_ROOM,
    SHARE_TOLERANCE,
    STATED_BELOW,
    TYPE_SHARE,
    WHOLE,
    Length,
    has_gate_minimum,
    least_of,
)
from assessor.assembly.program import GAP, Program, Shortfall, Terms
from assessor.banks.schema import Domain, Item, RoleProfile
from assessor.items import Rated, sigma, type_of
from assessor.scoring.model import Parameters

# A unit missed costs so much. Gains are variances of the composite in ten-thousandths: a minute more is worth
# about 40 of them in the shortest form, 10 in one of 25 minutes. What a form must have outweighs anything.
# Then forms of a round share nothing, are alike, and measure the same competencies; then come aims.
MUST, ALIKE, SHARED, SAME, AIM = 100_000.0, 250.0, 600.0, 100.0, 10.0
GAIN_SCALE = 10_000.0
#: By how much information the blocks of two forms may differ: about one part in a hundred of a form's core.
EQUALLY_PRECISE = 0.5
#: By how many competencies of usual weight the measured weight of a block may differ between two forms.
EQUALLY_COVERED = 0.25
#: Two forms can be exchanged piece by piece: to prove a pair the best takes minutes and gains nothing.
GAP_OF_SEVERAL = 0.02
#: How much chance moves an item's worth, so that seeds draw different forms of nearly the same precision.
LOT = 0.20
#: How much an item that was given as often as is allowed is worth less than a fresh one.
WORN = 0.30
#: What the first item of a competency of usual weight gains, and the parts of it that further ones gain.
COVER = 80.0
_COVERED = ((1.0, 1.0), (2.0, 1.5), (3.0, 1.7), (4.0, 1.8))
_OWN_KNOTS = (2.0, 4.0, 7.0, 11.0, 16.0, 24.0, 40.0)
_SHARED_KNOTS = (4.0, 8.0, 14.0, 22.0, 34.0, 50.0, 80.0, 130.0)


@dataclass(frozen=True)
class Exposure:
    """How often each item has been given, by id, and how often at the most it may be; None: no limit."""

    given: Mapping[str, int]
    at_most: int | None = None

    def allows(self, item: Item) -> bool:
        """Whether the item may be given once more."""
        return self.at_most is None or self.given.get(item.id, 0) < self.at_most

    def wear(self, item: Item) -> float:
        """0 for an item that was never given, 1 for the one that was given most."""
        return self.given.get(item.id, 0) / max(1, *self.given.values(), 1)


UNEXPOSED = Exposure({})


@dataclass(frozen=True)
class Wanted:
    """What a round asks for."""

    domain: Domain
    role: RoleProfile
    length: Length
    forms: int
    samples: int
    parameters: Parameters
    exposure: Exposure = UNEXPOSED


@dataclass(frozen=True)
class Selected:
    """The items of each form, in the order they were given in, and what is missed, worst first."""

    forms: tuple[tuple[Item, ...], ...]
    must: tuple[Shortfall, ...]
    aims: tuple[Shortfall, ...]


def select(items: Sequence[Item], wanted: Wanted, rng: np.random.Generator) -> Selected:
    """The forms of most precision where the role puts its weight, within the blueprint (Theunissen 1985).

    Precision is the sum, over competencies, areas and blocks, of the variance that the answers take away: a
    concave function of information, in pieces. Exact standard errors are stated of the finished form.
    """
    program = Program()
    worth = 1.0 + LOT * (2.0 * rng.random(len(items)) - 1.0)
    worth *= np.array([1.0 - WORN * wanted.exposure.wear(item) for item in items])
    take = [[program.column(most=1.0, whole=True) for _ in items] for _ in range(wanted.forms)]
    musts: set[str] = set()
    covered: list[Covered] = []
    for number, columns in enumerate(take, start=1):
        one = _Form(program, items, columns, wanted, worth, f"form {number}: " if wanted.forms > 1 else "")
        musts |= one.require()
        one.aim()
        covered.append(one.cover())
        one.gain()
    _parallel(program, items, take, wanted)
    _equally_covered(program, covered)
    found = program.solve(GAP if wanted.forms == 1 else GAP_OF_SEVERAL)
    forms = tuple(
        tuple(item for item, column in zip(items, columns, strict=True) if found.chosen(column))
        for columns in take
    )
    must = tuple(short for short in found.missed if short.name in musts)
    return Selected(forms, must, tuple(short for short in found.missed if short.name not in musts))


Covered = dict[str, dict[int, float]]
"""Block -> the columns that are 1 where a competency is measured, with its weight beside the usual one."""


@dataclass
class _Form:
    """One form's rows."""

    program: Program
    items: Sequence[Item]
    columns: Sequence[int]
    wanted: Wanted
    worth: np.ndarray[tuple[int], np.dtype[np.float64]]
    prefix: str

    def _where(self, **named: str) -> Iterator[tuple[int, Item]]:
        """Columns and items of an area, a block or a competency."""
        for column, item, known in self._places:
            if named.items() <= known.items():
                yield column, item

    @cached_property
    def _places(self) -> Sequence[tuple[int, Item, Mapping[str, str]]]:
        """Each column with its item, and what that can be asked for by."""
        area_of = self.wanted.domain.area_of
        found = []
        for column, item in zip(self.columns, self.items, strict=True):
            ident, kind = item.content.competency, item.content.type
            area = area_of[ident]
            known = {"competency": ident, "area": area.id, "block": area.block, "type": kind}
            found.append((column, item, known))
        return found

    def _count(self, **named: str) -> Terms:
        return {column: 1.0 for column, _ in self._where(**named)}

    def _minutes(self, **named: str) -> Terms:
        return {column: item.book.minutes for column, item in self._where(**named)}

    def require(self) -> set[str]:
        """Minutes, the least items of each area, enemies; the names of what no form may miss."""
        length, names = self.wanted.length, set[str]()

        def must(name: str, terms: Terms, low: float = -np.inf, high: float = np.inf) -> None:
            named = f"{self.prefix}{name}"
            self.program.elastic(named, terms, low, high, penalty=MUST)
            names.add(named)

        self.program.row(self._minutes(), high=length.at_most)
        must("minutes", self._minutes(), low=length.at_least)
        for area in self.wanted.domain.areas:
            must(area.id, self._count(area=area.id), low=least_of(area.block, length))
        samples = {c: 1.0 for c, item in self._where() if isinstance(type_of(item.content), Rated)}
        self.program.row(samples, high=self.wanted.samples)
        if self.wanted.samples:
            must("work samples", samples, low=self.wanted.samples)
        place = {item.id: column for item, column in zip(self.items, self.columns, strict=True)}
        for item in self.items:
            for enemy in item.book.enemies:
                if enemy in place:
                    self.program.row({place[item.id]: 1.0, place[enemy]: 1.0}, high=1.0)
        return names

    def aim(self) -> None:
        """Shares of minutes, coverage, quotas: kept as far as the bank allows."""
        wanted, length = self.wanted, self.wanted.length
        near = {"low": length.aim - 1, "high": length.aim + 1, "penalty": 10 * AIM}
        self._soft("minutes aimed at", self._minutes(), **near)
        for block, share in BLOCK_SHARE.items():
            room = max(SHARE_TOLERANCE * share * length.aim, SHARE_ROOM)
            low, high = share * length.aim - room, share * length.aim + room
            self._soft(f"minutes of the {block}", self._minutes(block=block), low=low, high=high)
        needed = {minimum.of for minimum in wanted.role.minimums}
        for competency in wanted.domain.competencies:
            weighed = wanted.role.weight_of(competency.id) > 0
            of_minimum = length.per_minimum if competency.id in needed else 0
            least = max(length.per_competency if weighed else 0, of_minimum)
            there = self._count(competency=competency.id)
            if least and there:
                self._soft(f"items of {competency.id}", there, low=least, penalty=4 * AIM)
        if has_gate_minimum(wanted.role, wanted.domain):
            terms = {column: self._information(item) for column, item in self._where(block="gate")}
            self._soft("information on the gate", terms, low=1 / STATED_BELOW**2, penalty=1.0)
        self._quotas()

    def _soft(
        self, name: str, terms: Terms, low: float = -np.inf, high: float = np.inf, penalty: float = AIM
    ) -> None:
        self.program.elastic(f"{self.prefix}{name}", terms, low, high, penalty=penalty)

    def _quotas(self) -> None:
        everything = list(self._where())
        for quota in QUOTAS:
            held = {column: quota.holds(item) for column, item in everything}
            if quota.low:
                self._soft(quota.name, {c: held[c] - quota.low for c, _ in everything}, low=-WHOLE)
            if quota.high < 1:
                self._soft(quota.name, {c: held[c] - quota.high for c, _ in everything}, high=WHOLE)
        for name in sorted({item.content.type for item in self.items}):
            share = {c: (item.content.type == name) - TYPE_SHARE for c, item in everything}
            self._soft(f"items of type {name}", share, high=WHOLE)
        fast = {c: _leaning(item) for c, item in everything}
        self._several_types()
        for sign, name in ((1.0, "keys that act fast"), (-1.0, "keys that hold back")):
            terms = {c: sign * lean - 0.1 for c, lean in fast.items()}
            self._soft(name, terms, high=FAST_AGAINST_HELD)

    def _several_types(self) -> None:
        """As many types as the length asks for, or as there are; each counts once."""
        there = []
        for name in sorted({item.content.type for item in self.items}):
            counts = self.program.column(most=1.0)
            self.program.row({counts: 1.0, **dict.fromkeys(self._count(type=name), -1.0)}, high=0.0)
            there.append(counts)
        wanted = min(self.wanted.length.types, len(there))
        self._soft("types of item", dict.fromkeys(there, 1.0), low=wanted, penalty=SAME)

    def _information(self, item: Item) -> float:
        return 1.0 / (sigma(item.content) ** 2 + self.wanted.parameters.beta**2)

    def cover(self) -> Covered:
        """Items where the role puts its weight; one elsewhere costs something. By block, what is measured.

        The model alone would not ask for it: at planning values the answers to one competency tell nearly as
        much of another of its area. A composite of the wrong competencies would still be of another post.
        """
        weights = _weights(self.wanted.domain, self.wanted.role)
        usual = sum(weights.values()) / sum(weight > 0 for weight in weights.values())
        measured: Covered = {}
        for ident, weight in weights.items():
            there = self._count(competency=ident)
            if weight and there:
                gains = [(n, COVER * weight / usual * gain) for n, gain in _COVERED]
                block = self.wanted.domain.area_of[ident].block
                measured.setdefault(block, {})[self.program.concave(there, gains)] = weight / usual
            elif there:
                self._soft(f"items of {ident}, which has no weight", there, high=0.0, penalty=10 * AIM)
        return measured

    def gain(self) -> None:
        """The variance that answers take away, of what the role's composite and the gate are made of."""
        domain, p = self.wanted.domain, self.wanted.parameters
        weights = _weights(domain, self.wanted.role)
        for competency in domain.competencies:
            weight = weights[competency.id]
            self._concave(weight, p.tau_c**2, 0.0, _OWN_KNOTS, competency=competency.id)
        for area in domain.areas:
            weight = sum(weights[competency.id] for competency in area.competencies)
            self._concave(weight, p.tau_a**2, p.tau_c**2, _SHARED_KNOTS, area=area.id)
        for block in BLOCK_SHARE:
            weight = sum(weights[ident] for ident, area in domain.area_of.items() if area.block == block)
            # The prior on g is flat; any large variance orders forms alike.
            self._concave(weight, 1.0, p.tau_c**2 + p.tau_a**2, _SHARED_KNOTS, block=block)

    def _concave(
        self, weight: float, prior: float, beside: float, knots: Sequence[float], **named: str
    ) -> None:
        """Gain weight^2 (prior - 1 / (1 / prior + I)); ``beside`` is variance that items carry beside it."""
        place = {column: number for number, column in enumerate(self.columns)}
        terms = {
            column: self.worth[place[column]] / (1.0 / self._information(item) + beside)
            for column, item in self._where(**named)
        }
        scale = GAIN_SCALE * weight**2
        if terms and scale:
            gained = [(knot, scale * (prior - 1.0 / (1.0 / prior + knot))) for knot in knots]
            self.program.concave(terms, gained)


def _equally_covered(program: Program, covered: Sequence[Covered]) -> None:
    """The measured weight of each block alike: else the composites would not be of the same things."""
    for one, other in pairwise(covered):
        for block in sorted(one.keys() & other.keys()):
            terms = {**one[block], **{column: -weight for column, weight in other[block].items()}}
            name = f"equally much weight measured in the {block}"
            program.elastic(name, terms, -EQUALLY_COVERED, EQUALLY_COVERED, penalty=6 * ALIKE)


def _shared_information(item: Item, p: Parameters) -> float:
    """What an item tells of the general level of its block, as a precision."""
    return 1.0 / (sigma(item.content) ** 2 + p.beta**2 + p.tau_c**2 + p.tau_a**2)


def _leaning(item: Item) -> float:
    return float("act_fast" in item.book.key_kinds) - float("hold_back" in item.book.key_kinds)


def _weights(domain: Domain, role: RoleProfile) -> dict[str, float]:
    """Competency -> its share of the composite; those of the gate, which have none, share the gate's part."""
    total = sum(role.weight_of(ident) for ident, area in domain.area_of.items() if area.block != "gate")
    gate = [ident for ident, area in domain.area_of.items() if area.block == "gate"]
    found = {ident: role.weight_of(ident) / total for ident in domain.area_of if ident not in gate}
    return {**found, **dict.fromkeys(gate, BLOCK_SHARE["gate"] / max(1, len(gate)))}


def _parallel(program: Program, items: Sequence[Item], take: Sequence[Sequence[int]], wanted: Wanted) -> None:
    """Forms of a round alike in types by area, competencies and minutes, and sharing as little as can be."""
    area_of = wanted.domain.area_of
    for one, other in pairwise(take):
        groups: dict[tuple[str, float], dict[int, float]] = {}
        for left, right, item in zip(one, other, items, strict=True):
            ident = item.content.competency
            of_area = f"items of type {item.content.type} in {area_of[ident].id}"
            for key in ((of_area, ALIKE), (f"items of {ident}", SAME)):
                groups.setdefault(key, {}).update({left: 1.0, right: -1.0})
        for (name, penalty), terms in groups.items():
            program.elastic(f"equally many {name}", terms, 0.0, 0.0, penalty=penalty)
        for block in BLOCK_SHARE:
            terms = {
                column: sign * _shared_information(item, wanted.parameters)
                for columns, sign in ((one, 1.0), (other, -1.0))
                for column, item in zip(columns, items, strict=True)
                if area_of[item.content.competency].block == block
            }
            name = f"equally precise {block}"
            program.elastic(name, terms, -EQUALLY_PRECISE, EQUALLY_PRECISE, penalty=ALIKE)
        minutes = {
            column: sign * item.book.minutes
            for columns, sign in ((one, 1.0), (other, -1.0))
            for column, item in zip(columns, items, strict=True)
        }
        program.elastic("equal minutes", minutes, -1.0, 1.0, penalty=ALIKE)
    if len(take) > 1:
        for columns in _once(items, take):
            again = program.column(-SHARED)
            program.row({**dict.fromkeys(columns, 1.0), again: -1.0}, high=1.0)


def _once(items: Sequence[Item], take: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    """The columns of which a round's forms take one at the most: of an item, and of a family's siblings.

    Who has met a sibling in one form may tell somebody who meets another in the next what decides it.
    """
    families: dict[str, list[int]] = {}
    for columns, item in zip(zip(*take, strict=True), items, strict=True):
        yield columns
        if item.book.family is not None:
            families.setdefault(item.book.family, []).extend(columns)
    yield from (tuple(columns) for columns in families.values() if len(columns) > len(take))
