"""Minimums: probability alone decides, what cannot be judged is named and nothing is likely beside it."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assessor.assembly import assemble
from assessor.banks.loader import load_library
from assessor.banks.schema import Minimum
from assessor.items import type_of
from assessor.measurement import design_of
from assessor.measurement.minimums import likely_from, reach_document, reaches_of
from assessor.profile import build, document
from assessor.scoring.model import PLANNING, posterior
from assessor.scoring.populations import chances
from assessor.sittings import Answer, Sitting
from assessor.studies.simulation import people
from tests.core.small_library import domain_form, item, sitting, small_library, with_items, worst

LIBRARY = small_library()
BAKER = LIBRARY.role("baker")
DOMAIN, ITEMS = domain_form(LIBRARY, "bakery")
CORE = [one for one in ITEMS if DOMAIN.area_of[one.content.competency].block == "core"]
OF_BREAD = item("of-bread", "best", "bakery.bread")
SHIPPED = Path(__file__).parents[2] / "question_banks"


def with_minimums(*minimums):
    return BAKER.model_copy(
        update={"minimums": tuple(Minimum(of=of, minimum=float(points)) for of, points in minimums)}
    )


def judged(taken, role, library=LIBRARY):
    made = {"parameters": PLANNING, "role_digest": "sha256:r", "software": "0.1.0", "draws": 2_000}
    return build(taken, role, library, **made)


def of(profile, name):
    return next(one for one in profile.fit.minimums if one.of == name)


def least(one):
    """The worst of its listed responses."""
    return worst(one)


@pytest.mark.parametrize("points", [30, 40, 60, 80])
def test_a_large_standard_error_keeps_no_minimum_from_being_judged(points):
    """One item in a block: a standard error of 70 points, and still its worst answer says something."""
    role = with_minimums(("domain", points))
    form = [*CORE, OF_BREAD]
    library = with_items(LIBRARY, OF_BREAD)
    failed = judged(sitting(form, {OF_BREAD.id: least(OF_BREAD)}), role, library)
    said = next(one.estimate for one in failed.areas if one.area.id == "domain")
    assert said.se > 60
    judgement = of(failed, "domain")
    # A single answer settles a high minimum under every population of the range, and a middling one under
    # none.
    assert judgement.state == ("judged" if points >= 60 else "out_of_reach")
    if points >= 60:
        assert judgement.p == pytest.approx(np.clip(0.5, *judgement.ends))
        assert judgement.reading == failed.fit.judgement.reading == "below"


def test_nearly_the_same_error_never_makes_the_difference_between_a_word_and_none():
    """Where a limit on the standard error decided, 19.95 said "1 chance in 2" and 20.09 nothing."""
    role = with_minimums(("audience.publics", 40))
    errors = []
    for kept in range(8, len(CORE) + 1):
        form = [one for one in CORE if one.content.competency == "audience.publics"]
        form += [one for one in CORE if one not in form][: kept - len(form)]
        profile = judged(sitting(form), role)
        said = next(one for one in profile.competencies if one.competency.id == "audience.publics")
        errors.append(said.estimate.se)
        assert said.minimum.reading == "likely_meets"
    assert max(errors) > min(errors)


def test_a_minimum_that_no_possible_answers_would_settle_cannot_be_said():
    """One item whose difficulty nobody knows: worst and best answer alike leave both possible."""
    role = with_minimums(("domain", 45))
    library = with_items(LIBRARY, OF_BREAD)
    form = [*CORE, OF_BREAD]
    wide = replace(PLANNING, beta=3.0)
    (reach,) = reaches_of(form, DOMAIN, role, wide)
    assert 0.2 < reach.p_lowest <= reach.p_highest < 0.8
    assert reach.state == "out_of_reach"
    for taken in (sitting(form), sitting(form, {OF_BREAD.id: least(OF_BREAD)})):
        profile = build(taken, role, library, parameters=wide, role_digest="r", software="0", draws=500)
        assert (of(profile, "domain").p, of(profile, "domain").state) == (None, "out_of_reach")
        assert (profile.fit.judgement.p, profile.fit.judgement.reading) == (None, None)
    (narrow,) = reaches_of(ITEMS, DOMAIN, role, PLANNING)
    assert narrow.state == "judged"


def test_what_a_form_can_say_is_what_its_best_and_worst_sittings_get():
    role = with_minimums(("strategy", 40), ("platform", 60), ("audience.publics", 70))
    best = judged(sitting(ITEMS), role)
    poor = judged(sitting(ITEMS, {one.id: worst(one) for one in ITEMS}), role)
    for reach in reaches_of(ITEMS, DOMAIN, role, PLANNING):
        # An item that tells only what its format does may weigh a little the other way.
        assert reach.p_highest >= of(best, reach.of).p - 1e-12
        assert reach.p_lowest <= of(poor, reach.of).p + 1e-12
        assert reach.p_highest == pytest.approx(of(best, reach.of).p, abs=0.02)
    design = design_of(ITEMS, DOMAIN, PLANNING)
    known = posterior(design, PLANNING)
    for reach in reaches_of(ITEMS, DOMAIN, role, PLANNING):
        least = likely_from(reach, known, design, PLANNING)
        if math.isnan(least):
            assert reach.p_highest < 0.8
            continue
        for estimate, is_likely in ((least, True), (least - 0.01, False)):
            p = chances(known, design, PLANNING, reach.row, estimate, [reach.minimum])
            assert bool(p.min() >= 0.8) is is_likely


def test_what_no_item_measures_is_not_measured_and_nothing_is_likely_beside_it():
    role = with_minimums(("strategy", 40), ("audience", 40), ("platform", 40))
    profile = judged(sitting(CORE), role)
    assert [one.state for one in profile.fit.minimums] == ["judged", "judged", "not_measured"]
    assert profile.fit.judgement.p > 0.95
    assert profile.fit.judgement.reading == "may_meet"
    assert [one.of for one in profile.fit.judgement.not_judged] == ["platform"]
    assert judged(sitting(ITEMS), role).fit.judgement.reading == "likely_meets"
    # What is judged and missed stands, whatever cannot be judged.
    failed = judged(sitting(CORE, {one.id: worst(one) for one in CORE}), role)
    assert failed.fit.judgement.reading == "below"


def test_the_document_says_what_was_judged_and_what_was_not():
    role = with_minimums(("strategy", 40), ("platform", 40))
    told = document(judged(sitting(CORE), role))
    assert told["fit"]["judged"] == ["strategy"]
    assert told["fit"]["not_judged"] == {"platform": "not_measured"}
    assert told["fit"]["reading"] == "may_meet"
    assert told["areas"]["platform"]["p_minimum"] is None
    assert told["fit"]["minimums"]["platform"]["state"] == "not_measured"
    assert told["fit"]["minimums"]["strategy"]["reading"] == "likely_meets"
    (gate,) = (one for one in reaches_of(CORE, DOMAIN, role, PLANNING) if one.of == "platform")
    assert reach_document(gate, math.nan) == {
        "minimum": 40.0, "state": "not_measured", "p_lowest": None, "p_highest": None, "likely_from": None,
    }  # fmt: skip


def test_a_glimpse_states_no_minimum():
    role = with_minimums(("strategy", 40), ("platform", 40))
    for responses in ({}, {one.id: worst(one) for one in ITEMS}):
        profile = judged(replace(sitting(ITEMS, responses), length="short"), role)
        assert {(one.state, one.p) for one in profile.fit.minimums} == {("glimpse", None)}
        assert (profile.fit.judgement.p, profile.fit.judgement.reading) == (None, None)
    assert {one.state for one in reaches_of(ITEMS, DOMAIN, role, PLANNING, "short")} == {"glimpse"}


def test_a_single_minimum_is_as_probable_alone_as_together():
    for points in range(20, 90, 7):
        missed = {one.id: worst(one) for one in CORE[::2]}
        profile = judged(sitting(CORE, missed), with_minimums(("strategy", points)))
        assert profile.fit.judgement.p == round(of(profile, "strategy").p, 3)
        assert profile.fit.judgement.reading == of(profile, "strategy").reading


@pytest.fixture(scope="module")
def destination():
    """Forty people of the role whose third minimum is of the gate, and what was measured of them."""
    library = load_library([], SHIPPED)
    role = library.role("destination-marketing-social-lead")
    from datetime import date

    form = assemble(library, role, "full", seed=1, today=date(2026, 11, 30))
    answered = [
        Sitting(
            f"p{person.number}", "en", "open",
            tuple(Answer(one, "answered", person.responses[one.id], "en") for one in form.items),
        )
        for person in people(form.items, form.domain, 40, seed=1)
    ]  # fmt: skip
    return library, role, answered


@pytest.mark.parametrize("is_gate_asked", [True, False])
def test_nobody_is_likely_to_meet_minimums_of_which_one_cannot_be_judged(destination, is_gate_asked):
    """Of these forty, eight were "likely" while the platform minimum was "not measured precisely enough"."""
    library, role, answered = destination
    likely = 0
    for one in answered:
        kept = tuple(
            answer
            for answer in one.answers
            if is_gate_asked or not answer.item.content.competency.startswith("platform.")
        )
        fit = build(
            replace(one, answers=kept), role, library, parameters=PLANNING, role_digest="r", software="0"
        ).fit
        parts = [each.reading for each in fit.minimums]
        if fit.judgement.reading == "likely_meets":
            likely += 1
            assert set(parts) == {"likely_meets"}
        assert (parts[2] is None) != is_gate_asked
        assert fit.judgement.p <= min(each.p for each in fit.judgement.judged) + 5e-4
    assert likely == 0 or is_gate_asked


def test_worst_and_best_platform_answers_are_told_apart(destination):
    """However few they are: its error stays near 30 points at every length."""
    library, role, answered = destination

    def answering(choose):
        answers = tuple(
            replace(answer, response=choose(answer))
            if answer.item.content.competency.startswith("platform.")
            else answer
            for answer in answered[0].answers
        )
        return build(
            replace(answered[0], answers=answers), role, library,
            parameters=PLANNING, role_digest="r", software="0", draws=500,
        )  # fmt: skip

    best = answering(lambda answer: type_of(answer.item.content).key(answer.item.content))
    poor = answering(lambda answer: worst(answer.item))
    assert of(best, "platform").p > 0.5 > 0.2 > of(poor, "platform").p
    assert of(poor, "platform").reading == "below"
