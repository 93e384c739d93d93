"""The score document: stable keys, plain JSON, and its replay from nothing but itself."""

import json
import re
from dataclasses import replace

import pytest

from assessor.measurement import design_of
from assessor.profile import build, document, replayed
from assessor.profile.document import replayed_person_fit
from assessor.scoring.levels import Z80
from assessor.scoring.model import LEVELS, PLANNING, Parameters, posterior
from assessor.statistics.calibrate import CalibratedItem, Calibration
from tests.core.small_library import domain_form, sitting, small_library, worst

LIBRARY = small_library()
DOMAIN, ITEMS = domain_form(LIBRARY, "bakery")
MISSED = {one.id: worst(one) for one in ITEMS[::3]}
GATE = ("platform.search", "platform.feeds")

KEYS = {
    "candidate", "role", "role_digest", "framework_digest", "form", "language", "software", "provisional",
    "model", "seed", "draws", "items", "responses", "ratings", "competencies", "areas", "fit", "other_roles",
    "contrasts", "lures", "effort", "without_unanswered", "mean", "covariance", "evidence", "levels",
    "key_sensitivity", "version", "strengths", "growths", "to_think_about", "near_chance",
    "person_fit",
}  # fmt: skip
ITEM_KEYS = {
    "id", "digest", "competency", "type", "rule", "state", "score", "b", "v_b", "sigma", "language",
    "seconds", "spreads",
}  # fmt: skip
TOLD_KEYS = {"told", "error_reduction"}
ESTIMATE_KEYS = {"estimate", "se", "low", "high", "level", "p_level"}


def scored(taken, role="baker", **more):
    options = {"parameters": PLANNING, "role_digest": "sha256:r", "software": "0.1.0", "draws": 2_000}
    others = [one for one in LIBRARY.roles_of("bakery") if one.id != role]
    profile = build(taken, LIBRARY.role(role), LIBRARY, others=others, **{**options, **more})
    return profile, document(profile)


def test_the_keys_of_the_document_are_stable():
    _, found = scored(sitting(ITEMS, MISSED, states={ITEMS[1].id: "left_empty"}))
    assert set(found) == KEYS
    assert all(set(one) == ITEM_KEYS for one in found["items"])
    planned = {"source": "planning", "tau_a": 0.12, "tau_c": 0.1, "beta": 0.15, "beta_t": 0.05}
    populations = {
        "weak": {"mean": 0.3, "sd": 0.18},
        "strong": {"mean": 0.65, "sd": 0.1},
        "between_blocks": 0.5,
    }
    assert found["model"] == planned | {"levels": list(LEVELS), "populations": populations}
    assert set(found["levels"]) == {"core", "gate", "domain"}
    competency = found["competencies"]["audience.publics"]
    assert found["version"] == 4
    assert set(competency) == ESTIMATE_KEYS | TOLD_KEYS | {
        "area", "block", "n_items", "raw", "minimum", "p_minimum", "own_weight",
    }  # fmt: skip
    assert set(found["areas"]["strategy"]) == ESTIMATE_KEYS | TOLD_KEYS | {"n_items"}
    assert set(found["areas"]["audience"]) == ESTIMATE_KEYS | TOLD_KEYS | {
        "n_items",
        "minimum",
        "p_minimum",
    }
    assert set(found["fit"]) == ESTIMATE_KEYS | {
        "coverage", "p_minimums", "reading", "minimums", "judged", "not_judged",
    }  # fmt: skip
    assert set(found["effort"]) == {"rte", "unanswered", "not_reached", "minutes"}
    assert set(found["person_fit"]) == {"mean_square", "p", "n", "said"}
    assert set(found["without_unanswered"]) == {"share", "areas", "fit"}
    assert set(found["other_roles"]) == {"miller"}
    assert set(found["key_sensitivity"]) == {"near_is_best", "lesser_halved"}
    assert set(found["key_sensitivity"]["near_is_best"]) == {"items", "competencies", "areas", "fit"}


@pytest.mark.parametrize(
    "states",
    [{}, {ITEMS[1].id: "left_empty", ITEMS[4].id: "not_given"}],
    ids=["all answered", "some not"],
)
def test_person_fit_is_replayed_from_the_document_alone(states):
    profile, found = scored(sitting(ITEMS, MISSED, states=states))
    assert profile.person_fit.n == sum(one["state"] == "answered" for one in found["items"])
    again = replayed_person_fit(json.loads(json.dumps(found)))
    assert again == pytest.approx(found["person_fit"], abs=1e-6)


def test_with_too_few_answers_person_fit_says_nothing():
    _, found = scored(sitting(ITEMS, states={one.id: "left_empty" for one in ITEMS}))
    assert found["person_fit"] is None


def test_the_document_survives_json_unchanged():
    _, found = scored(sitting(ITEMS, MISSED, seconds=31.5))
    written = json.dumps(found, ensure_ascii=False, allow_nan=False)
    assert json.loads(written) == found


def test_the_document_says_what_the_profile_says():
    profile, found = scored(sitting(ITEMS, MISSED))
    assert found["form"] == profile.form_digest
    assert [one["id"] for one in found["items"]] == [one.id for one in ITEMS]
    assert [one["digest"] for one in found["items"]] == [one.digest for one in ITEMS]
    assert {one["rule"] for one in found["items"]} == {"best/1", "best_worst/1", "rate/1", "rank/1"}
    assert found["responses"][ITEMS[0].id] == MISSED[ITEMS[0].id]
    assert found["fit"]["estimate"] == pytest.approx(profile.fit.estimate.estimate, abs=1e-6)
    assert found["fit"]["p_minimums"] == profile.fit.judgement.p
    assert list(found["competencies"]) == [one.id for one in DOMAIN.competencies]
    for one in profile.areas:
        assert found["areas"][one.area.id]["se"] == pytest.approx(one.estimate.se, abs=1e-6)
    assert found["mean"] == pytest.approx([100 * value for value in profile.mean], abs=1e-6)
    assert found["covariance"][0][0] == pytest.approx(10_000 * profile.covariance[0][0], abs=1e-6)
    said = next(iter(found["competencies"].values()))
    assert said["low"] < said["estimate"] < said["high"]


def test_a_level_stands_alone_with_its_neighbour_or_not_at_all():
    rows = []
    for missed in (MISSED, {}, {one.id: worst(one) for one in ITEMS}):
        _, found = scored(sitting(ITEMS, missed))
        rows += [*found["competencies"].values(), *found["areas"].values(), found["fit"]]
    for row in rows:
        assert row["level"] in (None, 1, 2, 3, 4, [1, 2], [2, 3], [3, 4])
        if row["level"] is None:
            assert row["p_level"] is None
        else:
            assert row["p_level"] >= (0.6 if isinstance(row["level"], int) else 0.7)
    kinds = {type(row["level"]) for row in rows}
    assert {int, list} <= kinds


def test_no_number_is_written_as_minus_zero():
    of_domain = (one.id for one in ITEMS if one.bank == "bakery")
    _, found = scored(sitting(ITEMS, states=dict.fromkeys(of_domain, "left_empty")))
    assert not re.search(r"-0\.0(?!\d)", json.dumps(found))
    assert found["areas"]["domain"]["estimate"] == 0


def test_what_is_not_measured_is_null_and_nothing_else():
    kept = [one for one in ITEMS if one.content.competency not in (*GATE, "audience.publics")]
    _, found = scored(sitting(kept))
    for name in GATE:
        row = found["competencies"][name]
        assert (row["estimate"], row["raw"], row["own_weight"], row["n_items"]) == (None, None, None, 0)
        assert not {"se", "low", "high", "level"} & set(row)
    assert found["areas"]["platform"] == {
        "estimate": None,
        "n_items": 0,
        "told": False,
        "error_reduction": None,
    }
    assert found["competencies"]["audience.publics"]["p_minimum"] is None
    assert "NaN" not in json.dumps(found)


def test_items_without_an_answer_keep_their_state_and_no_response():
    states = {ITEMS[0].id: "left_empty", ITEMS[1].id: "not_given", ITEMS[2].id: "pending"}
    _, found = scored(sitting(ITEMS, states=states))
    assert [(one["state"], one["score"]) for one in found["items"][:4]] == [
        ("left_empty", 0.0),
        ("not_given", None),
        ("pending", None),
        ("answered", 1.0),
    ]
    assert not set(states) & set(found["responses"])
    assert found["provisional"] is True
    assert found["effort"]["unanswered"] == 1


def test_contrasts_and_lures_that_hold_are_in_the_document():
    gate = {one.id: worst(one) for one in ITEMS if one.content.competency in GATE}
    _, found = scored(sitting(ITEMS, gate))
    assert [set(one) for one in found["contrasts"]] == [{"id", "difference", "p"}] * 3
    assert found["contrasts"][0]["id"] == "strategy_over_platform"
    assert found["lures"]
    assert all(
        one["chosen"] > 0 and set(one) == {"chosen", "expected", "p", "said"}
        for one in found["lures"].values()
    )


@pytest.mark.parametrize(
    ("parameters", "states"),
    [
        (PLANNING, {}),
        (PLANNING, {one.id: "not_given" for one in ITEMS[::4]}),
        (PLANNING, {one.id: "left_empty" for one in ITEMS[::4]}),
        (Parameters(tau_a=0.17, tau_c=1 / 3, beta=1 / 7, beta_t=0.0, source="test"), {}),
    ],
)
def test_a_document_read_back_from_json_replays_to_its_own_numbers(parameters, states):
    profile, found = scored(sitting(ITEMS, MISSED, states=states), parameters=parameters)
    again = replayed(json.loads(json.dumps(found)))
    measured = [one for one in profile.competencies if one.estimate is not None]
    assert set(again) == {one.competency.id for one in measured}
    for one in measured:
        row = found["competencies"][one.competency.id]
        numbers = [row[name] for name in ("estimate", "se", "low", "high")]
        assert again[one.competency.id] == pytest.approx(numbers, abs=1e-6)


def test_a_document_of_the_first_shape_replays_to_what_it_said():
    """Its items had one spread at every level, and its ranges were symmetric."""
    _, found = scored(sitting(ITEMS, MISSED))
    for item in found["items"]:
        del item["spreads"]
    del found["model"]["levels"], found["levels"], found["evidence"]
    design = design_of(ITEMS, DOMAIN, PLANNING)
    first = posterior(replace(design, spreads=()), PLANNING)
    for name, again in replayed(found).items():
        k = [one.id for one in DOMAIN.competencies].index(name)
        assert again.se == pytest.approx(100 * first.C[k, k] ** 0.5, abs=1e-6)
        assert again.high - again.estimate == pytest.approx(Z80 * again.se, abs=1e-9)
        assert again.estimate - again.low == pytest.approx(Z80 * again.se, abs=1e-9)


def calibration():
    known = {one.digest: CalibratedItem(200, 0.1, 0.002, 0.1, 0.045, 0.4, 0.02) for one in ITEMS[:20]}
    return Calibration(
        name="autumn", sittings=200, reference=tuple(sorted(known)), tau_a2=0.01, tau_a2_se=0.002,
        tau_c2=0.012, tau_c2_se=0.002, beta=0.15, beta_t=0.05, general=(), types=(), items=known,
        kept_planning=(), log_likelihood=-1.0, rounds=3,
    )  # fmt: skip


def test_a_calibration_replaces_planning_values_item_by_item_and_the_document_replays_with_it():
    taken, used = sitting(ITEMS, MISSED), calibration()
    _, planned = scored(taken)
    _, found = scored(taken, calibration=used)
    assert found["model"]["source"].startswith("calibration autumn")
    assert [(one["b"], one["v_b"], one["sigma"]) for one in found["items"][:20]] == [(0.1, 0.002, 0.4)] * 20
    kept = found["items"][20]
    assert (kept["b"], kept["sigma"]) == (0.0, planned["items"][20]["sigma"])
    assert kept["v_b"] == pytest.approx(0.15**2 + 0.05**2)
    assert found["fit"]["se"] < planned["fit"]["se"]
    for name, again in replayed(json.loads(json.dumps(found))).items():
        row = found["competencies"][name]
        assert again == pytest.approx([row[one] for one in ("estimate", "se", "low", "high")], abs=1e-6)


def test_the_document_says_how_far_other_keys_move_the_estimates():
    near = {
        one.id: next(option.id for option in one.content.options if option.lure == "near")
        for one in ITEMS
        if one.content.type == "best"
    }
    _, found = scored(sitting(ITEMS, near))
    moved = found["key_sensitivity"]["near_is_best"]
    assert moved["items"] >= len(near)
    assert max(value for value in moved["competencies"].values() if value is not None) > 0
    # Whoever answers by key loses where near misses count as best: the document says by how much.
    _, exact = scored(sitting(ITEMS))
    assert exact["key_sensitivity"]["near_is_best"]["fit"] < 0


def test_a_replay_leaves_out_what_was_not_measured():
    kept = [one for one in ITEMS if one.content.competency not in GATE]
    _, found = scored(sitting(kept, MISSED))
    assert not set(GATE) & set(replayed(found))


def test_a_changed_number_does_not_replay():
    _, found = scored(sitting(ITEMS, MISSED))
    found["items"][0]["score"] += 0.01
    name = found["items"][0]["competency"]
    assert abs(replayed(found)[name][0] - found["competencies"][name]["estimate"]) > 1e-3


def test_the_same_sitting_gives_the_same_document_and_another_seed_only_other_draws():
    taken = replace(sitting(ITEMS, MISSED), candidate="Zoé")
    _, first = scored(taken)
    _, again = scored(taken)
    _, other = scored(taken, seed=2)
    assert first == again
    assert first["candidate"] == "Zoé"
    assert abs(other["fit"].pop("p_minimums") - first["fit"].pop("p_minimums")) < 0.05
    different = {key for key in first if first[key] != other[key]}
    assert different <= {"seed", "fit", "other_roles"}
    assert first["fit"]["estimate"] == other["fit"]["estimate"]
