"""The score document: everything a profile says, as stable JSON, and its replay. Reads and writes no file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from assessor.items import type_of
from assessor.language.figures import rounded
from assessor.measurement import evidence, sensitivity
from assessor.measurement.minimums import MinimumResult, judgement_document
from assessor.profile.model import (
    AreaResult,
    CompetencyResult,
    Estimate,
    Fit,
    ItemResult,
    LureResult,
    Profile,
)
from assessor.scoring.levels import Level
from assessor.scoring.model import LEVELS, Design, Floats, Parameters, Posterior, estimate, posterior
from assessor.scoring.personfit import PersonFit, person_fit
from assessor.scoring.populations import populations_document
from assessor.scoring.ranges import covariance_at, error_variances, own_levels, ranges

#: What a document of this shape says of itself; one that says nothing is of the first shape, without what
#: ``recalled`` takes for optional.
VERSION = 4
DECIMALS = 6
#: Of what a replay starts from, on the 0-1 scale: its errors add up a hundredfold on the 0-100 scale.
DECIMALS_OF_ITEMS = 12


def document(profile: Profile) -> dict[str, Any]:
    """The score document of scoring.md 7 as plain JSON: 6 decimals on the 0-100 scale, 12 for the items."""
    return {
        "version": VERSION,
        "candidate": profile.candidate,
        "role": profile.role.id,
        "role_digest": profile.role_digest,
        "framework_digest": profile.framework_digest,
        "form": profile.form_digest,
        "language": profile.language,
        "software": profile.software,
        "provisional": profile.provisional,
        "evidence": evidence.document(profile.evidence, DECIMALS),
        "model": {
            **_model(profile.parameters),
            "levels": list(LEVELS),
            "populations": None if profile.within is None else populations_document(profile.within),
        },
        "levels": {block: rounded(level, DECIMALS_OF_ITEMS) for block, level in profile.levels.items()},
        "seed": profile.seed,
        "draws": profile.draws,
        "items": [_item(result) for result in profile.items],
        "responses": {
            result.answer.item.id: result.answer.response
            for result in profile.items
            if result.answer.response is not None
        },
        "ratings": {
            result.answer.item.id: [dict(rating) for rating in result.answer.ratings]
            for result in profile.items
            if result.answer.ratings
        },
        "competencies": {result.competency.id: _competency(result) for result in profile.competencies},
        "areas": {
            result.area.id: {
                **_estimate(result.estimate),
                "n_items": result.n_items,
                **_minimum(result.minimum),
                **_told(result),
            }
            for result in profile.areas
        },
        "fit": _fit(profile.fit),
        "other_roles": {role.id: _fit(fit) for role, fit in profile.other_roles},
        "near_chance": profile.is_near_chance,
        "contrasts": [
            {"id": result.contrast.id, "difference": _round(result.difference), "p": _round(result.p)}
            for result in profile.contrasts
        ],
        "strengths": [result.area.id for result in profile.strengths],
        "growths": [result.area.id for result in profile.growths],
        "lures": {result.kind: _lure(result) for result in profile.lures if result.chosen},
        "to_think_about": [result.answer.item.id for result in profile.to_think_about],
        "effort": {
            "rte": _round(profile.effort.rte),
            "unanswered": profile.effort.unanswered,
            "not_reached": profile.effort.not_reached,
            "minutes": _round(profile.effort.minutes),
        },
        "person_fit": _person_fit(profile.person_fit),
        "without_unanswered": _without(profile),
        "key_sensitivity": sensitivity.document(profile.key_sensitivity),
        "mean": [_round(100 * value) for value in profile.mean],
        "covariance": [[_round(10_000 * value) for value in row] for row in profile.covariance],
    }


class Replayed(NamedTuple):
    """One competency as a document's own items and model give it, on the 0-100 scale."""

    estimate: float
    se: float
    low: float
    high: float


def replayed(scored: Mapping[str, Any]) -> dict[str, Replayed]:
    """Competency id -> its numbers, recomputed from a document's own items and model.

    Uses nothing but the document: the areas and blocks are those of its competencies. Nothing is recomputed
    of a sitting in which too little was answered. Documents whose items have one spread at every level, as
    the first ones had, give what they gave.
    """
    if not scored.get("evidence", {"is_enough": True})["is_enough"]:
        return {}
    design, parameters = _restored(scored)
    names = list(scored["competencies"])
    solved = posterior(design, parameters)
    mean = _means(scored, design, solved)
    covariance = covariance_at(solved, design, own_levels(solved, design, mean))
    found = {}
    for k, name in enumerate(names):
        if solved.measured[k]:
            variances = error_variances(solved, design, np.eye(len(names))[k])
            low, high = (100 * float(end) for end in ranges(mean[k], variances))
            found[name] = Replayed(100 * float(mean[k]), 100 * float(np.sqrt(covariance[k, k])), low, high)
    return found


def replayed_person_fit(scored: Mapping[str, Any]) -> dict[str, Any] | None:
    """The ``person_fit`` of a document, recomputed from its own items and model."""
    design, parameters = _restored(scored)
    answered = [item["state"] == "answered" and item["score"] is not None for item in scored["items"]]
    mean = _means(scored, design, posterior(design, parameters))
    return _person_fit(person_fit(design, parameters, _scores(scored), mean, answered))


def _scores(scored: Mapping[str, Any]) -> list[float]:
    return [0.0 if item["score"] is None else item["score"] for item in scored["items"]]


def _means(scored: Mapping[str, Any], design: Design, solved: Posterior) -> Floats:
    return estimate(solved, np.array(_scores(scored)), np.array(design.b))


def _restored(scored: Mapping[str, Any]) -> tuple[Design, Parameters]:
    """The form and the model that a document was computed with."""
    names = list(scored["competencies"])
    rows = scored["competencies"]
    types = sorted({item["type"] for item in scored["items"]})
    areas = sorted({row["area"] for row in rows.values()})
    blocks = sorted({row["block"] for row in rows.values()})
    seen = [item["score"] is not None for item in scored["items"]]
    planned = scored["model"]
    parameters = Parameters(
        **{name: planned[name] for name in ("tau_a", "tau_c", "beta", "beta_t", "source")}
    )
    design = Design(
        competency=tuple(names.index(item["competency"]) for item in scored["items"]),
        item_type=tuple(types.index(item["type"]) for item in scored["items"]),
        sigma=tuple(item["sigma"] for item in scored["items"]),
        b=tuple(item["b"] for item in scored["items"]),
        v_b=tuple(item["v_b"] for item in scored["items"]),
        observed=tuple(seen),
        area=tuple(areas.index(rows[name]["area"]) for name in names),
        block=tuple(blocks.index(rows[name]["block"]) for name in names),
        spreads=tuple(tuple(item["spreads"]) for item in scored["items"] if "spreads" in item),
    )
    return design, parameters


def _round(value: float | None) -> float | None:
    return None if value is None else rounded(value, DECIMALS)


def _model(parameters: Parameters) -> dict[str, Any]:
    return {
        "source": parameters.source,
        "tau_a": parameters.tau_a,
        "tau_c": parameters.tau_c,
        "beta": parameters.beta,
        "beta_t": parameters.beta_t,
        **({} if parameters.trust is None else {"signature": parameters.trust}),
    }


def _item(result: ItemResult) -> dict[str, Any]:
    item = result.answer.item
    return {
        "id": item.id,
        "digest": item.digest,
        "competency": item.content.competency,
        "type": item.content.type,
        "rule": type_of(item.content).RULE,
        "state": result.answer.state,
        "score": None if result.score is None else rounded(result.score, DECIMALS_OF_ITEMS),
        "b": rounded(result.b, DECIMALS_OF_ITEMS),
        "v_b": rounded(result.v_b, DECIMALS_OF_ITEMS),
        "sigma": rounded(result.sigma, DECIMALS_OF_ITEMS),
        "spreads": [rounded(one, DECIMALS_OF_ITEMS) for one in result.spreads],
        "language": result.answer.language,
        "seconds": result.answer.seconds,
    }


def _estimate(said: Estimate | None) -> dict[str, Any]:
    if said is None:
        return {"estimate": None}
    return {
        "estimate": _round(said.estimate),
        "se": _round(said.se),
        "low": _round(said.low),
        "high": _round(said.high),
        **_level(said.level),
    }


def _level(level: Level) -> dict[str, Any]:
    """One level, two neighbours, or null where the range is too wide to name any."""
    if not level.is_named:
        return {"level": None, "p_level": None}
    alone = level.lower == level.upper
    return {"level": level.lower if alone else [level.lower, level.upper], "p_level": _round(level.p)}


def _minimum(result: MinimumResult | None) -> dict[str, Any]:
    return {} if result is None else {"minimum": result.minimum, "p_minimum": _round(result.p)}


def _told(result: CompetencyResult | AreaResult) -> dict[str, Any]:
    """Whether the form tells it from its whole, and what share of that error it takes away."""
    return {"told": result.is_told, "error_reduction": _round(result.reduction)}


def _competency(result: CompetencyResult) -> dict[str, Any]:
    """One competency; its estimate always, its level only where the form tells it from its area."""
    said = _estimate(result.estimate)
    if not result.is_told and result.estimate is not None:
        said |= {"level": None, "p_level": None}
    return {
        "area": result.area_id,
        "block": result.block,
        **said,
        "n_items": result.n_items,
        "raw": _round(result.raw),
        **_minimum(result.minimum),
        "own_weight": _round(result.own_weight),
        **_told(result),
    }


def _lure(result: LureResult) -> dict[str, Any]:
    return {
        "chosen": result.chosen,
        "expected": _round(result.expected),
        "p": _round(result.p),
        "said": result.is_said,
    }


def _fit(fit: Fit) -> dict[str, Any]:
    return {
        **_estimate(fit.estimate),
        "coverage": _round(fit.coverage),
        **judgement_document(fit.judgement),
    }


def _person_fit(found: PersonFit | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "mean_square": _round(found.mean_square),
        "p": _round(found.p),
        "n": found.n,
        "said": found.is_unusual,
    }


def _without(profile: Profile) -> dict[str, Any] | None:
    if profile.without_unanswered is None:
        return None
    without = profile.without_unanswered
    return {
        "share": _round(without.share),
        "areas": {area: _estimate(said) for area, said in without.areas.items()},
        "fit": _estimate(without.fit),
    }
