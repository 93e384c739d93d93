"""Intervals, levels and minimums as probabilities on the 0-1 scale.

Their words and the 0-100 display live elsewhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from assessor.scoring.cuts import exceeds, reaches
from assessor.scoring.model import refuse_unmeasured

#: An estimate plus and minus this many standard errors holds 80 % of the posterior.
Z80 = float(ndtri(0.90))
#: A range that touches more levels than this names none.
MOST_NAMED = 2
LIKELY_AT, MAY_AT, DOUBT_AT = 0.80, 0.50, 0.20

Reading = Literal["likely_meets", "may_meet", "in_doubt", "below"]
#: From the best to the worst; only the ends are firm, what lies between them is to be probed.
READINGS: tuple[Reading, ...] = ("likely_meets", "may_meet", "in_doubt", "below")


@dataclass(frozen=True)
class Level:
    """The levels that a range touches, counted from 1, and the probability of being in one of them."""

    lower: int
    upper: int
    p: float

    @property
    def is_named(self) -> bool:
        """Whether they are few enough to be named: one, or two neighbours."""
        return self.upper - self.lower < MOST_NAMED


def _check(estimate: float, se: float) -> None:
    if not math.isfinite(estimate):
        raise ValueError(f"estimate must be a finite number, not {estimate!r}")
    if not (math.isfinite(se) and se >= 0):
        raise ValueError(f"se must be a finite number of at least 0, not {se!r}")


def interval(estimate: float, se: float) -> tuple[float, float]:
    """The ends of the 80 % interval."""
    _check(estimate, se)
    return estimate - Z80 * se, estimate + Z80 * se


def p_at_least(estimate: float, se: float, minimum: float) -> float:
    """The probability of being at or above a minimum; 1 or 0 where the standard error is 0."""
    _check(estimate, se)
    if se == 0:
        return 1.0 if reaches(estimate, minimum) else 0.0
    return float(ndtr((estimate - minimum) / se))


def level_probabilities(estimate: float, se: float, cuts: Sequence[float]) -> tuple[float, ...]:
    """The probability of each of the len(cuts) + 1 levels; a level begins at its cut.

    Raises ValueError when the cuts do not increase.
    """
    if any(low >= high for low, high in pairwise(cuts)):
        raise ValueError(f"cuts must increase: {tuple(cuts)}")
    above = [1.0, *(p_at_least(estimate, se, cut) for cut in cuts), 0.0]
    return tuple(here - over for here, over in pairwise(above))


def level_of(estimate: float, se: float, cuts: Sequence[float]) -> Level:
    """The levels that the 80 % interval touches; an interval that ends at a cut does not reach beyond it."""
    p = level_probabilities(estimate, se, cuts)
    low, high = interval(estimate, se)
    lower = sum(bool(reaches(low, cut)) for cut in cuts)
    upper = max(lower, sum(bool(exceeds(high, cut)) for cut in cuts))
    return Level(lower + 1, upper + 1, sum(p[lower : upper + 1]))


def p_all_minimums(
    mean: ArrayLike,
    covariance: ArrayLike,
    rows: ArrayLike,
    minimums: Sequence[float],
    seed: int,
    draws: int = 20_000,
) -> float:
    """The probability that one person meets every minimum: `p_all_minimums_of` for a mean of shape (K,)."""
    one = np.asarray(mean, np.float64)[None, :]
    return p_all_minimums_of(one, covariance, rows, minimums, seed, draws)[0]


def p_all_minimums_of(
    means: ArrayLike,
    covariance: ArrayLike,
    rows: ArrayLike,
    minimums: Sequence[float],
    seed: int,
    draws: int = 20_000,
) -> list[float]:
    """For each person the probability that every minimum is met, by seeded draws, to 3 decimals.

    `means` is N x K for people of one `covariance`; every one has the same draws, so that nobody's number
    depends on who else is there. `rows` holds one weight vector over competencies per minimum; without a
    minimum the answer is 1. Raises ValueError as `model.linear` does.
    """
    people = np.asarray(means, np.float64)
    if len(minimums) == 0:
        return [1.0] * len(people)
    cov = np.asarray(covariance, np.float64)
    w = np.asarray(rows, np.float64)
    if w.shape != (len(minimums), len(cov)):
        raise ValueError(f"rows has shape {w.shape}, not {(len(minimums), len(cov))}")
    refuse_unmeasured(cov, w)
    # The symmetric root: unlike a Cholesky factor it exists for a singular covariance, and unlike plain
    # eigenvectors it has no signs that could differ between machines.
    variances, axes = np.linalg.eigh(w @ cov @ w.T)
    root = (axes * np.sqrt(np.clip(variances, 0.0, None))) @ axes.T
    normal = np.random.Generator(np.random.PCG64(seed)).standard_normal((draws, len(minimums)))
    off = normal @ root
    centres = people @ w.T
    return [round(float(reaches(centre + off, minimums).all(axis=1).mean()), 3) for centre in centres]


def reading(p: float) -> Reading:
    """What a probability of meeting a minimum amounts to; never a decision."""
    if p >= LIKELY_AT:
        return "likely_meets"
    if p >= MAY_AT:
        return "may_meet"
    return "in_doubt" if p > DOUBT_AT else "below"


def joint_reading(p: float, parts: Sequence[Reading], *, is_whole: bool) -> Reading:
    """What the probability that all of `parts` are met amounts to, never firmer than the weakest of them.

    "Below" takes a part that is itself below. Without a part of the role (`is_whole` False) nothing is likely
    met. Raises ValueError where there is no part.
    """
    worst = max(READINGS.index(part) for part in parts)
    found = max(READINGS.index(reading(p)), worst, 0 if is_whole else READINGS.index("may_meet"))
    return READINGS[min(found, max(worst, READINGS.index("in_doubt")))]


def needed_estimate(se: float, minimum: float) -> float:
    """The estimate from which one minimum is likely met on a form with this standard error."""
    _check(minimum, se)
    return minimum + float(ndtri(LIKELY_AT)) * se
