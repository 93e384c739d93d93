"""The scoring model: agreement with a slow second implementation, and the properties that reports rely on."""

import math
from dataclasses import replace

import numpy as np
import pytest

from assessor.scoring.levels import Z80
from assessor.scoring.model import (
    PLANNING,
    Design,
    Parameters,
    borrowing,
    estimate,
    expected_errors,
    linear,
    posterior,
)
from tests.core.slow_reference import reference_posterior

ITEM_FIELDS = ("competency", "item_type", "sigma", "b", "v_b", "observed")
CORE, GATE, DOMAIN = 0, 1, 2
#: 3 core areas of 4, 3 and 3 competencies, a gate of 3, a domain of 2.
AREA = (0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4)
BLOCK = (*[CORE] * 10, *[GATE] * 3, *[DOMAIN] * 2)


def random_form(rng, calibrated=True):
    """A form of 1 to 30 items with holes: unobserved items, unmeasured competencies, tiny or empty blocks."""
    n_blocks = int(rng.integers(1, 4))
    area, block = [], []
    for one in range(n_blocks):
        for a in range(int(rng.integers(1, 4))):
            size = int(rng.integers(1, 4))
            area += [10 * one + a] * size
            block += [one] * size
    n = int(rng.integers(1, 31))
    return Design(
        competency=tuple(rng.integers(0, len(area), n).tolist()),
        item_type=tuple(rng.integers(0, 5, n).tolist()),
        sigma=tuple(rng.uniform(0.2, 0.9, n).tolist()),
        b=tuple((rng.normal(0, 0.15, n) * calibrated).tolist()),
        v_b=tuple((rng.uniform(0, 0.04, n) * (rng.random(n) < 0.8)).tolist()),
        observed=(True, *(rng.random(n - 1) < 0.85).tolist()),
        area=tuple(area),
        block=tuple(block),
    )


def random_parameters(rng):
    tau_a, tau_c, beta_t = (rng.uniform(0.02, 0.3, 3) * (rng.random(3) < 0.85)).tolist()
    return Parameters(tau_a=tau_a, tau_c=tau_c, beta_t=beta_t, source="test")


def seeded_forms(count, seed):
    rng = np.random.default_rng(seed)
    for i in range(count):
        design = random_form(rng)
        parameters = PLANNING if i % 4 == 0 else random_parameters(rng)
        scores = rng.normal(0.5, 0.5, len(design.competency))
        scores[~np.array(design.observed)] = np.nan
        yield design, parameters, scores


def even_form(n, competencies=range(15), types=4):
    """Items dealt out over the competencies in turn, with sigmas as of the shipped item types."""
    competencies = list(competencies)
    sigmas = (0.65, 0.50, 0.44, 0.40)
    return Design(
        competency=tuple(competencies[i % len(competencies)] for i in range(n)),
        item_type=tuple(i % types for i in range(n)),
        sigma=tuple(sigmas[i % types] for i in range(n)),
        b=(0.0,) * n,
        v_b=(PLANNING.beta**2,) * n,
        observed=(True,) * n,
        area=AREA,
        block=BLOCK,
    )


def test_estimates_agree_with_the_slow_reference_on_random_forms():
    worst = 0.0
    for design, parameters, scores in seeded_forms(200, seed=1):
        known = posterior(design, parameters)
        mean, covariance = reference_posterior(design, parameters, scores)
        measured = np.array(known.measured)
        assert (measured == ~np.isnan(mean)).all()
        both = np.ix_(measured, measured)
        worst = max(
            worst,
            np.abs(estimate(known, scores, design.b) - mean)[measured].max(),
            np.abs(known.C - covariance)[both].max(),
        )
    assert worst < 1e-6


def test_random_forms_hold_the_awkward_cases():
    forms = [design for design, _, _ in seeded_forms(200, seed=1)]
    blocks = [[d.block[k] for k, o in zip(d.competency, d.observed, strict=True) if o] for d in forms]
    assert any(not all(d.observed) for d in forms)
    assert any(any(items.count(block) == 1 for block in items) for items in blocks)
    assert any(set(d.block) - set(items) for d, items in zip(forms, blocks, strict=True))
    assert any(0.0 in d.v_b for d in forms)


def test_blocks_lend_each_other_exactly_nothing():
    for design, parameters, scores in seeded_forms(60, seed=2):
        known = posterior(design, parameters)
        block = np.array(design.block)
        of_item = block[np.array(design.competency)]
        assert (known.A[block[:, None] != of_item] == 0).all()
        assert (known.C[block[:, None] != block] == 0).all()
        other = np.where(of_item == block[0], scores, scores * -7.3 + 2)
        before, after = (estimate(known, s, design.b) for s in (scores, other))
        assert (before[block == block[0]] == after[block == block[0]]).all()


def test_the_same_core_answers_give_the_same_core_estimates_under_any_domain():
    core = even_form(27, range(10))
    rng = np.random.default_rng(3)
    scores = rng.normal(0.5, 0.4, 27)
    alone = posterior(core, PLANNING)
    expected = estimate(alone, scores, core.b)[:10]
    for domain_items in (1, 6, 13):
        extra = even_form(domain_items, (10, 11, 12, 13, 14))
        joined = replace(core, **{f: getattr(core, f) + getattr(extra, f) for f in ITEM_FIELDS})
        known = posterior(joined, PLANNING)
        answers = np.concatenate([scores, rng.normal(0.5, 0.4, domain_items)])
        assert np.abs(estimate(known, answers, joined.b)[:10] - expected).max() < 1e-15
        assert np.abs(known.C[:10, :10] - alone.C[:10, :10]).max() < 1e-15


def test_the_order_of_the_items_does_not_matter():
    rng = np.random.default_rng(4)
    for design, parameters, scores in seeded_forms(40, seed=4):
        order = rng.permutation(len(scores))
        shuffled = replace(design, **{f: tuple(getattr(design, f)[i] for i in order) for f in ITEM_FIELDS})
        one, other = posterior(design, parameters), posterior(shuffled, parameters)
        assert np.allclose(one.C, other.C, atol=1e-12, rtol=0)
        means = estimate(one, scores, design.b), estimate(other, scores[order], shuffled.b)
        assert np.allclose(*means, atol=1e-12, rtol=0)


def test_the_estimate_is_linear_in_the_scores_and_the_same_for_one_or_many_people():
    for design, parameters, scores in seeded_forms(40, seed=5):
        known = posterior(design, parameters)
        other = np.cos(np.arange(len(scores)))
        mixed = estimate(known, 0.3 * scores + 0.7 * other, design.b)
        parts = 0.3 * estimate(known, scores, design.b) + 0.7 * estimate(known, other, design.b)
        assert np.allclose(mixed, parts, atol=1e-12, rtol=0)
        both = estimate(known, np.stack([scores, other]), design.b)
        assert both.shape == (2, len(design.area))
        assert np.allclose(both[1], estimate(known, other, design.b), atol=1e-12, rtol=0)


def test_the_weights_of_an_estimate_sum_to_one_and_unobserved_items_have_none():
    for design, parameters, _ in seeded_forms(60, seed=6):
        known = posterior(design, parameters)
        measured = np.array(known.measured)
        assert np.allclose(known.A.sum(axis=1), measured.astype(float), atol=1e-12, rtol=0)
        assert (known.A[:, ~np.array(design.observed)] == 0).all()
        assert (known.A[~measured] == 0).all()
        assert (known.C[~measured] == 0).all()


def test_the_covariance_is_symmetric_and_positive_semidefinite():
    for design, parameters, _ in seeded_forms(60, seed=7):
        known = posterior(design, parameters)
        assert np.array_equal(known.C, known.C.T)
        assert np.linalg.eigvalsh(known.C).min() > -1e-12
        assert (np.diagonal(known.C)[np.array(known.measured)] > 0).all()


def test_an_all_key_sheet_is_one_everywhere_and_guessing_zero():
    for n in (10, 40):
        form = even_form(n)
        known = posterior(form, PLANNING)
        measured = np.array(known.measured)
        assert np.allclose(estimate(known, np.ones(n), form.b)[measured], 1.0, atol=1e-12, rtol=0)
        assert (estimate(known, np.zeros(n), form.b) == 0.0).all()


def test_more_items_never_raise_a_standard_error():
    for design, parameters, _ in seeded_forms(60, seed=8):
        more = replace(design, observed=(True,) * len(design.observed))
        small, large = posterior(design, parameters), posterior(more, parameters)
        kept = np.ix_(small.measured, small.measured)
        assert np.linalg.eigvalsh((small.C - large.C)[kept]).min() > -1e-12


def people(design, g, count, rng, type_effects_across_blocks):
    """True thetas and scores of people whom the model itself describes, with effects fresh per person."""
    area, block = np.array(design.area), np.array(design.block)
    competency, item_type = np.array(design.competency), np.array(design.item_type)
    theta = g + rng.normal(0, PLANNING.tau_a, (count, area.max() + 1))[:, area]
    theta += rng.normal(0, PLANNING.tau_c, theta.shape)
    m = rng.normal(0, PLANNING.beta_t, (count, block.max() + 1, item_type.max() + 1))
    of_block = np.zeros_like(item_type) if type_effects_across_blocks else block[competency]
    scores = theta[:, competency] + m[:, of_block, item_type]
    scores += rng.normal(0, np.sqrt(np.array(design.v_b)), scores.shape)
    scores += rng.normal(0, np.array(design.sigma), scores.shape)
    return theta, scores


def weight_vectors(design):
    """Every measured competency, every area (equal weights) and a composite over core and domain."""
    measured = np.zeros(len(design.area), dtype=bool)
    measured[list(design.competency)] = True
    vectors = [row for row in np.eye(len(design.area)) if measured @ row]
    areas = [(np.array(design.area) == a) & measured for a in sorted(set(design.area))]
    vectors += [a / a.sum() for a in areas if a.any()]
    fit = (np.array(design.block) != GATE) & measured
    return np.array([*vectors, fit / fit.sum()])


@pytest.mark.parametrize("across", [False, True], ids=["types within blocks", "types across blocks"])
@pytest.mark.parametrize("g", [0.35, 0.55])
@pytest.mark.parametrize("n", [10, 40])
def test_80_percent_intervals_hold_80_percent_of_people(n, g, across):
    """Type effects across blocks, which the model leaves out on purpose, do not cost the coverage."""
    design = even_form(n, (0, 4, 7, 10, 13) if n == 10 else range(15))
    theta, scores = people(design, g, 20_000, np.random.default_rng(int(n + 100 * g)), across)
    known = posterior(design, PLANNING)
    vectors = weight_vectors(design)
    errors = np.array(expected_errors(design, PLANNING, list(vectors)))
    misses = (estimate(known, scores, design.b) - theta) @ vectors.T
    coverage = (np.abs(misses) <= Z80 * errors).mean(axis=0)
    assert coverage.min() > 0.78
    assert coverage.max() < 0.82


def test_linear_gives_the_estimate_and_error_of_a_weighted_sum():
    value, se = linear([0.2, 0.6], [[0.04, 0.01], [0.01, 0.09]], [0.5, 0.5])
    assert value == pytest.approx(0.4, abs=1e-15)
    assert se == pytest.approx(math.sqrt(0.0375), abs=1e-15)


def test_a_weight_on_an_unmeasured_competency_is_refused_and_not_counted_as_guessing():
    design = even_form(3, (0, 1, 4))
    known = posterior(design, PLANNING)
    mean = estimate(known, [1, 1, 1], design.b)
    weights = np.zeros(15)
    weights[[0, 4]] = 0.5
    assert linear(mean, known.C, weights)[0] == pytest.approx(1.0)
    weights[2] = 0.5
    with pytest.raises(ValueError, match="competency 2 has a weight but is not measured"):
        linear(mean, known.C, weights)
    with pytest.raises(ValueError, match="competency 2 "):
        expected_errors(design, PLANNING, [weights])


def test_borrowing_says_what_an_estimate_rests_on():
    design = even_form(40)
    known = posterior(design, PLANNING)
    for k in range(15):
        shares = borrowing(known, design, k)
        assert sum(shares) == pytest.approx(1.0, abs=1e-12)
        assert all(0 <= share <= 1 for share in shares)
    row = known.A[0]
    assert (row[np.array(design.block)[np.array(design.competency)] == CORE] > 0).all()
    own = row[np.array(design.competency) == 0].sum()
    assert borrowing(known, design, 0)[0] == pytest.approx(own, abs=1e-12)
    assert borrowing(known, design, 0)[0] > 0.2


def test_an_estimate_alone_in_its_block_rests_on_itself():
    design = even_form(4, (0, 1, 4, 13))
    known = posterior(design, PLANNING)
    assert borrowing(known, design, 13) == (1.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="competency 2 is not measured"):
        borrowing(known, design, 2)


def test_a_form_that_nobody_answered_measures_nothing():
    design = replace(even_form(6), observed=(False,) * 6)
    known = posterior(design, PLANNING)
    assert not any(known.measured)
    assert (estimate(known, [math.nan] * 6, design.b) == 0).all()


def test_an_observed_item_without_a_score_is_refused():
    design = replace(even_form(3), observed=(True, True, False))
    known = posterior(design, PLANNING)
    assert np.isfinite(estimate(known, [0.5, 0.5, math.nan], design.b)).all()
    with pytest.raises(ValueError, match="an observed item has no score"):
        estimate(known, [0.5, math.nan, 0.5], design.b)


def test_the_posterior_is_cached_and_read_only():
    known = posterior(even_form(12), PLANNING)
    assert posterior(even_form(12), Parameters()) is known
    assert posterior(even_form(12), Parameters(tau_a=0.2)) is not known
    for array in (known.A, known.C, known.observed):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sigma": (0.5,)}, "sigma has 1 entries, competency has 2"),
        ({"observed": [True, True]}, "observed must be a tuple, not a list"),
        ({"block": (0,)}, "block has 1 entries, area has 15"),
        ({"competency": (0, 15)}, "competency of item 1 must be between 0 and 14, not 15"),
        ({"competency": (-1, 0)}, "competency of item 0 "),
        ({"sigma": (0.5, 0.0)}, "sigma of item 1 must be a finite number above 0"),
        ({"sigma": (math.nan, 0.5)}, "sigma of item 0 "),
        ({"b": (0.0, math.inf)}, "b of item 1 must be a finite number"),
        ({"v_b": (-0.1, 0.1)}, "v_b of item 0 must be a finite number of at least 0"),
        ({"block": (0,) * 9 + (1,) * 6}, "area 2 lies in blocks 0 and 1: it must lie in one"),
    ],
)
def test_a_form_that_the_model_cannot_mean_is_refused_by_name(change, message):
    with pytest.raises(ValueError, match=message):
        replace(even_form(2), **change)


@pytest.mark.parametrize("name", ["tau_a", "tau_c", "beta", "beta_t"])
@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
def test_a_parameter_that_is_no_standard_deviation_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a finite number of at least 0"):
        Parameters(**{name: value})
