"""How somebody of a given mean answers: the maximum-entropy tilt over valid responses. Not a type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

#: How close to the least and the greatest score a simulated mean may come (scoring.md 8).
ABOVE_LEAST, HIGHEST = 0.02, 0.97
#: The most valid responses that are still listed (scoring.md 1).
MOST_LISTED = 50_000
_RUNGS = 2049
_STEPS = 60
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

    # Half a second of imports: for those who draw answers only.
    from scipy.optimize import brentq

    bound = 1.0
    while not (weights(-bound) @ values < mean < weights(bound) @ values):
        bound *= 2.0
    return weights(
        float(brentq(lambda tilt: float(weights(tilt) @ values) - mean, -bound, bound, xtol=1e-13))
    )


def spread(scores: Sequence[float] | Floats, means: Floats) -> Floats:
    """The SD of the score under ``tilted(scores, mean)`` at each of these means, clipped into reach."""
    values, size = np.unique(np.asarray(scores, dtype=np.float64).round(10), return_counts=True)
    wanted = within_reach(means, float(values[0]))
    chance = _at_means(values, size.astype(np.float64), wanted)
    found: Floats = np.sqrt(np.maximum(chance @ values**2 - (chance @ values) ** 2, 0.0))
    return found


def chances_of(scores: Sequence[float] | Floats, means: Floats) -> Floats:
    """The probability of each response (columns) under ``tilted`` at each mean (rows), clipped into reach."""
    values = np.asarray(scores, dtype=np.float64)
    return _at_means(values, np.ones(len(values)), within_reach(means, float(values.min())))


def within_reach(means: Floats, least: float) -> Floats:
    """The means as simulated people have them: a little above the least score, a little below the key's."""
    found: Floats = np.clip(np.asarray(means, dtype=np.float64), least + ABOVE_LEAST, HIGHEST)
    return found


def _at_means(values: Floats, size: Floats, wanted: Floats) -> Floats:
    """The probability of each score (columns) where the mean is as wanted (rows): bisection, then Newton."""
    bound = 1.0
    while True:
        ends = _weights(values, size, np.array([-bound, bound])) @ values
        if ends[0] < wanted.min(initial=HIGHEST) and ends[1] > wanted.max(initial=values.min()):
            break
        bound *= 2.0
    low, high = np.full(len(wanted), -bound), np.full(len(wanted), bound)
    tilt = np.zeros(len(wanted))
    for _ in range(_STEPS):
        weights = _weights(values, size, tilt)
        mean = weights @ values
        low, high = np.where(mean < wanted, tilt, low), np.where(mean < wanted, high, tilt)
        newton = tilt - (mean - wanted) / np.maximum(weights @ values**2 - mean**2, 1e-300)
        is_inside = (newton > low) & (newton < high)
        tilt = np.where(is_inside, newton, (low + high) / 2)
        if np.abs(mean - wanted).max(initial=0.0) < 1e-12:
            break
    return _weights(values, size, tilt)


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
        wanted = within_reach(means, float(self.scores[0]))
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
    peak = tilts * np.where(tilts > 0, scores.max(), scores.min())
    weights: Floats = np.exp(tilts[:, None] * scores - peak[:, None])
    weights *= size
    weights /= weights.sum(axis=1, keepdims=True)
    return weights
