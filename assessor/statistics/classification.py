"""How surely a score puts people on a side of a cut: the same side again, and the right side.

Consistency: two sittings of one form agree. Accuracy: the score agrees with what the person can do. What the
cuts are, and whose estimates are cut, lives with what uses it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, ndtr

Floats = NDArray[np.float64]

#: Points of a distribution of people, over six standard deviations to each side.
POINTS = 241
REACH = 6.0
#: Ends of parts of the range of true scores, in which they are as good as equal.
FINE = 2001


@dataclass(frozen=True)
class Classified:
    """Shares of people: classed alike twice, classed rightly, classed too high and too low.

    `kappa` is the consistency beyond chance, None where everybody is on one side anyway.
    """

    consistency: float
    kappa: float | None
    accuracy: float
    too_high: float
    too_low: float


def lee(weights: ArrayLike, placed: ArrayLike, true: ArrayLike) -> Classified:
    """Consistency and accuracy by the distribution of scores at each level of what is measured (Lee 2010).

    `weights` (Q, summing to 1) are the shares of people at Q levels, `placed` (Q x C) the chance of each
    class there, lowest first, and `true` (Q x C) that of the class that is right: one 1 a row where the level
    says it. Consistency is the mean of the sum of squares of a row of `placed`, accuracy that of its product
    with `true`. Half of the people at .9 and half at .2 of a pass, which the first deserve: consistency (.82
    + .68) / 2 = .75, accuracy (.9 + .8) / 2 = .85. Raises ValueError for shapes that do not fit.
    """
    w, p, t = (np.asarray(one, np.float64) for one in (weights, placed, true))
    if p.ndim != 2 or p.shape != t.shape or w.shape != p.shape[:1]:
        raise ValueError(f"weights, placed and true do not fit: {w.shape}, {p.shape}, {t.shape}")
    consistency = float(w @ (p**2).sum(axis=1))
    joint = np.einsum("q,qc,qd->cd", w, p, t)
    return _classified(consistency, float(((w @ p) ** 2).sum()), joint)


def _classified(consistency: float, by_chance: float, joint: Floats) -> Classified:
    """From the shares placed in each class (rows) that belong in each (columns)."""
    beyond = 1 - by_chance
    return Classified(
        consistency=consistency,
        kappa=(consistency - by_chance) / beyond if beyond > 1e-9 else None,
        accuracy=float(np.trace(joint)),
        too_high=float(np.tril(joint, -1).sum()),
        too_low=float(np.triu(joint, 1).sum()),
    )


@dataclass(frozen=True)
class Spread:
    """Estimates that err normally: people's long-run estimates, the error of one, and what people can do.

    Long-run estimates (what a form would say of a person in the mean of many sittings) are N(mean, variance);
    one estimate lies N(0, error) around its own; what the person can do is N(mean + slope (own - mean),
    rest): on a form whose easiness is not known it is not what the form says in the long run.
    """

    mean: float
    variance: float
    error: float
    slope: float = 1.0
    rest: float = 0.0


def at_cut(spread: Spread, cut: float) -> Classified:
    """Lee's indices of one cut; a score at the cut is above it.

    Raises ValueError unless people differ and estimates err.
    """
    if not (spread.variance > 0 and spread.error > 0 and spread.rest >= 0):
        raise ValueError(f"people must differ and estimates err: {spread}")
    z = np.linspace(-REACH, REACH, POINTS)
    weights = np.exp(-(z**2) / 2)
    apart = z * math.sqrt(spread.variance)
    placed = ndtr((spread.mean + apart - cut) / math.sqrt(spread.error))
    able = spread.mean + spread.slope * apart - cut
    true = ndtr(able / math.sqrt(spread.rest)) if spread.rest > 0 else np.asarray(able >= 0, np.float64)
    return lee(weights / weights.sum(), _both(placed), _both(true))


def _both(above: Floats) -> Floats:
    return np.stack([1 - above, above], axis=1)


@dataclass(frozen=True)
class TrueScores:
    """True scores, as shares of the range, by a beta distribution from `low` to `high` (Hanson 1991)."""

    a: float
    b: float
    low: float
    high: float
    parameters: int


def effective_length(mean: float, variance: float, reliability: float, low: float, high: float) -> float:
    """How many equal right-or-wrong items would measure as surely (Livingston & Lewis 1995).

    Mean 5 of 0 to 10 with variance 4 and reliability .5: (25 - 2) / 2 = 11.5. Raises ValueError for a
    reliability outside 0 to 1 or people who do not differ.
    """
    if not (0 < reliability < 1 and variance > 0 and low < mean < high):
        raise ValueError(f"no effective length: reliability {reliability}, variance {variance}, mean {mean}")
    return ((mean - low) * (high - mean) - reliability * variance) / (variance * (1 - reliability))


def true_scores(shares: ArrayLike, length: float, parameters: int = 4) -> TrueScores | None:
    """The beta distribution of true scores behind observed shares of the range, by moments.

    The moments of true scores are those of falling factorials of scores (Lord 1965); a score that has not
    reached r has none of order r. The fit with four parameters gives way to that from 0 to 1 with two where
    an end leaves that range (Hanson 1991). None where two parameters fit neither.
    """
    x = np.asarray(shares, np.float64) * length
    moments = []
    for r in range(1, 5):
        factorials = np.where(x < r, 0.0, np.prod([x - i for i in range(r)], axis=0))
        below = math.prod(length - i for i in range(r))
        moments.append(float(factorials.mean()) / below if below else math.nan)
    found = _four(*moments) if parameters == 4 else None
    return found or _two(moments[0], moments[1] - moments[0] ** 2)


def _two(mean: float, variance: float) -> TrueScores | None:
    if not (0 < mean < 1 and 0 < variance < mean * (1 - mean)):
        return None
    size = mean * (1 - mean) / variance - 1
    return TrueScores(mean * size, (1 - mean) * size, 0.0, 1.0, 2)


def _four(m1: float, m2: float, m3: float, m4: float) -> TrueScores | None:
    """The beta distribution of these four moments; None where it is not one from within 0 to 1."""
    variance = m2 - m1**2
    if not variance > 0:
        return None
    skewness = (m3 - 3 * m1 * m2 + 2 * m1**3) / variance**1.5
    kurtosis = (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / variance**2
    below = 6 + 3 * skewness**2 - 2 * kurtosis
    size = 6 * (kurtosis - skewness**2 - 1) / below if below else math.nan
    divisor = (size + 2) * (size + 3) * kurtosis - 3 * (size - 6) * (size + 1)
    under = 1 - 24 * (size + 1) / divisor if divisor else math.nan
    if not (size > 0 and 0 <= under < 1):
        return None
    smaller, larger = (size / 2 * (1 + sign * math.sqrt(under)) for sign in (-1, 1))
    a, b = (larger, smaller) if skewness < 0 else (smaller, larger)
    low = m1 - a * math.sqrt(variance * (a + b + 1) / (a * b))
    high = m1 + b * math.sqrt(variance * (a + b + 1) / (a * b))
    return TrueScores(a, b, low, high, 4) if low >= 0 and high <= 1 else None


def livingston_lewis(
    scores: ArrayLike,
    reliability: float,
    cut: float,
    low: float,
    high: float,
    *,
    step: float = 0.0,
    parameters: int = 4,
) -> Classified | None:
    """Consistency and accuracy of one cut from scores between `low` and `high` and their reliability.

    Livingston & Lewis (1995): true scores by a beta distribution, observed ones binomial about them with the
    effective length, to whole items. `step` is the distance between neighbouring scores, 1 for a number of
    right answers and 0 where any value may be; P(X >= c) is the incomplete beta function, which also holds
    between whole numbers. None where there is no such distribution.
    """
    x = np.asarray(scores, np.float64)
    try:
        length = effective_length(float(x.mean()), float(x.var(ddof=1)), reliability, low, high)
    except ValueError:
        return None
    fitted = true_scores((x - low) / (high - low), length, parameters)
    n, share = round(length), (cut - low) / (high - low)
    if fitted is None or n < 1 or not 0 < share < 1:
        return None
    edges = np.union1d(np.linspace(fitted.low, fitted.high, FINE), np.clip(share, fitted.low, fitted.high))
    below = betainc(fitted.a, fitted.b, (edges - fitted.low) / (fitted.high - fitted.low))
    true = (edges[1:] + edges[:-1]) / 2
    reached = share * n + (1 - step * n / (high - low)) / 2
    placed = betainc(max(reached, 1e-9), max(n - reached + 1, 1e-9), true)
    return lee(np.diff(below), _both(placed), _both(np.asarray(true >= share, np.float64)))
