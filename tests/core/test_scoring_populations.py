"""Probabilities under a range of populations: against the slow reference, and what is firm at both ends."""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from assessor.scoring.model import LEVELS, PLANNING, posterior
from assessor.scoring.populations import (
    PLANNED,
    Population,
    Range,
    all_met,
    at_least,
    believed,
    chances,
    difference,
    milder,
    moments,
)
from tests.core.slow_reference import reference_moments
from tests.core.test_scoring_ranges import FORM, LEVELLED, WEIGHTS

ROWS = np.vstack([WEIGHTS, [0.5, 0.5, 0, 0, 0], [0, 0, 0, 0, 1.0], [0.5, 0.5, 0, 0, -1.0]])
KNOWN = posterior(FORM, PLANNING)


@pytest.mark.parametrize("end", PLANNED.ends, ids=["weak", "strong"])
def test_what_true_values_and_estimates_share_agrees_with_the_slow_reference(end):
    ours = moments(KNOWN, FORM, PLANNING, ROWS, end, PLANNED.between)
    true, shared, estimate = reference_moments(FORM, PLANNING, ROWS, end.sd, PLANNED.between)
    np.testing.assert_allclose(ours.true, true, atol=1e-7)
    np.testing.assert_allclose(ours.shared, shared, atol=1e-7)
    np.testing.assert_allclose(ours.estimate, estimate, atol=1e-7)
    assert ours.mean == pytest.approx(end.mean * np.array([1, 1, 1, 0]))


def test_with_one_spread_at_every_level_the_grid_gives_the_normal_probability():
    end = PLANNED.weak
    found = moments(KNOWN, FORM, PLANNING, WEIGHTS, end, 0.5)
    scatter = float(found.gain[0] ** 2 @ np.array(FORM.sigma) ** 2)
    true, shared, estimate = (float(one[0, 0]) for one in (found.true, found.shared, found.estimate))
    for m in (-0.1, 0.2, 0.45, 0.9):
        centre = end.mean + shared / (estimate + scatter) * (m - end.mean)
        sd = math.sqrt(true - shared**2 / (estimate + scatter))
        for cut in (0.25, 0.403, 0.5):
            p = float(at_least(believed(FORM, found, m), cut)[0])
            assert p == pytest.approx(float(ndtr((centre - cut) / sd)), abs=2e-4)


def test_probabilities_rise_with_the_estimate_and_many_are_those_of_each_alone():
    x = np.linspace(-0.2, 1.2, 57)
    p = chances(KNOWN, LEVELLED, PLANNING, WEIGHTS, x, [0.4, 0.6])
    assert p.shape == (2, 2, 57)
    assert (np.diff(p, axis=2) > 0).all()
    assert (p[:, 0] > p[:, 1]).all()
    assert (p[1, 0] > p[0, 0])[x < 0.55].all(), "a stronger population makes more of the same answers"
    assert chances(KNOWN, LEVELLED, PLANNING, WEIGHTS, x[9], [0.4])[:, 0, 0] == pytest.approx(p[:, 0, 9])


@pytest.mark.parametrize(
    ("ends", "said"), [((0.7, 0.9), 0.7), ((0.1, 0.3), 0.3), ((0.4, 0.9), 0.5), ((0.8, 0.8), 0.8)]
)
def test_of_both_ends_the_milder_is_said(ends, said):
    assert milder(ends) == said
    assert milder([1 - p for p in ends]) == pytest.approx(1 - said)


def test_minimums_together_are_no_surer_than_the_weakest_and_independent_ones_multiply():
    rows = np.vstack([[0.5, 0.5, 0, 0, 0], [0, 0, 0, 0, 1.0]])
    alone = np.array([[[0.7, 0.2], [0.6, 0.9]], [[0.7, 0.2], [0.6, 0.9]]])
    apart = Range(PLANNED.weak, PLANNED.strong, between=0.0)
    args = {"seed": 3, "draws": 20_000}
    found = all_met(KNOWN, FORM, PLANNING, rows, alone, within=apart, **args)
    assert found[0] == pytest.approx([0.42, 0.18], abs=0.012)
    assert (found <= alone.min(axis=1)).all()
    assert (found == all_met(KNOWN, FORM, PLANNING, rows, alone, within=apart, **args)).all()
    for person in range(2):
        one = all_met(KNOWN, FORM, PLANNING, rows, alone[:, :, person : person + 1], within=apart, **args)
        assert one[:, 0] == pytest.approx(found[:, person]), "nobody's number depends on who else is there"
    same = np.vstack([rows[0], rows[0]])
    tied = all_met(KNOWN, FORM, PLANNING, same, alone, within=apart, **args)
    assert tied[0] == pytest.approx([0.6, 0.2], abs=0.012)


def test_a_difference_turned_round_is_as_probable_the_other_way():
    mean = np.array([0.8, 0.7, 0.6, 0.7, 0.1])
    over, under = np.array([0, 0, 0.5, 0.5, 0]), np.array([0, 0, 0, 0, 1.0])
    gap, p = difference(KNOWN, LEVELLED, PLANNING, mean, over, under)
    back, q = difference(KNOWN, LEVELLED, PLANNING, mean, under, over)
    assert (gap, p) == (pytest.approx(-back), pytest.approx(1 - q))
    assert gap == pytest.approx(0.55)
    assert p > 0.5
    with pytest.raises(ValueError, match="not measured"):
        difference(posterior(replace_observed(), PLANNING), FORM, PLANNING, mean, over, under)


def replace_observed():
    from dataclasses import replace

    return replace(FORM, observed=(True,) * 9 + (False, False))


def test_a_block_may_have_a_population_of_its_own():
    end = Population(0.3, 0.2, ((1, 0.7, 0.05),))
    assert (end.at(0), end.at(1)) == ((0.3, 0.2), (0.7, 0.05))
    found = moments(KNOWN, FORM, PLANNING, ROWS, end, 0.5)
    assert found.mean == pytest.approx([0.3, 0.3, 0.7, -0.4])
    assert len(LEVELS) == 11
