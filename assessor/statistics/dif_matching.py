"""Who is compared with whom when an item is tested for bias: people of the same standing on the test.

The tests themselves live in `dif`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import false_discovery_control

from assessor.messages import N_
from assessor.scoring.cuts import parts, reaches
from assessor.statistics.items import SAME_TOTAL_DECIMALS, Matched
from assessor.statistics.stated import Interval, Stated, stated, suppressed

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]
T = TypeVar("T")

SIGNIFICANT = 0.05
MOST_ROUNDS = 20

#: A total without this share of the items or more is no longer one to compare by.
TOO_MANY_LEFT_OUT = 0.5

ONE_AT_A_TIME = N_(
    "Purification did not converge. Instead, items left the total one at a time, the largest difference "
    "first, until none of those in it differed."
)
UNSETTLED = N_(
    "Not defined: purification did not converge, and taking out fewer than half of the items did not settle "
    "it. Which items differ cannot be told."
)
TOO_FEW_IN_GROUP = N_("Too few in the smaller group: %(n)d, and this needs at least %(needs)d.")


@dataclass(frozen=True)
class Minimums:
    """The fewest people in each group and in both, below which nothing is shown."""

    per_group: int
    together: int = 0


@dataclass(frozen=True)
class Compared:
    """How many answered an item, and how many levels of the total hold both groups.

    `n_dropped` people at levels where one group is missing tell nothing.
    """

    item: str
    n_reference: int
    n_focal: int
    strata: int
    n_dropped: int


class Tested(Protocol):
    """The result of a test of one item."""

    @property
    def statistic(self) -> float | None:
        """What orders items by how far the groups differ; None where it is not defined."""

    @property
    def p(self) -> float | None:
        """The chance of such a difference without bias; None where it is not defined."""


R = TypeVar("R", bound=Tested)


@dataclass(frozen=True)
class Study:
    """How the matching total was made: which items left it for the others', in how many rounds.

    `converged` is False where the rounds ran out, went in a circle or left no item; then items left the total
    one at a time, and `settled` is False where that did not end either: no item has a class. `words` say so.
    """

    purified: bool
    left_out: tuple[str, ...]
    rounds: int
    converged: bool
    settled: bool
    words: str | None = None


@dataclass(frozen=True)
class Answers:
    """One item's answers, with the group and the matching total of those who gave them."""

    x: Floats
    focal: Bools
    total: Floats
    stratum: Indices


@dataclass(frozen=True)
class _Totals:
    """Scores (or distances from the items' means) and their sums over the anchor items."""

    parts: Floats
    sums: Floats
    counts: Floats


def _totals(m: Matched, anchor: Bools) -> _Totals:
    parts = m.scores
    if not m.complete:
        filled = np.where(m.seen, m.scores, 0.0)
        means = filled.sum(axis=0) / np.maximum(m.seen.sum(axis=0), 1)
        parts = np.where(m.seen, filled - means, 0.0)
    return _Totals(parts, parts[:, anchor].sum(axis=1), m.seen[:, anchor].sum(axis=1).astype(np.float64))


def _answers(m: Matched, focal: Bools, forms: Indices, anchor: Bools, bands: int | None) -> list[Answers]:
    """Matched on the total of the anchor items and the item itself, among people who saw the same items."""
    totals, found = _totals(m, anchor), []
    for j in range(len(m.ids)):
        rows = m.seen[:, j]
        total, count = totals.sums[rows], totals.counts[rows]
        if not anchor[j]:
            total, count = total + totals.parts[rows, j], count + 1
        total = np.round(total if m.complete else total / count, SAME_TOTAL_DECIMALS)
        stratum = _strata(total, forms[rows], bands)
        found.append(Answers(m.scores[rows, j], focal[rows], total, stratum))
    return found


def _strata(total: Floats, forms: Indices, bands: int | None) -> Indices:
    level = np.unique(total, return_inverse=True)[1]
    if bands is not None:
        for form in np.unique(forms):
            own = total[forms == form]
            inner = np.quantile(own, np.arange(1, bands) / bands)
            level[forms == form] = parts(own, inner)
    both = forms * (int(level.max(initial=0)) + 1) + level
    return np.asarray(np.unique(both, return_inverse=True)[1], np.intp)


def _forms(m: Matched) -> Indices:
    """Which people saw the same items."""
    if m.complete:
        return np.zeros(len(m.scores), np.intp)
    packed = np.packbits(m.seen, axis=1)
    return np.asarray(np.unique(packed, axis=0, return_inverse=True)[1].reshape(-1), np.intp)


@dataclass(frozen=True)
class _Round(Generic[R]):
    """Every item tested on the total without those left out, and which of them are flagged by that."""

    left_out: Bools
    answers: list[Answers]
    results: list[R]
    flagged: Bools

    def names(self, m: Matched) -> tuple[str, ...]:
        return tuple(item for item, out in zip(m.ids, self.left_out, strict=True) if out)


def study_items(
    m: Matched,
    focal: ArrayLike,
    test: Callable[[Answers], R],
    purify: bool,
    bands: int | None,
    binary: bool,
) -> tuple[list[R], list[Answers], Study]:
    """Every item tested; purified: again without what was flagged until the flagged set stays.

    Flagged items leave the total of the others and stay in their own (Holland & Thayer 1988). Where the set
    does not stay, items leave one at a time instead, the one that differs most first, until none that is
    left differs: one item that is strongly biased moves the totals of all, so that all are flagged at once
    and none is left to compare by. How bias in the total spoils the test: Wang & Su (2004); the order is that
    of forward anchors (Kopf, Zeileis & Strobl 2015), turned round. If half of the items would have left
    before that, the unpurified test stands, without classes.
    """
    group = np.asarray(focal, dtype=np.bool_)
    if group.shape != (len(m.scores),):
        raise ValueError("every person belongs to the focal group or does not")
    if binary and not np.isin(m.scores[m.seen], (0.0, 1.0)).all():
        raise ValueError("only for items scored 0 or 1")
    forms = _forms(m)

    def without(left_out: Bools) -> _Round[R]:
        answers = _answers(m, group, forms, ~left_out, bands)
        results = [test(one) for one in answers]
        found = np.array([one.p is not None and one.p < SIGNIFICANT for one in results], np.bool_)
        return _Round(left_out, answers, results, found)

    plain = without(np.zeros(len(m.ids), np.bool_))
    if not purify:
        return plain.results, plain.answers, Study(False, (), 0, True, True)
    last, rounds = _all_at_once(plain, without)
    if last is not None:
        return last.results, last.answers, Study(True, last.names(m), rounds, True, True)
    last = _one_at_a_time(plain, without)
    if last is not None:
        study = Study(True, last.names(m), rounds, False, True, ONE_AT_A_TIME)
        return last.results, last.answers, study
    return plain.results, plain.answers, Study(True, (), rounds, False, False, UNSETTLED)


def _all_at_once(plain: _Round[R], without: Callable[[Bools], _Round[R]]) -> tuple[_Round[R] | None, int]:
    """The round whose flagged items are those left out, None where there is none, and how many it took."""
    now, past = plain, [plain.left_out.tobytes()]
    while not (now.flagged == now.left_out).all():
        if len(past) > MOST_ROUNDS or now.flagged.all() or now.flagged.tobytes() in past:
            return None, len(past) - 1
        now = without(now.flagged)
        past.append(now.left_out.tobytes())
    return now, len(past) - 1


def _one_at_a_time(plain: _Round[R], without: Callable[[Bools], _Round[R]]) -> _Round[R] | None:
    """The first round in which no item of the total is flagged, None where too few are left by then."""
    now = plain
    while (now.flagged & ~now.left_out).any():
        sizes = [one.statistic if flag else None for one, flag in zip(now.results, now.flagged, strict=True)]
        ordered = np.array([-np.inf if size is None else size for size in sizes])
        ordered[now.left_out] = -np.inf
        left_out = now.left_out.copy()
        left_out[int(np.argmax(ordered))] = True
        if reaches(left_out.mean(), TOO_MANY_LEFT_OUT):
            return None
        now = without(left_out)
    return now


def adjusted_for_number(p_values: list[float | None]) -> list[float | None]:
    """P values adjusted for how many items were tested (Benjamini & Hochberg 1995)."""
    known = [p for p in p_values if p is not None]
    adjusted = iter(false_discovery_control(known).tolist() if known else [])
    return [None if p is None else float(next(adjusted)) for p in p_values]


def compared_of(item: str, answers: Answers) -> Compared:
    """Who is compared on an item."""
    n_r, n_f = by_group(answers, np.ones(len(answers.x)))
    both = (n_r > 0) & (n_f > 0)
    dropped = int((n_r + n_f)[~both].sum())
    return Compared(item, int(n_r.sum()), int(n_f.sum()), int(both.sum()), dropped)


def by_group(answers: Answers, weights: Floats) -> tuple[Floats, Floats]:
    """The sums of the weights in each stratum: of the reference group, of the focal group."""
    size = int(answers.stratum.max(initial=-1)) + 1
    focal = answers.focal
    return (
        np.bincount(answers.stratum[~focal], weights[~focal], size).astype(np.float64),
        np.bincount(answers.stratum[focal], weights[focal], size).astype(np.float64),
    )


def shown(
    compared: Compared, minimums: Minimums, value: T | None, why: str, interval: Interval | None = None
) -> Stated[T]:
    """The value if there are enough in each group and in both."""
    smaller = min(compared.n_reference, compared.n_focal)
    n = compared.n_reference + compared.n_focal
    if smaller < minimums.per_group:
        return suppressed(smaller, minimums.per_group, TOO_FEW_IN_GROUP)
    return stated(value, n, minimums.together, interval=interval, why=why)
