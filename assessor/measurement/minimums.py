"""A role's minimums: what a form can say of them, and what a sitting does, one by one and together.

Probabilities alone decide; no limit on a standard error does. The words live elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from assessor import measurement
from assessor.banks.schema import Domain, Item, RoleProfile
from assessor.items import lowest
from assessor.language.figures import rounded
from assessor.measurement import Floats
from assessor.scoring import levels
from assessor.scoring.levels import Reading
from assessor.scoring.model import Design, Parameters, Posterior, posterior

HIGHEST = 1.0
DECIMALS = 6

#: Beside ``judged``: no item of the form measures it, or no possible answers would make a firm word of it.
State = Literal["judged", "not_measured", "out_of_reach"]


@dataclass(frozen=True)
class Reach:
    """What a form can say of one minimum (0-1 scale); ``row`` (K weights) is None where nothing measures it.

    ``p_lowest`` and ``p_highest``: the probability of meeting it after the worst and the best answers that
    the form allows. ``likely_from``: the estimate from which it is likely met.
    """

    of: str
    minimum: float
    row: Floats | None
    se: float
    p_lowest: float
    p_highest: float
    likely_from: float

    @property
    def state(self) -> State:
        """Whether a sitting can be judged by it."""
        if self.row is None:
            return "not_measured"
        firm = self.p_highest >= levels.LIKELY_AT or self.p_lowest <= levels.DOUBT_AT
        return "judged" if firm else "out_of_reach"


@dataclass(frozen=True)
class MinimumResult:
    """A must-have (0-100 scale) and the probability that it is met, None where it cannot be judged."""

    of: str
    minimum: float
    p: float | None
    state: State

    @property
    def reading(self) -> Reading | None:
        """What its own probability amounts to."""
        return None if self.p is None else levels.reading(self.p)


@dataclass(frozen=True)
class Judgement:
    """A role's minimums, the probability that all that can be judged are met, and what it amounts to.

    Both are None where none can be judged. ``reading`` is never firmer than the weakest of its parts: while
    one cannot be judged, "likely" is said of none of the whole.
    """

    minimums: tuple[MinimumResult, ...]
    p: float | None
    reading: Reading | None

    @property
    def judged(self) -> tuple[MinimumResult, ...]:
        """The minimums that the probability is of."""
        return tuple(one for one in self.minimums if one.state == "judged")

    @property
    def not_judged(self) -> tuple[MinimumResult, ...]:
        """The minimums of which nothing can be said."""
        return tuple(one for one in self.minimums if one.state != "judged")


def reaches_of(
    items: Sequence[Item], domain: Domain, role: RoleProfile, parameters: Parameters
) -> tuple[Reach, ...]:
    """What a form can say of each minimum, before anybody answers, in the order of the role."""
    design = measurement.design_of(items, domain, parameters)
    return reaches(posterior(design, parameters), design, items, domain, role)


def reaches(
    found: Posterior, design: Design, items: Sequence[Item], domain: Domain, role: RoleProfile
) -> tuple[Reach, ...]:
    """The same for a form that is solved; ``items`` are its items, in the order of the design."""
    areas = measurement.area_weights(domain, role, found.measured)
    rows = [
        areas[wanted.of] if wanted.of in areas else _row_of(domain, wanted.of, found)
        for wanted in role.minimums
    ]
    least = np.array([lowest(item.content) for item in items])
    b = np.array(design.b)
    return tuple(
        _reach(wanted.of, wanted.minimum / 100, row, found, least, b)
        for wanted, row in zip(role.minimums, rows, strict=True)
    )


def _row_of(domain: Domain, competency_id: str, found: Posterior) -> Floats | None:
    row = measurement.unit_weights(domain, competency_id)
    return row if bool((row * np.array(found.measured)).any()) else None


def _reach(of: str, minimum: float, row: Floats | None, found: Posterior, least: Floats, b: Floats) -> Reach:
    if row is None:
        return Reach(of, minimum, None, math.nan, math.nan, math.nan, math.nan)
    se = math.sqrt(max(0.0, float(row @ found.C @ row)))
    gain = row @ found.A
    worst, best = np.where(gain > 0, least, HIGHEST), np.where(gain > 0, HIGHEST, least)
    p_lowest, p_highest = (
        levels.p_at_least(float(gain @ (scores - b)), se, minimum) for scores in (worst, best)
    )
    return Reach(of, minimum, row, se, p_lowest, p_highest, levels.needed_estimate(se, minimum))


def reach_document(reach: Reach) -> dict[str, float | str | None]:
    """What a form can say of one minimum as plain JSON: estimates on the 0-100 scale, 6 decimals."""

    def told(value: float) -> float | None:
        return None if math.isnan(value) else rounded(value, DECIMALS)

    return {
        "minimum": 100 * reach.minimum,
        "state": reach.state,
        "p_lowest": told(reach.p_lowest),
        "p_highest": told(reach.p_highest),
        "likely_from": told(100 * reach.likely_from),
    }


def judgement_document(judgement: Judgement) -> dict[str, Any]:
    """What is said of a role's minimums as plain JSON: 6 decimals, 3 of the joint probability."""
    return {
        "p_minimums": judgement.p,
        "reading": judgement.reading,
        "judged": [one.of for one in judgement.judged],
        "not_judged": {one.of: one.state for one in judgement.not_judged},
        "minimums": {
            one.of: {
                "minimum": one.minimum,
                "p_minimum": None if one.p is None else rounded(one.p, DECIMALS),
                "state": one.state,
                "reading": one.reading,
            }
            for one in judgement.minimums
        },
    }


def judge(
    means: Floats, covariance: Floats, form: Sequence[Reach], *, seed: int, draws: int
) -> list[Judgement]:
    """What each person's posterior (``means``: N x K, 0-1 scale) says of the minimums of one form.

    By seeded draws where several are judged together (``levels.p_all_minimums_of``).
    """
    told = [one for one in form if one.state == "judged"]
    rows = [one.row for one in told if one.row is not None]
    alone = np.array(
        [[levels.p_at_least(float(mean @ one.row), one.se, one.minimum) for one in told] for mean in means]
    )
    if len(told) > 1:
        drawn = levels.p_all_minimums_of(
            means, covariance, np.array(rows), [one.minimum for one in told], seed, draws
        )
        together = [min(p, round(float(parts.min()), 3)) for p, parts in zip(drawn, alone, strict=True)]
    else:
        together = [float(parts[0]) if told else math.nan for parts in alone]
    return [_judgement(form, parts.tolist(), p) for parts, p in zip(alone, together, strict=True)]


def _judgement(form: Sequence[Reach], alone: Sequence[float], together: float) -> Judgement:
    left = iter(alone)
    minimums = tuple(
        MinimumResult(one.of, 100 * one.minimum, next(left) if one.state == "judged" else None, one.state)
        for one in form
    )
    parts = [one.reading for one in minimums if one.reading is not None]
    if not parts:
        return Judgement(minimums, None, None)
    is_whole = len(parts) == len(minimums)
    return Judgement(minimums, round(together, 3), levels.joint_reading(together, parts, is_whole=is_whole))
