"""Several sittings under a role: what the comparison holds, what it hides, and when it refuses."""

import json
from dataclasses import replace

import numpy as np
import pytest

from assessor.items import type_of
from assessor.language.collation import in_order
from assessor.profile import build
from assessor.scoring.compare import NO_CORE_SHARED
from assessor.scoring.model import PLANNING
from assessor.sittings import Answer, Sitting
from assessor.statistics.calibrate import CalibratedItem, Calibration, General
from assessor.studies.comparison import NotComparable, compare_sittings, document, moves, moves_document
from assessor.studies.comparison.build import LEFT_OUT, NOTHING_SHARED, TOO_FEW_PEOPLE, TWICE
from assessor.studies.simulation import people
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


def swapped(sitting, items):
    """The same answers to other versions of the items."""
    answers = zip(sitting.answers, items, strict=True)
    return replace(sitting, answers=tuple(replace(answer, item=item) for answer, item in answers))


def named(given, names):
    return [replace(one, candidate=name) for one, name in zip(given, names, strict=True)]


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
    assert all(list(group) == in_order(group, "en") for group in found.groups)
    assert len(found.groups) > 1
    best = max(found.standings, key=lambda one: one.estimate)
    assert best.group == 1
    assert best.rank_low <= 3


NAMES = [
    "Zoé",
    "Émile",
    "åsa",
    "Emma",
    "emma",
    "Œdipe",
    "Odile",
    "Étienne",
    "Eric",
    "O’Neil",
    "Zacharie",
    "eve",
]
SORTED = [
    "åsa",
    "Émile",
    "emma",
    "Emma",
    "Eric",
    "Étienne",
    "eve",
    "O’Neil",
    "Odile",
    "Œdipe",
    "Zacharie",
    "Zoé",
]


def test_a_group_stands_in_the_alphabetical_order_of_its_reader():
    for language in ("fr", "en"):
        found = compared(named(sittings(12), NAMES), language=language, most_in_pairs=4)
        for group in found.groups:
            assert list(group) == [name for name in SORTED if name in group]
        assert [one.name for one in found.standings] == [name for group in found.groups for name in group]
        assert all(SORTED.index(pair.first) < SORTED.index(pair.second) for pair in found.pairs)
    assert max(len(group) for group in found.groups) > 3


def test_pairs_are_complete_or_say_what_they_leave_out():
    told = document(compared(sittings(30), most_in_pairs=5))
    assert told["pairs_shown"] == {"shown": 10, "of": 435, "among_highest": 5}
    assert len(told["pairs"]) == 10
    whole = document(compared(sittings(6)))
    assert whole["pairs_shown"] == {"shown": 15, "of": 15, "among_highest": 6}
    assert len(whole["pairs"]) == 15


def test_the_minimums_are_those_of_the_profiles():
    given = sittings(6)
    given[1] = with_states(given[1], {"core-01": "not_given"})
    found = {one.name: one for one in compared(given).standings}
    for sitting in given:
        profile = build(sitting, baker(), LIBRARY, parameters=PLANNING, role_digest="x", software="0")
        mine, said = found[sitting.candidate].judgement, profile.fit.judgement
        assert mine.reading == said.reading
        assert mine.p == pytest.approx(said.p, abs=0.002)
        assert [one.p for one in mine.minimums] == pytest.approx([one.p for one in said.minimums])
    told = document(compared(given))["candidates"]["p002"]
    assert set(told["minimums"]) == {one.of for one in baker().minimums}
    assert told["judged"] == [one.of for one in baker().minimums]


def test_under_a_role_of_another_domain_only_the_core_is_compared():
    museum = LIBRARY.general_role("museum")
    found = compared(sittings(8), museum)
    core = sum(w.weight for w in museum.weights if w.competency.split(".")[0] not in ("domain", "museum"))
    assert found.core_only
    assert found.coverage == pytest.approx(core / sum(w.weight for w in museum.weights))
    assert set(found.area_weights) == {"strategy", "audience", "content"}
    assert {one.areas["domain"] for one in found.standings} == {None}
    assert not compared(sittings(8)).core_only
    # What was answered of the other domain changes nothing.
    blank = {one.id: "left_empty" for one in ITEMS if one.bank == "bakery"}
    same = compared([with_states(one, blank) for one in sittings(8)], museum)
    assert [one.estimate for one in same.standings] == [one.estimate for one in found.standings]


def test_sittings_of_two_domains_are_compared_by_the_core_that_both_have():
    _, of_museum = domain_form(LIBRARY, "museum")
    museum = LIBRARY.general_role("museum")
    visitors = [
        Sitting(
            f"q{person.number}", "fr", "open",
            tuple(Answer(one, "answered", person.responses[one.id], "fr") for one in of_museum),
        )
        for person in people(of_museum, LIBRARY.domain("museum"), 4, seed=3)
    ]  # fmt: skip
    mixed = compared([*sittings(4), *visitors], museum)
    assert (mixed.core_only, len(mixed.standings)) == (True, 8)
    alone = compared(visitors, museum)
    assert not alone.core_only
    assert alone.coverage == 1


def test_mixed_languages_are_told_and_nobody_is_named_by_them():
    both = sittings(4) + sittings(4, seed=2, language="en", prefix="q")
    assert compared(both).languages == ("en", "fr")
    assert compared(sittings(4)).languages == ("fr",)


def test_who_changes_group_under_another_role_is_explained_to_the_point():
    given = sittings(40)
    here = compared(given)
    only_bread = baker().model_copy(
        update={
            "weights": tuple(
                w.model_copy(update={"weight": 10.0 if w.competency.startswith("bakery.") else 0.5})
                for w in baker().weights
            )
        }
    )
    there = compared(given, only_bread)
    found = moves(here, there)
    assert len(found) > 3
    mine, others = ({one.name: one for one in told.standings} for told in (here, there))
    mean_here, mean_there = (np.mean([one.estimate for one in told.standings]) for told in (here, there))
    for one in found:
        assert (one.group, one.other_group) == (mine[one.name].group, others[one.name].group)
        moved = others[one.name].estimate - mean_there - (mine[one.name].estimate - mean_here)
        assert one.points == pytest.approx(moved)
        assert sum(one.areas.values()) == pytest.approx(one.points)
        if one.reason is not None:
            assert (one.points > 0) == (one.other_group < one.group)
            assert (one.areas[one.reason] > 0) == (one.points > 0)
    reasons = [one.reason for one in found if one.reason is not None]
    assert reasons.count("domain") > len(reasons) / 2
    stayed = {one.name for one in here.standings} - {one.name for one in found}
    assert all(mine[name].group == others[name].group for name in stayed)
    assert moves(here, here) == ()
    told = json.loads(json.dumps(moves_document("x", found)))
    assert [one["name"] for one in told["moves"]] == [one.name for one in found]


def test_what_areas_contribute_sums_to_the_estimate():
    found = compared(sittings(5))
    assert sum(found.area_weights.values()) == pytest.approx(1)
    for one in found.standings:
        assert sum(one.parts.values()) == pytest.approx(one.estimate)


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
    given[3] = with_states(given[3], dict.fromkeys(few, "left_empty"))
    assert [one.name for one in compared(given).left_out] == ["p004"]
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
    unknown = ITEMS[0].content.model_copy(update={"competency": "audience.nothing"})
    strange = [replace(ITEMS[0], content=unknown), *ITEMS[1:]]
    with pytest.raises(KeyError):
        compared([swapped(one, strange) for one in sittings(2)])


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
    assert told["version"] == 2
    assert told["model"]["populations"]["weak"] == {"mean": 0.30, "sd": 0.18}
    assert set(told["rho"]) == {"weak", "strong"}
    for one in told["candidates"].values():
        assert set(one["ranks"]) == {"weak", "strong"}
        assert all(sum(shares) <= 1.002 for shares in one["ranks"].values())
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
    assert document(found)["model"]["populations"] != document(planned)["model"]["populations"]


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
