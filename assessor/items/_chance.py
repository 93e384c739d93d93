"""How somebody of a given mean answers: the maximum-entropy tilt over valid responses. Not a type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

#: How close to the least and the greatest score a simulated mean may come (scoring.md 8).
ABOVE_LEAST, HIGHEST = 0.02, 0.97
#: The most valid responses that are still listed (scoring.md 1).
MOST_LISTED = 50_000
_RUNGS = 2049
_CELLS_AT_ONCE = 2_000_000


def tilted(scores: Sequence[float] | Floats, mean: float) -> Floats:
    """The distribution ``P(r) ~ exp(lambda s(r))`` over responses whose expected score is ``mean``.

    ``scores`` has one score per valid response; ``mean`` must lie strictly between their least and greatest.
    """
    values = np.asarray(scores, dtype=np.float64)
    if not values.min() < mean < values.max():
        raise ValueError(
            f"a mean of {mean} is outside the scores, which run from {values.min()} to {values.max()}"
        )
    if abs(float(values.mean()) - mean) < 1e-12:
        return np.full(values.size, 1.0 / values.size)

    def weights(tilt: float) -> Floats:
        exponent = tilt * values
        raised = np.exp(exponent - exponent.max())
        return np.asarray(raised / raised.sum(), dtype=np.float64)

    bound = 1.0
    while not (weights(-bound) @ values < mean < weights(bound) @ values):
        bound *= 2.0
    return weights(
        float(brentq(lambda tilt: float(weights(tilt) @ values) - mean, -bound, bound, xtol=1e-13))
    )


def spread(scores: Sequence[float] | Floats, mean: float = 0.5) -> float:
    """The SD of the score under ``tilted(scores, mean)``: an item's planning value of sigma."""
    values = np.asarray(scores, dtype=np.float64)
    weights = tilted(values, mean)
    centre = float(weights @ values)
    return float(np.sqrt(weights @ (values - centre) ** 2))


@dataclass(frozen=True, eq=False)
class Ladder:
    """The distinct scores of one item, rising, ready to draw responses for many people at once.

    ``order`` lists the responses by score, those of score l from ``first[l]`` on, ``size[l]`` of them;
    ``tilts`` and ``means`` are a grid of lambda and of the mean that it gives.
    """

    scores: Floats
    size: Floats
    first: Indices
    order: Indices
    tilts: Floats
    means: Floats

    @classmethod
    def over(cls, scores: Floats) -> Ladder:
        """The ladder of the scores of all valid responses."""
        # Equal scores differ in their last bits by the order of their sums.
        levels, first, size = np.unique(np.sort(scores).round(10), return_index=True, return_counts=True)
        order = np.argsort(scores.round(10), kind="stable").astype(np.intp)
        bound = 1.0
        while True:
            tilts = np.linspace(-bound, bound, _RUNGS)
            means = _weights(levels, size.astype(np.float64), tilts) @ levels
            if means[0] < levels[0] + ABOVE_LEAST and means[-1] > HIGHEST:
                return cls(levels, size.astype(np.float64), first.astype(np.intp), order, tilts, means)
            bound *= 2.0

    def draw(self, means: Floats, rng: np.random.Generator) -> Indices:
        """One response a mean, as its place among the scores that the ladder was made of."""
        return self.places(means, rng.random((len(means), 2)))

    def places(self, means: Floats, uniform: Floats) -> Indices:
        """As ``draw``, from two uniform numbers a mean (rows)."""
        wanted = np.clip(means, self.scores[0] + ABOVE_LEAST, HIGHEST)
        at_once = max(1, _CELLS_AT_ONCE // len(self.scores))
        level = np.concatenate(
            [
                self._levels(wanted[start : start + at_once], uniform[start : start + at_once, 0])
                for start in range(0, len(wanted), at_once)
            ]
            or [np.empty(0, dtype=np.intp)]
        )
        within = (uniform[:, 1] * self.size[level]).astype(np.intp)
        found: Indices = self.order[self.first[level] + within]
        return found

    def _levels(self, wanted: Floats, uniform: Floats) -> Indices:
        reached = self.tilted(wanted).cumsum(axis=1)
        level: Indices = (reached[:, :-1] <= uniform[:, None]).sum(axis=1)
        return level

    def tilted(self, wanted: Floats) -> Floats:
        """The probability of each score (columns) where the mean is as wanted (rows), to 1e-9 in the mean.

        Newton's method for lambda, kept between the two rungs around it: so close that two steps do.
        """
        above = np.clip(np.searchsorted(self.means, wanted), 1, _RUNGS - 1)
        tilt: Floats = np.interp(wanted, self.means, self.tilts)
        for _ in range(2):
            weights = _weights(self.scores, self.size, tilt)
            mean = weights @ self.scores
            step = (mean - wanted) / (weights @ self.scores**2 - mean**2)
            tilt = np.clip(tilt - step, self.tilts[above - 1], self.tilts[above])
        return _weights(self.scores, self.size, tilt)


def _weights(scores: Floats, size: Floats, tilts: Floats) -> Floats:
    """The probability of each score (columns) under each lambda (rows)."""
    peak = tilts * np.where(tilts > 0, scores[-1], scores[0])
    weights: Floats = np.exp(tilts[:, None] * scores - peak[:, None])
    weights *= size
    weights /= weights.sum(axis=1, keepdims=True)
    return weights
