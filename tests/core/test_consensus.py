"""Keys of panels: ties, gaps and answers without shape are said, not scored."""

import math

import numpy as np
import pytest

from assessor.statistics import consensus, stated
from assessor.statistics.consensus import closeness, consensus_key, most_least, most_least_key

PANEL = [[5, 1, 3], [4, 2, 3], [5, 1, 2], [4, 2, math.nan]]


def test_every_rating_that_is_given_most_often_is_a_mode():
    key = consensus_key(PANEL, 1, 5, needs=0)
    assert key.options[0].modes == (4.0, 5.0)
    assert key.options[2].n == 3
    found = closeness(key, [4, 1, 3])
    assert found.mode.known == 1.0
    assert found.share_of_mode.known == 1.0


def test_a_small_panel_gives_no_key_and_an_option_without_ratings_is_left_out():
    few = consensus_key(PANEL, 1, 5)
    assert {one.mean.state for one in few.options} == {"suppressed"}
    assert closeness(few, [4, 1, 3]).mean_square.words == consensus.NO_ANSWER
    gap = consensus_key([[5, math.nan], [4, math.nan]], 1, 5, needs=0)
    assert gap.options[1].mean.words == consensus.NOBODY_RATED
    found = closeness(gap, [5, 3])
    assert (found.n, found.mean_absolute.known) == (1, 0.5)
    with pytest.raises(ValueError, match="3 answers do not fit 2 options"):
        closeness(gap, [1, 2, 3])
    with pytest.raises(ValueError, match="from 1 to 5"):
        consensus_key([[6.0]], 1, 5)


def test_answers_that_are_all_equal_have_no_shape_but_a_distance():
    key = consensus_key(PANEL, 1, 5, needs=0)
    for same in (3, 0.1 + 0.2):
        found = closeness(key, [same, same, same])
        assert (found.r.state, found.r.words) == ("undefined", consensus.SAME_RATING)
        assert found.shape.state == "undefined"
        assert found.elevation.state == found.mean_square.state == "value"
    near = closeness(key, [0.3, 0.1 + 0.2, 0.3])
    assert near.r.words == consensus.SAME_RATING


def test_elevation_scatter_and_shape_sum_to_the_distance():
    rng = np.random.default_rng(1)
    key = consensus_key(rng.integers(1, 6, (12, 6)), 1, 5)
    for answers in rng.integers(1, 6, (20, 6)):
        found = closeness(key, answers)
        if found.shape.state == "value":
            total = found.elevation.known + found.scatter.known + found.shape.known
            assert total == pytest.approx(found.mean_square.known)
            assert found.z_square.known == pytest.approx(2 * 5 / 6 * (1 - found.r.known))


def test_a_tie_gives_no_key_and_says_so():
    key = most_least_key([("a", "c"), ("b", "c")], "abc", needs=0)
    assert (key.key_most.state, key.key_most.words) == ("undefined", consensus.TIED)
    assert key.key_least.known == "c"
    found = most_least(key, "a", "c")
    assert (found.keyed.state, found.keyed.words) == ("undefined", consensus.TIED)
    assert (found.share, found.net) == (0.75, 1.5)
    few = most_least_key([("a", "c")] * 9, "abc")
    assert (few.key_most.state, few.key_most.words) == ("suppressed", stated.TOO_FEW)
    assert most_least(few, "a", "c").right.state == "suppressed"
    assert most_least_key([], "abc", needs=0).key_most.words == consensus.NOBODY_RATED
    for wrong in (("a", "a"), ("a", "x"), ("x", "a")):
        with pytest.raises(ValueError, match="not two of the options"):
            most_least_key([wrong], "abc")
        with pytest.raises(ValueError, match="not two of the options"):
            most_least(key, *wrong)
