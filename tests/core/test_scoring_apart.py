"""Whether a form tells a competency from its area, and an area from its block."""

import numpy as np
import pytest

from assessor.scoring.apart import TOLD_AT, area_reductions, competency_reductions, error_reduction, is_told
from assessor.scoring.model import PLANNING, Design, Parameters, estimate, posterior
from tests.core.slow_reference import reference_posterior

#: Three areas of a core, and one that stands alone in its block; the last competency of the first area, and
#: that of the last area, are alone.
AREA = (0, 0, 0, 1, 1, 2, 3)
BLOCK = (0, 0, 0, 0, 0, 0, 1)


def form(*counts, sigma=0.45, observed=None):
    """A form with so many items of each competency, of two formats by turns."""
    competency = tuple(k for k, count in enumerate(counts) for _ in range(count))
    n = len(competency)
    return Design(
        competency=competency,
        item_type=tuple(i % 2 for i in range(n)),
        sigma=(sigma,) * n,
        b=(0.0,) * n,
        v_b=(PLANNING.beta**2,) * n,
        observed=observed or (True,) * n,
        area=AREA,
        block=BLOCK,
    )


SHIPPED = form(2, 1, 1, 2, 1, 2, 2)
LONG = form(14, 14, 14, 14, 14, 14, 2)


def prior(parameters):
    area = np.array(AREA)
    return parameters.tau_a**2 * (area[:, None] == area) + parameters.tau_c**2 * np.eye(len(area))


def test_the_reduction_agrees_with_the_slow_reference():
    known = posterior(SHIPPED, PLANNING)
    ours = competency_reductions(known, SHIPPED, PLANNING)
    _, covariance = reference_posterior(SHIPPED, PLANNING, np.zeros(len(SHIPPED.competency)))
    for k, area in enumerate(AREA):
        w = np.eye(len(AREA))[k] - (np.array(AREA) == area) / AREA.count(area)
        before = w @ prior(PLANNING) @ w
        wanted = 0.0 if before == 0 else 1 - w @ np.asarray(covariance) @ w / before
        assert ours[k] == pytest.approx(wanted, abs=1e-6)


def test_the_reduction_is_the_share_of_the_deviation_that_estimates_recover():
    """People drawn from the model (seed 11): squared correlation of the estimated and the true deviation."""
    rng, n = np.random.Generator(np.random.PCG64(11)), 40_000
    found = competency_reductions(posterior(LONG, PLANNING), LONG, PLANNING)
    true = 0.45 + rng.multivariate_normal(np.zeros(len(AREA)), prior(PLANNING), n)
    items = np.array(LONG.competency)
    kinds = rng.normal(0, PLANNING.beta_t, (n, 2, 2))
    easy = kinds[:, np.array(LONG.item_type), np.array(BLOCK)[items]]
    noise = rng.normal(0, np.hypot(0.45, PLANNING.beta), (n, len(items)))
    means = estimate(posterior(LONG, PLANNING), true[:, items] + easy + noise, np.zeros(len(items)))
    for k, area in enumerate(AREA[:5]):
        w = np.eye(len(AREA))[k] - (np.array(AREA) == area) / AREA.count(area)
        assert np.corrcoef(means @ w, true @ w)[0, 1] ** 2 == pytest.approx(found[k], abs=0.015)


def test_a_usual_form_tells_no_competency_and_a_long_one_tells_those_that_are_not_alone():
    for made, told in ((SHIPPED, [False] * 7), (LONG, [True] * 5 + [False] * 2)):
        found = competency_reductions(posterior(made, PLANNING), made, PLANNING)
        assert [is_told(one) for one in found] == told
    assert max(competency_reductions(posterior(SHIPPED, PLANNING), SHIPPED, PLANNING)) < TOLD_AT / 2


def test_where_people_differ_more_the_same_form_tells_more_and_where_they_do_not_nothing():
    last = [0.0] * len(AREA)
    for tau_c in (0.05, 0.1, 0.2, 0.4):
        parameters = Parameters(tau_c=tau_c, source="calibration")
        found = competency_reductions(posterior(SHIPPED, parameters), SHIPPED, parameters)
        assert all(one > before for one, before in zip(found[:5], last[:5], strict=True))
        last = list(found)
    assert is_told(last[0])
    nobody = Parameters(tau_c=0.0)
    assert competency_reductions(posterior(SHIPPED, nobody), SHIPPED, nobody) == (0.0,) * len(AREA)


def test_what_is_not_measured_is_not_told_and_what_is_measured_alone_neither():
    n = len(LONG.competency)
    only = form(14, 14, 14, 14, 14, 14, 2, observed=tuple(LONG.competency[i] in (0, 3, 4) for i in range(n)))
    found = competency_reductions(posterior(only, PLANNING), only, PLANNING)
    assert [is_told(one) for one in found] == [False, False, False, True, True, False, False]
    assert found[0] == found[1] == 0.0
    assert set(area_reductions(posterior(only, PLANNING), only, PLANNING)) == {0, 1}


def test_an_area_is_told_from_its_block_and_needs_no_telling_where_it_stands_alone():
    usual = area_reductions(posterior(SHIPPED, PLANNING), SHIPPED, PLANNING)
    long = area_reductions(posterior(LONG, PLANNING), LONG, PLANNING)
    assert usual[3] == long[3] == 1.0
    assert not any(is_told(usual[area]) for area in (0, 1, 2))
    assert all(is_told(long[area]) for area in (0, 1, 2))


def test_a_difference_of_nothing_is_told_by_nothing():
    same = np.eye(len(AREA))[0]
    assert error_reduction(posterior(LONG, PLANNING), LONG, PLANNING, same, same) == 0.0


def test_the_border_itself_is_told():
    assert is_told(0.1 + 0.2)
    assert not is_told(0.299)
