"""From items and roles to the numbers of scoring: weights, and what a form will tell."""

import numpy as np
import pytest

from assessor import measurement
from assessor.items import spread_at
from assessor.measurement import area_weights, composite_weights, design_of, expected, unit_weights
from assessor.measurement.design import spreads_of
from assessor.scoring.model import LEVELS, MIDDLE, PLANNING, Parameters, expected_errors, posterior
from tests.core.small_library import domain_form, item, small_library

LIBRARY = small_library()
BAKER, MILLER = LIBRARY.role("baker"), LIBRARY.role("miller")
DOMAIN, ITEMS = domain_form(LIBRARY, "bakery")
NAMES = [competency.id for competency in DOMAIN.competencies]
ALL = (True,) * len(NAMES)


def measured(*names):
    return tuple(name in names for name in NAMES)


def test_a_form_becomes_the_numbers_of_its_items():
    design = design_of(ITEMS, DOMAIN, PLANNING)
    assert [NAMES[k] for k in design.competency] == [one.content.competency for one in ITEMS]
    assert design.spreads == tuple(spreads_of(one.content, PLANNING) for one in ITEMS)
    assert design.sigma == tuple(row[MIDDLE] for row in design.spreads)
    assert set(design.b) == {0.0}
    assert set(design.v_b) == {PLANNING.beta**2}
    assert all(design.observed)
    assert len(set(design.item_type)) == 4
    for one, kind in zip(ITEMS, design.item_type, strict=True):
        assert sorted({other.content.type for other in ITEMS})[kind] == one.content.type


def test_the_spread_of_an_answer_is_the_mean_over_what_people_of_a_level_differ_by():
    flat = Parameters(tau_a=0.0, tau_c=0.0, beta=0.0, beta_t=0.0, source="test")
    rng = np.random.default_rng(4)
    for one in ITEMS[:4]:
        alone = spread_at(one.content, np.array(LEVELS))
        assert spreads_of(one.content, flat) == pytest.approx(alone, abs=1e-9)
        around = (PLANNING.beta**2 + PLANNING.beta_t**2 + PLANNING.tau_a**2 + PLANNING.tau_c**2) ** 0.5
        drawn = spread_at(one.content, 0.8 + around * rng.standard_normal(20_000)) ** 2
        assert spreads_of(one.content, PLANNING)[8] ** 2 == pytest.approx(drawn.mean(), rel=0.02)


def test_a_design_keeps_the_mask_of_observed_items_and_the_blocks_of_the_framework():
    mask = [number % 2 == 0 for number in range(len(ITEMS))]
    design = design_of(ITEMS, DOMAIN, PLANNING, mask)
    assert design.observed == tuple(mask)
    for name, area, block in zip(NAMES, design.area, design.block, strict=True):
        assert DOMAIN.areas[area].id == DOMAIN.area_of[name].id
        assert sorted({"core", "gate", "domain"})[block] == DOMAIN.area_of[name].block


def test_an_item_of_another_domain_has_no_place_in_a_form():
    with pytest.raises(KeyError):
        design_of([*ITEMS, item("stray", "best", "museum.show", "museum")], DOMAIN, PLANNING)


@pytest.mark.parametrize("role", [BAKER, MILLER])
def test_all_weights_sum_to_one(role):
    composite, coverage = composite_weights(DOMAIN, role, ALL)
    assert composite.sum() == pytest.approx(1, abs=1e-12)
    assert coverage == 1
    for weights in area_weights(DOMAIN, role, ALL).values():
        assert weights is None or weights.sum() == pytest.approx(1, abs=1e-12)


def test_the_gate_weighs_nothing_in_the_composite_even_where_a_role_says_so():
    greedy = BAKER.model_copy(
        update={
            "weights": (*BAKER.weights, BAKER.weights[0].model_copy(update={"competency": "platform.feeds"}))
        }
    )
    composite, coverage = composite_weights(DOMAIN, greedy, ALL)
    gate = [k for k, name in enumerate(NAMES) if DOMAIN.area_of[name].block == "gate"]
    assert not composite[gate].any()
    np.testing.assert_array_equal(composite, composite_weights(DOMAIN, BAKER, ALL)[0])
    assert coverage == 1


def test_every_competency_of_the_gate_counts_in_its_own_area_without_a_weight():
    gate = area_weights(DOMAIN, MILLER, ALL)["platform"]
    assert {name for name, weight in zip(NAMES, gate, strict=True) if weight} == {
        "platform.search",
        "platform.feeds",
    }


def test_an_area_is_the_plain_mean_of_what_the_role_names_and_the_form_measures():
    seen = measured("audience.publics", "audience.dialogue", "strategy.situation")
    weights = area_weights(DOMAIN, BAKER, seen)
    # The role names publics and voice: voice is not measured, dialogue is not named.
    assert {name: w for name, w in zip(NAMES, weights["audience"], strict=True) if w} == {
        "audience.publics": 1
    }
    assert {name: w for name, w in zip(NAMES, weights["strategy"], strict=True) if w} == {
        "strategy.situation": 1
    }
    assert weights["content"] is None
    assert area_weights(DOMAIN, MILLER, seen)["audience"] is None


def test_the_composite_leaves_out_what_is_not_measured_and_says_how_much_weight_is_left():
    weights, coverage = composite_weights(DOMAIN, BAKER, measured("audience.publics", "bakery.bread"))
    assert {name: w for name, w in zip(NAMES, weights, strict=True) if w} == {
        "audience.publics": pytest.approx(0.6),
        "bakery.bread": pytest.approx(0.4),
    }
    assert coverage == pytest.approx(5 / 12)


def test_a_role_of_which_nothing_is_measured_has_no_composite():
    assert composite_weights(DOMAIN, BAKER, measured("platform.feeds")) == (None, 0.0)


def test_unit_weights_pick_one_competency():
    assert [NAMES[k] for k in np.flatnonzero(unit_weights(DOMAIN, "content.integrity"))] == [
        "content.integrity"
    ]


def test_what_a_form_will_tell_is_what_scoring_says_of_its_design():
    found = expected(ITEMS, DOMAIN, BAKER, PLANNING)
    design = design_of(ITEMS, DOMAIN, PLANNING)
    composite, _ = composite_weights(DOMAIN, BAKER, ALL)
    areas = area_weights(DOMAIN, BAKER, ALL)
    wanted = expected_errors(
        design, PLANNING, [composite, *areas.values(), *(unit_weights(DOMAIN, name) for name in NAMES)]
    )
    got = [found.fit, *found.areas.values(), *found.competencies.values()]
    np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12)
    assert list(found.areas) == [area.id for area in DOMAIN.areas]
    assert list(found.competencies) == NAMES


def test_a_form_promises_nothing_of_what_it_does_not_measure():
    gate_only = [one for one in ITEMS if one.content.competency == "platform.feeds"]
    found = expected(gate_only, DOMAIN, BAKER, PLANNING)
    assert found.fit is None
    assert {name for name, error in found.competencies.items() if error is not None} == {"platform.feeds"}
    assert {area for area, error in found.areas.items() if error is not None} == {"platform"}


def test_more_items_promise_a_smaller_error():
    few, all_of_them = (expected(items, DOMAIN, BAKER, PLANNING) for items in (ITEMS[:25], ITEMS))
    assert all_of_them.fit < expected(ITEMS[:12] + ITEMS[-5:], DOMAIN, BAKER, PLANNING).fit
    assert few.areas["domain"] is None
    assert few.areas["strategy"] == pytest.approx(all_of_them.areas["strategy"])


def test_the_same_versions_in_the_same_order_make_the_same_form():
    digests = [one.digest for one in ITEMS]
    named = measurement.form_digest("bakery", "open", digests)
    assert named == measurement.form_digest("bakery", "open", tuple(digests))
    assert named.startswith("sha256:")
    assert len(named) == 71
    others = {
        measurement.form_digest("bakery", "open", digests[::-1]),
        measurement.form_digest("bakery", "round", digests),
        measurement.form_digest("museum", "open", digests),
    }
    assert len(others | {named}) == 4


def test_the_order_of_the_items_changes_no_promise():
    forward, backward = (expected(items, DOMAIN, BAKER, PLANNING) for items in (ITEMS, ITEMS[::-1]))
    assert forward.fit == pytest.approx(backward.fit, abs=1e-12)
    assert posterior(design_of(ITEMS, DOMAIN, PLANNING), PLANNING).measured == ALL
