"""Several sittings under a role: what the comparison holds, what it hides, and when it refuses."""

import json
from dataclasses import replace

import numpy as np
import pytest

from assessor.comparison import (
    LEFT_OUT,
    NOTHING_SHARED,
    TOO_FEW_PEOPLE,
    TWICE,
    NotComparable,
    compare_sittings,
    document,
)
from assessor.items import type_of
from assessor.profile import build
from assessor.profile.model import Answer, Sitting
from assessor.scoring.calibrate import CalibratedItem, Calibration, General
from assessor.scoring.compare import NO_CORE_SHARED
from assessor.scoring.model import PLANNING
from assessor.simulation import people
from tests.core.items_examples import EXAMPLES
from tests.core.small_library import baker, domain_form, miller, small_library

LIBRARY = small_library()
DOMAIN, ITEMS = domain_form(LIBRARY, "bakery")


def sittings(n, *, items=ITEMS, seed=1, language="fr", prefix="p"):
    return [
        Sitting(
            candidate=f"{prefix}{person.number:03d}",
            language=language,
            pool="open",
            answers=tuple(Answer(one, "answered", person.responses[one.id], language, 30.0) for one in items),
        )
        for person in people(items, DOMAIN, n, seed=seed)
    ]


def with_states(sitting, states):
    return replace(
        sitting,
        answers=tuple(
            replace(one, state=states[one.item.id], response=None) if one.item.id in states else one
            for one in sitting.answers
        ),
    )


def compared(given, role=None, **changes):
    asked = {"parameters": PLANNING, "role_digest": "sha256:0", "draws": 200} | changes
    return compare_sittings(given, role or baker(), LIBRARY, **asked)


def test_estimates_are_those_of_the_profiles():
    given = sittings(8)
    given[2] = with_states(
        given[2], {"core-01": "left_empty", "core-02": "not_reached", "core-03": "not_given"}
    )
    found = {one.name: one for one in compared(given).standings}
    for sitting in given:
        profile = build(
            sitting, baker(), LIBRARY, parameters=PLANNING, role_digest="x", software="0", draws=10
        )
        said, mine = profile.fit.estimate, found[sitting.candidate]
        assert (mine.estimate, mine.se, mine.low, mine.high) == pytest.approx(
            (said.estimate, said.se, said.low, said.high)
        )
        areas = {result.area.id: result.estimate.estimate for result in profile.areas}
        assert mine.areas == pytest.approx(areas)
        assert mine.form == profile.form_digest


def test_groups_list_names_and_never_the_order_of_scores():
    found = compared(sittings(40))
    assert [one.name for one in found.standings] == [name for group in found.groups for name in group]
    assert all(list(group) == sorted(group) for group in found.groups)
    assert len(found.groups) > 1
    best = max(found.standings, key=lambda one: one.estimate)
    assert best.group == 1
    assert best.rank_low <= 3


def test_pairs_are_given_among_the_highest_only():
    found = compared(sittings(30), most_in_pairs=5)
    assert len(found.pairs) == 10
    named = {pair.first for pair in found.pairs} | {pair.second for pair in found.pairs}
    highest = sorted(found.standings, key=lambda one: -one.estimate)[:5]
    assert named == {one.name for one in highest}
    assert all(pair.first < pair.second and 5 <= pair.p <= 95 and pair.p % 5 == 0 for pair in found.pairs)


def test_the_highest_of_a_long_list_is_said_to_be_too_high():
    assert compared(sittings(10)).overestimate is None
    assert 2 < compared(sittings(11)).overestimate < 20


def test_the_order_in_which_items_were_given_makes_no_other_form():
    given = sittings(4)
    given[0] = replace(given[0], answers=given[0].answers[::-1])
    straight = compared(sittings(4))
    turned = compared(given)
    for one, other in zip(straight.standings, turned.standings, strict=True):
        assert one.estimate == pytest.approx(other.estimate)
    assert sorted(turned.forms.values()) == [1, 3]
    assert straight.rho == pytest.approx(turned.rho)


def test_two_forms_and_two_languages_are_compared():
    core = [one for one in ITEMS if one.bank == "core"]
    # Both forms leave out what the other keeps of the competencies that are measured twice.
    one = [it for it in ITEMS if it.id not in ("core-01", "core-04")]
    other = [it for it in ITEMS if it.id not in ("core-09", "core-12")]
    assert len(core) == 25
    given = sittings(5, items=one) + sittings(5, items=other, seed=2, language="en", prefix="q")
    found = compared(given)
    assert sorted(found.forms.values()) == [5, 5]
    assert {one.language for one in found.standings} == {"fr", "en"}
    assert found.coverage == 1.0


def test_only_what_every_form_measures_is_compared():
    bread = {one.id: "not_given" for one in ITEMS if one.content.competency == "bakery.bread"}
    given = sittings(6)
    given[0] = with_states(given[0], bread)
    found = compared(given)
    weights = {weight.competency: weight.weight for weight in baker().weights}
    assert found.coverage == pytest.approx(1 - weights["bakery.bread"] / sum(weights.values()))
    role = baker().model_copy(
        update={"weights": tuple(w for w in baker().weights if w.competency == "bakery.bread")}
    )
    with pytest.raises(NotComparable) as refused:
        compared(given, role)
    assert refused.value.message == NOTHING_SHARED


def test_an_area_that_not_every_form_measures_has_no_estimate():
    gate = {one.id: "not_given" for one in ITEMS if one.content.competency.startswith("platform.")}
    given = sittings(3)
    given[1] = with_states(given[1], gate)
    found = compared(given)
    assert [one.areas["platform"] for one in found.standings] == [None] * 3
    assert found.coverage == 1.0


def test_what_is_to_be_rated_makes_a_comparison_provisional():
    given = sittings(3)
    given[1] = with_states(given[1], {"core-01": "pending"})
    found = compared(given)
    assert found.provisional
    assert [one.provisional for one in found.standings if one.name == "p002"] == [True]
    assert not compared(sittings(3)).provisional


def test_a_text_that_was_rated_counts_as_in_a_profile_and_waits_for_nobody():
    content = EXAMPLES["written"][0].model_copy(update={"competency": "audience.voice"})
    text = replace(ITEMS[0], content=content, digest=content.digest())
    rated = [({"c1": points, "c2": 4, "c3": 2},) for points in (0, 2, 3)]
    given = [
        replace(
            one, answers=(*one.answers, Answer(text, "answered", "One two three.", "fr", ratings=ratings))
        )
        for one, ratings in zip(sittings(3), rated, strict=True)
    ]
    found = compared(given)
    assert not found.provisional
    for sitting in given:
        profile = build(
            sitting, baker(), LIBRARY, parameters=PLANNING, role_digest="x", software="0", draws=10
        )
        mine = next(one for one in found.standings if one.name == sitting.candidate)
        assert mine.estimate == pytest.approx(profile.fit.estimate.estimate)


def test_who_has_too_few_answers_is_left_out_by_name():
    given = sittings(4)
    few = {one.id: "not_given" for one in ITEMS[:15]}
    given[3] = with_states(given[3], few)
    found = compared(given)
    assert [(one.name, one.why) for one in found.left_out] == [("p004", LEFT_OUT)]
    assert len(found.standings) == 3
    no_core = sittings(2, items=[one for one in ITEMS if one.bank == "bakery"], prefix="z")
    assert len(compared(given + no_core).left_out) == 3


def test_what_cannot_be_compared_is_refused_with_the_reason():
    given = sittings(3)

    def refusal(these):
        with pytest.raises(NotComparable) as refused:
            compared(these, miller())
        return refused.value

    assert refusal(given[:1]).message == TOO_FEW_PEOPLE
    twice = refusal([*given, given[0]])
    assert (twice.message, twice.values) == (TWICE, {"name": "p001"})
    # Two items measure each of the competencies: nobody of one half met an item of the other.
    first = [one for one in ITEMS if int(one.id.split("-")[1]) <= 8 or one.bank != "core"]
    second = [one for one in ITEMS if int(one.id.split("-")[1]) > 8 or one.bank != "core"]
    apart = sittings(2, items=first) + sittings(2, items=second, prefix="q")
    assert refusal(apart).message == NO_CORE_SHARED
    with pytest.raises(KeyError):
        compared(sittings(2, items=ITEMS), LIBRARY.general_role("museum"))


def test_blind_shows_codes_and_the_same_groups():
    given = sittings(12)
    seen, blind = compared(given), compared(given, blind=True)
    told = json.dumps(document(blind))
    assert not any(sitting.candidate in told for sitting in given)
    assert sorted(one.name for one in blind.standings) == [f"C-{number:03d}" for number in range(1, 13)]
    assert [len(group) for group in blind.groups] == [len(group) for group in seen.groups]
    by_estimate = [one.name for one in sorted(blind.standings, key=lambda one: -one.estimate)]
    assert by_estimate != sorted(by_estimate)
    assert blind == compared(given, blind=True)


def test_other_keys_say_how_far_estimates_and_groups_move():
    given = sittings(20)

    def best_items_answered(chosen):
        return replace(
            given[0],
            answers=tuple(
                replace(one, response=chosen(one.item.content)) if one.item.content.type == "best" else one
                for one in given[0].answers
            ),
        )

    by_the_key = compared([best_items_answered(lambda content: "a"), *given[1:]])
    given[0] = best_items_answered(
        lambda content: next(option.id for option in content.options if option.lure == "near")
    )
    found = compared(given)
    by_key = {one.key: one for one in found.keys}
    for key in ("near_is_best", "lesser_halved"):
        shifts = [one.other_keys[key] for one in found.standings]
        assert by_key[key].largest == pytest.approx(max(abs(shift.points) for shift in shifts))
        assert by_key[key].mean == pytest.approx(np.mean([abs(shift.points) for shift in shifts]))
        changed = sum(shift.group != one.group for shift, one in zip(shifts, found.standings, strict=True))
        assert by_key[key].other_group == changed
    near, best = (
        next(one.other_keys["near_is_best"].points for one in told.standings if one.name == "p001")
        for told in (found, by_the_key)
    )
    assert near > best + 3


def test_sliding_bands_are_given_where_asked_for():
    given = sittings(20)
    assert compared(given).sliding == ()
    found = compared(given, most_sliding=2)
    assert len(found.sliding) == 2
    assert found.sliding[0] == found.groups[0]


def test_the_document_is_plain_json():
    found = compared(sittings(12), most_sliding=1, concentration=None)
    told = json.loads(json.dumps(document(found), allow_nan=False))
    assert told == document(found)
    assert told["groups"] == [list(group) for group in found.groups]
    assert set(told["candidates"]) == {one.name for one in found.standings}
    assert told["overestimate"] == round(found.overestimate, 6)
    assert told["keys"]["near_is_best"]["other_group"] == found.keys[0].other_group
    short = json.loads(json.dumps(document(compared(sittings(2)))))
    assert short["overestimate"] is None


def test_a_calibration_takes_the_place_of_planning_values():
    known = {
        one.digest: CalibratedItem(200, 0.1, 0.002, 0.1, 0.045, 0.4, 0.02)
        for one in ITEMS
        if one.bank == "core"
    }
    calibration = Calibration(
        name="autumn", sittings=200, reference=tuple(sorted(known)), tau_a2=0.01, tau_a2_se=0.002,
        tau_c2=0.01, tau_c2_se=0.002, beta=0.15, beta_t=0.05,
        general=(General(0, 0.45, 0.02, 0.15, 0.02),), types=(), items=known,
        kept_planning=(), log_likelihood=-1.0, rounds=3,
    )  # fmt: skip
    given = sittings(6)
    found, planned = compared(given, calibration=calibration), compared(given)
    assert found.model == calibration.parameters
    assert document(found)["model"]["source"].startswith("calibration autumn")
    assert all(a.se < b.se for a, b in zip(by_name(found), by_name(planned), strict=True))
    assert found.rho != planned.rho


def by_name(found):
    return sorted(found.standings, key=lambda one: one.name)


def test_keys_answer_everything_best():
    """Whoever answers by key is at the top, whatever the list."""
    given = sittings(10)
    perfect = replace(
        given[4],
        answers=tuple(
            replace(one, response=type_of(one.item.content).key(one.item.content)) for one in given[4].answers
        ),
    )
    given[4] = perfect
    found = compared(given)
    assert max(found.standings, key=lambda one: one.estimate).name == "p005"
