"""Intervals, levels and readings: what probabilities amount to."""

import math

import pytest

from assessor.scoring.levels import Z80, Level, interval, joint_reading, level_of, reading


def test_the_interval_holds_80_percent():
    low, high = interval(0.6, 0.1)
    assert abs(Z80 - 1.2815515655446004) < 1e-12
    assert (low, high) == pytest.approx((0.6 - 0.12815515655, 0.6 + 0.12815515655), abs=1e-10)
    assert interval(0.3, 0.0) == (0.3, 0.3)


@pytest.mark.parametrize(
    ("ends", "level"),
    [
        ([(0.99, 0.97, 0.20), (0.99, 0.98, 0.35)], Level(3, 3, 0.63)),
        # Alone at one end only: two neighbours, which both ends allow.
        ([(0.99, 0.90, 0.20), (0.99, 0.98, 0.50)], Level(3, 4, 0.90)),
        # Each end names two, and they are not the same two.
        ([(0.80, 0.30, 0.10), (0.95, 0.75, 0.45)], Level(1, 4, 1.0)),
        ([(0.05, 0.01, 0.0), (0.30, 0.02, 0.0)], Level(1, 1, 0.70)),
        ([(1.0, 1.0, 1.0)], Level(4, 4, 1.0)),
        ([()], Level(1, 1, 1.0)),
    ],
)
def test_a_level_is_named_where_both_ends_of_the_range_name_it(ends, level):
    found = level_of(ends)
    assert (found.lower, found.upper) == (level.lower, level.upper)
    assert found.p == pytest.approx(level.p)
    assert found.is_named == (level.upper - level.lower <= 1)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match="estimate must be a finite number"):
        interval(bad, 0.1)
    with pytest.raises(ValueError, match="se must be a finite number of at least 0"):
        interval(0.5, bad)


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
