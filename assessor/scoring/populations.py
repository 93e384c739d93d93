"""How probable true values are, given the answers: of one person, and of one against another.

A probability of a true value needs a population that its person comes from, and nobody knows it beforehand.
So each is computed under both ends of a declared range of populations: general level g ~ N(mean, sd^2) in
each block, everything else as in `model`. What is firm holds at both ends (robust Bayes: Berger 1994, Test
3:5); where they disagree, the milder of the two is said. The range is the same for everybody, whoever else is
there.

For a weighted sum T of the true values and its estimate m, with what the estimate is made of,

    E[m | T] = M + Cov(m, T) / Var T (T - M)
    Var[m | T] = Var m - Cov(m, T)^2 / Var T + sum_i (w'A)_i^2 sigma_i(T)^2

M being the population's mean of T. The spread of the answers follows the level, so T is summed over a grid.
Two people p and q are independent draws from one population, and the easiness that their items share ties
their estimates: with x = m - M and e = Cov(m_p, m_q),

    D = T_p - T_q given x_p and x_q is normal: mean k' S^-1 x, variance 2 Var T - k' S^-1 k
    S = [[Var m_p, e], [e, Var m_q]],   k = (Cov(m_p, T), -Cov(m_q, T))

where the answers scatter as those of somebody of the person's level, as far as the population lets it count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from assessor.scoring.cuts import reaches
from assessor.scoring.model import (
    LEVELS,
    Design,
    Floats,
    Indices,
    Parameters,
    Posterior,
    refuse_unmeasured,
)
from assessor.scoring.ranges import own_levels

_AT = np.array(LEVELS)
_STEP = 0.01
#: True values that are summed over: the scale and well beyond both its ends.
GRID = np.arange(-80, 181) * _STEP
#: Where both ends of a range give less than this away from even, nothing is certain at all.
EVEN = 0.5
_SUREST = 1e-12
#: Pairs that are worked on at a time: their intermediate numbers stay in a processor's own memory.
_PIECE = 32_768


@dataclass(frozen=True)
class Population:
    """The general levels that people have in a block: mean and SD; ``own`` are those of single blocks."""

    mean: float
    sd: float
    own: tuple[tuple[int, float, float], ...] = ()

    def at(self, block: int) -> tuple[float, float]:
        """Mean and SD in this block."""
        return next(((mean, sd) for one, mean, sd in self.own if one == block), (self.mean, self.sd))


@dataclass(frozen=True)
class Range:
    """The populations from the weakest to the strongest under which words are to hold.

    ``between`` is the correlation of the general levels of two blocks.
    """

    weak: Population
    strong: Population
    between: float = 0.5

    @property
    def ends(self) -> tuple[Population, Population]:
        """Both, the weak one first."""
        return self.weak, self.strong


#: Until a calibration: chosen so that words come true in pools of mean .3 to .6 and SD .12 to .2. The strong
#: end is narrow: below a minimum are, of a strong pool, fewer than a wide one would have.
PLANNED = Range(Population(0.30, 0.18), Population(0.65, 0.10))


@dataclass(frozen=True, eq=False)
class Moments:
    """What a population makes of J weighted sums: their means (J), and what they and their estimates share.

    ``true`` is Var T, ``shared`` Cov(m, T), ``estimate`` Var m without the scatter of the answers (all J x
    J); ``gain`` (J x n) is what each score adds to each estimate.
    """

    mean: Floats
    true: Floats
    shared: Floats
    estimate: Floats
    gain: Floats


def moments(
    known: Posterior,
    design: Design,
    parameters: Parameters,
    rows: ArrayLike,
    population: Population,
    between: float,
) -> Moments:
    """The moments of the weighted sums ``rows`` (J x K) and their estimates in one population.

    Raises ValueError as `model.linear` does.
    """
    w = np.atleast_2d(np.asarray(rows, np.float64))
    refuse_unmeasured(known.C, w)
    area, block = np.asarray(design.area), np.asarray(design.block)
    competency = np.asarray(design.competency, np.intp)
    of_item = block[competency]
    gain = w @ known.A
    loads = np.zeros_like(w)
    np.add.at(loads.T, competency, gain.T)
    prior = parameters.tau_a**2 * (area[:, None] == area) + parameters.tau_c**2 * np.eye(len(area))
    blocks = np.unique(block)
    of_block = np.array([w[:, block == one].sum(axis=1) for one in blocks])
    means, sds = np.array([population.at(int(one)) for one in blocks]).T
    general = np.outer(sds, sds) * np.where(np.eye(len(blocks), dtype=bool), 1.0, between)
    of_g = of_block.T @ general @ of_block
    kind = np.asarray(design.item_type)
    of_type = np.array(
        [gain[:, (kind == t) & (of_item == one)].sum(axis=1) for t in np.unique(kind) for one in blocks]
    )
    easiness = parameters.beta_t**2 * of_type.T @ of_type + (gain * np.asarray(design.v_b)) @ gain.T
    return Moments(
        mean=means @ of_block,
        true=of_g + w @ prior @ w.T,
        shared=of_g + loads @ prior @ w.T,
        estimate=of_g + loads @ prior @ loads.T + easiness,
        gain=gain,
    )


def believed(design: Design, found: Moments, estimates: ArrayLike, place: int = 0) -> Floats:
    """How probable each true value of GRID is (N x values) for people of these estimates of sum ``place``."""
    m = np.atleast_1d(np.asarray(estimates, np.float64))[:, None]
    true, shared = found.true[place, place], found.shared[place, place]
    off = GRID - found.mean[place]
    centre = found.mean[place] + shared / true * off
    left = max(found.estimate[place, place] - shared**2 / true, 0.0)
    variance = np.maximum(left + np.interp(GRID, _AT, found.gain[place] ** 2 @ _squares(design)), 1e-9)
    exponent = -(off**2) / (2 * true) - (m - centre) ** 2 / (2 * variance) - np.log(variance) / 2
    exponent -= exponent.max(axis=1, keepdims=True)
    weights: Floats = np.exp(exponent)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _squares(design: Design) -> Floats:
    """sigma^2 of each item (rows) at each of LEVELS."""
    if design.spreads:
        return np.asarray(design.spreads) ** 2
    return np.repeat(np.asarray(design.sigma)[:, None] ** 2, len(LEVELS), axis=1)


def at_least(chances: Floats, cut: float) -> Floats:
    """The probability (N) that the true value is at the cut or above it; a grid value stands for its cell."""
    share = np.clip((GRID + _STEP / 2 - cut) / _STEP, 0.0, 1.0)
    found: Floats = chances @ share
    return found


def milder(at_ends: ArrayLike) -> Floats:
    """Of the probabilities at both ends (first axis) the one nearer to even; even if they lie around it."""
    ends = np.asarray(at_ends, np.float64)
    found: Floats = np.clip(EVEN, ends.min(axis=0), ends.max(axis=0))
    return found


def chances(
    known: Posterior,
    design: Design,
    parameters: Parameters,
    weights: ArrayLike,
    estimates: ArrayLike,
    cuts: Sequence[float],
    within: Range = PLANNED,
) -> Floats:
    """The probability of being at each cut or above it: both ends of the range x cuts x people."""
    found = []
    for population in within.ends:
        of_end = moments(known, design, parameters, weights, population, within.between)
        distribution = believed(design, of_end, estimates)
        found.append([at_least(distribution, cut) for cut in cuts])
    return np.array(found).reshape(2, len(cuts), -1)


def all_met(
    known: Posterior,
    design: Design,
    parameters: Parameters,
    rows: ArrayLike,
    alone: Floats,
    *,
    within: Range,
    seed: int,
    draws: int,
) -> Floats:
    """The probability that every minimum is met, at both ends x people, to 3 decimals.

    ``alone`` has that of each minimum (ends x minimums x people). They are tied together as the true values
    are, given the estimates, by seeded draws that are the same for everybody: nobody's number depends on who
    else is there.
    """
    normal = np.random.Generator(np.random.PCG64(seed)).standard_normal((draws, alone.shape[1]))
    found = np.empty((2, alone.shape[2]))
    for end, population in enumerate(within.ends):
        of_end = moments(known, design, parameters, rows, population, within.between)
        scatter = (of_end.gain * np.asarray(design.sigma) ** 2) @ of_end.gain.T
        left = (
            of_end.true
            - of_end.shared.T @ np.linalg.pinv(of_end.estimate + scatter, hermitian=True) @ of_end.shared
        )
        sd = np.sqrt(np.maximum(np.diag(left), 1e-300))
        # The symmetric root: unlike a Cholesky factor it exists for a singular matrix, and unlike plain
        # eigenvectors it has no signs that could differ between machines.
        values, axes = np.linalg.eigh(left / np.outer(sd, sd))
        tied = normal @ ((axes * np.sqrt(np.clip(values, 0.0, None))) @ axes.T)
        limits = ndtri(np.clip(alone[end], _SUREST, 1 - _SUREST))
        found[end] = [float(reaches(person, tied).all(axis=1).mean()) for person in limits.T]
    lowest: Floats = np.minimum(found, alone.min(axis=1)).round(3)
    return lowest


def difference(
    known: Posterior,
    design: Design,
    parameters: Parameters,
    mean: ArrayLike,
    over: ArrayLike,
    under: ArrayLike,
    within: Range = PLANNED,
) -> tuple[float, float]:
    """The difference of two weighted sums of one person's estimates, and the probability that it is above 0.

    The milder of both ends. The answers scatter as those of somebody of the person's level in each block,
    drawn towards the population's by what that level is uncertain. A tie without error gives .5. Raises
    ValueError as `model.linear` does.
    """
    w = np.asarray(over, np.float64) - np.asarray(under, np.float64)
    gap = float(np.asarray(mean, np.float64) @ w)
    found = [_above_zero(known, design, parameters, mean, w, end, within.between) for end in within.ends]
    return gap, float(milder(found))


def _above_zero(
    known: Posterior,
    design: Design,
    parameters: Parameters,
    mean: ArrayLike,
    w: Floats,
    population: Population,
    between: float,
) -> float:
    of_end = moments(known, design, parameters, w, population, between)
    variance = of_end.estimate[0, 0] + float(_scatter(known, design, of_end, mean, population)[0])
    shared, gap = of_end.shared[0, 0], float(np.asarray(mean, np.float64) @ w)
    if variance <= 0:
        return (float(np.sign(gap)) + 1) / 2
    left = of_end.true[0, 0] - shared**2 / variance
    centre = of_end.mean[0] + shared / variance * (gap - of_end.mean[0])
    return float(ndtr(centre / np.sqrt(max(left, 1e-24))))


def _scatter(
    known: Posterior, design: Design, found: Moments, mean: ArrayLike, population: Population
) -> Floats:
    """What the answers of each person (``mean``: N x K) add to the variance of the first sum's estimate.

    The level of a block is as the population and the answers have it together.
    """
    levels = np.atleast_2d(own_levels(known, design, mean))
    block, measured = np.asarray(design.block), np.asarray(known.measured)
    of_item = block[np.asarray(design.competency, np.intp)]
    parts, squares = found.gain[0] ** 2, _squares(design)
    total: Floats = np.zeros(len(levels))
    for one in np.unique(block):
        inside, items = (block == one) & measured, of_item == one
        if inside.any():
            w = inside / inside.sum()
            centre, sd = population.at(int(one))
            kept = sd**2 / (sd**2 + float(w @ known.C @ w)) if sd > 0 else 0.0
            level = kept * levels[:, np.flatnonzero(inside)[0]] + (1 - kept) * centre
            total += np.interp(level, _AT, parts[items] @ squares[items])
    return total


@dataclass(frozen=True, eq=False)
class Placed:
    """N estimates of one weighted sum T as one population has them.

    ``shared`` is Cov(m, T); ``off``, how far each is from the population's mean of T, and ``own``, Var m, are
    divided by it and by its square, so that Cov(m, T) is 1. ``true`` is Var T. Of what does not vary in a
    population the answers say nothing: ``true`` and ``off`` are 0, and nothing is divided.
    """

    off: Floats
    own: Floats
    shared: Floats
    true: float


def place(
    known: Posterior,
    design: Design,
    parameters: Parameters,
    weights: ArrayLike,
    mean: Floats,
    population: Population,
    between: float,
) -> Placed:
    """The estimates of those who were given this form (``mean``: N x K). ValueError as `model.linear`."""
    found = moments(known, design, parameters, weights, population, between)
    true, shared = float(found.true[0, 0]), float(found.shared[0, 0])
    variance = found.estimate[0, 0] + _scatter(known, design, found, mean, population)
    is_known = true > 0 and shared > 0
    scale = shared if is_known else 1.0
    off = (mean @ np.asarray(weights, np.float64) - found.mean[0]) * (is_known / scale)
    return Placed(off, variance / scale**2, np.full(len(mean), scale), true if is_known else 0.0)


def above(
    ends: tuple[Placed, Placed], cohort: Indices, effects: Floats, rows: Indices, columns: Indices
) -> Floats:
    """The probability that each of ``rows`` is above each of ``columns`` (a matrix), the milder of the ends.

    Rows of ``effects`` hold what the estimates of a cohort take of independent effects of easiness, so that
    e is the product of two of them; ``cohort`` is everybody's.
    """
    known, some, column = np.unique(cohort[columns], return_index=True, return_inverse=True)
    among, one_of, row = np.unique(cohort[rows], return_index=True, return_inverse=True)
    tied = effects[among] @ effects[known].T
    by_end = [(one, tied / np.outer(one.shared[rows[one_of]], one.shared[columns[some]])) for one in ends]
    found = np.empty((len(rows), len(columns)))
    size = max(1, _PIECE // max(1, len(columns)))
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        sure = [_surety(one, e[row[part]].take(column, axis=1), rows[part], columns) for one, e in by_end]
        ndtr(_nearer_to_even(*sure), out=found[part])
    return found


def _surety(end: Placed, e: Floats, rows: Indices, columns: Indices) -> Floats:
    """The mean of D divided by its SD; e is divided as ``own`` is, and lost."""
    own_row, own_column = end.own[rows][:, None], end.own[columns]
    mean, other = own_column + e, own_row + e
    determinant = own_row * own_column
    e *= e
    determinant -= e
    left = np.multiply(determinant, 2 * end.true, out=e)
    left -= mean
    left -= other
    left *= determinant
    mean *= end.off[rows][:, None]
    other *= end.off[columns]
    mean -= other
    mean /= np.sqrt(np.maximum(left, 1e-24, out=left), out=left)
    return mean


def _nearer_to_even(one: Floats, other: Floats) -> Floats:
    """`milder` before the normal distribution: the nearer to 0, and 0 where they lie around it."""
    low = np.minimum(one, other)
    high = np.maximum(one, other, out=one)
    found: Floats = np.minimum(np.maximum(low, 0.0, out=low), high, out=low)
    return found


def populations_document(within: Range) -> dict[str, object]:
    """The range as plain JSON: mean and SD of both ends on the 0-1 scale, and of single blocks by number."""

    def end(population: Population) -> dict[str, object]:
        own = {str(block): {"mean": mean, "sd": sd} for block, mean, sd in population.own}
        return {"mean": population.mean, "sd": population.sd, **({"blocks": own} if own else {})}

    return {"weak": end(within.weak), "strong": end(within.strong), "between_blocks": within.between}
