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

from assessor.scoring.model import refuse_unmeasured

#: An estimate plus and minus this many standard errors holds 80 % of the posterior.
Z80 = float(ndtri(0.90))
#: A level is named alone from this probability on.
ALONE_AT = 0.60
#: A minimum is judged only where its standard error is at most this.
MAX_SE_FOR_MINIMUM = 0.20
LIKELY_AT, MAY_AT, DOUBT_AT = 0.80, 0.50, 0.20

Reading = Literal["likely_meets", "may_meet", "in_doubt", "below"]


@dataclass(frozen=True)
class Level:
    """A level (lower == upper) or two adjacent ones, counted from 1, and the probability of being there."""

    lower: int
    upper: int
    p: float


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
        return 1.0 if estimate >= minimum else 0.0
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
    """The level to name: one alone from a probability of .6 on, else the likeliest two neighbours."""
    p = level_probabilities(estimate, se, cuts)
    best = max(range(len(p)), key=p.__getitem__)
    if p[best] >= ALONE_AT:
        return Level(best + 1, best + 1, p[best])
    lower = max(range(len(p) - 1), key=lambda i: p[i] + p[i + 1])
    return Level(lower + 1, lower + 2, p[lower] + p[lower + 1])


def p_all_minimums(
    mean: ArrayLike,
    covariance: ArrayLike,
    rows: ArrayLike,
    minimums: Sequence[float],
    seed: int,
    draws: int = 20_000,
) -> float:
    """The probability that every minimum is met, by seeded draws from the posterior, to 3 decimals.

    `rows` holds one weight vector over competencies per minimum; without a minimum the answer is 1.
    Raises ValueError as `model.linear` does.
    """
    if len(minimums) == 0:
        return 1.0
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
    drawn = w @ np.asarray(mean, np.float64) + normal @ root
    return round(float((drawn >= np.asarray(minimums)).all(axis=1).mean()), 3)


def reading(p: float) -> Reading:
    """What a probability of meeting the minimums amounts to; never a decision."""
    if p >= LIKELY_AT:
        return "likely_meets"
    if p >= MAY_AT:
        return "may_meet"
    return "in_doubt" if p >= DOUBT_AT else "below"


def needed_estimate(se: float, minimum: float) -> float:
    """The estimate from which one minimum is likely met on a form with this standard error."""
    _check(minimum, se)
    return minimum + float(ndtri(LIKELY_AT)) * se
