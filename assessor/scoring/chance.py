"""Whether a sitting's answers can be told from answers given at random. Says nothing of one answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

#: Random answers come this near to the key at least once in ten: what an 80 % interval leaves above it.
AS_NEAR_Z = float(ndtri(0.90))
#: Farther from the key than random answers come once in a hundred, a sitting has a logic of its own.
AS_FAR_Z = float(ndtri(0.99))


def could_be_random(scores: Sequence[float], at_random: Sequence[NDArray[np.float64]]) -> bool:
    """Whether the sum of these item scores is one that random answering gives easily.

    That is, at least once in ten the sum would be as high, and at least once in a hundred as low.
    ``at_random`` has, for each item, the score of every valid response, each as likely as any other; the sum
    is taken as normal. False without an item.
    """
    if not scores:
        return False
    off, spread = _off(scores, at_random)
    return -AS_FAR_Z * spread <= off <= AS_NEAR_Z * spread


def is_beyond_random(scores: Sequence[float], at_random: Sequence[NDArray[np.float64]]) -> bool:
    """Whether random answering gives a sum so high only once in a hundred, or one so low.

    Arguments as of `could_be_random`, for a part of a sitting: of several parts one is far off by chance
    more easily than the whole. False without an item.
    """
    if not scores:
        return False
    off, spread = _off(scores, at_random)
    return abs(off) > AS_FAR_Z * spread


def _off(scores: Sequence[float], at_random: Sequence[NDArray[np.float64]]) -> tuple[float, float]:
    """How far the sum is from that of random answers, and the standard deviation of the latter."""
    expected = sum(float(np.mean(one)) for one in at_random)
    return sum(scores) - expected, math.sqrt(sum(float(np.var(one)) for one in at_random))
