"""What is said about several people: differences, groups, ranks under uncertain weights, the highest of many.

Estimates of one person come from `model`, every probability from `populations`, under both ends of its range;
names, roles and words live elsewhere. What two people's items share of their easiness cancels in their
difference: Cov(m_p, m_q) = w' A_p B A_q' w, where B holds all of v_b for the same item and beta_t^2 for the
same type within a block (the type effects of `model` stay in a block), half of both across languages.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from assessor.messages import N_
from assessor.scoring.model import (
    Design,
    Floats,
    Indices,
    Parameters,
    Posterior,
    estimate,
    posterior,
    refuse_unmeasured,
)
from assessor.scoring.populations import PLANNED, Placed, Population, Range, above, place
from assessor.scoring.ranges import own_variances

#: The SD of the general level that a form is planned with, until a calibration knows it.
GENERAL_SD = 0.12
#: A group ends where its first member is above the next one with this probability, at both ends.
APART_AT = 0.90
#: The share of the shorter form that two forms must have in common: the usual rule for common-item equating
#: (Kolen & Brennan 2014, Test Equating, Scaling, and Linking).
LEAST_SHARED = 0.20
#: What two versions of an item, or two languages of a type, are taken to share of their effect.
SHARED_BY_LANGUAGES = 0.5
#: How many ranks are counted apart, and how much of the posterior a range of ranks holds.
MOST_RANKS = 10
RANGE = 0.80

#: Numbers held at a time while ranks are drawn: bounds the memory, whatever the number of people.
_CHUNK = 4_000_000
_COHORTS = 64

NO_CORE_SHARED = N_("Not compared: two of these forms have no question of the core in common.")
TOO_FEW_SHARED = N_(
    "Not compared: questions that two of these forms share: %(shared)d of the %(of)d of the shorter; "
    "at least %(needs)d are needed."
)


class NotComparable(ValueError):
    """These people cannot be compared; `message` is a message id and `values` what its places hold."""

    def __init__(self, message: str, **values: int | str) -> None:
        """Carry both; the text is the English one."""
        super().__init__(message % values)
        self.message = message
        self.values = values


@dataclass(frozen=True, eq=False)
class Cohort:
    """N people who were given one form with the same items observed, in the same languages.

    `items`, `types` and `languages` name each of the n items for all cohorts alike (those of `design` are
    numbers within it); `scores` is N x n, nan where unobserved. Raises ValueError where the lengths differ.
    """

    design: Design
    items: tuple[str, ...]
    types: tuple[str, ...]
    languages: tuple[str, ...]
    scores: Floats

    def __post_init__(self) -> None:
        """Refuse names that are not one an item."""
        n = len(self.design.competency)
        for name in ("items", "types", "languages"):
            if len(getattr(self, name)) != n:
                raise ValueError(f"{name} has {len(getattr(self, name))} entries, the form {n} items")
        if self.scores.ndim != 2 or self.scores.shape[1] != n:
            raise ValueError(f"scores has shape {self.scores.shape}, not (people, {n})")


@dataclass(frozen=True, eq=False)
class _Solved:
    """A cohort with its posterior and `effects` (K x E): A times what the easiness takes of E effects."""

    known: Posterior
    effects: Floats


@dataclass(frozen=True, eq=False)
class Compared:
    """All that pairs of people need: N estimates of the weighted sum on the 0-1 scale, and their errors.

    People stand cohort after cohort. `cohort` (N) is each one's, `variance` (N) the error variance at each
    one's own levels, and `effects` (rows of E) w'A in units of independent effects, by cohort: what two
    cohorts share is the product of their rows. `ends` has everybody as each population of `within` has them.
    """

    estimate: Floats
    mean: Floats
    cohort: Indices
    variance: Floats
    effects: Floats
    within: Range
    ends: tuple[Placed, Placed]
    weights: Floats
    solved: tuple[_Solved, ...]

    def __len__(self) -> int:
        """How many people are compared."""
        return len(self.estimate)

    @property
    def rho(self) -> tuple[float, ...]:
        """At each end, how much of a difference between two estimates is expected to be there in truth."""
        both = zip(self.ends, self.spread, strict=True)
        return tuple(float(one.shared.mean() / spread) if one.true else 0.0 for one, spread in both)

    @property
    def spread(self) -> tuple[float, ...]:
        """At each end, the variance of estimates among these people: what all pairs share is out of it."""
        n = len(self)
        sizes = np.bincount(self.cohort, minlength=len(self.effects))
        # The sum over all pairs without the pairs: |sum of rows|^2 holds every product once.
        total = sizes @ self.effects
        tied = (total @ total - sizes @ np.square(self.effects).sum(axis=1)) / (n * (n - 1))
        return tuple(float((one.own * one.shared**2).mean() - tied) for one in self.ends)


@dataclass(frozen=True, eq=False)
class Ranks:
    """Shares of the draws in which each person is first, second, ... and where ranks fall.

    `shares` (2 x N x R) and `mean` (2 x N) are those at each end of the range of populations; `low` and
    `high` (N) hold the middle 80 % of the ranks at both, counted from 1.
    """

    shares: Floats
    mean: Floats
    low: Indices
    high: Indices
    draws: int


def compare(
    cohorts: Sequence[Cohort], parameters: Parameters, weights: Floats, *, within: Range = PLANNED
) -> Compared:
    """The comparison of all people of the cohorts by one weighted sum of competencies.

    Raises ValueError for under two people, as `model.linear` for a weight on what a form does not measure,
    and for an item whose easiness or its variance differs between forms.
    """
    solved = _solve(cohorts, parameters)
    sizes = np.array([len(cohort.scores) for cohort in cohorts])
    people = int(sizes.sum())
    if people < 2:
        raise ValueError(f"a comparison needs two people, not {people}")
    for one in solved:
        refuse_unmeasured(one.known.C, weights)
    means = [estimate(one.known, c.scores, c.design.b) for one, c in zip(solved, cohorts, strict=True)]
    of_form = list(zip(solved, cohorts, means, strict=True))
    mean = np.concatenate(means)

    def placed(population: Population) -> Placed:
        return _joined(
            place(one.known, c.design, parameters, weights, m, population, within.between)
            for one, c, m in of_form
        )

    return Compared(
        estimate=mean @ weights,
        mean=mean,
        cohort=np.repeat(np.arange(len(cohorts)), sizes),
        variance=np.concatenate([own_variances(one.known, c.design, m, weights) for one, c, m in of_form]),
        effects=np.array([weights @ one.effects for one in solved]),
        within=within,
        ends=(placed(within.weak), placed(within.strong)),
        weights=weights,
        solved=solved,
    )


def _joined(placed: Iterable[Placed]) -> Placed:
    parts = list(placed)
    off, own, shared = (
        np.concatenate([getattr(one, name) for one in parts]) for name in ("off", "own", "shared")
    )
    return Placed(off, own, shared, parts[0].true)


def _solve(cohorts: Sequence[Cohort], parameters: Parameters) -> tuple[_Solved, ...]:
    places: dict[tuple[str, str], int] = {}
    easiness: dict[str, tuple[float, float]] = {}
    for cohort in cohorts:
        for i, ident in enumerate(cohort.items):
            here = (cohort.design.b[i], cohort.design.v_b[i])
            if easiness.setdefault(ident, here) != here:
                raise ValueError(f"item {ident} has different easiness in two forms")
        for name in _effect_names(cohort):
            places.setdefault(name, len(places))
    found = []
    for cohort in cohorts:
        known = posterior(cohort.design, parameters)
        found.append(_Solved(known, known.A @ _loading(cohort, parameters, places)))
    return tuple(found)


def _effect_names(cohort: Cohort) -> Iterator[tuple[str, str]]:
    """Four effects an item: its own and its type's, each common to all languages and of one."""
    for i, ident in enumerate(cohort.items):
        of_type = f"{cohort.types[i]}|{cohort.design.block[cohort.design.competency[i]]}"
        for name in (f"item|{ident}", f"type|{of_type}"):
            yield name, ""
            yield name, cohort.languages[i]


def _loading(cohort: Cohort, parameters: Parameters, places: dict[tuple[str, str], int]) -> Floats:
    n = len(cohort.items)
    places_of = np.array([places[name] for name in _effect_names(cohort)], dtype=np.intp).reshape(n, 4)
    sd = np.column_stack([np.sqrt(cohort.design.v_b), np.full(n, parameters.beta_t)])
    common, own = math.sqrt(SHARED_BY_LANGUAGES), math.sqrt(1 - SHARED_BY_LANGUAGES)
    loading = np.zeros((n, len(places)))
    rows = np.arange(n)[:, None]
    loading[rows, places_of] = np.repeat(sd, 2, axis=1) * (common, own, common, own)
    return loading


def require_overlap(cohorts: Sequence[Cohort], weights: Floats, core: int) -> None:
    """Nothing, or NotComparable where two forms share none of the core (its block), or too few items.

    Items count where their competency has a weight and they are observed.
    """
    names = sorted({ident for cohort in cohorts for ident in cohort.items})
    place = {ident: i for i, ident in enumerate(names)}
    held = np.zeros((2, len(cohorts), len(names)), dtype=np.float32)
    for f, cohort in enumerate(cohorts):
        competency = np.array(cohort.design.competency, dtype=np.intp)
        counts = np.array(cohort.design.observed) & (weights[competency] != 0)
        in_core = counts & (np.array(cohort.design.block)[competency] == core)
        at = np.array([place[ident] for ident in cohort.items], dtype=np.intp)
        held[0, f, at], held[1, f, at] = counts, in_core
    sizes = held[0].sum(axis=1)
    for f in range(len(cohorts)):
        if (held[1, f:] @ held[1, f]).min() < 1:
            raise NotComparable(NO_CORE_SHARED)
        shared = held[0, f:] @ held[0, f]
        shorter = np.minimum(sizes[f:], sizes[f])
        needed = np.ceil(LEAST_SHARED * shorter)
        if (short := np.flatnonzero(shared < needed)).size:
            g = short[0]
            raise NotComparable(
                TOO_FEW_SHARED, shared=int(shared[g]), of=int(shorter[g]), needs=int(needed[g])
            )


def probability(compared: Compared, rows: Indices, columns: Indices) -> Floats:
    """P(row's person is above the column's), a matrix: the milder of both ends, .5 between equals."""
    return above(compared.ends, compared.cohort, compared.effects, rows, columns)


def shown(p: float) -> int:
    """A probability as it is shown, in percent: to 5 %, never 0 or 100; that of the reverse adds to 100."""
    if p < 0.5:
        return 100 - shown(1 - p)
    return min(95, 5 * math.floor(20 * p + 0.5 + 1e-9))


def bands(compared: Compared, *, apart_at: float = APART_AT) -> Indices:
    """The number of each person's group, from 1 (Cascio et al. 1991, fixed bands).

    Whom the highest of those left is above with a probability under `apart_at`, at either end of the range,
    shares its group: a boundary stands where it stands for both ends. Where errors
    differ, somebody less precisely measured may share a group that a higher estimate has left.
    """
    group = np.zeros(len(compared), dtype=np.intp)
    left = _by_estimate(compared)
    number = 0
    while left.size:
        number += 1
        together = probability(compared, left[:1], left)[0] < apart_at
        together[0] = True
        group[left[together]] = number
        left = left[~together]
    return group


def sliding_bands(compared: Compared, *, apart_at: float = APART_AT) -> Iterator[Indices]:
    """The band of the highest estimate, then that of the next once the highest has left, and so on.

    Ends with the first band that reaches the lowest estimate: from there on a band only shrinks.
    """
    left = _by_estimate(compared)
    while True:
        together = probability(compared, left[:1], left)[0] < apart_at
        together[0] = True
        yield left[together]
        if together[-1]:
            return
        left = left[1:]


def _by_estimate(compared: Compared) -> Indices:
    return np.argsort(-compared.estimate, kind="stable")


def rank_acceptability(
    compared: Compared,
    *,
    seed: int,
    draws: int = 1000,
    concentration: float | None = None,
    most_ranks: int = MOST_RANKS,
) -> Ranks:
    """How often each person is first, second, ... over draws of weights and true values, at each end.

    Stochastic multicriteria acceptability analysis (Lahdelma & Salminen 2001): a draw has one easiness b for
    everybody, which moves a cohort's means by -A b, and each one's own error; both ends see the same draws.
    Means count as far as the population lets them, and b varies by as much more as makes the shares of two
    people the probability that `probability` says: exactly so on one form and on two alike ones. Weights are
    Dirichlet with mean `compared.weights`; its `concentration` says how sure they are, None that they are
    exact. Raises ValueError for a concentration or weights that cannot be.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    weights = _drawn_weights(compared.weights, concentration, draws, rng)
    effects = rng.standard_normal((draws, compared.effects.shape[1]))
    shift, surer = _shifts(compared, weights, effects)
    people = len(compared)
    drawn = [_Drawn.at(end, compared) for end in compared.ends]
    ranks = np.empty((len(drawn), draws, people), dtype=np.uint16 if people < 2**16 else np.uint32)
    shares = np.zeros((len(drawn), people, min(most_ranks, people)))
    places = np.arange(1, people + 1, dtype=ranks.dtype)
    size = max(1, _CHUNK // people)
    for start in range(0, draws, size):
        part = slice(start, min(start + size, draws))
        noise = rng.standard_normal((part.stop - start, people))
        noise *= surer[part][:, compared.cohort]
        sums = weights[part] @ compared.mean.T
        for end, one in enumerate(drawn):
            order = _descending(one.values(sums, shift[part][:, compared.cohort], noise))
            np.put_along_axis(ranks[end, part], order, places[None, :], axis=1)
            for rank in range(shares.shape[2]):
                shares[end, :, rank] += np.bincount(order[:, rank], minlength=people)
    tail = int((1 - RANGE) / 2 * (draws - 1))
    ends = np.partition(ranks, (tail, draws - 1 - tail), axis=1)[:, [tail, draws - 1 - tail]].astype(np.intp)
    return Ranks(
        shares / draws,
        ranks.mean(axis=1, dtype=np.float64),
        ends[:, 0].min(axis=0),
        ends[:, 1].max(axis=0),
        draws,
    )


@dataclass(frozen=True, eq=False)
class _Drawn:
    """How true values are drawn at one end: what estimate, b and noise count for (N each), and a start."""

    slope: Floats
    base: Floats
    eased: Floats
    error: Floats

    @classmethod
    def at(cls, end: Placed, compared: Compared) -> _Drawn:
        """Of two people with the same e_pp, e_pq = 0 and the same own, the shares are those that are said."""
        easiness = np.square(compared.effects).sum(axis=1)[compared.cohort] / end.shared**2
        left = end.own - easiness
        # What b's variance is multiplied by, by cohort: one b moves all of a cohort alike.
        more = end.true * (2 * end.own - easiness) - 1
        size = np.bincount(compared.cohort)
        of_cohort = np.bincount(compared.cohort, np.maximum(more, 0.0)) / size
        slope = (end.true > 0) / (left * end.shared)
        return cls(
            slope=slope,
            base=slope * (end.off * end.shared - compared.estimate),
            eased=slope * np.sqrt(of_cohort)[compared.cohort],
            error=np.sqrt(np.maximum(end.true - 1 / left, 0.0)) if end.true > 0 else np.ones(len(left)),
        )

    def values(self, sums: Floats, shift: Floats, noise: Floats) -> Floats:
        """True values by draw and person, up to what all have in common."""
        values = sums * self.slope
        values += self.base
        values += noise * self.error
        values -= np.multiply(shift, self.eased, out=shift)
        return values


def _descending(values: Floats) -> Indices:
    """The order of each row, the highest first; `values` are lost.

    The place of a value takes its last binary digits, so that sorting the numbers sorts the places: twice
    as fast as an argsort. Numbers that differ by less than one part in 2^30 or so are in either order.
    """
    people = values.shape[1]
    digits = (1 << (people - 1).bit_length()) - 1
    bits = np.negative(values, out=values).view(np.int64)
    bits &= ~digits
    bits |= np.arange(people)
    values.sort(axis=1)
    bits &= digits
    return bits


def _drawn_weights(
    weights: Floats, concentration: float | None, draws: int, rng: np.random.Generator
) -> Floats:
    positive = np.flatnonzero(weights > 0)
    if positive.size == 0 or (weights < 0).any():
        raise ValueError("rank acceptability needs weights of at least 0, one of them above")
    if concentration is None:
        return np.tile(weights, (draws, 1))
    if not (math.isfinite(concentration) and concentration > 0):
        raise ValueError(f"concentration must be a finite number above 0, not {concentration!r}")
    total = weights.sum()
    found = np.zeros((draws, len(weights)))
    found[:, positive] = total * rng.dirichlet(concentration * weights[positive] / total, draws)
    return found


def _shifts(compared: Compared, weights: Floats, effects: Floats) -> tuple[Floats, Floats]:
    """By draw and cohort: what b moves the weighted sum by, and one's error against that of `weights`."""
    cohorts, competencies = len(compared.solved), len(compared.weights)
    shift, larger = np.empty((2, len(weights), cohorts))
    # Cohorts in blocks: one product for many, without holding all of draws x cohorts x competencies.
    for start in range(0, cohorts, _COHORTS):
        block = compared.solved[start : start + _COHORTS]
        reach = np.concatenate([one.effects for one in block])
        left = np.concatenate([one.known.C - one.effects @ one.effects.T for one in block])
        shape = (len(weights), len(block), competencies)
        part = slice(start, start + _COHORTS)
        shift[:, part] = np.einsum("dfk,dk->df", (effects @ reach.T).reshape(shape), weights)
        variance = np.einsum("dfk,dk->df", (weights @ left.T).reshape(shape), weights)
        own = (compared.weights @ left.T).reshape(shape[1:]) @ compared.weights
        larger[:, part] = np.sqrt(np.maximum(variance, 0.0) / np.maximum(own, 1e-24))
    return shift, larger


def expected_highest(n: int) -> float:
    """The mean of the highest of n standard normal values."""
    # The mean is the integral of [x > 0] - F(x)^n; that of [x > 0] - F(x), which is 0, takes the step out.
    x = np.linspace(-9.0, 9.0, 3601)
    below = ndtr(x)
    return float(np.trapezoid(below - below**n, x))


def overestimate(compared: Compared) -> float:
    """By how much the highest estimate is expected to exceed its true value, on the 0-1 scale.

    What of a difference is error, times how far the highest of n estimates stands out; of both ends the
    larger.
    """
    highest = expected_highest(len(compared))
    both = zip(compared.rho, compared.spread, strict=True)
    return max((1 - rho) * math.sqrt(spread) for rho, spread in both) * highest
