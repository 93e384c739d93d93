"""Simulated people answer as the model says, and intervals cover the truth about as often as they claim."""

from dataclasses import replace

import numpy as np
import pytest

from assessor.items import answer, drawn, listed, type_of
from assessor.items._chance import Ladder, tilted
from assessor.measurement import area_weights, design_of
from assessor.scoring.model import PLANNING, Parameters, estimate, posterior
from assessor.scoring.ranges import error_variances, ranges
from assessor.studies import simulation
from assessor.studies.simulation import crowd, easiness, people, true_values
from tests.core.small_library import TYPES, domain_form, item, small_library

LIBRARY = small_library()
BAKER = LIBRARY.role("baker")
DOMAIN, ITEMS = domain_form(LIBRARY, "bakery")
NAMES = [competency.id for competency in DOMAIN.competencies]
STILL = Parameters(tau_a=0.0, tau_c=0.0, beta=0.0, beta_t=0.0, source="test")
KINDS = [item(f"any-{number}", kind, "audience.voice") for number, kind in enumerate(TYPES)]


def generator(seed=1):
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize("one", KINDS, ids=TYPES)
@pytest.mark.parametrize("mean", [-0.2, 0.0, 0.1, 0.5, 0.8, 0.97])
def test_the_expected_score_of_an_answer_is_the_mean_asked_for(one, mean):
    scores = listed(one.content)[1]
    ladder = Ladder.over(scores)
    chances = ladder.tilted(np.array([mean]))[0]
    assert chances.sum() == pytest.approx(1, abs=1e-12)
    assert chances @ ladder.scores == pytest.approx(mean, abs=1e-9)
    # The slow way, response by response, gives the same chances.
    level = np.searchsorted(ladder.scores, scores.round(10))
    np.testing.assert_allclose(np.bincount(level, tilted(scores, mean)), chances, atol=1e-8)


@pytest.mark.parametrize("one", KINDS, ids=TYPES)
def test_somebody_at_zero_answers_blindly(one):
    ladder = Ladder.over(listed(one.content)[1])
    np.testing.assert_allclose(ladder.tilted(np.zeros(1))[0], ladder.size / ladder.size.sum(), atol=1e-9)


@pytest.mark.parametrize("one", KINDS, ids=TYPES)
def test_answers_are_drawn_with_their_chances(one):
    responses, scores = listed(one.content)
    for mean in (0.0, 0.4, 0.9):
        found = drawn(one.content, np.full(4_000, mean), generator())
        spread = scores[found].std() / np.sqrt(4_000)
        assert scores[found].mean() == pytest.approx(mean, abs=4 * spread)
        wanted = tilted(scores, mean) if mean else np.full(len(scores), 1 / len(scores))
        often = wanted > 0.001
        counts = np.bincount(found, minlength=len(responses))
        error = np.sqrt(wanted * (1 - wanted) / 4_000)
        assert (np.abs(counts / 4_000 - wanted)[often] < 5 * error[often]).all()


@pytest.mark.parametrize("one", KINDS, ids=TYPES)
def test_a_mean_out_of_reach_is_brought_within_it(one):
    scores = listed(one.content)[1]
    for mean, reached in ((9.0, 0.97), (-9.0, scores.min() + 0.02)):
        found = scores[drawn(one.content, np.full(4_000, mean), generator())]
        assert found.mean() == pytest.approx(reached, abs=0.02)


@pytest.mark.parametrize("one", KINDS, ids=TYPES)
def test_an_answer_is_valid_and_nobody_can_change_the_next_one(one):
    kind, rng = type_of(one.content), generator()
    for _ in range(20):
        given = answer(one.content, 0.6, rng)
        assert kind.check(one.content, given) == given
    if not isinstance(given, str):
        given.clear()
        for response in listed(one.content)[0]:
            kind.check(one.content, response)


def test_no_people_take_no_answers():
    assert list(people(ITEMS, DOMAIN, 0, seed=1)) == []
    assert drawn(ITEMS[0].content, np.empty(0), generator()).shape == (0,)


def test_people_answer_every_item_validly_and_are_numbered_from_one():
    found = list(people(ITEMS, DOMAIN, 3, seed=1))
    assert [one.number for one in found] == [1, 2, 3]
    for one in found:
        assert list(one.responses) == [given.id for given in ITEMS]
        assert len(one.theta) == len(NAMES)
        for given in ITEMS:
            type_of(given.content).check(given.content, one.responses[given.id])


def test_the_same_seed_gives_the_same_people_however_many_are_asked_for():
    five, two, other = (list(people(ITEMS, DOMAIN, n, seed=seed)) for n, seed in ((5, 1), (2, 1), (2, 2)))
    assert five[:2] == two
    assert other != two


@pytest.mark.parametrize("form_effects", ["fixed", "fresh"])
def test_the_people_are_the_same_however_many_are_drawn_at_a_time(
    monkeypatch: pytest.MonkeyPatch, form_effects: str
):
    whole = list(people(ITEMS, DOMAIN, 10, seed=1, form_effects=form_effects))
    monkeypatch.setattr("assessor.studies.simulation.AT_ONCE", 3)
    assert list(people(ITEMS, DOMAIN, 10, seed=1, form_effects=form_effects)) == whole


def test_few_people_are_in_memory_at_a_time(monkeypatch: pytest.MonkeyPatch):
    drawn_at_once = []
    plain = simulation.answered
    monkeypatch.setattr(simulation, "answered", lambda *of: drawn_at_once.append(len(of[1])) or plain(*of))
    assert len(list(people(ITEMS[:1], DOMAIN, 1_200, seed=1))) == 1_200
    assert drawn_at_once == [500, 500, 200]


@pytest.mark.parametrize(
    ("given", "level", "spread"),
    [
        ({}, 0.45, 0.20),
        ({"ability": 0.6}, 0.6, 0.0),
        ({"spread": 0.3}, 0.45, 0.3),
        ({"ability": 0.2, "spread": 0.1}, 0.2, 0.1),
    ],
)
def test_ability_and_spread_set_the_general_level_over_people(given, level, spread):
    theta = np.array([one.theta for one in people(ITEMS[:1], DOMAIN, 4_000, seed=3, **given)])
    assert theta.mean() == pytest.approx(level, abs=0.015)
    expected = np.sqrt(spread**2 + PLANNING.tau_a**2 + PLANNING.tau_c**2)
    assert theta.std(axis=0).mean() == pytest.approx(expected, rel=0.04)


def test_competencies_of_an_area_go_together_and_blocks_share_one_level():
    theta = true_values(DOMAIN, 20_000, 0.4, 0.2, PLANNING, generator())
    area = [DOMAIN.area_of[name].id for name in NAMES]
    covariance = np.cov(theta.T)
    for i in range(len(NAMES)):
        for j in range(i):
            wanted = 0.2**2 + PLANNING.tau_a**2 * (area[i] == area[j])
            assert covariance[i, j] == pytest.approx(wanted, abs=0.003)
    np.testing.assert_array_equal(true_values(DOMAIN, 2, 0.4, 0.0, STILL, generator()), 0.4)


def test_items_of_a_type_share_a_part_of_their_easiness():
    found = easiness(ITEMS, 20_000, PLANNING, generator())
    kind = [one.content.type for one in ITEMS]
    covariance = np.cov(found.T)
    for i in range(8):
        for j in range(8):
            wanted = PLANNING.beta_t**2 * (kind[i] == kind[j]) + PLANNING.beta**2 * (i == j)
            assert covariance[i, j] == pytest.approx(wanted, abs=0.0015)


def test_fixed_form_effects_are_one_for_all_and_fresh_ones_are_each_person_s_own():
    fixed, fresh = (
        crowd(ITEMS, DOMAIN, 50, seed=1, ability=0.4, spread=0.1, form_effects=kind)
        for kind in ("fixed", "fresh")
    )
    assert np.ptp(fixed.easiness, axis=0).max() == 0
    assert np.ptp(fresh.easiness, axis=0).min() > 0
    np.testing.assert_array_equal(fixed.theta, fresh.theta)


def test_a_crowd_s_scores_are_those_of_its_answers():
    found = crowd(ITEMS[:6], DOMAIN, 20, seed=1, ability=0.4, spread=0.1)
    taken = list(people(ITEMS[:6], DOMAIN, 20, seed=1, ability=0.4, spread=0.1))
    for person, scores in zip(taken, found.scores, strict=True):
        for one, score in zip(ITEMS[:6], scores, strict=True):
            assert type_of(one.content).score(one.content, person.responses[one.id]) == score


def share_covered(theta, scores, design=None):
    """Area -> the share of people whose 80 % interval holds their true value."""
    design = design or design_of(ITEMS, DOMAIN, PLANNING)
    found = posterior(design, PLANNING)
    mean = estimate(found, scores, np.zeros(len(ITEMS)))
    shares = {}
    for area, weights in area_weights(DOMAIN, BAKER, found.measured).items():
        low, high = ranges(mean @ weights, error_variances(found, design, weights))
        true = theta @ weights
        shares[area] = float(((low <= true) & (true <= high)).mean())
    return shares


@pytest.mark.parametrize("ability", [0.15, 0.35, 0.55, 0.75])
def test_intervals_cover_the_truth_of_people_who_answer_as_the_model_says(ability):
    found = crowd(ITEMS, DOMAIN, 3_000, seed=8, ability=ability, spread=0.0)
    shares = share_covered(found.theta, found.scores)
    assert set(shares) == {area.id for area in DOMAIN.areas}
    assert all(0.76 <= share <= 0.84 for share in shares.values()), shares


@pytest.mark.parametrize("ability", [0.35, 0.55])
def test_intervals_cover_the_truth_of_gaussian_scores_to_two_points(ability):
    rng, n = generator(9), 20_000
    design = replace(design_of(ITEMS, DOMAIN, PLANNING), spreads=())
    theta = true_values(DOMAIN, n, ability, 0.0, PLANNING, rng)
    noise = np.array(design.sigma) * rng.standard_normal((n, len(ITEMS)))
    scores = theta[:, design.competency] + easiness(ITEMS, n, PLANNING, rng) + noise
    assert all(0.78 <= share <= 0.82 for share in share_covered(theta, scores, design).values())
