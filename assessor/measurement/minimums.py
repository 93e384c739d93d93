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
from assessor.banks.schema import Domain, Item, LengthId, RoleProfile
from assessor.items import lowest
from assessor.language.figures import rounded
from assessor.measurement import Floats
from assessor.scoring import levels
from assessor.scoring.levels import Reading
from assessor.scoring.model import Design, Parameters, Posterior, posterior
from assessor.scoring.populations import PLANNED, Range, all_met, chances, milder

HIGHEST = 1.0
DECIMALS = 6
#: The length that speaks of areas only.
GLIMPSE: LengthId = "short"

#: Beside ``judged``: no item of the form measures it, no possible answers would make a firm word of it, the
#: form is a glimpse, or too little was answered.
State = Literal["judged", "not_measured", "out_of_reach", "glimpse", "too_few_answers"]


@dataclass(frozen=True)
class Reach:
    """What a form can say of one minimum (0-1 scale); ``row`` (K weights) is None where nothing measures it.

    ``p_lowest`` and ``p_highest``: the probability of meeting it after the worst and the best answers that
    the form allows, the milder of both ends of the range of populations. A glimpse states no minimum.
    """

    of: str
    minimum: float
    row: Floats | None
    p_lowest: float
    p_highest: float
    is_glimpse: bool = False

    @property
    def state(self) -> State:
        """Whether a sitting can be judged by it."""
        if self.is_glimpse:
            return "glimpse"
        if self.row is None:
            return "not_measured"
        firm = self.p_highest >= levels.LIKELY_AT or self.p_lowest <= levels.DOUBT_AT
        return "judged" if firm else "out_of_reach"


@dataclass(frozen=True)
class MinimumResult:
    """A must-have (0-100 scale) and the probability that it is met, None where it cannot be judged.

    ``p`` is the milder of ``ends``, the probabilities in the weakest and the strongest population.
    """

    of: str
    minimum: float
    p: float | None
    state: State
    ends: tuple[float, float] | None = None

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
    items: Sequence[Item],
    domain: Domain,
    role: RoleProfile,
    parameters: Parameters,
    length: LengthId | None = None,
) -> tuple[Reach, ...]:
    """What a form can say of each minimum, before anybody answers, in the order of the role."""
    design = measurement.design_of(items, domain, parameters)
    known = posterior(design, parameters)
    return reaches(known, design, parameters, items, domain, role, is_glimpse=length == GLIMPSE)


def reaches(
    found: Posterior,
    design: Design,
    parameters: Parameters,
    items: Sequence[Item],
    domain: Domain,
    role: RoleProfile,
    *,
    within: Range = PLANNED,
    is_glimpse: bool = False,
) -> tuple[Reach, ...]:
    """The same for a form that is solved; ``items`` are its items, in the order of the design."""
    areas = measurement.area_weights(domain, role, found.measured)
    rows = [
        areas[wanted.of] if wanted.of in areas else _row_of(domain, wanted.of, found)
        for wanted in role.minimums
    ]
    least = np.array([lowest(item.content) for item in items])
    form = _Form(found, design, parameters, within)
    return tuple(
        _reach(wanted.of, wanted.minimum / 100, row, form, least, is_glimpse=is_glimpse)
        for wanted, row in zip(role.minimums, rows, strict=True)
    )


def likely_from(
    reach: Reach, found: Posterior, design: Design, parameters: Parameters, within: Range = PLANNED
) -> float:
    """The estimate (0-1 scale) from which one minimum is likely met on this form; nan where none is."""
    if reach.row is None:
        return math.nan
    estimates = np.arange(0, 201) / 200
    (p,) = _Form(found, design, parameters, within).met(reach.row, estimates, reach.minimum)
    met = np.flatnonzero(milder(p) >= levels.LIKELY_AT)
    return float(estimates[met[0]]) if met.size else math.nan


@dataclass(frozen=True)
class _Form:
    """A solved form and the populations that its people may come from."""

    known: Posterior
    design: Design
    parameters: Parameters
    within: Range

    def met(self, row: Floats, estimates: Floats, minimum: float) -> Floats:
        """The probability of meeting a minimum: 1 x ends x people."""
        found = chances(self.known, self.design, self.parameters, row, estimates, [minimum], self.within)
        return found.transpose(1, 0, 2)


def _row_of(domain: Domain, competency_id: str, found: Posterior) -> Floats | None:
    row = measurement.unit_weights(domain, competency_id)
    return row if bool((row * np.array(found.measured)).any()) else None


def _reach(
    of: str, minimum: float, row: Floats | None, form: _Form, least: Floats, *, is_glimpse: bool
) -> Reach:
    if row is None or is_glimpse:
        return Reach(of, minimum, row, math.nan, math.nan, is_glimpse)
    gain = row @ form.known.A
    worst, best = np.where(gain > 0, least, HIGHEST), np.where(gain > 0, HIGHEST, least)
    ends = np.array([gain @ (scores - np.array(form.design.b)) for scores in (worst, best)])
    p_lowest, p_highest = milder(form.met(row, ends, minimum)[0])
    return Reach(of, minimum, row, float(p_lowest), float(p_highest))


def reach_document(reach: Reach, likely: float) -> dict[str, float | str | None]:
    """What a form can say of one minimum as plain JSON: estimates on the 0-100 scale, 6 decimals.

    ``likely`` is what ``likely_from`` gives (0-1 scale).
    """

    def told(value: float) -> float | None:
        return None if math.isnan(value) else rounded(value, DECIMALS)

    return {
        "minimum": 100 * reach.minimum,
        "state": reach.state,
        "p_lowest": told(reach.p_lowest),
        "p_highest": told(reach.p_highest),
        "likely_from": told(100 * likely),
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
                "p_ends": None if one.ends is None else [rounded(p, DECIMALS) for p in one.ends],
                "state": one.state,
                "reading": one.reading,
            }
            for one in judgement.minimums
        },
    }


def unjudged(role: RoleProfile, state: State) -> Judgement:
    """The judgement of a role of whose minimums nothing is said, all for one reason."""
    return Judgement(
        tuple(MinimumResult(one.of, one.minimum, None, state) for one in role.minimums), None, None
    )


def judge(
    estimates: Floats,
    found: Posterior,
    design: Design,
    parameters: Parameters,
    form: Sequence[Reach],
    *,
    within: Range = PLANNED,
    seed: int,
    draws: int,
) -> list[Judgement]:
    """What each person's estimates (N x K, 0-1 scale) say of the minimums of one form.

    Under both ends of the range of populations; by seeded draws where several are judged together.
    """
    told = [one for one in form if one.state == "judged"]
    if not told:
        return [_judgement(form, [], 1.0) for _ in estimates]
    rows = np.array([one.row for one in told])
    of = _Form(found, design, parameters, within)
    alone = np.array(
        [of.met(row, estimates @ row, one.minimum)[0] for one, row in zip(told, rows, strict=True)]
    )
    ends = alone.transpose(1, 0, 2)
    if len(told) > 1:
        together = all_met(found, design, parameters, rows, ends, within=within, seed=seed, draws=draws)
    else:
        together = ends[:, 0]
    p = milder(together)
    return [_judgement(form, alone[:, :, n].tolist(), float(p[n])) for n in range(len(estimates))]


def _judgement(form: Sequence[Reach], alone: Sequence[Sequence[float]], together: float) -> Judgement:
    left = iter(alone)
    minimums = tuple(
        _result(one, next(left))
        if one.state == "judged"
        else MinimumResult(one.of, 100 * one.minimum, None, one.state)
        for one in form
    )
    parts = [one.reading for one in minimums if one.reading is not None]
    if not parts:
        return Judgement(minimums, None, None)
    is_whole = len(parts) == len(minimums)
    return Judgement(minimums, round(together, 3), levels.joint_reading(together, parts, is_whole=is_whole))


def _result(reach: Reach, ends: Sequence[float]) -> MinimumResult:
    weak, strong = ends
    return MinimumResult(reach.of, 100 * reach.minimum, float(milder(ends)), reach.state, (weak, strong))
