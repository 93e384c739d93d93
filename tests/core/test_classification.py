"""Sides of a cut: what is said of two sittings of one form comes true of simulated ones."""

import numpy as np
import pytest

from assessor.assembly import assemble
from assessor.measurement import design_of
from assessor.scoring.model import PLANNING, estimate, posterior
from assessor.statistics import classification
from assessor.statistics.classification import Spread, at_cut, effective_length, lee, livingston_lewis
from assessor.statistics.items import matched
from assessor.statistics.stated import TOO_FEW_ITEMS
from assessor.studies.classification import FEWEST, NOT_RELIABLE, sides_of
from tests.core.small_library import TODAY, small_library

LIBRARY = small_library()
BAKERY = LIBRARY.domain("bakery")
FORM = assemble(LIBRARY, LIBRARY.role("baker"), "full", seed=1, today=TODAY).items
ENDS = [(-2.0, 1.0)] * len(FORM)


def test_lees_indices_by_hand():
    found = lee([0.5, 0.5], [[0.1, 0.9], [0.8, 0.2]], [[0, 1], [1, 0]])
    assert (found.consistency, found.accuracy) == (pytest.approx(0.75), pytest.approx(0.85))
    assert (found.too_high, found.too_low) == (pytest.approx(0.1), pytest.approx(0.05))
    assert found.kappa == pytest.approx((0.75 - 0.55**2 - 0.45**2) / (1 - 0.55**2 - 0.45**2))
    assert lee([1.0], [[0.0, 1.0]], [[0.0, 1.0]]).kappa is None
    for shapes in (([1.0], [0.5, 0.5], [0.5, 0.5]), ([0.5, 0.5], [[0, 1]], [[0, 1]])):
        with pytest.raises(ValueError, match="do not fit"):
            lee(*shapes)


def test_one_cut_agrees_with_draws():
    spread = Spread(0.45, 0.03, 0.012, 0.9, 0.004)
    rng = np.random.default_rng(3)
    own = rng.normal(spread.mean, spread.variance**0.5, 400_000)
    able = spread.mean + spread.slope * (own - spread.mean) + rng.normal(0, spread.rest**0.5, own.size)
    first, second = (own + rng.normal(0, spread.error**0.5, own.size) >= 0.4 for _ in range(2))
    found = at_cut(spread, 0.4)
    assert found.consistency == pytest.approx((first == second).mean(), abs=0.003)
    assert found.accuracy == pytest.approx((first == (able >= 0.4)).mean(), abs=0.003)
    assert found.too_high == pytest.approx((first & (able < 0.4)).mean(), abs=0.003)
    assert at_cut(Spread(0.45, 0.03, 1e-9), 0.4).accuracy == pytest.approx(1, abs=1e-3)
    with pytest.raises(ValueError, match="differ"):
        at_cut(Spread(0.45, 0.0, 0.01), 0.4)


def test_an_effective_length_by_hand_and_where_there_is_none():
    assert effective_length(5, 4, 0.5, 0, 10) == pytest.approx(11.5)
    for mean, variance, reliability in ((5, 4, 0.0), (5, 4, 1.0), (5, 0, 0.5), (10, 4, 0.5)):
        with pytest.raises(ValueError, match="no effective length"):
            effective_length(mean, variance, reliability, 0, 10)
    scores = np.random.default_rng(4).normal(5, 2, 400).clip(0, 10)
    assert livingston_lewis(scores, 0.5, 10, 0, 10) is None
    assert livingston_lewis(np.full(400, 5.0), 0.5, 4, 0, 10) is None
    assert livingston_lewis(np.repeat([0.0, 10.0], 200), 0.1, 4, 0, 10) is None


def test_four_parameters_give_way_to_two_where_an_end_leaves_the_range():
    z = np.random.default_rng(5).beta(2, 3, 4000)
    for low, high, parameters in ((0.1, 0.9, 4), (-0.1, 0.9, 2), (0.1, 1.1, 2)):
        x = low + (high - low) * z
        moments = [float((x**r).mean()) for r in range(1, 5)]
        fitted = classification._four(*moments) or classification._two(moments[0], float(x.var()))
        assert fitted.parameters == parameters
        assert fitted.low + (fitted.high - fitted.low) * fitted.a / (fitted.a + fitted.b) == pytest.approx(
            x.mean()
        )
    assert classification.true_scores(np.full(50, 0.5), 30) is None


def drawn(rng, n, sittings):
    """People's true values, and their scores on so many sittings of the form, with one easiness for all."""
    design = design_of(FORM, BAKERY, PLANNING)
    k, area = np.array(design.competency), np.array(design.area)
    block = np.array(design.block)
    theta = 0.45 + 0.18 * rng.standard_normal((n, block.max() + 1))[:, block]
    theta += PLANNING.tau_a * rng.standard_normal((n, area.max() + 1))[:, area]
    theta += PLANNING.tau_c * rng.standard_normal((n, len(area)))
    b = PLANNING.beta * rng.standard_normal(len(k))
    scores = [
        theta[:, k] + b + np.array(design.sigma) * rng.standard_normal((n, len(k))) for _ in range(sittings)
    ]
    return theta, scores, posterior(design, PLANNING)


def analysed(scores):
    ids = [item.digest for item in FORM]
    return {one.of: one for one in sides_of(matched(scores, ids), FORM, ENDS, LIBRARY, [BAKERY])}


def test_what_is_said_of_a_cut_comes_true():
    """Of many forms, each with an easiness of its own: the same side again, and the right side."""
    rng = np.random.default_rng(6)
    said, true = [], []
    measured = {item.content.competency for item in FORM}
    weights = np.array(
        [float(BAKERY.area_of[one.id].id == "audience" and one.id in measured) for one in BAKERY.competencies]
    )
    weights /= weights.sum()
    for _ in range(30):
        theta, scores, solved = drawn(rng, 500, 2)
        first, second = (estimate(solved, one, np.zeros(len(FORM))) @ weights for one in scores)
        for side in analysed(scores[0])["audience"].cuts:
            cut = side.cut / 100
            found = side.found.known
            said.append((found.consistency, found.accuracy, side.check.known.consistency))
            agree = float(((first >= cut) == (second >= cut)).mean())
            true.append((agree, float(((first >= cut) == (theta @ weights >= cut)).mean()), agree))
    assert np.mean(said, axis=0) == pytest.approx(np.mean(true, axis=0), abs=0.015)
    assert np.abs(np.array(said) - true)[:, 0].mean() < 0.03


def test_minimums_of_the_roles_are_cuts_too_and_few_people_are_told_nothing():
    _, (scores,), _ = drawn(np.random.default_rng(7), FEWEST, 1)
    found = analysed(scores)
    asked = {(one.of, one.minimum) for role in LIBRARY.roles_of("bakery") for one in role.minimums}
    assert {(of, side.cut) for of, one in found.items() for side in one.cuts if side.roles} == {
        (of, cut) for of, cut in asked if of in found
    }
    assert asked
    for area in ("strategy", "audience"):
        assert set(LIBRARY.framework.cuts) <= {side.cut for side in found[area].cuts}
        assert found[area].reliability.state == "value"
    few = analysed(scores[:-1])["audience"]
    assert {side.found.state for side in few.cuts} == {few.reliability.state} == {"suppressed"}
    assert few.cuts[0].check.needs == FEWEST


def test_people_who_cannot_be_told_apart_and_single_items_are_undefined_with_the_reason():
    rng = np.random.default_rng(8)
    noise = rng.normal(0.5, 0.4, (300, len(FORM)))
    noise -= noise.mean(axis=1, keepdims=True)
    found = analysed(noise)["audience"]
    assert (found.reliability.state, found.reliability.words) == ("undefined", NOT_RELIABLE)
    assert {side.found.words for side in found.cuts} == {NOT_RELIABLE}
    first = {}
    for place, item in enumerate(FORM):
        first.setdefault(BAKERY.area_of[item.content.competency].id, place)
    one_each = sorted(first.values())
    items = [FORM[place] for place in one_each]
    m = matched(noise[:, one_each], [item.digest for item in items])
    alone = sides_of(m, items, [ENDS[0]] * len(items), LIBRARY, [BAKERY])
    assert {one.reliability.words for one in alone} == {TOO_FEW_ITEMS}


def test_items_of_no_one_domain_meet_no_cut():
    m = matched(np.zeros((FEWEST, len(FORM))), [item.digest for item in FORM])
    assert sides_of(m, FORM, ENDS, LIBRARY, []) == ()
