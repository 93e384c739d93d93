"""How probable a true value of one person is, given the answers; pairs of people stand in `compare`.

A probability of a true value needs a population that its person comes from, and nobody knows it beforehand.
So each is computed under both ends of a declared range of populations: general level g ~ N(mean, sd^2) in
each block, everything else as in `model`. What is firm holds at both ends (robust Bayes: Berger 1994, Test
3:5); where they disagree, the milder of the two is said. The range is the same for everybody, whoever else is
there.

For a weighted sum T of the true values and its estimate m, with what the estimate is made of,

    E[m | T] = M + Cov(m, T) / Var T (T - M)
    Var[m | T] = Var m - Cov(m, T)^2 / Var T + sum_i (w'A)_i^2 sigma_i(T)^2

M being the population's mean of T. The spread of the answers follows the level, so T is summed over a grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from assessor.scoring.cuts import reaches
from assessor.scoring.model import LEVELS, Design, Floats, Parameters, Posterior, refuse_unmeasured
from assessor.scoring.ranges import own_levels

_AT = np.array(LEVELS)
_STEP = 0.01
#: True values that are summed over: the scale and well beyond both its ends.
GRID = np.arange(-80, 181) * _STEP
#: Where both ends of a range give less than this away from even, nothing is certain at all.
EVEN = 0.5
_SUREST = 1e-12


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
    levels = _drawn_in(known, design, mean, population)[np.asarray(design.competency, np.intp)]
    squares = [np.interp(level, _AT, row) for level, row in zip(levels, _squares(design), strict=True)]
    variance = of_end.estimate[0, 0] + float(of_end.gain[0] ** 2 @ np.array(squares))
    shared, gap = of_end.shared[0, 0], float(np.asarray(mean, np.float64) @ w)
    if variance <= 0:
        return (float(np.sign(gap)) + 1) / 2
    left = of_end.true[0, 0] - shared**2 / variance
    centre = of_end.mean[0] + shared / variance * (gap - of_end.mean[0])
    return float(ndtr(centre / np.sqrt(max(left, 1e-24))))


def _drawn_in(known: Posterior, design: Design, mean: ArrayLike, population: Population) -> Floats:
    """The level (K) of each competency's block as the population and the answers have it together."""
    levels = own_levels(known, design, mean)
    block, measured = np.asarray(design.block), np.asarray(known.measured)
    for one in np.unique(block):
        inside = (block == one) & measured
        if inside.any():
            w = inside / inside.sum()
            centre, sd = population.at(int(one))
            kept = sd**2 / (sd**2 + float(w @ known.C @ w)) if sd > 0 else 0.0
            levels = np.where(block == one, kept * levels + (1 - kept) * centre, levels)
    return levels


def populations_document(within: Range) -> dict[str, object]:
    """The range as plain JSON: mean and SD of both ends on the 0-1 scale, and of single blocks by number."""

    def end(population: Population) -> dict[str, object]:
        own = {str(block): {"mean": mean, "sd": sd} for block, mean, sd in population.own}
        return {"mean": population.mean, "sd": population.sd, **({"blocks": own} if own else {})}

    return {"weak": end(within.weak), "strong": end(within.strong), "between_blocks": within.between}
