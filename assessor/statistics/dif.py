"""Whether an item is harder for one group than for another of the same standing on the test.

For the owner of a test only, never about a person. Who is compared with whom lives in `dif_matching`,
selection rates in `fairness`.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, expit

from assessor.messages import N_
from assessor.scoring.cuts import exceeds, reaches
from assessor.statistics.dif_matching import (
    SIGNIFICANT,
    UNSETTLED,
    Answers,
    Compared,
    Minimums,
    Study,
    adjusted_for_number,
    by_group,
    compared_of,
    shown,
    study_items,
)
from assessor.statistics.items import Matched
from assessor.statistics.stated import NO_VARIANCE, Z95, Stated, undefined

Floats = NDArray[np.float64]
EtsClass = Literal["A", "B", "C"]
T = TypeVar("T")
Row = TypeVar("Row", "MantelHaenszel", "Mantel", "Logistic")

#: Bounds of the middle class, by kind of effect: |delta|, |SMD| / SD, and two of the gain in R squared.
DELTA_CLASSES = (1.0, 1.5)
SMD_CLASSES = (0.17, 0.25)
JODOIN_GIERL = (0.035, 0.070)
ZUMBO_THOMAS = (0.13, 0.26)

NOBODY_TO_COMPARE = N_("Not defined: the groups share no score at which their answers differ.")
INFINITE = N_("Not defined: the odds ratio is infinite.")
NO_CLASS = N_("Not defined: an odds ratio of zero or infinity has no size.")
SEPARATED = N_("Not defined: the total or the group tells all answers.")
NOT_CONVERGED = N_("Not defined: the estimation did not converge.")


FOR_MANTEL_HAENSZEL = Minimums(200, 500)
FOR_LOGISTIC = Minimums(200)
FOR_MANTEL = Minimums(250)


@dataclass(frozen=True)
class MantelHaenszel:
    """Right or wrong: an odds ratio above 1 and a delta below 0 are against the focal group."""

    compared: Compared
    odds_ratio: Stated[float]
    delta: Stated[float]
    delta_se: Stated[float]
    chi2: Stated[float]
    p: Stated[float]
    p_adjusted: Stated[float]
    ets_class: Stated[EtsClass]


@dataclass(frozen=True)
class Mantel:
    """Any scores: a standardised mean difference below 0 is against the focal group."""

    compared: Compared
    smd: Stated[float]
    smd_over_sd: Stated[float]
    chi2: Stated[float]
    p: Stated[float]
    p_adjusted: Stated[float]
    ets_class: Stated[EtsClass]


@dataclass(frozen=True)
class Logistic:
    """Right or wrong by total, group and their product: likelihood ratios, never Wald tests.

    `p` is that of both effects; `coefficient` is the group's in the model without the product.
    """

    compared: Compared
    chi2: Stated[float]
    p: Stated[float]
    p_adjusted: Stated[float]
    chi2_uniform: Stated[float]
    p_uniform: Stated[float]
    chi2_nonuniform: Stated[float]
    p_nonuniform: Stated[float]
    gain_r2: Stated[float]
    coefficient: Stated[float]
    jodoin_gierl: Stated[EtsClass]
    zumbo_thomas: Stated[EtsClass]


def _class_of(size: float, bounds: tuple[float, float], significant: bool) -> EtsClass:
    low, high = bounds
    if not significant or not exceeds(size, low):
        return "A"
    return "C" if exceeds(size, high) else "B"


def _without_class(row: Row, study: Study, *names: str) -> Row:
    """The row as it is, or with its classes undefined where the study could not settle the total."""
    if study.settled:
        return row
    classes = {name: getattr(row, name) for name in names}
    return replace(
        row,
        **{
            name: undefined(one.n, one.needs, UNSETTLED) if one.state == "value" else one
            for name, one in classes.items()
        },
    )


# Mantel-Haenszel


@dataclass(frozen=True)
class _RawMh:
    ratio: float | None
    log_variance: float | None
    chi2: float | None
    p: float | None

    @property
    def statistic(self) -> float | None:
        return self.chi2


def mantel_haenszel(
    m: Matched,
    focal: ArrayLike,
    *,
    purify: bool = False,
    bands: int | None = None,
    minimums: Minimums = FOR_MANTEL_HAENSZEL,
) -> tuple[tuple[MantelHaenszel, ...], Study]:
    """Mantel & Haenszel (1959) for items scored 0 or 1.

    One stratum is one total of people who saw the same items. With A, B reference right and wrong, C, D focal
    right and wrong at each total: odds ratio sum(AD/N) / sum(BC/N), delta = -2.35 ln of it (Holland & Thayer
    1988), its variance by Phillips & Holland (1987). One stratum 20, 10, 10, 20: odds ratio 4, delta -3.258,
    chi2 (|20 - 15| - .5)^2 / 3.814 = 5.31. The continuity correction is left out where the counts differ by
    less than .5 (as R's mantelhaen.test). ETS classes: A if |delta| < 1 or p >= .05; C if |delta| >= 1.5 and
    more than 1.645 errors above 1; else B (Zieky 1993). `bands` matches on so many quantile bands of the
    total instead of each total. Raises ValueError for scores other than 0 and 1.
    """
    results, answers, study = study_items(m, focal, _mh, purify, bands, binary=True)
    adjusted = adjusted_for_number([raw.p for raw in results])
    rows = zip(m.ids, results, answers, adjusted, strict=True)
    made = (_mh_row(compared_of(item, one), raw, p, minimums) for item, raw, one, p in rows)
    return tuple(_without_class(row, study, "ets_class") for row in made), study


def _mh_row(compared: Compared, raw: _RawMh, p_adjusted: float | None, minimums: Minimums) -> MantelHaenszel:
    delta = -2.35 * math.log(raw.ratio) if raw.ratio and math.isfinite(raw.ratio) else None
    se = None if raw.log_variance is None else 2.35 * math.sqrt(raw.log_variance)
    no_size = NOBODY_TO_COMPARE if raw.ratio is None else NO_CLASS
    ends = None if delta is None or se is None else (delta - Z95 * se, delta + Z95 * se)
    return MantelHaenszel(
        compared=compared,
        odds_ratio=shown(
            compared, minimums, raw.ratio, INFINITE if raw.ratio == math.inf else NOBODY_TO_COMPARE
        ),
        delta=shown(compared, minimums, delta, no_size, ends),
        delta_se=shown(compared, minimums, se, no_size),
        chi2=shown(compared, minimums, raw.chi2, NOBODY_TO_COMPARE),
        p=shown(compared, minimums, raw.p, NOBODY_TO_COMPARE),
        p_adjusted=shown(compared, minimums, p_adjusted, NOBODY_TO_COMPARE),
        ets_class=shown(compared, minimums, _ets_class(delta, se, raw.p), no_size),
    )


def _mh(answers: Answers) -> _RawMh:
    right_r, right_f = by_group(answers, answers.x)
    all_r, all_f = by_group(answers, np.ones(len(answers.x)))
    both = (all_r > 0) & (all_f > 0)
    a, c, n_r, n_f = right_r[both], right_f[both], all_r[both], all_f[both]
    b, d, n = n_r - a, n_f - c, n_r + n_f
    m1 = a + c
    variance = float((n_r * n_f * m1 * (n - m1) / (n**2 * (n - 1))).sum())
    if variance <= 0:
        return _RawMh(None, None, None, None)
    gap = abs(float((a - n_r * m1 / n).sum()))
    chi2 = (gap - (0.5 if gap >= 0.5 else 0.0)) ** 2 / variance
    p = float(chdtrc(1, chi2))
    above, below = float((a * d / n).sum()), float((b * c / n).sum())
    if below == 0 or above == 0:
        return _RawMh(math.inf if above else 0.0, None, chi2, p)
    ratio = above / below
    spread = ((a * d + ratio * b * c) * (a + d + ratio * (b + c)) / n**2).sum()
    return _RawMh(ratio, float(spread) / (2 * above**2), chi2, p)


def _ets_class(delta: float | None, se: float | None, p: float | None) -> EtsClass | None:
    if delta is None or se is None or p is None:
        return None
    small, large = DELTA_CLASSES
    if not reaches(abs(delta), small) or p >= SIGNIFICANT:
        return "A"
    return "C" if reaches(abs(delta), large) and (abs(delta) - small) / se > 1.645 else "B"


# Mantel


@dataclass(frozen=True)
class _RawMantel:
    smd: float | None
    sd: float
    chi2: float | None
    p: float | None

    @property
    def statistic(self) -> float | None:
        return self.chi2


def mantel(
    m: Matched,
    focal: ArrayLike,
    *,
    purify: bool = False,
    bands: int | None = None,
    minimums: Minimums = FOR_MANTEL,
) -> tuple[tuple[Mantel, ...], Study]:
    """Mantel (1963) for any scores, with the standardised mean difference (Dorans & Schmitt 1991).

    SMD = sum of w (mean focal - mean reference) over the totals, w = focal shares; over the SD of both
    groups. One stratum, reference 0, 1, 2 and focal 1, 2, 3: SMD 1; F = 6, E = 4.5, Var = 9 / 180 * (6 * 19 -
    81) = 1.65, chi2 = 2.25 / 1.65 = 1.364. Classes: A if p >= .05 or |SMD / SD| <= .17, B up to .25, else C.
    `bands` as in `mantel_haenszel`: needed where partial credit makes nearly every total different.
    """
    results, answers, study = study_items(m, focal, _mantel, purify, bands, binary=False)
    adjusted = adjusted_for_number([raw.p for raw in results])
    rows = []
    for item, raw, one, p_adjusted in zip(m.ids, results, answers, adjusted, strict=True):
        compared = compared_of(item, one)
        size = None if raw.smd is None or raw.sd == 0 else raw.smd / raw.sd
        kind: EtsClass | None = None
        if size is not None and raw.p is not None:
            kind = _class_of(abs(size), SMD_CLASSES, raw.p < SIGNIFICANT)
        rows.append(
            Mantel(
                compared=compared,
                smd=shown(compared, minimums, raw.smd, NOBODY_TO_COMPARE),
                smd_over_sd=shown(compared, minimums, size, NOBODY_TO_COMPARE),
                chi2=shown(compared, minimums, raw.chi2, NOBODY_TO_COMPARE),
                p=shown(compared, minimums, raw.p, NOBODY_TO_COMPARE),
                p_adjusted=shown(compared, minimums, p_adjusted, NOBODY_TO_COMPARE),
                ets_class=shown(compared, minimums, kind, NOBODY_TO_COMPARE),
            )
        )
    return tuple(_without_class(row, study, "ets_class") for row in rows), study


def _mantel(answers: Answers) -> _RawMantel:
    x = answers.x
    sd = float(x.std(ddof=1)) if x.size > 1 and np.ptp(x) > 0 else 0.0
    all_r, all_f = by_group(answers, np.ones(x.size))
    both = (all_r > 0) & (all_f > 0)
    if not both.any():
        return _RawMantel(None, sd, None, None)
    sum_r, sum_f = (part[both] for part in by_group(answers, x))
    squares = np.add(*by_group(answers, x * x))[both]
    n_r, n_f = all_r[both], all_f[both]
    n, sums = n_r + n_f, sum_r + sum_f
    variance = float((n_r * n_f / (n**2 * (n - 1)) * (n * squares - sums**2)).sum())
    smd = float((n_f * (sum_f / n_f - sum_r / n_r)).sum() / n_f.sum())
    if variance <= 1e-12 * float(squares.sum()):
        return _RawMantel(smd, sd, None, None)
    chi2 = float((sum_f - n_f * sums / n).sum()) ** 2 / variance
    return _RawMantel(smd, sd, chi2, float(chdtrc(1, chi2)))


# Logistic regression


@dataclass(frozen=True)
class _RawLogistic:
    p: float | None
    why: str = NO_VARIANCE
    both: float | None = None
    uniform: float | None = None
    nonuniform: float | None = None
    gain: float | None = None
    coefficient: float | None = None

    @property
    def statistic(self) -> float | None:
        return self.both


def logistic(
    m: Matched,
    focal: ArrayLike,
    *,
    purify: bool = False,
    minimums: Minimums = FOR_LOGISTIC,
) -> tuple[tuple[Logistic, ...], Study]:
    """Logistic regression on total, group and their product (Swaminathan & Rogers 1990), items scored 0 or 1.

    Likelihood ratios of both effects (2 df), of the group (uniform) and of the product (non-uniform); the
    gain is in Nagelkerke's R squared, with the classes of Jodoin & Gierl (2001) and Zumbo & Thomas (1997); A
    also where p >= .05. Where people saw different items, the total is their mean distance from the items'
    means. Raises ValueError for scores other than 0 and 1.
    """
    results, answers, study = study_items(m, focal, _logistic, purify, None, binary=True)
    adjusted = adjusted_for_number([raw.p for raw in results])
    rows = zip(m.ids, results, answers, adjusted, strict=True)
    made = (_logistic_row(compared_of(item, one), raw, p, minimums) for item, raw, one, p in rows)
    return tuple(_without_class(row, study, "jodoin_gierl", "zumbo_thomas") for row in made), study


def _logistic_row(
    compared: Compared, raw: _RawLogistic, p_adjusted: float | None, minimums: Minimums
) -> Logistic:
    def show(value: T | None, why: str = raw.why) -> Stated[T]:
        return shown(compared, minimums, value, why)

    return Logistic(
        compared=compared,
        chi2=show(raw.both),
        p=show(raw.p),
        p_adjusted=show(p_adjusted),
        chi2_uniform=show(raw.uniform),
        p_uniform=show(None if raw.uniform is None else float(chdtrc(1, raw.uniform))),
        chi2_nonuniform=show(raw.nonuniform),
        p_nonuniform=show(None if raw.nonuniform is None else float(chdtrc(1, raw.nonuniform))),
        gain_r2=show(raw.gain),
        coefficient=show(raw.coefficient, SEPARATED if raw.p is not None else raw.why),
        jodoin_gierl=show(_gain_class(raw, JODOIN_GIERL)),
        zumbo_thomas=show(_gain_class(raw, ZUMBO_THOMAS)),
    )


def _gain_class(raw: _RawLogistic, bounds: tuple[float, float]) -> EtsClass | None:
    if raw.gain is None or raw.p is None:
        return None
    return _class_of(raw.gain, bounds, raw.p < SIGNIFICANT)


def _logistic(answers: Answers) -> _RawLogistic:
    y, g = answers.x, answers.focal.astype(np.float64)
    if not y.size or np.ptp(y) == 0 or np.ptp(g) == 0 or np.ptp(answers.total) == 0:
        return _RawLogistic(None)
    total = (answers.total - answers.total.mean()) / answers.total.std()
    design = np.column_stack([np.ones(y.size), total, g, total * g])
    fits = [_fitted(design[:, :width], y) for width in (2, 3, 4)]
    known = [fit for fit in fits if fit is not None]
    if len(known) < 3:
        return _RawLogistic(None, NOT_CONVERGED)
    matched, uniform, full = known
    share, n = float(y.mean()), y.size
    null = n * (share * math.log(share) + (1 - share) * math.log(1 - share))
    most = 1 - math.exp(2 * null / n)
    r2 = [(1 - math.exp(2 * (null - fit.log_likelihood) / n)) / most for fit in known]
    both = max(0.0, 2 * (full.log_likelihood - matched.log_likelihood))
    return _RawLogistic(
        p=float(chdtrc(2, both)),
        both=both,
        uniform=max(0.0, 2 * (uniform.log_likelihood - matched.log_likelihood)),
        nonuniform=max(0.0, 2 * (full.log_likelihood - uniform.log_likelihood)),
        gain=r2[2] - r2[0],
        coefficient=None if uniform.separated else float(uniform.coefficients[2]),
    )


@dataclass(frozen=True)
class _Fit:
    log_likelihood: float
    coefficients: Floats
    separated: bool


def _fitted(design: Floats, y: Floats) -> _Fit | None:
    """The maximum of the likelihood by Newton's method, or None where 50 rounds do not reach it.

    Where the answers are separated the likelihood still has a limit; only the coefficients have none.
    """
    b = np.zeros(design.shape[1])
    likelihood = -y.size * math.log(2)
    for _ in range(50):
        p = expit(design @ b)
        w = p * (1 - p)
        information = (design * w[:, None]).T @ design
        step = np.linalg.lstsq(information, design.T @ (y - p))[0]
        eta = design @ (b + step)
        new = float((y * eta - np.logaddexp(0, eta)).sum())
        if new < likelihood - 1e-9 * (1 + abs(likelihood)):
            return None
        b, change, likelihood = b + step, new - likelihood, new
        if abs(change) < 1e-10 * (1 + abs(likelihood)):
            smallest = float(np.linalg.eigvalsh(information)[0])
            return _Fit(likelihood, b, smallest < 1e-6 * y.size)
    return None
