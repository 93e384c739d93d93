"""How far people who judge the same things agree: experts who key options, raters of written work.

What their judgements are used for lives with the banks and the ratings.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import f as f_distribution

from assessor.messages import N_
from assessor.scoring.cuts import reaches, scale_of
from assessor.statistics.stated import (
    NO_VARIANCE,
    Z95,
    Interval,
    Stated,
    jackknife,
    stated,
    suppressed,
    undefined,
    wilson,
)

Floats = NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]
Level = Literal["nominal", "ordinal", "interval", "ratio"]

#: The fewest experts of a panel, and the fewest things rated for an agreement of raters.
FEWEST_EXPERTS = 10
FEWEST_TARGETS = 30
#: Variance of slightly skewed answers on a scale of so many points (LeBreton & Senter 2008).
SLIGHT_SKEW = {5: 1.34}

ONE_RATER = N_("Not defined: this needs at least two raters.")
ONE_CATEGORY = N_("Not defined: everybody used one category. See the share of agreement.")
NEAR_AN_END = N_("Not defined: the mean is too near an end of the scale.")
NO_MORE_THAN_CHANCE = N_("The ratings spread at least as widely as random ones: set to 0.")
GAPS = N_("Not defined: not every rater rated everything. Use Krippendorff's alpha.")


@dataclass(frozen=True)
class OptionAgreement:
    """How far a panel agrees on one option; `variance` is that of its ratings (N - 1)."""

    n: int
    mean: Stated[float]
    variance: Stated[float]
    r_wg: Stated[float]
    a_wg: Stated[float]


@dataclass(frozen=True)
class PanelAgreement:
    """How far a panel agrees on the options of one item; the last two are for all options together."""

    options: tuple[OptionAgreement, ...]
    r_wg_j: Stated[float]
    r_star_wg_j: Stated[float]


def panel_agreement(
    ratings: ArrayLike,
    lowest: int,
    highest: int,
    *,
    null_variance: float | None = None,
    needs: int = FEWEST_EXPERTS,
) -> PanelAgreement:
    """The agreement of experts (rows, NaN: none) on options (columns).

    r_wg = 1 - s^2 / (A^2 - 1) * 12 (James, Demaree & Wolf 1984): ratings 3, 3, 4, 4 of 1-5: 1 - .3333 / 2 =
    .8333. r_wg(J) = J q / (J q + 1 - q) with q = 1 - mean s^2 / null; both are 0 where it would be negative.
    r*_wg(J) = q, which may be (Lindell, Brandt & Whitney 1999). a_wg = 1 - 2 s^2 (k - 1) / k / ((H + L) M -
    M^2 - HL) (Brown & Hauenstein 2005): 1 - 2 * .3333 * .75 / (6 * 3.5 - 12.25 - 5) = .8667. `null_variance`
    replaces that of uniform answers. Raises ValueError for ratings outside the scale.
    """
    x = np.asarray(ratings, dtype=np.float64)
    known = ~np.isnan(x)
    if x.ndim != 2 or not x.shape[1] or highest <= lowest or not _within(x[known], lowest, highest):
        raise ValueError(f"ratings of at least one option from {lowest} to {highest} are needed")
    null = ((highest - lowest + 1) ** 2 - 1) / 12 if null_variance is None else null_variance
    options = [_option(x[known[:, j], j], lowest, highest, null, needs) for j in range(x.shape[1])]
    variances = [float(x[known[:, j], j].var(ddof=1)) for j in range(x.shape[1]) if options[j].n > 1]
    fewest = min(option.n for option in options)
    if len(variances) < len(options):
        none: Stated[float] = stated(None, fewest, needs, why=ONE_RATER)
        return PanelAgreement(tuple(options), none, none)
    q = 1 - sum(variances) / len(variances) / null
    shown, j = max(q, 0.0), len(options)
    return PanelAgreement(
        tuple(options),
        stated(j * shown / (j * shown + 1 - shown), fewest, needs, caution=_caution(q)),
        stated(q, fewest, needs),
    )


def _within(values: Floats, lowest: float, highest: float) -> bool:
    return bool(((values >= lowest) & (values <= highest)).all())


def _caution(q: float) -> str | None:
    return NO_MORE_THAN_CHANCE if q < 0 else None


def _option(x: Floats, lowest: int, highest: int, null: float, needs: int) -> OptionAgreement:
    n = x.size
    mean = float(x.mean()) if n else None
    if mean is None or n < 2:
        none: Stated[float] = stated(None, n, needs, why=ONE_RATER)
        return OptionAgreement(n, stated(mean, n, needs, why=ONE_RATER), none, none, none)
    variance = float(x.var(ddof=1))
    q = 1 - variance / null
    return OptionAgreement(
        n=n,
        mean=stated(mean, n, needs),
        variance=stated(variance, n, needs),
        r_wg=stated(max(q, 0.0), n, needs, caution=_caution(q)),
        a_wg=stated(_a_wg(mean, variance, n, lowest, highest), n, needs, why=NEAR_AN_END),
    )


def _a_wg(mean: float, variance: float, n: int, lowest: int, highest: int) -> float | None:
    """Undefined where even the widest spread that this mean allows needs more raters."""
    nearest, size = (highest - lowest) / n, scale_of([lowest, highest])
    if not (reaches(mean, lowest + nearest, scale=size) and reaches(highest - nearest, mean, scale=size)):
        return None
    widest = (highest + lowest) * mean - mean**2 - highest * lowest
    return 1 - 2 * variance / (widest * n / (n - 1))


def coded(rows: Sequence[Sequence[Hashable | None]]) -> Floats:
    """Labels as numbers in order of first appearance, None as NaN: for what counts categories only."""
    codes: dict[Hashable, int] = {}
    return np.array(
        [[math.nan if x is None else codes.setdefault(x, len(codes)) for x in row] for row in rows],
        dtype=np.float64,
    )


def share_within(ratings: ArrayLike, distance: float = 1.0, needs: int = FEWEST_TARGETS) -> Stated[float]:
    """The share of pairs of raters whose ratings of a thing are at most so far apart, averaged over things.

    Rows are things, columns raters, NaN: none; things with one rating do not count. Ratings 3, 4, 5 have
    pairs 3-4, 4-5 and 3-5: .6667 within one point. The interval is Wilson's for as many things.
    """
    x = _counting(ratings)
    shares = []
    for row in x:
        values = row[~np.isnan(row)]
        first, second = np.triu_indices(values.size, 1)
        shares.append(float((np.abs(values[first] - values[second]) <= distance + 1e-9).mean()))
    n = len(shares)
    share = sum(shares) / max(n, 1)
    return stated(share if n else None, n, needs, interval=wilson(share, n), why=ONE_RATER)


def _counting(ratings: ArrayLike) -> Floats:
    """The rows that have at least two ratings."""
    x = np.asarray(ratings, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError("ratings have things as rows and raters as columns")
    rows: Floats = x[(~np.isnan(x)).sum(axis=1) >= 2]
    return rows


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance, beside the plain share of agreement."""

    kappa: Stated[float]
    agreement: Stated[float]


def cohen_kappa(
    first: Sequence[Hashable | None],
    second: Sequence[Hashable | None],
    categories: Sequence[Hashable],
    weights: Weights = "none",
    needs: int = FEWEST_TARGETS,
) -> Kappa:
    """The kappa of two raters (Cohen 1960, 1968) with the interval of Fleiss, Cohen & Everitt (1969).

    `categories` in their order, also those that nobody used. 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no:
    agreement .7, by chance .5, kappa .4. Things that one rater left out do not count. Raises ValueError for
    ratings that do not pair or are no category.
    """
    position = {category: i for i, category in enumerate(categories)}
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    if any(a not in position or b not in position for a, b in pairs):
        raise ValueError("a rating is none of the categories")
    n, k = len(pairs), len(categories)
    p = np.zeros((k, k))
    for a, b in pairs:
        p[position[a], position[b]] += 1 / n
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / max(k - 1, 1)
    w = {"none": 1.0 - (distance > 0), "linear": 1 - distance, "quadratic": 1 - distance**2}[weights]
    same = min(1.0, float(np.trace(p)))
    observed, chance = float((w * p).sum()), float(p.sum(axis=1) @ w @ p.sum(axis=0))
    agreement = stated(same if n else None, n, needs, interval=wilson(same, n), why=ONE_RATER)
    if not n or 1 - chance < 1e-12:
        return Kappa(stated(None, n, needs, why=ONE_CATEGORY if n else ONE_RATER), agreement)
    kappa = (observed - chance) / (1 - chance)
    half = Z95 * _kappa_se(p, w, kappa, chance, n)
    return Kappa(
        stated(kappa, n, needs, interval=(max(-1.0, kappa - half), min(1.0, kappa + half))), agreement
    )


def _kappa_se(p: Floats, w: NDArray[np.floating], kappa: float, chance: float, n: int) -> float:
    rows, columns = w @ p.sum(axis=0), p.sum(axis=1) @ w
    spread = (p * (w - np.add.outer(rows, columns) * (1 - kappa)) ** 2).sum()
    return math.sqrt(max(0.0, float(spread) - (kappa - chance * (1 - kappa)) ** 2) / n) / (1 - chance)


def fleiss_kappa(ratings: ArrayLike, needs: int = FEWEST_TARGETS) -> Kappa:
    """The kappa of several raters, who may be others for each thing (Fleiss 1971).

    Rows are things, columns raters; the interval is a jackknife over things. Undefined where not all things
    have as many ratings.
    """
    x = np.asarray(ratings, dtype=np.float64)
    counts = _category_counts(x)
    m, n = counts.sum(axis=1), len(counts)
    if not n or m.min() < 2 or m.min() < m.max():
        none: Stated[float] = stated(None, n, needs, why=GAPS if n and m.max() > 1 else ONE_RATER)
        return Kappa(none, none)
    per_thing = (counts * (counts - 1)).sum(axis=1) / (m * (m - 1))
    same = float(per_thing.mean())
    kappa = _fleiss(per_thing, counts)
    left_out = [_fleiss(np.delete(per_thing, i), np.delete(counts, i, 0)) for i in range(n)] if n > 1 else []
    return Kappa(
        stated(kappa, n, needs, interval=jackknife(kappa, left_out), why=ONE_CATEGORY),
        stated(same, n, needs, interval=wilson(same, n)),
    )


def _category_counts(x: Floats) -> Floats:
    values = np.unique(x[~np.isnan(x)])
    counts: Floats = (x[:, :, None] == values).sum(axis=1).astype(np.float64)
    return counts


def _fleiss(per_thing: Floats, counts: Floats) -> float | None:
    shares = counts.sum(axis=0) / counts.sum()
    chance = float((shares**2).sum())
    return (float(per_thing.mean()) - chance) / (1 - chance) if 1 - chance > 1e-12 else None


def krippendorff_alpha(ratings: ArrayLike, level: Level, needs: int = FEWEST_TARGETS) -> Stated[float]:
    """Krippendorff's alpha (2004, 2011), with gaps; jackknife interval over things.

    Rows are things, columns raters, NaN: none; things with one rating do not count. Undefined where all
    ratings are equal. Two raters, four things, 1-1, 1-2, 2-2, 2-2, nominal: observed 2 / 8, expected 2 * 3 *
    5 / (8 * 7), alpha 1 - .25 / .5357 = .5333. Raises ValueError for a ratio scale with negative ratings.
    """
    x = _counting(ratings)
    counts = _category_counts(x)
    values = np.unique(x[~np.isnan(x)])
    if level == "ratio" and (values < 0).any():
        raise ValueError("ratings on a ratio scale are not negative")
    m = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(len(values))
    pairs[:, diagonal, diagonal] -= counts
    pairs /= (m - 1)[:, None, None]
    whole, n = pairs.sum(axis=0), len(x)
    alpha = _alpha(whole, values, level)
    left_out = [_alpha(whole - one, values, level) for one in pairs]
    return stated(alpha, n, needs, interval=jackknife(alpha, left_out), why=ONE_CATEGORY if n else ONE_RATER)


def _alpha(coincidences: Floats, values: Floats, level: Level) -> float | None:
    totals = coincidences.sum(axis=1)
    n = float(totals.sum())
    delta = _squared_distances(values, totals, level)
    expected = float(totals @ delta @ totals)
    if expected <= 1e-12 * n * n:
        return None
    return 1 - (n - 1) * float((coincidences * delta).sum()) / expected


def _squared_distances(values: Floats, totals: Floats, level: Level) -> Floats:
    apart = np.subtract.outer(values, values)
    if level == "nominal":
        return np.asarray(apart != 0, np.float64)
    if level == "interval":
        return np.square(apart)
    if level == "ratio":
        sums = np.add.outer(values, values)
        return np.square(np.divide(apart, sums, out=np.zeros_like(apart), where=sums > 0))
    middles = np.cumsum(totals) - totals / 2
    return np.square(np.subtract.outer(middles, middles))


@dataclass(frozen=True)
class Icc:
    """The six intraclass correlations of Shrout & Fleiss (1979), by name.

    "2,1": one rater of a random panel. "1,...": other raters for each thing; "2,...": the same raters, their
    level counts; "3,...": it does not; "...,k": the mean of all raters.
    """

    n: int
    raters: int
    forms: Mapping[str, Stated[float]]


ICC_FORMS = ("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")


def icc(ratings: ArrayLike, needs: int = FEWEST_TARGETS) -> Icc:
    """The six intraclass correlations of things (rows) rated by raters (columns), with their 95 % intervals.

    Negative ones are shown as they are. Undefined with gaps, with one rater, or where nothing varies. Things
    rated 1-3, 2-4, 3-5: raters differ by 2 everywhere, so "3,1" is 1 and "2,1" is 1 / (1 + 2) = .3333.
    """
    x = np.asarray(ratings, dtype=np.float64)
    if x.ndim != 2:
        raise ValueError("ratings have things as rows and raters as columns")
    n, k = x.shape
    gaps = bool(np.isnan(x).any())
    if n < needs:
        return Icc(n, k, dict.fromkeys(ICC_FORMS, suppressed(n, needs)))
    if gaps or k < 2 or n < 2:
        none: Stated[float] = undefined(n, needs, GAPS if gaps else ONE_RATER if k < 2 else NO_VARIANCE)
        return Icc(n, k, dict.fromkeys(ICC_FORMS, none))
    squares = _mean_squares(x)
    values, intervals = _icc_values(squares, n, k), _icc_intervals(squares, n, k)
    return Icc(
        n, k, {form: stated(values[form], n, needs, interval=intervals.get(form)) for form in ICC_FORMS}
    )


@dataclass(frozen=True)
class _MeanSquares:
    things: float
    raters: float
    error: float
    within: float


def _mean_squares(x: Floats) -> _MeanSquares:
    n, k = x.shape
    mean, rows, columns = x.mean(), x.mean(axis=1), x.mean(axis=0)
    error = float(((x - rows[:, None] - columns + mean) ** 2).sum()) / ((n - 1) * (k - 1))
    # Sums of equal decimals differ in the last bits: that is not variation.
    nothing = 1e-24 * float((x**2).max())
    found = (
        k * float(((rows - mean) ** 2).sum()) / (n - 1),
        n * float(((columns - mean) ** 2).sum()) / (k - 1),
        error,
        float(((x - rows[:, None]) ** 2).sum()) / (n * (k - 1)),
    )
    return _MeanSquares(*(0.0 if square <= nothing else square for square in found))


def _icc_values(s: _MeanSquares, n: int, k: int) -> dict[str, float | None]:
    between = (s.raters - s.error) / n
    return {
        "1,1": _ratio(s.things - s.within, s.things + (k - 1) * s.within),
        "2,1": _ratio(s.things - s.error, s.things + (k - 1) * s.error + k * between),
        "3,1": _ratio(s.things - s.error, s.things + (k - 1) * s.error),
        "1,k": _ratio(s.things - s.within, s.things),
        "2,k": _ratio(s.things - s.error, s.things + between),
        "3,k": _ratio(s.things - s.error, s.things),
    }


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None


def _icc_intervals(s: _MeanSquares, n: int, k: int) -> dict[str, Interval]:
    """McGraw & Wong (1996); none where there is no error to compare with."""
    if s.error == 0 or s.things == 0:
        return {}
    found = {}
    for form, error, df in (("1", s.within, n * (k - 1)), ("3", s.error, (n - 1) * (k - 1))):
        low = s.things / error / _f975(n - 1, df)
        high = s.things / error * _f975(df, n - 1)
        found[f"{form},1"] = (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)
        found[f"{form},k"] = 1 - 1 / low, 1 - 1 / high
    found["2,1"] = low, high = _icc2_interval(s, n, k)
    if 1 + low * (k - 1) > 0:
        found["2,k"] = low * k / (1 + low * (k - 1)), high * k / (1 + high * (k - 1))
    return found


def _icc2_interval(s: _MeanSquares, n: int, k: int) -> Interval:
    one = (s.things - s.error) / (s.things + (k - 1) * s.error + k * (s.raters - s.error) / n)
    raters = k * one * s.raters / s.error
    others = n * (1 + (k - 1) * one) - k * one
    df = (k - 1) * (n - 1) * (raters + others) ** 2 / ((n - 1) * raters**2 + others**2)
    down, up = _f975(n - 1, df), _f975(df, n - 1)
    rest = k * s.raters + (k * n - k - n) * s.error
    return (
        n * (s.things - down * s.error) / (down * rest + n * s.things),
        n * (up * s.things - s.error) / (rest + n * up * s.things),
    )


def _f975(df1: float, df2: float) -> float:
    return float(f_distribution.ppf(0.975, df1, df2))
