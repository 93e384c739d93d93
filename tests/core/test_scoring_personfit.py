"""Person fit: against a slow reference, for people of the model, and what it leaves alone.

What it says of people who answer the shipped questions stands in ``test_said_comes_true``.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import gamma

from assessor.items._chance import HIGHEST as HIGHEST_SIMULATED
from assessor.scoring import personfit
from assessor.scoring.model import LEVELS, PLANNING, estimate, posterior
from assessor.scoring.personfit import HIGHEST, LEAST, PersonFit, person_fit
from tests.core.slow_reference import reference_gain
from tests.core.test_scoring_model import even_form
from tests.core.test_scoring_ranges import LEVELLED

#: All but the last of eleven items are observed.
OBSERVED = np.array(LEVELLED.observed)


def fit_of(form, scores, answered=None):
    """That of each row of scores."""
    mean = estimate(posterior(form, PLANNING), scores, form.b)
    flags = np.ones(scores.shape, dtype=bool) if answered is None else answered
    return [
        person_fit(form, PLANNING, one, of_one, given)
        for one, of_one, given in zip(scores, mean, flags, strict=True)
    ]


def slow_fit(design, parameters, scores, answered):
    """The same from the text of the module, by loops, with the gains of the slow reference."""
    p, n = parameters, len(scores)
    gain = np.nan_to_num(reference_gain(design, parameters))
    mean = gain @ np.where(design.observed, scores - np.array(design.b), 0.0)
    total, variance, count = 0.0, 0.0, 0
    for block in set(design.block):
        measured = {
            k for i, k in enumerate(design.competency) if design.observed[i] and design.block[k] == block
        }
        level = round(min(max(np.mean([mean[k] for k in measured]), 0.0), 1.0) * 20) / 20
        items = [i for i in range(n) if design.observed[i] and design.competency[i] in measured]
        higher, differ = personfit._below_the_key(level, p)
        noise = [np.interp(higher, LEVELS, np.square(design.spreads[i])) for i in items]
        q = personfit._fourth_cumulants(level, np.array(noise))
        covariance = np.zeros((len(items), len(items)))
        for a, i in enumerate(items):
            for b, j in enumerate(items):
                k, other = design.competency[i], design.competency[j]
                shared = p.tau_a**2 * (design.area[k] == design.area[other]) + p.tau_c**2 * (k == other)
                shared += p.beta_t**2 * (design.item_type[i] == design.item_type[j])
                shared += design.v_b[i] * (i == j)
                covariance[a, b] = differ * shared + noise[a] * (i == j)
        left = np.array([[(i == j) - gain[design.competency[i], j] for j in items] for i in items])
        of_residuals = left @ covariance @ left.T
        for a, i in enumerate(items):
            if answered[i] and of_residuals[a, a] > 1e-9:
                total += (scores[i] - design.b[i] - mean[design.competency[i]]) ** 2 / of_residuals[a, a]
                count += 1
                for b, j in enumerate(items):
                    if answered[j] and of_residuals[b, b] > 1e-9:
                        both = of_residuals[a, a] * of_residuals[b, b]
                        variance += 2 * of_residuals[a, b] ** 2 / both
                        variance += (
                            sum(q[c] * left[a, c] ** 2 * left[b, c] ** 2 for c in range(len(items))) / both
                        )
    scale = variance / count
    return total / count, gamma.sf(total, count / scale, scale=scale)


def test_it_agrees_with_the_slow_reference():
    lots = np.random.default_rng(1)
    for level in (0.05, 0.4, 0.9):
        scores = lots.normal(level, 0.5, (3, 11))
        answered = np.tile(OBSERVED, (3, 1))
        answered[1, 3] = False
        for one, scored, given in zip(fit_of(LEVELLED, scores, answered), scores, answered, strict=True):
            mean_square, p = slow_fit(LEVELLED, PLANNING, scored, given)
            assert one.n == given.sum() - 1, "the only answer of the gate is its own estimate"
            assert one.mean_square == pytest.approx(mean_square, abs=1e-6)
            assert one.p == pytest.approx(p, abs=1e-6)


def test_its_mean_and_variance_are_those_of_people_of_the_model(monkeypatch):
    """With normal answers, which have no fourth cumulant and are cut nowhere, both are exact."""
    monkeypatch.setattr(personfit, "_fourth_cumulants", lambda level, variances: 0 * variances)
    monkeypatch.setattr(personfit, "_below_the_key", lambda level, p: (level, 1.0))
    personfit._expectations.cache_clear()
    design, lots, n = even_form(30), np.random.default_rng(2), 3_000
    k, kind, p = np.array(design.competency), np.array(design.item_type), PLANNING
    scores = 0.5 + p.tau_a * lots.standard_normal((n, 5))[:, np.array(design.area)[k]]
    scores += p.tau_c * lots.standard_normal((n, 15))[:, k] + p.beta * lots.standard_normal((n, 30))
    of_types = p.beta_t * lots.standard_normal((n, 3, 4))
    scores += of_types[:, np.array(design.block)[k], kind]
    scores += np.array(design.sigma) * lots.standard_normal((n, 30))
    found = fit_of(design, scores)
    personfit._expectations.cache_clear()
    assert np.mean([one.mean_square for one in found]) == pytest.approx(1.0, abs=0.02)
    assert np.mean([one.p < 0.5 for one in found]) == pytest.approx(0.5, abs=0.03)
    assert np.mean([one.p < 0.05 for one in found]) == pytest.approx(0.05, abs=0.012)


def test_few_answers_say_nothing_and_blanks_are_no_answers():
    scores = np.random.default_rng(3).normal(0.4, 0.4, (1, 11))
    few = np.array([OBSERVED & (np.arange(11) < LEAST - 1)])
    assert fit_of(LEVELLED, scores, few) == [None]
    (whole,) = fit_of(LEVELLED, scores, OBSERVED[None, :])
    (less,) = fit_of(LEVELLED, scores, (OBSERVED & (np.arange(11) != 2))[None, :])
    assert less.n == whole.n - 1
    assert less.mean_square != whole.mean_square


def test_the_order_of_the_items_says_nothing():
    scores = np.random.default_rng(4).normal(0.4, 0.4, (1, 11))
    turned = replace(
        LEVELLED,
        **{
            name: getattr(LEVELLED, name)[::-1]
            for name in ("competency", "item_type", "sigma", "b", "v_b", "observed", "spreads")
        },
    )
    (one,), (other,) = (
        fit_of(form, given, flags[None, :])
        for form, given, flags in ((LEVELLED, scores, OBSERVED), (turned, scores[:, ::-1], OBSERVED[::-1]))
    )
    assert isinstance(one, PersonFit)
    assert one.mean_square == pytest.approx(other.mean_square)
    assert one.p == pytest.approx(other.p)


def test_expected_scores_end_where_those_of_simulated_people_do():
    assert HIGHEST == HIGHEST_SIMULATED
    assert personfit._below_the_key(0.3, PLANNING) == (
        pytest.approx(0.3, abs=0.01),
        pytest.approx(1.0, abs=0.03),
    )
    level, left = personfit._below_the_key(0.9, PLANNING)
    assert level > 0.95
    assert left < 0.5
