"""Whether a computed score is at or above a cut: equal but for its last bits is equal.

A score is a sum of products, so two that are the same on paper may differ in the last bits (0.1 + 0.2 and
0.3). Every median, quantile, minimum and cut of the product is compared here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]

#: Two values nearer than this share of their scale are the same: far over the error of a sum of a thousand
#: doubles (1e-13), far under any difference between two scores.
SAME = 1e-9


def reaches(values: ArrayLike, cut: ArrayLike, *, scale: float = 1.0) -> Bools:
    """Whether each value is at the cut or above it; ``scale`` is the size of the scale's values.

    0.1 + 0.2 reaches 0.3, and 0.3 reaches 0.1 + 0.2.
    """
    return np.asarray(np.asarray(values, np.float64) >= np.asarray(cut, np.float64) - SAME * scale, np.bool_)


def exceeds(values: ArrayLike, cut: ArrayLike, *, scale: float = 1.0) -> Bools:
    """Whether each value is above the cut, and not at it: 0.1 + 0.2 does not exceed 0.3."""
    return np.asarray(np.asarray(values, np.float64) > np.asarray(cut, np.float64) + SAME * scale, np.bool_)


def scale_of(values: ArrayLike) -> float:
    """The size of these values, the largest without its sign; 0 where there are none."""
    return float(np.abs(np.asarray(values, np.float64)).max(initial=0.0))


def parts(values: ArrayLike, ends: ArrayLike) -> Indices:
    """In which part each value is, from 0: how many of the ends it exceeds; a value at an end is below it."""
    x, limits = np.asarray(values, np.float64), np.asarray(ends, np.float64)
    scale = scale_of(x)
    found = np.zeros(x.shape, np.intp)
    for end in limits:
        found += exceeds(x, end, scale=scale)
    return found
