"""Impact over rounds: what the total hides, and where nothing can be said."""

import numpy as np
import pytest

from assessor.statistics import fairness, fairness_strata, stated
from assessor.statistics.fairness_strata import stratified_impact


def test_the_total_and_the_rounds_may_point_in_opposite_directions():
    """Half of the first round is taken and a tenth of the second, where nearly all of one group applied."""
    rounds = {"spring": {"x": (90, 180), "y": (11, 20)}, "autumn": {"x": (2, 20), "y": (22, 180)}}
    found = stratified_impact(rounds)
    assert found.together.highest == "x"
    (y,) = found.within
    assert y.turned.known
    assert y.finding.known == fairness_strata.TURNED
    assert y.odds_ratio.known > 1
    assert y.ratio.known > 1
    assert found.together.groups[1].comparison.ratio.known < 0.5
    assert [one.groups[0].rates.rate.known for one in found.rounds.values()] == [0.5, 0.1]


def test_rounds_that_agree_say_what_the_total_says():
    rounds = {name: {"x": (50, 100), "y": (30, 100)} for name in ("a", "b", "c")}
    (y,) = stratified_impact(rounds).within
    assert (y.rounds, y.n_dropped, y.turned.known) == (3, 0, False)
    assert y.ratio.known == pytest.approx(0.6)
    assert y.odds_ratio.known == pytest.approx(3 / 7)
    assert y.odds_ratio.low < 3 / 7 < y.odds_ratio.high < 1
    assert y.unequal_chi2.known == pytest.approx(0, abs=1e-9)
    assert y.finding.known == fairness.ADVERSE
    alike = {name: {"x": (50, 100), "y": (48, 100)} for name in ("a", "b")}
    assert stratified_impact(alike).within[0].finding.known == fairness.NO_SIGN


def test_rounds_that_differ_are_said_to():
    rounds = {"a": {"x": (80, 100), "y": (30, 100)}, "b": {"x": (40, 100), "y": (55, 100)}}
    (y,) = stratified_impact(rounds).within
    assert y.unequal_p.known < 0.001
    assert y.finding.known == fairness_strata.UNEQUAL


def test_one_odds_ratio_is_expected_within_the_margins_of_each_round():
    n, N, chosen = (np.array(x, float) for x in ([10, 60], [30, 40], [12, 50]))
    for odds in (0.2, 1 - 1e-13, 1.0, 1 + 1e-9, 3.0):
        e = fairness_strata._expected(n, N, chosen, odds)
        assert ((e > 0) & (e < np.minimum(n, chosen))).all()
        assert e * (N - chosen + e) / ((n - e) * (chosen - e)) == pytest.approx(odds, rel=1e-6)


def test_rounds_without_both_groups_drop_out_and_are_counted():
    rounds = {
        "a": {"x": (20, 40), "y": (15, 40)},
        "only x": {"x": (5, 30)},
        "all": {"x": (9, 9), "y": (7, 7)},
    }
    (y,) = stratified_impact(rounds).within
    assert (y.rounds, y.n_dropped) == (1, 46)
    assert (y.unequal_p.state, y.unequal_p.words) == ("undefined", fairness_strata.ONE_ROUND)
    apart = stratified_impact({"a": {"x": (20, 40)}, "b": {"y": (10, 40)}}).within[0]
    for name in ("ratio", "odds_ratio", "p", "turned", "finding"):
        one = getattr(apart, name)
        assert (one.state, one.words) == ("undefined", fairness_strata.NOTHING_SHARED)


def test_few_people_and_few_selected_are_told_nothing():
    few = stratified_impact({"a": {"x": (5, 10), "y": (4, 10)}, "b": {"x": (5, 10), "y": (4, 10)}}).within[0]
    assert (few.finding.state, few.finding.words) == ("suppressed", stated.TOO_FEW)
    rare = stratified_impact({"a": {"x": (2, 100), "y": (1, 100)}}).within[0]
    assert (rare.finding.state, rare.finding.needs) == ("suppressed", fairness.FEWEST_SELECTED)
    assert stratified_impact({"a": {"x": (0, 50), "y": (0, 50)}}).within[0].ratio.state == "undefined"
    assert stratified_impact({}).within == ()


def test_a_group_of_whom_nobody_is_selected_has_a_ratio_of_zero_and_no_interval():
    rounds = {name: {"x": (20, 50), "y": (0, 40)} for name in ("a", "b")}
    (y,) = stratified_impact(rounds).within
    assert (y.odds_ratio.known, y.odds_ratio.low, y.ratio.known) == (0.0, None, 0.0)
    assert y.finding.known == fairness.ADVERSE
    everybody = {name: {"x": (50, 50), "y": (30, 40)} for name in ("a", "b")}
    (y,) = stratified_impact(everybody).within
    assert (y.odds_ratio.known, y.turned.known) == (0.0, False)


def test_a_difference_in_the_last_bits_turns_nothing():
    rounds = {"a": {"x": (30, 100), "y": (30, 100)}, "b": {"x": (10, 100), "y": (10, 100)}}
    (y,) = stratified_impact(rounds).within
    assert y.turned.known is False
    assert y.odds_ratio.known == pytest.approx(1)
