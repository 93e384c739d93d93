"""Profiles: what one sitting says, what it leaves unsaid, and that blocks lend each other nothing."""

import math
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from assessor.items import listed, type_of
from assessor.profile import build, document, replayed
from assessor.scoring.chance import could_be_random
from assessor.scoring.model import PLANNING, Parameters
from assessor.studies.simulation import people
from tests.core.small_library import domain_form, item, sitting, small_library, with_items, worst

LIBRARY = small_library()
BAKER = LIBRARY.role("baker")
DOMAIN, ITEMS = domain_form(LIBRARY, "bakery")
CORE = [one for one in ITEMS if DOMAIN.area_of[one.content.competency].block == "core"]
GATE = [one for one in ITEMS if DOMAIN.area_of[one.content.competency].block == "gate"]
OWN = [one for one in ITEMS if DOMAIN.area_of[one.content.competency].block == "domain"]


def profile_of(taken, role=BAKER, library=LIBRARY, **more):
    options = {"parameters": PLANNING, "role_digest": "sha256:r", "software": "0.1.0", "draws": 2_000}
    return build(taken, role, library, **{**options, **more})


def competency(profile, name):
    return next(one for one in profile.competencies if one.competency.id == name)


def area(profile, name):
    return next(one for one in profile.areas if one.area.id == name)


def core_numbers(profile):
    core = [one for one in profile.competencies if one.block == "core"]
    areas = [one for one in profile.areas if one.area.block == "core"]
    return (
        [
            (one.estimate, one.raw, one.n_items, one.own_weight, one.area_weight, one.rest_weight)
            for one in core
        ],
        [(one.estimate, one.n_items, one.p_high, one.minimum) for one in areas],
        profile.mean[: len(core)],
        [row[: len(core)] for row in profile.covariance[: len(core)]],
    )


def numbers_in(value):
    if isinstance(value, float):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from numbers_in(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from numbers_in(inner)
    elif isinstance(value, dict):
        yield from numbers_in(list(value.values()))


def test_answers_that_are_all_the_key_give_100_everywhere():
    profile = profile_of(sitting(ITEMS))
    said = [one.estimate for one in (*profile.competencies, *profile.areas, profile.fit)]
    assert all(one is not None for one in said)
    for one in said:
        assert one.estimate == pytest.approx(100, abs=1e-9)
        assert one.low < 100 < one.high
        assert one.high - one.estimate < one.estimate - one.low, "near the key less is left open"
    assert [one.raw for one in profile.competencies] == pytest.approx([100] * len(DOMAIN.competencies))
    assert profile.fit.coverage == 1
    assert all(result.score == pytest.approx(1, abs=1e-12) for result in profile.items)
    assert profile.lures == ()
    assert profile.contrasts == ()
    assert profile.growths == ()
    assert profile.to_think_about == ()


def test_items_not_reached_count_as_left_empty_and_are_counted_apart():
    states = {one.id: "not_reached" for one in CORE[-3:]} | {CORE[0].id: "left_empty"}
    profile = profile_of(sitting(ITEMS, states=states))
    assert (profile.effort.unanswered, profile.effort.not_reached) == (1, 3)
    assert [result.score for result in profile.items if result.answer.item.id in states] == [0, 0, 0, 0]
    assert profile.without_unanswered.share == pytest.approx(4 / len(ITEMS))


def test_without_the_items_left_empty_the_answered_ones_speak_alone():
    states = {one.id: "left_empty" for one in CORE[::3]}
    profile = profile_of(sitting(ITEMS, states=states))
    assert profile.fit.estimate.estimate < 90
    without = profile.without_unanswered
    assert without.fit.estimate == pytest.approx(100, abs=1e-9)
    assert without.areas["strategy"].estimate == pytest.approx(100, abs=1e-9)
    assert profile_of(sitting(ITEMS)).without_unanswered is None


def test_without_the_items_left_empty_an_area_may_have_nothing_to_say():
    states = {one.id: "left_empty" for one in OWN}
    without = profile_of(sitting(ITEMS, states=states)).without_unanswered
    assert without.areas["domain"] is None
    assert without.areas["audience"] is not None


SILENT = {
    "blank": dict.fromkeys((one.id for one in ITEMS), "left_empty"),
    "not reached": dict.fromkeys((one.id for one in ITEMS), "not_reached"),
    "withdrawn": dict.fromkeys((one.id for one in ITEMS), "not_given"),
    "pending": dict.fromkeys((one.id for one in ITEMS), "pending"),
    "one answer": dict.fromkeys((one.id for one in ITEMS[1:]), "left_empty"),
    "gate and domain alone": dict.fromkeys((one.id for one in CORE), "left_empty"),
}


@pytest.mark.parametrize("name", SILENT)
def test_too_few_answers_give_the_items_and_no_estimate_of_anything(name):
    profile = profile_of(sitting(ITEMS, states=SILENT[name]), others=[LIBRARY.role("miller")])
    assert not profile.speaks
    assert [result.answer.item for result in profile.items] == ITEMS
    said = [one.estimate for one in (*profile.competencies, *profile.areas, profile.fit)]
    said += [fit.estimate for _, fit in profile.other_roles]
    assert said == [None] * len(said)
    assert [one.raw for one in profile.competencies] == [None] * len(profile.competencies)
    assert {one.state for one in profile.fit.minimums} == {"too_few_answers"}
    assert (profile.fit.judgement.p, profile.fit.judgement.reading) == (None, None)
    told = (profile.contrasts, profile.strengths, profile.growths, profile.lures, profile.to_think_about)
    assert told == ((),) * 5
    assert (profile.mean, profile.covariance, profile.without_unanswered) == ((), (), None)
    written = document(profile)
    assert written["evidence"]["is_enough"] is False
    assert written["fit"]["estimate"] is None
    assert replayed(written) == {}


def test_under_sixty_percent_of_the_core_answered_there_is_no_profile():
    """A blank is scored 0, and is no answer: it counted as one."""
    least = math.ceil(0.6 * len(CORE))
    for state in ("not_given", "left_empty", "not_reached", "pending"):
        for answered in (least, least - 1):
            profile = profile_of(sitting(ITEMS, states={one.id: state for one in CORE[answered:]}))
            assert profile.speaks is (answered == least)
            assert (profile.fit.estimate is not None) is profile.speaks
            assert (profile.evidence.answered, profile.evidence.core) == (answered, len(CORE))
            assert profile.evidence.needed == least
    assert not profile_of(sitting(GATE)).speaks


def test_the_share_unanswered_is_always_counted():
    assert profile_of(sitting(ITEMS)).evidence.share_unanswered == 0
    states = {CORE[0].id: "left_empty", GATE[0].id: "not_reached", OWN[0].id: "not_given"}
    evidence = profile_of(sitting(ITEMS, states=states)).evidence
    assert (evidence.unanswered, evidence.of) == (2, len(ITEMS) - 1)
    assert document(profile_of(sitting(ITEMS, states=states)))["evidence"]["share_unanswered"] == (
        pytest.approx(2 / (len(ITEMS) - 1), abs=1e-6)
    )


def test_pending_items_are_missing_and_make_the_profile_provisional():
    profile = profile_of(sitting(ITEMS, states={CORE[0].id: "pending"}))
    assert profile.provisional
    assert profile.items[0].score is None
    assert profile.effort.unanswered == 0
    assert profile.without_unanswered is None
    assert not profile_of(sitting(ITEMS)).provisional


def test_what_no_item_measures_is_none_and_never_a_number():
    kept = [one for one in ITEMS if one.content.competency not in ("audience.voice", "bakery.bread")]
    kept = [one for one in kept if one not in GATE]
    profile = profile_of(sitting(kept, {kept[0].id: worst(kept[0])}))
    for name in ("audience.voice", "bakery.bread", "platform.search"):
        unmeasured = competency(profile, name)
        assert unmeasured.n_items == 0
        found = [unmeasured.estimate, unmeasured.raw, unmeasured.own_weight, unmeasured.area_weight]
        assert [*found, unmeasured.rest_weight] == [None] * 5
    gate = area(profile, "platform")
    assert (gate.estimate, gate.p_high, gate.n_items) == (None, None, 0)
    assert area(profile, "domain").n_items == 2
    assert profile.fit.coverage == pytest.approx(8 / 12)
    numbers = list(numbers_in(profile))
    assert len(numbers) > 100
    assert all(math.isfinite(number) for number in numbers)


def test_a_block_without_an_item_leaves_its_row_and_column_empty():
    profile = profile_of(sitting(CORE))
    gate = [k for k, one in enumerate(DOMAIN.competencies) if DOMAIN.area_of[one.id].block != "core"]
    assert all(profile.mean[k] == 0 for k in gate)
    assert all(value == 0 for k in gate for value in profile.covariance[k])


def test_gate_and_domain_answers_change_no_core_number_at_all():
    by_key = profile_of(sitting(ITEMS))
    failed = profile_of(sitting(ITEMS, {one.id: worst(one) for one in (*GATE, *OWN)}))
    assert core_numbers(failed) == core_numbers(by_key)
    assert area(failed, "platform").estimate.estimate < 0
    assert failed.fit.minimums == by_key.fit.minimums


def test_core_answers_change_no_gate_or_domain_number_at_all():
    by_key = profile_of(sitting(ITEMS))
    failed = profile_of(sitting(ITEMS, {one.id: worst(one) for one in CORE}))
    for one, other in zip(by_key.competencies, failed.competencies, strict=True):
        assert (one.estimate == other.estimate) == (one.block != "core")
    for name in ("platform", "domain"):
        assert area(by_key, name) == area(failed, name)


def test_the_gate_moves_the_fit_by_nothing():
    by_key = profile_of(sitting(ITEMS)).fit
    failed = profile_of(sitting(ITEMS, {one.id: worst(one) for one in GATE})).fit
    assert failed == by_key


def test_the_same_core_answers_give_the_same_core_under_any_domain():
    missed = {one.id: worst(one) for one in CORE[::4]}
    museum = LIBRARY.role("general-museum")
    _, others = domain_form(LIBRARY, "museum")
    here, there = profile_of(sitting(ITEMS, missed)), profile_of(sitting(others, missed), museum)
    for one, other in zip(here.competencies, there.competencies, strict=True):
        if one.block == "core":
            assert one.estimate.estimate == pytest.approx(other.estimate.estimate, abs=1e-9)
            assert one.estimate.se == pytest.approx(other.estimate.se, abs=1e-9)


def test_several_roles_read_the_same_answers():
    missed = {one.id: worst(one) for one in CORE[::3]}
    roles = [LIBRARY.role(name) for name in ("baker", "miller")]
    baker, miller = (
        profile_of(sitting(ITEMS, missed), role, others=[one for one in roles if one != role])
        for role in roles
    )
    assert [one.estimate for one in baker.competencies] == [one.estimate for one in miller.competencies]
    assert baker.other_roles == ((miller.role, miller.fit),)
    assert miller.other_roles == ((baker.role, baker.fit),)
    assert baker.fit.estimate != miller.fit.estimate
    assert baker.form_digest == miller.form_digest


def test_answers_are_read_again_under_no_role_that_is_not_named():
    """A library may hold the roles of employers who are not to know of each other."""
    assert len(LIBRARY.roles_of("bakery")) > 1
    assert profile_of(sitting(ITEMS)).other_roles == ()
    with pytest.raises(ValueError, match="general-museum"):
        profile_of(sitting(ITEMS), others=[LIBRARY.role("general-museum")])


def test_a_role_of_which_nothing_is_measured_has_no_fit_and_states_no_minimum():
    from assessor.banks.schema import Minimum, Weight

    only_bread = BAKER.model_copy(
        update={
            "weights": (Weight(competency="bakery.bread", weight=1.0),),
            "minimums": (Minimum(of="bakery.bread", minimum=40.0), Minimum(of="domain", minimum=40.0)),
        }
    )
    profile = profile_of(sitting(CORE), only_bread)
    assert profile.fit.estimate is None
    assert profile.fit.coverage == 0
    assert [one.p for one in profile.fit.minimums] == [None, None]
    assert (profile.fit.judgement.p, profile.fit.judgement.reading) == (None, None)
    assert competency(profile, "bakery.bread").minimum.p is None
    assert area(profile, "strategy").estimate is None


def test_minimums_are_judged_together_and_in_words():
    good, poor = profile_of(sitting(ITEMS)), profile_of(sitting(ITEMS, {one.id: worst(one) for one in CORE}))
    assert [one.of for one in good.fit.minimums] == ["strategy.organisation", "audience.publics", "audience"]
    assert good.fit.judgement.p > 0.95
    assert good.fit.judgement.reading == "likely_meets"
    assert poor.fit.judgement.p < 0.02
    assert poor.fit.judgement.reading == "below"
    assert good.fit.judgement.p <= min(one.p for one in good.fit.minimums) + 0.001
    assert competency(good, "audience.publics").minimum.minimum == 40
    assert competency(good, "audience.voice").minimum is None
    assert area(good, "audience").minimum == good.fit.minimums[2]


def test_a_contrast_that_holds_becomes_a_result_and_at_most_three_do():
    weak_platform = profile_of(sitting(ITEMS, {one.id: worst(one) for one in GATE}))
    assert [one.contrast.id for one in weak_platform.contrasts] == [
        "strategy_over_platform",
        "audience_over_platform",
        "content_over_platform",
    ]
    for one in weak_platform.contrasts:
        assert one.p >= 0.95
        assert one.difference > 100
    tools = profile_of(sitting(ITEMS, {one.id: worst(one) for one in CORE}))
    assert [one.contrast.id for one in tools.contrasts] == [
        "platform_over_audience",
        "platform_over_strategy",
    ]


def drawn(items, rng):
    """A response to each of these items, every valid one as likely as any other."""
    found = {}
    for one in items:
        responses, _ = listed(one.content)
        found[one.id] = responses[rng.integers(len(responses))]
    return found


def test_answers_at_random_are_called_so_four_times_in_five_and_then_no_contrast_is_said():
    """100 sheets, seed 17: each way to differ from chance has its share of false alarms."""
    rng = np.random.Generator(np.random.PCG64(17))
    found = [profile_of(sitting(ITEMS, drawn(ITEMS, rng))) for _ in range(100)]
    near = [one for one in found if one.is_near_chance]
    assert len(near) >= 0.8 * len(found)
    assert not any(one.contrasts for one in near)
    able = people(ITEMS, DOMAIN, 40, seed=18, ability=0.6)
    assert not any(profile_of(sitting(ITEMS, one.responses)).is_near_chance for one in able)


def test_who_knows_the_tools_alone_is_not_near_chance_though_all_answers_together_are():
    """Of a block by itself the answers are no random ones (40 cores at random, seed 5)."""
    rng = np.random.Generator(np.random.PCG64(5))
    for _ in range(40):
        taken = sitting(ITEMS, drawn([*CORE, *OWN], rng))
        profile = profile_of(taken)
        scores = [one.score for one in profile.items]
        spreads = [listed(one.answer.item.content)[1] for one in profile.items]
        assert not profile.is_near_chance
        if could_be_random(scores, spreads):
            break
    else:
        pytest.fail("no such sheet was drawn")


def test_a_contrast_with_an_area_that_is_not_measured_is_not_made():
    profile = profile_of(sitting([*CORE, *OWN], {one.id: worst(one) for one in OWN}))
    assert [one.contrast.id for one in profile.contrasts] == ["strategy_over_domain"]


def test_areas_that_stand_out_are_named_the_surest_first():
    missed = {one.id: worst(one) for one in ITEMS if one.content.competency.startswith(("content", "domain"))}
    profile = profile_of(sitting(ITEMS, missed))
    assert {one.area.id for one in profile.strengths} <= {"strategy", "audience", "platform"}
    assert {one.area.id for one in profile.growths} == {"content", "domain"}
    surest = [one.p_high for one in profile.strengths]
    assert surest == sorted(surest, reverse=True)
    assert len(profile_of(sitting(ITEMS)).strengths) == 3


def test_a_kind_of_miss_that_recurs_is_counted_among_the_options_taken_for_the_best():
    best = [item(f"trap-{n}", "best", "audience.voice") for n in range(4)]
    ratings = [item(f"traprate-{n}", "rate", "audience.voice") for n in range(2)]
    traps = [*best, *ratings]
    taken = {one.id: "c" for one in best}
    # A rating sheet with two leaders takes no option for the best; one with the key's leader misses nothing.
    taken |= {
        ratings[0].id: {"a": 5, "b": 1, "c": 5, "d": 1},
        ratings[1].id: {"a": 5, "b": 2, "c": 1, "d": 1},
    }
    library = with_items(LIBRARY, *traps)
    profile = profile_of(sitting([*ITEMS, *traps], taken), library=library)
    found = {one.kind: one for one in profile.lures}
    assert best[0].content.option("c").lure == "geek"
    assert (found["geek"].chosen, found["geek"].is_said) == (4, True)
    assert found["geek"].expected == pytest.approx(4 / 3)
    assert found["geek"].p == pytest.approx((1 / 3) ** 4)
    assert not found["promo"].is_said
    assert "near" not in found


def test_items_without_an_answer_lure_nobody():
    profile = profile_of(sitting(ITEMS, states={one.id: "left_empty" for one in CORE[:3]}))
    assert profile.lures == ()


def test_the_furthest_misses_are_named_to_think_about_two_at_most_of_two_competencies():
    voice = [one for one in CORE if one.content.competency == "audience.voice"]
    other = next(one for one in CORE if one.content.competency == "strategy.risk")
    third = next(one for one in CORE if one.content.competency == "content.integrity")
    profile = profile_of(sitting(ITEMS, {one.id: worst(one) for one in (*voice, other, third)}))
    named = [one.answer.item for one in profile.to_think_about]
    assert len(named) == 2
    assert len({one.content.competency for one in named}) == 2
    scores = {one.answer.item.id: one.score for one in profile.items}
    assert max(scores[one.id] for one in named) <= sorted(scores.values())[2]


def test_each_item_keeps_its_score_its_sigma_and_its_reasons():
    profile = profile_of(sitting(ITEMS, {ITEMS[0].id: worst(ITEMS[0])}))
    for one, result in zip(ITEMS, profile.items, strict=True):
        kind = type_of(one.content)
        assert result.score == kind.score(one.content, result.answer.response)
        assert 0.3 < result.sigma < 0.7
        assert {line.part for line in result.explanation.lines} == {part.id for part in one.content.options}


def test_weights_of_an_estimate_are_shares_that_sum_to_one():
    for one in profile_of(sitting(ITEMS)).competencies:
        assert one.own_weight + one.area_weight + one.rest_weight == pytest.approx(1)
        assert one.own_weight > 0


def test_the_order_of_the_items_changes_no_estimate():
    missed = {one.id: worst(one) for one in ITEMS[::5]}
    forward, backward = (profile_of(sitting(items, missed)) for items in (ITEMS, ITEMS[::-1]))
    for one, other in zip(forward.competencies, backward.competencies, strict=True):
        assert one.estimate.estimate == pytest.approx(other.estimate.estimate, abs=1e-9)
        assert one.estimate.se == pytest.approx(other.estimate.se, abs=1e-9)
    assert forward.form_digest != backward.form_digest


def test_effort_is_told_in_minutes_where_times_are_known():
    assert profile_of(sitting(ITEMS)).effort.minutes is None
    assert profile_of(sitting(ITEMS, seconds=30)).effort.minutes == pytest.approx(len(ITEMS) / 2)


def test_a_profile_carries_what_it_was_made_with():
    other = Parameters(tau_a=0.2, source="test")
    taken = replace(sitting(ITEMS), length="short")
    profile = profile_of(taken, parameters=other, seed=5)
    assert (profile.parameters, profile.seed, profile.draws) == (other, 5, 2_000)
    assert (profile.role_digest, profile.software) == ("sha256:r", "0.1.0")
    assert profile.framework_digest == LIBRARY.framework_digest
    assert profile.key_statuses == {"author-keyed": len(ITEMS)}
    assert profile.is_glimpse
    assert not profile_of(sitting(ITEMS)).is_glimpse


def test_an_item_of_another_domain_is_refused():
    with pytest.raises(KeyError):
        profile_of(sitting([*ITEMS, LIBRARY.items["museum-2"]]))


def test_effort_is_the_share_of_timed_answers_that_were_not_given_at_once():
    taken = sitting(ITEMS)
    seconds = [0.5, 40.0, 10.0, None]
    timed = tuple(
        replace(answer, seconds=spent) for answer, spent in zip(taken.answers[:4], seconds, strict=True)
    )
    profile = profile_of(replace(taken, answers=(*timed, *taken.answers[4:])))
    assert profile.effort.rte == pytest.approx(2 / 3)
    assert profile.effort.minutes == pytest.approx(50.5 / 60)
    assert profile_of(taken).effort.rte is None
    assert profile_of(replace(taken, answers=(*timed, *taken.answers[4:]))).areas == profile_of(taken).areas
