"""The 80 % range of an estimate, when what one answer leaves open changes with the level of the person.

An estimate x = w'(A (s - b)) is the same sum of scores for everybody; how far it may be from the true value
is not: near guessing an answer scatters widely, near the key hardly. With sigma_i(g) for the spread of item i
at level g, the error variance of x is

    v(g) = w' C w + sum_i (w'A)_i^2 (sigma_i(g)^2 - sigma_i^2)

C and A being those of `model`, solved with sigma_i. A range ends where the estimate would lie at its 10 % and
90 % point: at the g with x - g = z sqrt(v(g)) below, and g - x = z sqrt(v(g)) above. That is the score
interval of a proportion (Wilson 1927, J. Am. Stat. Assoc. 22:209) for a sum of item scores.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from assessor.scoring.levels import Z80
from assessor.scoring.model import LEVELS, Design, Floats, Posterior

_AT = np.array(LEVELS)


def error_variances(known: Posterior, design: Design, weights: ArrayLike) -> Floats:
    """The error variance of a weighted sum of competencies for somebody of each of LEVELS."""
    w = np.asarray(weights, np.float64)
    gain = w @ known.A
    found: Floats = np.maximum(w @ known.C @ w + gain**2 @ _excess(design), 0.0)
    return found


def covariance_at(known: Posterior, design: Design, levels: ArrayLike) -> Floats:
    """The error covariance (K x K) of somebody of these levels, one a competency, held within the scale."""
    of_items = np.asarray(levels, np.float64)[np.asarray(design.competency, np.intp)]
    excess = np.array(
        [np.interp(level, _AT, row) for level, row in zip(of_items, _excess(design), strict=True)]
    )
    found: Floats = known.C + (known.A * excess) @ known.A.T
    return found


def own_variances(known: Posterior, design: Design, mean: ArrayLike, weights: ArrayLike) -> Floats:
    """The error variance of a weighted sum for each person (``mean``: N x K), each at their own levels."""
    w = np.asarray(weights, np.float64)
    gain = (w @ known.A) ** 2
    block = np.asarray(design.block)[np.asarray(design.competency, np.intp)]
    levels, excess = own_levels(known, design, mean), _excess(design)
    found: Floats = np.full(len(levels), float(w @ known.C @ w))
    for one in np.unique(block):
        k = design.block.index(int(one))
        found += np.interp(levels[:, k], _AT, gain[block == one] @ excess[block == one])
    found = np.maximum(found, 0.0)
    return found


def own_levels(known: Posterior, design: Design, mean: ArrayLike) -> Floats:
    """The level of each competency's block: the plain mean of its measured competencies (..., K)."""
    means = np.asarray(mean, np.float64)
    block = np.asarray(design.block)
    same = (block[:, None] == block) & np.asarray(known.measured)[:, None]
    count = np.maximum(same.sum(axis=0), 1)
    found: Floats = np.clip(means @ same / count, LEVELS[0], LEVELS[-1])
    return found


def _excess(design: Design) -> Floats:
    """What sigma^2 at each level (columns) is above that of the solution (n x L)."""
    own = np.asarray(design.sigma)[:, None] ** 2
    if not design.spreads:
        return np.zeros((len(own), len(LEVELS)))
    found: Floats = np.asarray(design.spreads) ** 2 - own
    return found


def ranges(estimates: ArrayLike, variances: Floats) -> tuple[Floats, Floats]:
    """The ends of the 80 % range of each estimate; ``variances`` are those at LEVELS, linear in between.

    Beyond the scale, below LEVELS[0] and above LEVELS[-1], the variance stays what it is at its end.
    """
    x = np.asarray(estimates, np.float64)
    below = _AT + Z80 * np.sqrt(variances)
    above = _AT - Z80 * np.sqrt(variances)
    # The lowest level that could have given the estimate, and the highest: the curves may turn within the
    # scale.
    reached_by = np.searchsorted(np.maximum.accumulate(below), x)
    reached_from = np.searchsorted(np.minimum.accumulate(above[::-1])[::-1], x, side="right")
    low = np.where(
        reached_by == 0,
        x - Z80 * np.sqrt(variances[0]),
        np.where(
            reached_by == len(_AT),
            x - Z80 * np.sqrt(variances[-1]),
            x - _distance(x, variances, np.clip(reached_by - 1, 0, len(_AT) - 2), -1.0),
        ),
    )
    high = np.where(
        reached_from == len(_AT),
        x + Z80 * np.sqrt(variances[-1]),
        np.where(
            reached_from == 0,
            x + Z80 * np.sqrt(variances[0]),
            x + _distance(x, variances, np.clip(reached_from - 1, 0, len(_AT) - 2), 1.0),
        ),
    )
    return low, high


def _distance(x: Floats, variances: Floats, piece: Floats, side: float) -> Floats:
    """How far the end of the range is from x, on a piece on which the variance is linear: a quadratic."""
    start = piece.astype(np.intp)
    slope = np.diff(variances)[start] / np.diff(_AT)[start]
    half = side * Z80**2 * slope / 2
    constant = Z80**2 * (variances[start] + slope * (x - _AT[start]))
    found: Floats = half + np.sqrt(np.maximum(half**2 + constant, 0.0))
    return found
