"""Whether one person's answers vary more among themselves than the model of `model` allows. Never a score.

With r_i = s_i - b_i - m_k(i) for the answers of a block and the estimates m = A (s - b) made of all of it,

    r = R e,   R = I - Z A,   Cov e = H = Z P Z' + beta_t^2 [same type] + diag(v_b + sigma(g)^2)
    F = mean over the answers of r_i^2 / h_i,   h = diag(R H R'),   E[F] = 1
    n^2 Var F = 2 sum_ij rho_ij^2 + sum_j q_j (sum_i R_ij^2 / h_i)^2

Z names each item's competency, P is the covariance of competencies around the general level, which R takes
out; rho are the correlations of r, and q_j is the fourth cumulant of one answer around its mean, taken for
that of a beta distribution between the least score and the key. F is held against a gamma distribution of
this mean and variance. It is the mean squared standardised residual of Wright & Stone (1979, Best Test
Design, ch. 4), for scores that are no mere right and wrong.

Of people who answer the shipped questions as the model says, at levels 0 to .95, p is under .01 for 0 to 8
in a thousand. With scales and orders read the wrong way round it is for one in four on a standard form and
two in three on a full one; whoever tires half-way is seldom seen. A short form has too few answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc, ndtri

from assessor.scoring.model import LEVELS, Design, Floats, Indices, Parameters, posterior
from assessor.scoring.ranges import own_levels

#: A pattern that the model gives less often than this is worth a caution.
CAUTION_AT = 0.01
#: With fewer answers nothing is said: their distribution is too far from a smooth one.
LEAST = 8
#: How finely levels are told apart: what an answer scatters by changes slowly.
_STEP = 0.05
#: The least score of most types of question.
_LOWEST = -1.0
#: How near to the key an expected score may come (scoring.md 8): up there people differ less.
HIGHEST = 0.97
_NORMAL = ndtri((np.arange(400) + 0.5) / 400)


@dataclass(frozen=True)
class PersonFit:
    """The mean squared standardised residual of ``n`` answers, 1 as expected, and its p value.

    ``is_unusual``: whether they vary more than the model allows.
    """

    mean_square: float
    p: float
    n: int
    is_unusual: bool


@dataclass(frozen=True, eq=False)
class _Expected:
    """Of the items of a block that have a residual: their places, h, rho^2, R_ij^2 / h_i and q_j."""

    items: Indices
    h: Floats
    rho_squared: Floats
    reach: Floats
    q: Floats


def person_fit(
    design: Design, parameters: Parameters, scores: ArrayLike, mean: ArrayLike, answered: ArrayLike
) -> PersonFit | None:
    """That of one person (scores of n items, estimates of K competencies); None with too few answers.

    ``answered`` flags the items that count: what was left empty has a score, and is no answer.
    """
    expected = _expectations(design, parameters)
    levels = own_levels(expected.known, design, mean)
    counts = np.asarray(answered, np.bool_)
    of_items = np.asarray(mean, np.float64)[np.asarray(design.competency, np.intp)]
    residual = np.asarray(scores, np.float64) - np.asarray(design.b) - of_items
    total, variance, n = 0.0, 0.0, 0
    for block, first in expected.blocks.items():
        one = expected.at(block, round(float(levels[first]) / _STEP))
        here = counts[one.items].astype(np.float64)
        total += float(np.square(residual[one.items]) / one.h @ here)
        variance += 2 * float(here @ one.rho_squared @ here) + float(one.q @ np.square(here @ one.reach))
        n += int(here.sum())
    if n < LEAST:
        return None
    shape = n**2 / variance
    p = float(gammaincc(shape, shape * total / n))
    return PersonFit(total / n, p, n, p < CAUTION_AT)


class _Expectations:
    """What is expected of one form, level by level, as it is asked for; `blocks` has a competency of each."""

    def __init__(self, design: Design, parameters: Parameters) -> None:
        self.design, self.parameters = design, parameters
        self.known = posterior(design, parameters)
        self.blocks = {block: design.block.index(block) for block in sorted(set(design.block))}
        self._found: dict[tuple[int, int], _Expected] = {}

    def at(self, block: int, step: int) -> _Expected:
        """That of a block, for somebody of the level ``step`` times _STEP."""
        found = self._found.get((block, step))
        if found is None:
            found = self._found[block, step] = _expected(self.design, self.parameters, block, step)
        return found


@lru_cache(maxsize=128)
def _expectations(design: Design, parameters: Parameters) -> _Expectations:
    return _Expectations(design, parameters)


def _expected(design: Design, parameters: Parameters, block: int, step: int) -> _Expected:
    known, p = posterior(design, parameters), parameters
    level, differ = _below_the_key(step * _STEP, p)
    competency, area = np.asarray(design.competency, np.intp), np.asarray(design.area)
    items = np.flatnonzero(known.observed & (np.asarray(design.block)[competency] == block))
    k, kind = competency[items], np.asarray(design.item_type)[items]
    of_people = p.tau_a**2 * (area[k][:, None] == area[k]) + p.tau_c**2 * (k[:, None] == k)
    spreads = np.asarray(design.spreads) if design.spreads else np.repeat([design.sigma], len(LEVELS), 0).T
    noise = np.array([np.interp(level, LEVELS, row) for row in spreads[items] ** 2])
    easiness = p.beta_t**2 * (kind[:, None] == kind) + np.diag(np.array(design.v_b)[items])
    covariance = differ * (of_people + easiness) + np.diag(noise)
    residual = np.eye(len(items)) - known.A[np.ix_(k, items)]
    of_residuals = residual @ covariance @ residual.T
    # An only answer of a block is its estimate: it has no residual.
    kept = np.diag(of_residuals) > 1e-9
    of_residuals, h = of_residuals[np.ix_(kept, kept)], np.diag(of_residuals)[kept]
    return _Expected(
        items=items[kept],
        h=h,
        rho_squared=of_residuals**2 / np.outer(h, h),
        reach=residual[kept] ** 2 / h[:, None],
        q=_fourth_cumulants(step * _STEP, noise),
    )


def _below_the_key(level: float, p: Parameters) -> tuple[float, float]:
    """The level of somebody whose mean expected score is ``level``, and the share of variance that is left.

    Expected scores differ by competencies and easiness, and are cut at HIGHEST.
    """
    sd = np.sqrt(p.tau_a**2 + p.tau_c**2 + p.beta**2 + p.beta_t**2)
    levels = np.arange(-20, 31) * _STEP
    expected = np.minimum(levels[:, None] + sd * _NORMAL, HIGHEST)
    found = float(np.interp(level, expected.mean(axis=1), levels))
    cut = np.minimum(found + sd * _NORMAL, HIGHEST)
    return found, float(cut.var() / sd**2) if sd > 0 else 1.0


def _fourth_cumulants(level: float, variances: Floats) -> Floats:
    """Those of beta distributions between _LOWEST and the key, with this mean and these variances."""
    whole = 1 - _LOWEST
    right = (level - _LOWEST) / whole
    right = min(max(right, 0.02), 0.98)
    both = right * (1 - right)
    unit = variances / whole**2
    # a + b of the distribution; at 0 it is that of right and wrong alone.
    size = np.maximum(both / np.maximum(unit, 1e-12) - 1, 0.0)
    excess = 6 * ((1 - 2 * right) ** 2 * (size + 1) - both * (size + 2)) / (both * (size + 2) * (size + 3))
    found: Floats = excess * variances**2
    return found
