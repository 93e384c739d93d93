"""Ranges whose width follows the level: agreement with a slow reference, and what holds at every level."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from assessor.scoring.levels import Z80
from assessor.scoring.model import LEVELS, PLANNING, Design, posterior
from assessor.scoring.ranges import covariance_at, error_variances, own_levels, own_variances, ranges
from tests.core.slow_reference import reference_errors

#: Two areas of the core, a gate: five competencies, eleven items.
FORM = Design(
    competency=(0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4),
    item_type=(0, 1, 0, 2, 1, 0, 2, 1, 1, 0, 2),
    sigma=(0.65, 0.5, 0.44, 0.4, 0.6, 0.5, 0.45, 0.5, 0.55, 0.6, 0.4),
    b=(0.0, 0.1, -0.05, 0.0, 0.0, 0.02, 0.0, 0.0, 0.1, 0.0, 0.0),
    v_b=(0.0225,) * 11,
    observed=(True,) * 10 + (False,),
    area=(0, 0, 1, 1, 2),
    block=(0, 0, 0, 0, 1),
)
SLOPES = np.linspace(0.3, 1.6, 11)
SPREADS = tuple(
    tuple(sigma * np.sqrt(np.maximum(1 - slope * (np.array(LEVELS) - 0.5), 0.02)).round(6))
    for sigma, slope in zip(FORM.sigma, SLOPES, strict=True)
)
LEVELLED = replace(FORM, spreads=SPREADS)
WEIGHTS = np.array([0.3, 0.2, 0.3, 0.2, 0.0])


def test_error_variances_at_every_level_agree_with_the_slow_reference():
    known = posterior(LEVELLED, PLANNING)
    for step in range(len(LEVELS)):
        errors = reference_errors(FORM, PLANNING, [row[step] for row in SPREADS])
        for w in (*np.eye(5), WEIGHTS):
            ours = error_variances(known, LEVELLED, w)[step]
            assert ours == pytest.approx(w @ errors @ w, abs=1e-8)


def test_one_spread_at_every_level_is_the_posterior_of_the_model():
    known = posterior(FORM, PLANNING)
    assert error_variances(known, FORM, WEIGHTS) == pytest.approx(WEIGHTS @ known.C @ WEIGHTS)
    low, high = ranges(0.4, error_variances(known, FORM, WEIGHTS))
    se = np.sqrt(WEIGHTS @ known.C @ WEIGHTS)
    assert (low, high) == (pytest.approx(0.4 - Z80 * se), pytest.approx(0.4 + Z80 * se))


@pytest.mark.parametrize("w", [*np.eye(5), WEIGHTS], ids=str)
def test_the_ends_of_a_range_are_where_the_estimate_would_be_a_tenth_point(w):
    variances = error_variances(posterior(LEVELLED, PLANNING), LEVELLED, w)

    def se(level):
        return np.sqrt(np.interp(level, LEVELS, variances))

    for x in (-0.4, 0.0, 0.13, 0.5, 0.77, 0.98, 1.3):
        low, high = ranges(x, variances)
        wanted_low = brentq(lambda g, x=x: g + Z80 * se(g) - x, -3, x, xtol=1e-13)
        wanted_high = brentq(lambda g, x=x: g - Z80 * se(g) - x, x, 4, xtol=1e-13)
        assert (low, high) == (pytest.approx(wanted_low, abs=1e-6), pytest.approx(wanted_high, abs=1e-6))
        assert low < x < high


def test_a_range_rises_with_its_estimate_and_many_are_those_of_each_alone():
    variances = error_variances(posterior(LEVELLED, PLANNING), LEVELLED, WEIGHTS)
    x = np.linspace(-0.5, 1.5, 401)
    low, high = ranges(x, variances)
    assert (np.diff(low) > 0).all()
    assert (np.diff(high) > 0).all()
    assert [float(end) for end in ranges(x[77], variances)] == [low[77], high[77]]


def test_errors_are_given_at_each_ones_own_level_and_no_block_changes_another():
    known = posterior(LEVELLED, PLANNING)
    means = np.array([[0.2, 0.3, 0.1, 0.2, 0.9], [0.8, 0.9, 0.8, 0.7, 0.1], [1.2, 1.3, 1.1, 1.2, -0.4]])
    levels = own_levels(known, LEVELLED, means)
    assert levels[0] == pytest.approx([0.2, 0.2, 0.2, 0.2, 0.9])
    assert levels[2] == pytest.approx([1.0, 1.0, 1.0, 1.0, 0.0])
    for mean, level in zip(means, levels, strict=True):
        errors = covariance_at(known, LEVELLED, level)
        own = own_variances(known, LEVELLED, mean[None, :], WEIGHTS)[0]
        assert own == pytest.approx(WEIGHTS @ errors @ WEIGHTS, abs=1e-12)
        assert (errors[:4, 4] == 0).all()
    moved = means.copy()
    moved[:, 4] = 0.5
    assert (
        own_variances(known, LEVELLED, moved, WEIGHTS) == own_variances(known, LEVELLED, means, WEIGHTS)
    ).all()


@pytest.mark.parametrize("spreads", [SPREADS[:-1], (*SPREADS[:-1], (0.5,)), (*SPREADS[:-1], (-1.0,) * 11)])
def test_spreads_that_are_none_are_refused(spreads):
    with pytest.raises(ValueError, match="spreads"):
        replace(FORM, spreads=spreads)
