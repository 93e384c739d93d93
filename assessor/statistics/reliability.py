"""How well the sum of many items tells people apart, from the answers of many people.

Single items live in `items`, scores of parts of a test in `subscores`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import f as f_distribution

from assessor.messages import N_
from assessor.statistics.items import Matched
from assessor.statistics.stated import (
    NO_VARIANCE,
    OTHER_FORMS,
    PROVISIONAL,
    TOO_FEW_ITEMS,
    Interval,
    Stated,
    stated,
    suppressed,
    undefined,
)

Floats = NDArray[np.float64]

SINGULAR = N_("Not defined: some items can be computed from the others.")
NOT_ONE_FACTOR = N_("Not defined: the items do not measure one thing.")
ONLY_RIGHT_OR_WRONG = N_("Not defined: only for items that are right or wrong.")
NO_LENGTH = N_("Not defined: so low a reliability says nothing about another length.")
RUNS_AGAINST = N_("One item or more runs slightly against the others: see the item-rest correlations.")
PAIRS = N_("From the pairs of items that people saw together; no interval.")

#: The share of an item's variance below which its residual counts as none (as in factor programs).
LEAST_RESIDUAL = 0.005
#: A standardised loading of this size or more counts (Gorsuch 1983).
SALIENT = 0.30


@dataclass(frozen=True)
class Minimums:
    """The fewest people from whom each statistic is shown; omega and lambda-6 also need five an item."""

    alpha: int = 50
    alpha_firm: int = 100
    factor: int = 200
    factor_per_item: int = 5


MINIMUMS = Minimums()


@dataclass(frozen=True)
class Reliability:
    """What is known about the sum of the items; `n` people answered.

    Where people saw different items, `length` is how many each saw on average, and alpha, standardised alpha,
    SEM and alpha if deleted are those of a form of that length; the rest is undefined. `no_variance` lists
    the items on which everybody has the same score: they stay in.
    """

    n: int
    length: float
    no_variance: tuple[str, ...]
    alpha: Stated[float]
    alpha_se: Stated[float]
    standardised_alpha: Stated[float]
    lambda2: Stated[float]
    lambda6: Stated[float]
    omega: Stated[float]
    sem: Stated[float]
    alpha_if_deleted: Mapping[str, Stated[float]]


def pair_covariance(m: Matched) -> tuple[Floats, Floats]:
    """Covariances (N - 1) over the people who saw both items, and how many of them there are.

    NaN for fewer than two people.
    """
    seen = m.seen.astype(np.float64)
    n = seen.T @ seen
    counts = np.maximum(seen.sum(axis=0), 1.0)
    x = np.where(m.seen, m.scores, 0.0)
    x = np.where(m.seen, x - x.sum(axis=0) / counts, 0.0)
    sums = x.T @ seen
    products = x.T @ x - sums * sums.T / np.maximum(n, 1.0)
    c = np.full(n.shape, np.nan)
    np.divide(products, n - 1.0, out=c, where=n > 1)
    # Sums of equal decimals differ in the last bits: that is not variation.
    size = np.abs(np.where(m.seen, m.scores, 0.0)).max(axis=0, initial=0.0)
    constant = np.diag(c) <= (1e-12 * size) ** 2
    c[constant, :] = c[:, constant] = 0.0
    return c, n


def alpha_of(c: Floats) -> float | None:
    """Cronbach's alpha (1951) of a covariance matrix; None for one item or a sum without variance.

    k/(k-1) (1 - sum of variances / variance of the sum): for two items with variance 1 and covariance .5 it
    is 2 (1 - 2/3) = .6667.
    """
    k, v = len(c), float(c.sum())
    if k < 2 or v <= 1e-12 * float(np.trace(c)):
        return None
    return k / (k - 1) * (1 - float(np.trace(c)) / v)


def feldt(alpha: float, n: int, k: float) -> Interval:
    """The 95 % interval of alpha (Feldt 1965)."""
    df = (n - 1, (n - 1) * (k - 1))
    upper, lower = f_distribution.ppf(np.array([0.975, 0.025]), *df)
    return 1 - (1 - alpha) * float(upper), 1 - (1 - alpha) * float(lower)


def duhachek(c: Floats, n: int) -> float:
    """The asymptotic standard error of alpha (van Zyl et al. 2000; Duhachek & Iacobucci 2004)."""
    k, v, trace = len(c), float(c.sum()), float(np.trace(c))
    c2 = c @ c
    q = v * (float(np.trace(c2)) + trace**2) - 2 * trace * float(c2.sum())
    return math.sqrt(max(0.0, 2 * k**2 / ((k - 1) ** 2 * v**3) * q) / n)


def lambda2_of(c: Floats) -> float | None:
    """Guttman's lambda-2 (1945); None as for alpha. Never below alpha."""
    k, v = len(c), float(c.sum())
    if alpha_of(c) is None:
        return None
    off = c - np.diag(np.diag(c))
    return (float(off.sum()) + math.sqrt(k / (k - 1) * float((off**2).sum()))) / v


def lambda6_of(c: Floats) -> float | None:
    """Guttman's lambda-6 (1945): each item's error is what the others do not predict.

    None as for alpha, and where an item can be computed from the others.
    """
    if alpha_of(c) is None or np.linalg.matrix_rank(c, hermitian=True) < len(c):
        return None
    return 1 - float((1 / np.diag(np.linalg.inv(c))).sum()) / float(c.sum())


@dataclass(frozen=True)
class OneFactor:
    """The maximum-likelihood solution with one factor, in the units of the items."""

    loadings: Floats
    residuals: Floats


def one_factor(c: Floats) -> OneFactor | None:
    """The one-factor solution (Joreskog 1967), or None where there is no proper one.

    Proper: at least three items, all of which vary, converged, no residual at zero.
    """
    k = len(c)
    sd = np.sqrt(np.maximum(np.diag(c), 0.0))
    if k < 3 or not (sd > 0).all():
        return None
    r = c / np.outer(sd, sd)
    if float(np.linalg.eigvalsh(r)[0]) < 1e-10:
        return None
    start = np.clip((1 - 0.5 / k) / np.diag(np.linalg.inv(r)), LEAST_RESIDUAL, 1.0)
    bounds = [(LEAST_RESIDUAL, 1.0)] * k
    found = minimize(
        _discrepancy, start, (r,), "L-BFGS-B", jac=True, bounds=bounds, options={"ftol": 1e-14, "gtol": 1e-9}
    )
    psi = np.asarray(found.x, np.float64)
    gradient = _discrepancy(psi, r)[1]
    if float(np.abs(gradient[psi < 1.0]).max(initial=0.0)) > 1e-4 or (psi <= LEAST_RESIDUAL * 1.001).any():
        return None
    loadings = _loadings(psi, r) * sd
    return OneFactor(loadings * (1.0 if loadings.sum() >= 0 else -1.0), psi * sd**2)


def _scaled(psi: Floats, r: Floats) -> tuple[Floats, Floats]:
    root = np.sqrt(psi)
    values, vectors = np.linalg.eigh(r / np.outer(root, root))
    return values, vectors


def _loadings(psi: Floats, r: Floats) -> Floats:
    values, vectors = _scaled(psi, r)
    return np.sqrt(psi) * vectors[:, -1] * math.sqrt(max(float(values[-1]) - 1, 0.0))


def _discrepancy(psi: Floats, r: Floats) -> tuple[float, Floats]:
    values, _ = _scaled(psi, r)
    small = values[:-1]
    loadings = _loadings(psi, r)
    gradient = (loadings**2 + psi - np.diag(r)) / psi**2
    return float((small - np.log(small)).sum()) - len(r) + 1, gradient


@dataclass(frozen=True)
class Omega:
    """McDonald's omega, and whether an item loads slightly against the factor."""

    value: float
    is_mixed: bool


def omega_of(c: Floats) -> Omega | None:
    """McDonald's omega (1999) of one factor; None without a proper solution.

    A loading against the others lowers omega as it lowers the sum, so it is given where that is small; one of
    SALIENT size or more says that an item is keyed the wrong way or measures something else: None.
    """
    solution = one_factor(c)
    if solution is None:
        return None
    standardised = solution.loadings / np.sqrt(np.diag(c))
    if (standardised <= -SALIENT).any():
        return None
    common = float(solution.loadings.sum()) ** 2
    whole = common + float(solution.residuals.sum())
    return Omega(common / whole, bool((standardised < 0).any()))


def reliability(m: Matched, minimums: Minimums = MINIMUMS) -> Reliability:
    """The reliability of the sum of the items; alpha with Feldt's interval."""
    n = int(m.seen.any(axis=1).sum())
    c, pairs = pair_covariance(m)
    constant = tuple(item for j, item in enumerate(m.ids) if c[j, j] == 0)
    if not m.complete:
        return _of_forms(m, c, pairs, n, constant, minimums)
    k = len(c)
    alpha = alpha_of(c) if n > 1 else None
    why = TOO_FEW_ITEMS if k < 2 else NO_VARIANCE
    show = _Shown(n, minimums, why)
    proper = alpha is not None and n >= show.many(k)
    return Reliability(
        n=n,
        length=float(k),
        no_variance=constant,
        alpha=show(alpha, interval=None if alpha is None else feldt(alpha, n, k)),
        alpha_se=show(None if alpha is None else duhachek(c, n)),
        standardised_alpha=show(None if alpha is None else _standardised(c)),
        lambda2=show(None if alpha is None else lambda2_of(c)),
        lambda6=stated(lambda6_of(c) if proper else None, n, show.many(k), why=SINGULAR),
        omega=_omega(omega_of(c) if proper else None, n, show.many(k)),
        sem=show(None if alpha is None else math.sqrt(max(0.0, float(c.sum()) * (1 - alpha)))),
        alpha_if_deleted={
            item: stated(
                alpha_of(np.delete(np.delete(c, j, 0), j, 1)) if n > 1 else None,
                n,
                minimums.alpha_firm,
                why=TOO_FEW_ITEMS if k < 3 else NO_VARIANCE,
            )
            for j, item in enumerate(m.ids)
        },
    )


def _omega(found: Omega | None, n: int, needs: int) -> Stated[float]:
    value, caution = (
        (None, None) if found is None else (found.value, RUNS_AGAINST if found.is_mixed else None)
    )
    return stated(value, n, needs, why=NOT_ONE_FACTOR, caution=caution)


@dataclass(frozen=True)
class _Shown:
    """Alpha and its kin, stated with one N, one minimum and one reason."""

    n: int
    minimums: Minimums
    why: str

    def __call__(
        self, value: float | None, interval: Interval | None = None, caution: str | None = None
    ) -> Stated[float]:
        provisional = PROVISIONAL if self.n < self.minimums.alpha_firm else None
        return stated(
            value,
            self.n,
            self.minimums.alpha,
            interval=interval,
            why=self.why,
            caution=provisional or caution,
        )

    def many(self, k: int) -> int:
        return max(self.minimums.factor, self.minimums.factor_per_item * k)


def _standardised(c: Floats) -> float | None:
    k, sd = len(c), np.sqrt(np.diag(c))
    if not (sd > 0).all():
        return None
    mean_r = (float((c / np.outer(sd, sd)).sum()) - k) / (k * (k - 1))
    return _of_length(1.0, mean_r, float(k))


def _of_length(variance: float, covariance: float, length: float) -> float | None:
    """Alpha of so many items with this mean variance and mean covariance."""
    whole = variance + (length - 1) * covariance
    return length * covariance / whole if length > 1 and whole > 1e-12 * variance else None


def _means(c: Floats, pairs: Floats) -> tuple[float, float]:
    """The mean variance and the mean covariance, weighted by who saw them; NaN for none."""
    weights = np.where(pairs > 1, pairs - 1, 0.0)
    products = np.where(pairs > 1, c, 0.0) * weights
    own, all_own = float(np.trace(products)), float(np.trace(weights))
    others, all_others = float(products.sum()) - own, float(weights.sum()) - all_own
    return own / all_own if all_own else math.nan, others / all_others if all_others else math.nan


def _of_forms(
    m: Matched, c: Floats, pairs: Floats, n: int, constant: tuple[str, ...], minimums: Minimums
) -> Reliability:
    length = float(m.seen.sum()) / n if n else 0.0
    variance, covariance = _means(c, pairs)
    alpha = _of_length(variance, covariance, length)
    show = _Shown(n, minimums, NO_VARIANCE if length > 1 else TOO_FEW_ITEMS)
    sd = np.sqrt(np.diag(c))
    sem = None if alpha is None else math.sqrt(max(0.0, length * (variance - covariance)))
    standardised = None
    if not constant and not np.isnan(sd).any():
        standardised = _of_length(1.0, _means(c / np.outer(sd, sd), pairs)[1], length)
    no_formula: Stated[float] = undefined(n, 0, OTHER_FORMS)
    shorter = length * (len(c) - 1) / len(c)
    return Reliability(
        n=n,
        length=length,
        no_variance=constant,
        alpha=show(alpha, caution=PAIRS),
        alpha_se=no_formula,
        standardised_alpha=show(standardised, caution=PAIRS),
        lambda2=no_formula,
        lambda6=no_formula,
        omega=no_formula,
        sem=show(sem, caution=PAIRS),
        alpha_if_deleted={
            item: stated(
                _of_length(*_means(*(np.delete(np.delete(x, j, 0), j, 1) for x in (c, pairs))), shorter),
                n,
                minimums.alpha_firm,
                caution=PAIRS,
            )
            for j, item in enumerate(m.ids)
        },
    )


@dataclass(frozen=True)
class ConditionalSem:
    """The standard error at one number of right answers: Lord's (1955), and Keats' (1957)."""

    score: int
    lord: float
    keats: float | None


def conditional_sem(m: Matched, minimums: Minimums = MINIMUMS) -> Stated[tuple[ConditionalSem, ...]]:
    """The standard error at each number of right answers, from 0 to all.

    sqrt(X (k - X) / (k - 1)), times sqrt((1 - KR20) / (1 - KR21)): for 5 of 10, sqrt(25 / 9) = 1.6667.
    """
    n, k = m.scores.shape
    if n < minimums.alpha_firm:
        return suppressed(n, minimums.alpha_firm)
    if not m.complete:
        return undefined(n, minimums.alpha_firm, OTHER_FORMS)
    if k < 2:
        return undefined(n, minimums.alpha_firm, TOO_FEW_ITEMS)
    if not np.isin(m.scores, (0.0, 1.0)).all():
        return undefined(n, minimums.alpha_firm, ONLY_RIGHT_OR_WRONG)
    kr20 = alpha_of(pair_covariance(m)[0])
    mean, variance = float(m.total.mean()), float(m.total.var())
    kr21 = None if kr20 is None else k / (k - 1) * (1 - mean * (k - mean) / (k * variance))
    factor = None
    if kr20 is not None and kr21 is not None and 1 - kr21 > 1e-12:
        factor = math.sqrt(max(0.0, 1 - kr20) / (1 - kr21))
    rows = []
    for score in range(k + 1):
        lord = math.sqrt(score * (k - score) / (k - 1))
        rows.append(ConditionalSem(score, lord, None if factor is None else lord * factor))
    return stated(tuple(rows), n, minimums.alpha_firm)


def stratified_alpha(m: Matched, strata: Sequence[str], minimums: Minimums = MINIMUMS) -> Stated[float]:
    """The reliability of a sum of parts that measure different things (Cronbach, Schonemann & McKie 1965).

    1 - sum of s^2 (1 - alpha) of the parts / variance of the sum: parts with variance 4 and alphas .8 and .5,
    sum with variance 10: 1 - (.8 + 2) / 10 = .72. `strata` names the part of each item; each part needs two.
    """
    n, needs = len(m.scores), minimums.alpha_firm
    if len(strata) != len(m.ids):
        raise ValueError("every item belongs to one part")
    if n < needs:
        return suppressed(n, needs)
    if not m.complete:
        return undefined(n, needs, OTHER_FORMS)
    c = pair_covariance(m)[0]
    error = 0.0
    for part in sorted(set(strata)):
        rows = [j for j, name in enumerate(strata) if name == part]
        block = c[np.ix_(rows, rows)]
        alpha = alpha_of(block)
        if alpha is None:
            return undefined(n, needs, TOO_FEW_ITEMS if len(rows) < 2 else NO_VARIANCE)
        error += float(block.sum()) * (1 - alpha)
    whole = float(c.sum())
    return stated(1 - error / whole if whole > 1e-12 * float(np.trace(c)) else None, n, needs)


def spearman_brown(r: Stated[float], times: float) -> Stated[float]:
    """The reliability of a test so many times as long (Spearman 1910; Brown 1910); .5 doubled is .6667.

    A reliability that is not known stays so. Raises ValueError unless `times` is above 0.
    """
    if not times > 0:
        raise ValueError(f"a test cannot be {times} times as long")
    if r.value is None:
        return r
    ends = [_lengthened(end, times) for end in (r.low, r.high) if end is not None]
    known = [end for end in ends if end is not None]
    interval = (known[0], known[1]) if len(known) == 2 else None
    return stated(
        _lengthened(r.value, times), r.n or 0, r.needs, interval=interval, why=NO_LENGTH, caution=r.words
    )


def _lengthened(r: float, times: float) -> float | None:
    whole = 1 + (times - 1) * r
    return times * r / whole if whole > 1e-12 else None
