"""Intervals, levels and minimums: probabilities that sum to one, edge cases without error, joint draws."""

import math

import numpy as np
import pytest

from assessor.scoring.levels import (
    Z80,
    Level,
    interval,
    joint_reading,
    level_of,
    level_probabilities,
    needed_estimate,
    p_all_minimums,
    p_all_minimums_of,
    p_at_least,
    reading,
)

CUTS = (0.25, 0.50, 0.75)


def normal_upper_tail(x):
    return 0.5 * math.erfc(x / math.sqrt(2))


def test_the_interval_holds_80_percent():
    low, high = interval(0.6, 0.1)
    assert abs(Z80 - 1.2815515655446004) < 1e-12
    assert (low, high) == pytest.approx((0.6 - 0.12815515655, 0.6 + 0.12815515655), abs=1e-10)
    assert p_at_least(0.6, 0.1, low) - p_at_least(0.6, 0.1, high) == pytest.approx(0.8, abs=1e-12)
    assert interval(0.3, 0.0) == (0.3, 0.3)


@pytest.mark.parametrize("estimate", [-0.4, 0.0, 0.25, 0.4, 0.5, 0.97, 1.3])
@pytest.mark.parametrize("se", [0.0, 1e-9, 0.05, 0.14, 3.0])
def test_level_probabilities_are_probabilities_and_sum_to_one(estimate, se):
    p = level_probabilities(estimate, se, CUTS)
    assert len(p) == 4
    assert min(p) >= 0
    assert sum(p) == pytest.approx(1.0, abs=1e-12)
    level = level_of(estimate, se, CUTS)
    assert level.p == pytest.approx(sum(p[level.lower - 1 : level.upper]), abs=1e-15)
    assert 1 <= level.lower <= level.upper <= 4


def test_level_probabilities_are_normal_areas_between_the_cuts():
    p = level_probabilities(0.6, 0.14, CUTS)
    assert p[3] == pytest.approx(normal_upper_tail(0.15 / 0.14), abs=1e-12)
    assert p[2] == pytest.approx(normal_upper_tail(-0.1 / 0.14) - normal_upper_tail(0.15 / 0.14), abs=1e-12)


@pytest.mark.parametrize(
    ("estimate", "se", "lower", "upper"),
    [
        (0.62, 0.08, 3, 3),
        (0.62, 0.10, 2, 3),
        (0.62, 0.12, 2, 4),
        (0.50, 0.10, 2, 3),
        (0.50, 0.25, 1, 4),
        (0.27, 0.12, 1, 2),
        (0.95, 0.10, 4, 4),
        (-0.2, 0.10, 1, 1),
        (1.2, 0.10, 4, 4),
    ],
)
def test_levels_are_those_that_the_range_touches(estimate, se, lower, upper):
    level = level_of(estimate, se, CUTS)
    assert (level.lower, level.upper) == (lower, upper)
    assert level.is_named == (upper - lower <= 1)
    low, high = interval(estimate, se)
    touched = [
        n for n, (a, b) in enumerate(zip((-9, *CUTS), (*CUTS, 9), strict=True), 1) if low < b and high > a
    ]
    assert touched == list(range(lower, upper + 1))


@pytest.mark.parametrize("estimate", np.linspace(-0.3, 1.3, 33))
@pytest.mark.parametrize("se", [0.02, 0.09, 0.1, 0.12, 0.2, 0.4])
def test_a_level_that_stands_alone_is_likely_and_of_three_none_is_named(estimate, se):
    level = level_of(float(estimate), se, CUTS)
    low, high = interval(float(estimate), se)
    if level.lower == level.upper:
        assert level.p >= 0.8 - 1e-9
    if sum(low < cut < high for cut in CUTS) >= 2:
        assert not level.is_named


def test_without_error_a_level_is_certain_and_begins_at_its_cut():
    assert level_of(0.5, 0.0, CUTS) == Level(3, 3, 1.0)
    assert level_of(0.5 - 1e-6, 0.0, CUTS) == Level(2, 2, 1.0)
    assert level_of(math.nextafter(0.5, 0), 0.0, CUTS) == Level(3, 3, 1.0)
    assert level_of(0.1, 0.2, ()) == Level(1, 1, 1.0)
    assert p_at_least(0.4, 0.0, 0.4) == 1.0
    assert p_at_least(0.39, 0.0, 0.4) == 0.0


@pytest.mark.parametrize("cuts", [(0.5, 0.25), (0.5, 0.5)])
def test_cuts_that_do_not_increase_are_refused(cuts):
    with pytest.raises(ValueError, match="cuts must increase"):
        level_probabilities(0.5, 0.1, cuts)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match="estimate must be a finite number"):
        p_at_least(bad, 0.1, 0.4)
    with pytest.raises(ValueError, match="se must be a finite number of at least 0"):
        interval(0.5, bad)
    with pytest.raises(ValueError, match="se must be"):
        level_of(0.5, -0.1, CUTS)


def test_the_needed_estimate_makes_one_minimum_likely():
    for se in (0.08, 0.14, 0.30):
        needed = needed_estimate(se, 0.4)
        assert p_at_least(needed, se, 0.4) == pytest.approx(0.8, abs=1e-12)
    assert needed_estimate(0.0, 0.4) == 0.4


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (1.0, "likely_meets"),
        (0.8, "likely_meets"),
        (0.799, "may_meet"),
        (0.5, "may_meet"),
        (0.499, "in_doubt"),
        (0.201, "in_doubt"),
        (0.2, "below"),
        (0.0, "below"),
    ],
)
def test_the_reading_changes_at_its_borders(p, word):
    assert reading(p) == word


@pytest.mark.parametrize(
    ("p", "parts", "is_whole", "word"),
    [
        (0.9, ["likely_meets", "likely_meets"], True, "likely_meets"),
        # Two of three judged: of the whole nothing is likely.
        (0.9, ["likely_meets", "likely_meets"], False, "may_meet"),
        # Draws may say a thousandth more than a part does.
        (0.8, ["likely_meets", "may_meet"], True, "may_meet"),
        (0.6, ["likely_meets", "in_doubt"], True, "in_doubt"),
        # Three doubts are no knowledge that one is missed.
        (0.1, ["may_meet", "may_meet", "may_meet"], True, "in_doubt"),
        (0.1, ["in_doubt", "likely_meets"], True, "in_doubt"),
        (0.1, ["below", "likely_meets"], True, "below"),
        (0.15, ["below"], False, "below"),
    ],
)
def test_the_joint_word_is_never_firmer_than_the_weakest_of_its_parts(p, parts, is_whole, word):
    assert joint_reading(p, parts, is_whole=is_whole) == word


def test_people_of_one_form_get_the_numbers_that_each_would_get_alone():
    means = np.array([[0.5, 0.45], [0.3, 0.6], [0.9, 0.1]])
    args = ([[0.02, 0.01], [0.01, 0.03]], np.eye(2), [0.4, 0.4])
    together = p_all_minimums_of(means, *args, seed=7)
    assert together == [p_all_minimums(one, *args, seed=7) for one in means]


def test_one_minimum_by_draws_is_its_normal_probability():
    p = p_all_minimums([0.5, 0.9], np.diag([0.02, 0.02]), [[1, 0]], [0.4], seed=1)
    assert p == pytest.approx(p_at_least(0.5, math.sqrt(0.02), 0.4), abs=0.01)
    assert p == round(p, 3)


def test_joint_minimums_follow_the_orthant_probability_of_correlated_normals():
    """P(both above their means) is 1/4 + asin(r) / (2 pi) (Sheppard 1899)."""
    for r in (-0.6, 0.0, 0.5, 0.9):
        covariance = 0.01 * np.array([[1, r], [r, 1]])
        p = p_all_minimums([0.4, 0.4], covariance, np.eye(2), [0.4, 0.4], seed=2)
        assert p == pytest.approx(0.25 + math.asin(r) / (2 * math.pi), abs=0.012)


def test_joint_minimums_survive_a_singular_covariance():
    same = p_all_minimums([0.5, 0.5], np.full((2, 2), 0.02), np.eye(2), [0.4, 0.4], seed=3)
    assert same == pytest.approx(p_at_least(0.5, math.sqrt(0.02), 0.4), abs=0.01)
    twice = [[1, 0], [1, 0], [0.5, 0.5]]
    p = p_all_minimums([0.9, 0.9, 0.0], np.diag([1e-6, 1e-6, 0]), [[*w, 0] for w in twice], [0.4] * 3, seed=3)
    assert p == 1.0


def test_draws_are_the_same_for_the_same_seed_and_there_may_be_no_minimum():
    args = ([0.5, 0.45], [[0.02, 0.01], [0.01, 0.03]], np.eye(2), [0.4, 0.4])
    assert p_all_minimums(*args, seed=7) == p_all_minimums(*args, seed=7)
    many = p_all_minimums(*args, seed=7, draws=200_000)
    assert many == pytest.approx(p_all_minimums(*args, seed=8), abs=0.015)
    assert p_all_minimums([0.5], [[0.02]], np.empty((0, 1)), [], seed=1) == 1.0


def test_minimums_on_what_was_not_measured_or_does_not_fit_are_refused():
    with pytest.raises(ValueError, match="competency 1 has a weight but is not measured"):
        p_all_minimums([0.5, 0.0], np.diag([0.02, 0.0]), np.eye(2), [0.4, 0.4], seed=1)
    with pytest.raises(ValueError, match=r"rows has shape \(2, 2\), not \(1, 2\)"):
        p_all_minimums([0.5, 0.5], np.diag([0.02, 0.02]), np.eye(2), [0.4], seed=1)
