"""Whether a score for a part of a test says more about that part than the whole score does.

The estimates that a report prints for areas and competencies come from `model`, which borrows as these
formulas would; what lives here tells the owner of a test when a raw part score would be worth showing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Never

import numpy as np
from numpy.typing import NDArray

from assessor.messages import N_
from assessor.scoring.cuts import exceeds
from assessor.statistics.items import Matched
from assessor.statistics.reliability import alpha_of, pair_covariance
from assessor.statistics.stated import NO_VARIANCE, OTHER_FORMS, TOO_FEW_ITEMS, Interval, Stated, stated

Floats = NDArray[np.float64]

#: The fewest people from whom it is decided whether a part score has value.
FEWEST = 500
#: A share that exceeds 1 by less than this, as samples do, is given as 1, with a caution.
LEAST_EXCESS = 0.10
#: An augmented score has value when it removes more than this share of the error that the better one leaves.
LEAST_GAIN = 0.10

NOT_RELIABLE = N_("Not defined: this part is not reliable at all.")
SLIGHTLY_ABOVE_ONE = N_("Slightly above 1 in this sample, so given as 1: the parts hardly differ.")
NEGATIVE_WEIGHT = N_("One of the weights is below 0: the part and the whole pull against each other.")
ABOVE_ONE = N_("Not defined: the parts differ less than their errors allow.")


@dataclass(frozen=True)
class Subscore:
    """One part of a test, judged as Haberman (2008) does.

    The three PRMSE are the shares of the variance of the part's true score that are predicted by the part's
    own score, by the whole score, and by both (augmented). `gain` is the first less the second, with a
    bootstrap interval where a generator was given. `weights` are those of the part and the whole in the
    augmented score.
    """

    part: str
    n_items: int
    mean: Stated[float]
    sd: Stated[float]
    reliability: Stated[float]
    prmse_part: Stated[float]
    prmse_whole: Stated[float]
    prmse_augmented: Stated[float]
    gain: Stated[float]
    weights: Stated[tuple[float, float]]
    has_value: Stated[bool]
    augmented_has_value: Stated[bool]


@dataclass(frozen=True)
class _Parts:
    sizes: tuple[int, ...]
    sd: Floats
    reliability: tuple[float | None, ...]
    part: tuple[float | None, ...]
    whole: tuple[float | None, ...]
    augmented: tuple[float | None, ...]
    weights: tuple[tuple[float, float] | None, ...]
    distinct: tuple[bool, ...]


def kelley(score: float, mean: float, reliability: float) -> float:
    """The true score to expect: the score drawn to the mean (Kelley 1947); 15 with mean 10 and .8: 14."""
    return mean + reliability * (score - mean)


def kelley_se(sd: float, reliability: float) -> float:
    """The standard error of Kelley's estimate: sqrt(r (1 - r)) s; 5 and .8: 2."""
    return math.sqrt(max(0.0, reliability * (1 - reliability))) * sd


def subscores(
    m: Matched,
    parts: Sequence[str],
    *,
    rng: np.random.Generator | None = None,
    draws: int = 500,
    needs: int = FEWEST,
) -> tuple[Subscore, ...]:
    """What each part's score is worth, in the order in which `parts` (one name per item) first names them.

    PRMSE of the part is its alpha r; of the whole cov(s_t, x_t)^2 / (var s_t var x), where var s_t = r s^2
    and cov(s_t, x_t) = r s^2 + covariances with the other parts; of both, least squares. Two parts with
    variance 10, r = .8 and covariance 6: cov = 14, var x = 32, 196 / (8 * 32) = .7656 < .8, so the parts have
    value. No part has value whose disattenuated correlation with another is above 1. `rng` adds the interval
    of the gain. Raises ValueError unless there is a name for each item and at least two parts.
    """
    names = list(dict.fromkeys(parts))
    if len(parts) != len(m.ids) or len(names) < 2:
        raise ValueError("every item belongs to one of at least two parts")
    index = np.array([names.index(part) for part in parts])
    n = len(m.scores)
    if not m.complete or n < 2:
        return tuple(_without(name, parts, n, needs) for name in names)
    found = _judged(pair_covariance(m)[0], index)
    gains = _gains(m, index, rng, draws) if rng is not None and n >= needs else None
    means = [float(m.scores[:, index == p].sum(axis=1).mean()) for p in range(len(names))]
    return tuple(
        _subscore(name, found, p, means[p], _quantiles(gains, p), n, needs) for p, name in enumerate(names)
    )


def _without(name: str, parts: Sequence[str], n: int, needs: int) -> Subscore:
    none: Stated[Never] = stated(None, n, needs, why=OTHER_FORMS if n > 1 else NO_VARIANCE)
    size = sum(part == name for part in parts)
    return Subscore(name, size, none, none, none, none, none, none, none, none, none, none)


def _subscore(
    name: str, found: _Parts, p: int, mean: float, interval: Interval | None, n: int, needs: int
) -> Subscore:
    r, part, whole, both = found.reliability[p], found.part[p], found.whole[p], found.augmented[p]
    why = NOT_RELIABLE if part is None else ABOVE_ONE
    gain = None if part is None or whole is None else part - min(whole, 1.0)
    gain_both = None
    if part is not None and whole is not None and both is not None:
        best = max(part, min(whole, 1.0))
        gain_both = min(both, 1.0) - best - LEAST_GAIN * (1 - best)
    weights = found.weights[p]
    against = NEGATIVE_WEIGHT if weights is not None and min(weights) < 0 else None
    return Subscore(
        part=name,
        n_items=found.sizes[p],
        mean=stated(mean, n, needs),
        sd=stated(float(found.sd[p]), n, needs),
        reliability=stated(r, n, needs, why=TOO_FEW_ITEMS if found.sizes[p] < 2 else NO_VARIANCE),
        prmse_part=stated(part, n, needs, why=NOT_RELIABLE),
        prmse_whole=_share(whole, n, needs, why),
        prmse_augmented=_share(both, n, needs, why),
        gain=stated(gain, n, needs, interval=interval, why=why),
        weights=stated(weights, n, needs, why=why, caution=against),
        has_value=stated(found.distinct[p] and gain is not None and bool(exceeds(gain, 0.0)), n, needs),
        augmented_has_value=stated(
            found.distinct[p] and gain_both is not None and bool(exceeds(gain_both, 0.0)), n, needs
        ),
    )


def _share(value: float | None, n: int, needs: int, why: str) -> Stated[float]:
    """A share of variance, 1 with a caution where a sample gives slightly more."""
    caution = SLIGHTLY_ABOVE_ONE if value is not None and exceeds(value, 1.0) else None
    return stated(None if value is None else min(value, 1.0), n, needs, why=why, caution=caution)


def _judged(c: Floats, index: NDArray[np.intp]) -> _Parts:
    """The parts of a test whose items have covariance `c`."""
    belongs = (index[:, None] == np.arange(index.max() + 1)).astype(np.float64)
    observed = belongs.T @ c @ belongs
    alphas = tuple(alpha_of(c[np.ix_(index == p, index == p)]) for p in range(len(observed)))
    variances = np.diag(observed)
    true = observed.copy()
    np.fill_diagonal(true, [max(alpha or 0.0, 0.0) * v for alpha, v in zip(alphas, variances, strict=True)])
    judged = [_prmse(alpha, true[p], observed[p], p, float(observed.sum())) for p, alpha in enumerate(alphas)]
    return _Parts(
        sizes=tuple(int(size) for size in belongs.sum(axis=0)),
        sd=np.sqrt(variances),
        reliability=alphas,
        part=tuple(alpha if alpha is not None and alpha > 0 else None for alpha in alphas),
        whole=tuple(row[0] for row in judged),
        augmented=tuple(row[1] for row in judged),
        weights=tuple(row[2] for row in judged),
        distinct=tuple(_is_distinct(true, p) for p in range(len(true))),
    )


def _prmse(
    alpha: float | None, true: Floats, observed: Floats, p: int, whole: float
) -> tuple[float | None, float | None, tuple[float, float] | None]:
    """PRMSE of the whole and of both, and the weights; None where they are far from shares."""
    if alpha is None or alpha <= 0:
        return None, None, None
    own, with_whole = float(true[p]), float(true.sum())
    by_whole, most = with_whole**2 / (own * whole), 1 + LEAST_EXCESS
    s2, sx = float(observed[p]), float(observed.sum())
    determinant = s2 * whole - sx * sx
    if determinant <= 1e-12 * s2 * whole:
        return (by_whole if by_whole < most else None), None, None
    weight = (own * whole - with_whole * sx) / determinant
    weight_whole = (with_whole * s2 - own * sx) / determinant
    by_both = (own * weight + with_whole * weight_whole) / own
    return (
        by_whole if by_whole < most else None,
        by_both if by_both < most else None,
        (weight, weight_whole) if by_both < most else None,
    )


def _is_distinct(true: Floats, p: int) -> bool:
    own = np.diag(true)
    others = (np.arange(len(true)) != p) & (own > 0)
    return bool(own[p] > 0 and (true[p, others] ** 2 <= own[p] * own[others]).all())


def _gains(m: Matched, index: NDArray[np.intp], rng: np.random.Generator, draws: int) -> list[list[float]]:
    n = len(m.scores)
    x = m.scores - m.scores.mean(axis=0)
    gains: list[list[float]] = [[] for _ in range(index.max() + 1)]
    for _ in range(draws):
        weights = rng.multinomial(n, np.full(n, 1 / n)).astype(np.float64)
        mean = weights @ x / n
        c = ((x * weights[:, None]).T @ x - n * np.outer(mean, mean)) / (n - 1)
        drawn = _judged(c, index)
        for p, (part, whole) in enumerate(zip(drawn.part, drawn.whole, strict=True)):
            if part is not None and whole is not None:
                gains[p].append(part - whole)
    return gains


def _quantiles(gains: list[list[float]] | None, p: int) -> Interval | None:
    if gains is None or not gains[p]:
        return None
    low, high = np.quantile(gains[p], [0.025, 0.975])
    return float(low), float(high)
