"""How somebody of a given mean answers: the maximum-entropy tilt over valid responses. Not a type."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]


def tilted(scores: Sequence[float] | Floats, mean: float) -> Floats:
    """The distribution ``P(r) ~ exp(lambda s(r))`` over responses whose expected score is ``mean`` (scoring.md 8).

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
