"""The model of a person: estimates and their covariance for one form.

What is said from them lives in `levels` and `contrasts`. The items i of a block, with competency k(i) in area
a(k) and type t(i), follow (the letters are those of the formulas)

    s_i = m_t(i) + b_i + theta_k(i) + e_i    m_t ~ N(0, beta_t^2), b_i ~ N(b, v_b), e_i ~ N(0, sigma_i^2)
    theta_k = g + u_a(k) + d_k               u_a ~ N(0, tau_a^2), d_k ~ N(0, tau_c^2), flat prior on g

All numbers are on the scale where 0 is answering at random and 1 is the key.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import cho_factor, cho_solve

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


#: What the signature of a calibration is worth to who uses it.
Trust = Literal["signed", "unsigned", "signed by another key"]


@dataclass(frozen=True)
class Parameters:
    """The standard deviations of the model: areas, competencies, items and item types.

    `trust` says whose they are; planning values, which are the product's own, have none.
    """

    tau_a: float = 0.12
    tau_c: float = 0.10
    beta: float = 0.15
    beta_t: float = 0.05
    source: str = "planning"
    trust: Trust | None = None

    def __post_init__(self) -> None:
        """Refuse what is not a standard deviation."""
        for name in ("tau_a", "tau_c", "beta", "beta_t"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} must be a finite number of at least 0, not {value!r}")


PLANNING = Parameters()

#: The levels of people at which the spread of one answer is tabulated; in between its square is linear.
LEVELS: tuple[float, ...] = tuple(step / 10 for step in range(11))
#: That of somebody half-way between guessing and the key, for whom a form is planned.
MIDDLE = LEVELS.index(0.5)

_OF_ITEMS = ("competency", "item_type", "sigma", "b", "v_b", "observed")
_OF_COMPETENCIES = ("area", "block")


@dataclass(frozen=True)
class Design:
    """One form as numbers: n items (the first six fields) over K competencies (the next two).

    `competency` holds indices into the competencies, items of equal `item_type` share a format; until a
    calibration `b` is 0 and `v_b` beta**2. `sigma` weighs the answers, the same for everybody; `spreads` has
    what it is for somebody of each of LEVELS, a row an item, and none where it is the same at all of them.
    Raises ValueError naming the field.
    """

    competency: tuple[int, ...]
    item_type: tuple[int, ...]
    sigma: tuple[float, ...]
    b: tuple[float, ...]
    v_b: tuple[float, ...]
    observed: tuple[bool, ...]
    area: tuple[int, ...]
    block: tuple[int, ...]
    spreads: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a form that the model cannot mean."""
        self._check_shapes()
        for i, k in enumerate(self.competency):
            if not 0 <= k < len(self.area):
                last = len(self.area) - 1
                raise ValueError(f"competency of item {i} must be between 0 and {last}, not {k!r}")
        for i, (sigma, b, v_b) in enumerate(zip(self.sigma, self.b, self.v_b, strict=True)):
            if not (math.isfinite(sigma) and sigma > 0):
                raise ValueError(f"sigma of item {i} must be a finite number above 0, not {sigma!r}")
            if not math.isfinite(b):
                raise ValueError(f"b of item {i} must be a finite number, not {b!r}")
            if not (math.isfinite(v_b) and v_b >= 0):
                raise ValueError(f"v_b of item {i} must be a finite number of at least 0, not {v_b!r}")
        if self.spreads and not all(
            len(row) == len(LEVELS) and all(math.isfinite(one) and one >= 0 for one in row)
            for row in self.spreads
        ):
            raise ValueError(f"spreads must hold {len(LEVELS)} finite numbers of at least 0 an item")
        blocks: dict[int, int] = {}
        for area, block in zip(self.area, self.block, strict=True):
            if blocks.setdefault(area, block) != block:
                raise ValueError(f"area {area} lies in blocks {blocks[area]} and {block}: it must lie in one")

    def _check_shapes(self) -> None:
        for names, first in ((_OF_ITEMS, "competency"), (_OF_COMPETENCIES, "area")):
            for name in names:
                value = getattr(self, name)
                if not isinstance(value, tuple):
                    raise ValueError(f"{name} must be a tuple, not a {type(value).__name__}")
                if len(value) != len(getattr(self, first)):
                    wanted = len(getattr(self, first))
                    raise ValueError(f"{name} has {len(value)} entries, {first} has {wanted}")
        if self.spreads and len(self.spreads) != len(self.competency):
            raise ValueError(f"spreads has {len(self.spreads)} rows, the form {len(self.competency)} items")


@dataclass(frozen=True, eq=False)
class Posterior:
    """The Gaussian posterior of one form: mean = A (s - b), covariance = C (arrays are read-only).

    `A` is K x n and `C` K x K. A competency with `measured` False has no estimate: its rows are 0 and mean
    nothing. `observed` (n) is the form's mask; the columns of A of unobserved items are 0.
    """

    A: Floats
    C: Floats
    measured: tuple[bool, ...]
    observed: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Make the arrays read-only: the cache hands the same object to everybody."""
        for array in (self.A, self.C, self.observed):
            array.setflags(write=False)


@lru_cache(maxsize=512)
def posterior(design: Design, parameters: Parameters) -> Posterior:
    """The posterior of every competency of a form, cached by form, mask and parameters.

    Each block is solved alone: the blocks lend each other nothing. The effect m_t of an item type is shared
    by the items of that type within a block only; shared across blocks, it would let a gate answer correct a
    core estimate through the format they have in common. So A and C are block-diagonal with exact zeros, and
    the same core answers give the same core estimates whatever else the form holds.
    """
    competency = np.asarray(design.competency, dtype=np.intp)
    observed = np.asarray(design.observed, dtype=np.bool_)
    block = np.asarray(design.block, dtype=np.intp)
    measured = np.zeros(len(block), dtype=np.bool_)
    measured[competency[observed]] = True
    gain = np.zeros((len(block), len(competency)))
    covariance = np.zeros((len(block), len(block)))
    for one in np.unique(block[measured]):
        rows = np.flatnonzero(measured & (block == one))
        items = np.flatnonzero(observed & (block[competency] == one))
        solved = _solve_block(design, parameters, rows, items)
        gain[np.ix_(rows, items)], covariance[np.ix_(rows, rows)] = solved
    return Posterior(gain, covariance, tuple(measured.tolist()), observed)


def _solve_block(design: Design, p: Parameters, rows: Indices, items: Indices) -> tuple[Floats, Floats]:
    area = np.asarray(design.area)[rows]
    item_type = np.asarray(design.item_type)[items]
    noise = np.asarray(design.sigma)[items] ** 2 + np.asarray(design.v_b)[items]
    belongs = (np.asarray(design.competency)[items][:, None] == rows).astype(np.float64)
    prior = p.tau_a**2 * (area[:, None] == area) + p.tau_c**2 * np.eye(len(rows))
    spread = belongs @ prior @ belongs.T + p.beta_t**2 * (item_type[:, None] == item_type) + np.diag(noise)
    factor = cho_factor(spread)
    # The flat prior on g is taken in the limit (generalised least squares): a large
    # variance would cost digits.
    precision_of_ones = cho_solve(factor, np.ones(len(items)))
    information = precision_of_ones.sum()
    lent = cho_solve(factor, belongs @ prior).T
    left_to_g = 1.0 - lent.sum(axis=1)
    gain = lent + np.outer(left_to_g, precision_of_ones / information)
    covariance = prior - lent @ belongs @ prior + np.outer(left_to_g, left_to_g) / information
    return gain, (covariance + covariance.T) / 2


def estimate(posterior: Posterior, scores: ArrayLike, b: ArrayLike) -> Floats:
    """The mean of every competency, shape (..., K), from item scores of shape (n,) or (N, n).

    Scores of unobserved items are ignored and may be nan; raises ValueError when an observed one is not
    a number.
    """
    residual = np.where(posterior.observed, np.asarray(scores, np.float64) - np.asarray(b, np.float64), 0.0)
    if not np.isfinite(residual).all():
        raise ValueError("an observed item has no score")
    mean: Floats = residual @ posterior.A.T
    return mean


def linear(mean: ArrayLike, covariance: ArrayLike, weights: ArrayLike) -> tuple[float, float]:
    """The estimate and standard error of a weighted sum of competencies.

    Raises ValueError when a weight falls on a competency without an estimate (variance 0): as a silent 0 it
    would pull the sum toward guessing.
    """
    w = np.asarray(weights, np.float64)
    cov = np.asarray(covariance, np.float64)
    refuse_unmeasured(cov, w)
    return float(np.asarray(mean, np.float64) @ w), math.sqrt(max(0.0, float(w @ cov @ w)))


def refuse_unmeasured(covariance: Floats, weights: Floats) -> None:
    """Nothing, or ValueError when weights (..., K) touch a competency that the form does not measure."""
    touched = np.any(np.atleast_2d(weights) != 0, axis=0)
    unmeasured = np.flatnonzero(touched & (np.diagonal(covariance) == 0))
    if unmeasured.size:
        raise ValueError(f"competency {unmeasured[0]} has a weight but is not measured in this form")


def borrowing(posterior: Posterior, design: Design, k: int) -> tuple[float, float, float]:
    """The shares of an estimate that rest on its own items, its area's others, its block's others.

    They sum to 1. They are shares of absolute weights: an item that helps only by telling what its format
    does has a small negative weight, and a negative share cannot be printed. Raises ValueError when
    competency k is not measured.
    """
    if not posterior.measured[k]:
        raise ValueError(f"competency {k} is not measured in this form")
    weights = np.abs(posterior.A[k])
    competency = np.asarray(design.competency)
    same_area = np.asarray(design.area)[competency] == design.area[k]
    total = weights.sum()
    own = float(weights[competency == k].sum() / total)
    area = float(weights[same_area & (competency != k)].sum() / total)
    return own, area, float(weights[~same_area].sum() / total)


def expected_errors(
    design: Design, parameters: Parameters, weight_vectors: Sequence[ArrayLike]
) -> tuple[float, ...]:
    """The standard error that each weighted sum of competencies will have, before anybody answers.

    Raises ValueError as `linear` does.
    """
    known = posterior(design, parameters)
    nobody = np.zeros(len(design.area))
    return tuple(linear(nobody, known.C, weights)[1] for weights in weight_vectors)
