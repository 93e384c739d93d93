"""Scores of parts of a test: what they are worth beside the whole, and where nothing can be said."""

import math

import numpy as np
import pytest

from assessor.statistics import stated, subscores
from assessor.statistics.items import matched
from tests.core.test_statistics_items import ids


def two_parts(n, rng, shared):
    """Two parts of 12 items each; their abilities correlate `shared`."""
    first = rng.normal(size=n)
    second = shared * first + math.sqrt(1 - shared**2) * rng.normal(size=n)
    noise = rng.normal(0, 1.2, (n, 24))
    return matched(np.column_stack([np.tile(first, (12, 1)).T, np.tile(second, (12, 1)).T]) + noise, ids(24))


PARTS = ["a"] * 12 + ["b"] * 12


def test_distinct_parts_have_value_and_twins_have_none():
    rng = np.random.default_rng(16)
    apart = subscores.subscores(two_parts(800, rng, 0.2), PARTS, rng=np.random.default_rng(1), draws=60)
    assert [one.has_value.known for one in apart] == [True, True]
    assert apart[0].gain.low < apart[0].gain.known < apart[0].gain.high
    assert apart[0].gain.low > 0
    twins = subscores.subscores(two_parts(800, rng, 1.0), PARTS)
    assert [one.has_value.known for one in twins] == [False, False]
    assert twins[0].gain.low is None


def test_haberman_by_hand():
    """Two parts with variance 10, reliability .8 and covariance 6: 14^2 / (8 * 32)."""
    cell = subscores._prmse(0.8, np.array([8.0, 6.0]), np.array([10.0, 6.0]), 0, 32.0)
    assert cell[0] == pytest.approx(0.7656, abs=5e-5)
    assert cell[1] > 0.8
    # A part that is the whole has nothing to add; a whole that predicts more than there is says nothing.
    assert subscores._prmse(0.8, np.array([8.0, 2.0]), np.array([10.0, 0.0]), 0, 10.0)[1] is None
    assert subscores._prmse(0.1, np.array([1.0, 9.0]), np.array([10.0, 0.0]), 0, 10.0)[0] is None
    assert subscores._prmse(0.1, np.array([1.0, 9.0]), np.array([10.0, 9.0]), 0, 28.0) == (None, None, None)


def test_a_share_slightly_above_one_is_given_as_one_and_flagged():
    rng = np.random.default_rng(1)
    seen = []
    for _ in range(20):
        short, _ = subscores.subscores(two_parts(500, rng, 1.0), ["a"] * 2 + ["b"] * 22)
        seen.append(short.prmse_whole.words)
        if short.prmse_whole.words == subscores.SLIGHTLY_ABOVE_ONE:
            assert short.prmse_whole.known == 1
            assert short.gain.known == pytest.approx(short.prmse_part.known - 1)
        assert short.has_value.known is False
    assert 0 < seen.count(subscores.SLIGHTLY_ABOVE_ONE) < 20
    against = subscores._judged(
        np.array([[1.0, 0.5, -0.3], [0.5, 1.0, -0.3], [-0.3, -0.3, 1.0]]), np.array([0, 0, 1])
    )
    assert min(against.weights[0]) < 0
    flagged = subscores._subscore("a", against, 0, 0.0, None, 10, 0).weights
    assert flagged.words == subscores.NEGATIVE_WEIGHT


def test_kelley_by_hand():
    assert subscores.kelley(15, 10, 0.8) == 14
    assert subscores.kelley_se(5, 0.8) == pytest.approx(2)
    assert subscores.kelley_se(5, -0.1) == 0


def test_parts_are_judged_from_enough_people_on_one_form_only():
    rng = np.random.default_rng(17)
    few = subscores.subscores(two_parts(499, rng, 0.2), PARTS, rng=rng)
    assert {one.has_value.state for one in few} == {"suppressed"}
    m = two_parts(600, rng, 0.2)
    scores = m.scores.copy()
    scores[0, 0] = np.nan
    gaps = subscores.subscores(matched(scores, ids(24)), PARTS)
    assert {one.prmse_part.words for one in gaps} == {stated.OTHER_FORMS}
    nobody = subscores.subscores(matched(np.zeros((1, 24)), ids(24)), PARTS, needs=0)
    assert nobody[0].mean.words == stated.NO_VARIANCE
    for parts in (PARTS[:-1], ["a"] * 24):
        with pytest.raises(ValueError):
            subscores.subscores(m, parts)


def test_a_part_that_measures_nothing_has_no_value():
    rng = np.random.default_rng(18)
    m = two_parts(600, rng, 0.3)
    scores = m.scores.copy()
    scores[:, 1] = -scores[:, 0]
    scores[:, 2] = 1.0
    parts = ["flip", "flip", "single", *["rest"] * 21]
    found = {
        one.part: one
        for one in subscores.subscores(
            matched(scores, ids(24)), parts, rng=np.random.default_rng(2), draws=20
        )
    }
    assert found["single"].reliability.words == stated.TOO_FEW_ITEMS
    for part in ("flip", "single"):
        assert found[part].prmse_part.words == subscores.NOT_RELIABLE
        assert found[part].has_value.known is False
        assert found[part].gain.low is None
    assert found["rest"].prmse_part.state == "value"
