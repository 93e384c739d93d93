"""From a sitting and a role to a profile: estimates, fit, contrasts, lures. Formats no text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from assessor import measurement
from assessor.banks.schema import Domain, Item, LengthId, Library, RoleProfile
from assessor.measurement import Floats, form_digest, minimums
from assessor.measurement.evidence import evidence_of
from assessor.measurement.minimums import MinimumResult
from assessor.measurement.sensitivity import key_sensitivity
from assessor.profile.answers import (
    MIDDLE,
    awaiting_ratings,
    effort,
    item_result,
    key_statuses,
    lures,
    near_chance,
    to_think_about,
)
from assessor.profile.model import (
    AreaResult,
    CompetencyResult,
    ContrastResult,
    Estimate,
    Fit,
    ItemResult,
    Profile,
    Without,
)
from assessor.scoring import apart, contrasts, levels, populations
from assessor.scoring import ranges as intervals
from assessor.scoring.levels import Level
from assessor.scoring.model import Design, Parameters, Posterior, borrowing, estimate, linear, posterior
from assessor.scoring.personfit import PersonFit, person_fit
from assessor.scoring.populations import PLANNED, Range
from assessor.sittings import Sitting
from assessor.statistics.calibrate import Calibration, calibrated, populations_of

DRAWS = 20_000
STANDS_OUT = 0.8
MOST_NAMED = 3
UNANSWERED_WORTH_A_WORD = 0.10


@dataclass(frozen=True)
class _Model:
    """What scores are turned into estimates with: a calibration, or planning values where there is none."""

    planning: Parameters
    calibration: Calibration | None

    @property
    def parameters(self) -> Parameters:
        """The standard deviations that hold."""
        return self.planning if self.calibration is None else self.calibration.parameters

    @property
    def within(self) -> Range:
        """The populations under which words are to hold."""
        return PLANNED if self.calibration is None else populations_of(self.calibration)

    def design(self, items: Sequence[Item], domain: Domain, observed: Sequence[bool] | None = None) -> Design:
        """The numbers of the form."""
        planned = measurement.design_of(items, domain, self.planning, observed)
        if self.calibration is None:
            return planned
        return calibrated(planned, [item.digest for item in items], self.calibration)


@dataclass(frozen=True)
class _Solved:
    """The estimates of one person over the K competencies of the domain, 0-1 scale.

    ``covariance`` is that of their errors at the person's own levels.
    """

    items: tuple[Item, ...]
    design: Design
    mean: Floats
    covariance: Floats
    posterior: Posterior
    cuts: tuple[float, ...]
    parameters: Parameters
    within: Range

    def chances(self, weights: Floats, value: float, cuts: Sequence[float]) -> Floats:
        """The probability of reaching each cut (columns) at both ends of the range of populations (rows)."""
        found = populations.chances(
            self.posterior, self.design, self.parameters, weights, value, cuts, self.within
        )
        return found[:, :, 0]


def build(
    sitting: Sitting,
    role: RoleProfile,
    library: Library,
    *,
    parameters: Parameters,
    role_digest: str,
    software: str,
    others: Sequence[RoleProfile] = (),
    calibration: Calibration | None = None,
    seed: int = 1,
    draws: int = DRAWS,
) -> Profile:
    """The profile of one sitting under one role of its domain; a ``calibration`` replaces planning values.

    The same answers are read again under ``others``, in their order, and under no role that is not named: a
    library may hold the roles of employers who are not to know of each other. An answer that people must rate
    is pending until it has ratings. Where under 60 % of the core items were answered, the profile holds the
    items and no estimate. Raise KeyError for an item outside the domain, ValueError for unsound ratings or
    another role of another domain.
    """
    strange = [other.id for other in others if other.domain != role.domain]
    if strange:
        raise ValueError(f"not a role of the domain {role.domain}: {', '.join(strange)}")
    domain = library.domain(role.domain)
    sitting = replace(sitting, answers=tuple(awaiting_ratings(answer) for answer in sitting.answers))
    model = _Model(parameters, calibration)
    planned = model.design([answer.item for answer in sitting.answers], domain)
    items = tuple(item_result(answer, planned, place) for place, answer in enumerate(sitting.answers))
    known = [result.score is not None for result in items]
    evidence = evidence_of(sitting.answers, known, domain)
    observed = [is_known and evidence.is_enough for is_known in known]
    solved = _solve(items, observed, domain, model, library)
    fit = fit_of(solved, domain, role, sitting.length, seed, draws) if evidence.is_enough else _no_fit(role)
    areas = _areas(items, solved, domain, role, fit)
    is_near_chance = evidence.is_enough and near_chance(items, domain)
    return Profile(
        candidate=sitting.candidate,
        language=sitting.language,
        pool=sitting.pool,
        role=role,
        domain=domain,
        form_digest=form_digest(
            domain.bank.id, sitting.pool, [answer.item.digest for answer in sitting.answers]
        ),
        role_digest=role_digest,
        framework_digest=library.framework_digest,
        framework=library.framework,
        software=software,
        parameters=model.parameters,
        within=model.within,
        seed=seed,
        draws=draws,
        started=sitting.started,
        finished=sitting.finished,
        evidence=evidence,
        levels=_block_levels(solved, domain) if evidence.is_enough else {},
        provisional=any(answer.state == "pending" for answer in sitting.answers),
        items=items,
        competencies=_competencies(items, solved, domain, fit),
        areas=areas,
        fit=fit,
        contrasts=() if is_near_chance else _contrasts(solved, domain, role, library),
        is_near_chance=is_near_chance,
        strengths=stand_out(areas, high=True),
        growths=stand_out(areas, high=False),
        lures=lures(items) if evidence.is_enough else (),
        effort=effort(sitting),
        key_statuses=key_statuses(sitting),
        without_unanswered=_without_unanswered(items, domain, role, model, library)
        if evidence.is_enough
        else None,
        mean=tuple(float(value) for value in solved.mean) if evidence.is_enough else (),
        covariance=tuple(tuple(float(value) for value in row) for row in solved.covariance)
        if evidence.is_enough
        else (),
        other_roles=tuple(
            (
                other,
                fit_of(solved, domain, other, sitting.length, seed, draws)
                if evidence.is_enough
                else _no_fit(other),
            )
            for other in others
            if other.id != role.id
        ),
        length=sitting.length,
        receipt=sitting.receipt,
        to_think_about=to_think_about(items) if evidence.is_enough else (),
        key_sensitivity=key_sensitivity(
            [result.answer.item.content for result in items],
            [result.answer.response for result in items],
            [result.score for result in items],
            solved.design,
            domain,
            role,
            model.parameters,
        ),
        person_fit=_person_fit(items, solved) if evidence.is_enough else None,
    )


def _solve(
    items: Sequence[ItemResult],
    observed: Sequence[bool],
    domain: Domain,
    model: _Model,
    library: Library,
) -> _Solved:
    given = tuple(result.answer.item for result in items)
    design = model.design(given, domain, observed)
    found = posterior(design, model.parameters)
    scores = np.array([0.0 if result.score is None else result.score for result in items])
    mean = estimate(found, scores, np.array(design.b))
    of_level = intervals.own_levels(found, design, mean)
    covariance = intervals.covariance_at(found, design, of_level)
    cuts = tuple(cut / 100 for cut in library.framework.cuts)
    return _Solved(given, design, mean, covariance, found, cuts, model.parameters, model.within)


def _block_levels(solved: _Solved, domain: Domain) -> dict[str, float]:
    """Block -> the level (0-1) at which the errors of its estimates are given; of the measured blocks."""
    of_level = intervals.own_levels(solved.posterior, solved.design, solved.mean)
    return {
        domain.area_of[competency.id].block: float(of_level[k])
        for k, competency in enumerate(domain.competencies)
        if solved.posterior.measured[k]
    }


def _person_fit(items: Sequence[ItemResult], solved: _Solved) -> PersonFit | None:
    """Of the answers that were given; what was left empty has a score, and is none."""
    answered = [result.answer.state == "answered" and result.score is not None for result in items]
    scores = [0.0 if result.score is None else result.score for result in items]
    return person_fit(solved.design, solved.parameters, scores, solved.mean, answered)


def _said(solved: _Solved, weights: Floats | None) -> Estimate | None:
    if weights is None:
        return None
    value, se = linear(solved.mean, solved.covariance, weights)
    variances = intervals.error_variances(solved.posterior, solved.design, weights)
    low, high = (float(end) for end in intervals.ranges(value, variances))
    level = levels.level_of(solved.chances(weights, value, solved.cuts))
    return Estimate(100 * value, 100 * se, 100 * low, 100 * high, level)


def _minimum(fit: Fit, of: str) -> MinimumResult | None:
    return next((one for one in fit.minimums if one.of == of), None)


def _competencies(
    items: Sequence[ItemResult],
    solved: _Solved,
    domain: Domain,
    fit: Fit,
) -> tuple[CompetencyResult, ...]:
    results = []
    reductions = apart.competency_reductions(solved.posterior, solved.design, solved.parameters)
    for k, competency in enumerate(domain.competencies):
        own = [
            result.score
            for result in items
            if result.answer.item.content.competency == competency.id and result.score is not None
        ]
        measured = solved.posterior.measured[k]
        said = _said(solved, measurement.unit_weights(domain, competency.id)) if measured else None
        own_weight, area_weight, rest_weight = (
            borrowing(solved.posterior, solved.design, k) if measured else (None, None, None)
        )
        results.append(
            CompetencyResult(
                competency=competency,
                area_id=domain.area_of[competency.id].id,
                block=domain.area_of[competency.id].block,
                estimate=said,
                n_items=len(own),
                raw=100 * sum(own) / len(own) if measured else None,
                own_weight=own_weight,
                area_weight=area_weight,
                rest_weight=rest_weight,
                minimum=_minimum(fit, competency.id),
                reduction=reductions[k] if measured else None,
                is_told=measured and apart.is_told(reductions[k]),
            )
        )
    return tuple(results)


def _areas(
    items: Sequence[ItemResult], solved: _Solved, domain: Domain, role: RoleProfile, fit: Fit
) -> tuple[AreaResult, ...]:
    weights = measurement.area_weights(domain, role, solved.posterior.measured)
    reductions = _area_reductions(solved, domain)
    blocks = {block: _block(solved, domain, weights, block) for block in {one.block for one in domain.areas}}
    results = []
    for area in domain.areas:
        said = _said(solved, weights[area.id])
        count = sum(
            domain.area_of[result.answer.item.content.competency].id == area.id and result.score is not None
            for result in items
        )
        row = weights[area.id]
        p_high = None
        if said is not None and row is not None:
            p_high = _p_high(solved, row, said)
        reduction = reductions.get(area.id)
        told = reduction is not None and apart.is_told(reduction)
        of_block = blocks[area.block]
        if said is not None and p_high is not None and not told and of_block is not None:
            whole, p_whole = of_block
            said = replace(said, level=_borrowed(said, whole.level, solved.cuts))
            p_high = float(populations.milder([p_high, p_whole]))
        results.append(AreaResult(area, said, count, p_high, _minimum(fit, area.id), reduction, told))
    return tuple(results)


def _area_reductions(solved: _Solved, domain: Domain) -> dict[str, float]:
    """Measured area -> how well the form tells it from its block."""
    found = apart.area_reductions(solved.posterior, solved.design, solved.parameters)
    ids = {
        number: domain.area_of[competency.id].id
        for number, competency in zip(solved.design.area, domain.competencies, strict=True)
    }
    return {ids[number]: reduction for number, reduction in found.items()}


def _block(
    solved: _Solved, domain: Domain, weights: Mapping[str, Floats | None], block: str
) -> tuple[Estimate, float] | None:
    """The plain mean of a block's areas, and the probability that it is in the upper half of the scale."""
    rows = [weights[area.id] for area in domain.areas if area.block == block]
    measured = [row for row in rows if row is not None]
    if not measured:
        return None
    row = np.mean(measured, axis=0)
    said = _said(solved, row)
    assert said is not None
    return said, _p_high(solved, row, said)


def _p_high(solved: _Solved, row: Floats, said: Estimate) -> float:
    return float(populations.milder(solved.chances(row, said.estimate / 100, [MIDDLE]))[0])


def _borrowed(said: Estimate, level: Level, cuts: Sequence[float]) -> Level:
    """The block's level where it touches the area's range; else none is named."""
    ends = (-math.inf, *(100 * cut for cut in cuts), math.inf)
    touches = said.low <= ends[level.upper] and said.high >= ends[level.lower - 1]
    return level if touches else Level(1, len(cuts) + 1, 1.0)


def stand_out(areas: Sequence[AreaResult], *, high: bool) -> tuple[AreaResult, ...]:
    """The areas clearly in the upper (or lower) half of the scale, the surest first, at most three."""
    ranked = []
    for result in areas:
        if result.p_high is not None:
            p = result.p_high if high else 1 - result.p_high
            if p >= STANDS_OUT:
                ranked.append((p, result))
    return tuple(result for _, result in sorted(ranked, key=lambda pair: -pair[0])[:MOST_NAMED])


def fit_of(
    solved: _Solved, domain: Domain, role: RoleProfile, length: LengthId | None, seed: int, draws: int
) -> Fit:
    """The same answers under a role: composite, and what they say of its minimums."""
    composite, coverage = measurement.composite_weights(domain, role, solved.posterior.measured)
    known, design, parameters, within = solved.posterior, solved.design, solved.parameters, solved.within
    form = minimums.reaches(
        known,
        design,
        parameters,
        solved.items,
        domain,
        role,
        within=within,
        is_glimpse=length == minimums.GLIMPSE,
    )
    (judgement,) = minimums.judge(
        solved.mean[None, :], known, design, parameters, form, within=within, seed=seed, draws=draws
    )
    return Fit(_said(solved, composite), coverage, judgement)


def _no_fit(role: RoleProfile) -> Fit:
    """What too few answers say of a role."""
    return Fit(None, 0.0, minimums.unjudged(role, "too_few_answers"))


def _contrasts(
    solved: _Solved, domain: Domain, role: RoleProfile, library: Library
) -> tuple[ContrastResult, ...]:
    """The declared contrasts that hold, in the order of their declaration, at most three."""
    weights = measurement.area_weights(domain, role, solved.posterior.measured)
    found = []
    for contrast in library.framework.contrasts:
        over, under = weights[contrast.over], weights[contrast.under]
        if over is None or under is None:
            continue
        difference, p = populations.difference(
            solved.posterior, solved.design, solved.parameters, solved.mean, over, under, solved.within
        )
        if p >= contrasts.SAID_AT:
            found.append(ContrastResult(contrast, 100 * difference, p))
    return tuple(found[: contrasts.MOST_SAID])


def _without_unanswered(
    items: Sequence[ItemResult],
    domain: Domain,
    role: RoleProfile,
    model: _Model,
    library: Library,
) -> Without | None:
    """What the answered items alone give; None where nothing was left empty, or everything."""
    empty = [result.answer.state in ("left_empty", "not_reached") for result in items]
    if not any(empty):
        return None
    answered = [result.score is not None and not blank for result, blank in zip(items, empty, strict=True)]
    if not any(answered):
        return None
    solved = _solve(items, answered, domain, model, library)
    composite, _ = measurement.composite_weights(domain, role, solved.posterior.measured)
    weights = measurement.area_weights(domain, role, solved.posterior.measured)
    said = {area: _said(solved, row) for area, row in weights.items()}
    return Without(sum(empty) / len(empty), said, _said(solved, composite))
