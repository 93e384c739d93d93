"""Calibration: it finds what answers were drawn from, says how surely, and refuses what it cannot say."""

import json
import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from assessor.scoring.model import PLANNING, estimate, posterior
from assessor.statistics import likelihood
from assessor.statistics.calibrate import (
    NO_REFERENCE,
    NOT_CONVERGED,
    NOT_TOLD_APART,
    REFERENCE_TOO_FEW,
    TOO_FEW,
    TOO_UNCERTAIN,
    NotCalibrated,
    calibrate,
    calibrated,
    from_json,
    to_json,
)
from tests.core.test_scoring_model import CORE, even_form

MU, S = (0.45, 0.30, 0.55), 0.15
TAU_A, TAU_C = 0.14, 0.08


def names(n):
    return [f"item-{i}" for i in range(n)]


def drawn(people, n, *, missing=0.0, seed=1):
    """Scores from the model with values that are not the planning ones: design, scores, b and sigma."""
    rng = np.random.default_rng(seed)
    design = even_form(n)
    k = np.array(design.competency)
    area, block = np.array(design.area)[k], np.array(design.block)[k]
    b = 0.15 * rng.standard_normal(n)
    for one in np.unique(block):
        b[block == one] -= b[block == one].mean()
    sigma = np.array(design.sigma) * np.exp(0.2 * rng.standard_normal(n))
    scores = np.array(MU)[block] + b + S * rng.standard_normal((people, 3))[:, block]
    scores += TAU_A * rng.standard_normal((people, 5))[:, area]
    scores += TAU_C * rng.standard_normal((people, 15))[:, k]
    scores += sigma * rng.standard_normal((people, n))
    scores[rng.random((people, n)) < missing] = np.nan
    return design, scores, b, sigma


def core_items(design):
    return [f"item-{i}" for i, k in enumerate(design.competency) if design.block[k] == CORE]


def of(scores, design, **changes):
    n = len(design.competency)
    asked = {"reference": core_items(design), "core": CORE, "name": "test", "planning": PLANNING} | changes
    return calibrate(scores, design, names(n), [f"type-{t}" for t in design.item_type], **asked)


@cache
def large():
    design, scores, b, sigma = drawn(2000, 40)
    return design, b, sigma, of(scores, design)


def column(calibration, n, field):
    return np.array([getattr(calibration.items[name], field) for name in names(n)])


def test_it_recovers_what_two_thousand_people_were_drawn_from():
    _, b, sigma, found = large()
    assert column(found, 40, "b") == pytest.approx(b, abs=0.045)
    assert np.sqrt(np.mean((column(found, 40, "b") - b) ** 2)) < 0.015
    assert column(found, 40, "sigma") == pytest.approx(sigma, rel=0.08)
    assert math.sqrt(found.tau_a2) == pytest.approx(TAU_A, abs=0.015)
    assert math.sqrt(found.tau_c2) == pytest.approx(TAU_C, abs=0.02)
    assert [one.mu for one in found.general] == pytest.approx(MU, abs=0.025)
    assert [one.s for one in found.general] == pytest.approx([S] * 3, abs=0.035)


def test_it_recovers_from_an_incomplete_matrix():
    design, scores, b, sigma = drawn(1500, 40, missing=0.4, seed=2)
    found = of(scores, design)
    assert np.sqrt(np.mean((column(found, 40, "b") - b) ** 2)) < 0.025
    assert np.sqrt(np.mean((column(found, 40, "sigma") / sigma - 1) ** 2)) < 0.06
    assert math.sqrt(found.tau_a2) == pytest.approx(TAU_A, abs=0.025)
    assert column(found, 40, "n").sum() == (~np.isnan(scores)).sum()


def test_errors_are_as_large_as_they_say():
    """Over forty small rounds the standardised errors of every kind of estimate have a mean square near 1."""
    z = {name: [] for name in ("b_ml", "b", "sigma", "tau_a2", "s", "mu")}
    for seed in range(40):
        design, scores, b, sigma = drawn(300, 30, seed=100 + seed)
        # Three forms, each without every sixth item.
        scores[(np.arange(300)[:, None] + np.arange(30)) % 6 == np.arange(300)[:, None] % 3] = np.nan
        found = of(scores, design)
        z["b_ml"].append((column(found, 30, "b_ml") - b) / column(found, 30, "b_se"))
        z["b"].append((column(found, 30, "b") - b) / np.sqrt(column(found, 30, "v_b")))
        z["sigma"].append((column(found, 30, "sigma") - sigma) / column(found, 30, "sigma_se"))
        z["tau_a2"].append((found.tau_a2 - TAU_A**2) / found.tau_a2_se)
        z["s"].append((found.general[CORE].s - S) / found.general[CORE].s_se)
        z["mu"].append((found.general[CORE].mu - MU[CORE]) / found.general[CORE].mu_se)
    squares = {name: float(np.mean(np.square(values))) for name, values in z.items()}
    assert all(0.8 < squares[name] < 1.25 for name in ("b_ml", "b", "sigma")), squares
    assert all(0.5 < squares[name] < 1.7 for name in ("tau_a2", "s", "mu")), squares


def small_answers():
    design, scores, _, _ = drawn(120, 15, missing=0.3, seed=3)
    answers = likelihood.answers_of(scores, design, np.arange(15))
    return design, scores, answers, likelihood._start(answers, PLANNING)


def test_the_likelihood_is_that_of_the_covariances_written_out():
    design, scores, answers, spread = small_answers()
    found = likelihood._step(answers, spread).log_likelihood
    k = np.array(design.competency)
    area, block = np.array(design.area)[k], np.array(design.block)[k]
    whole = spread.s2[0] * (block[:, None] == block) + spread.tau_a2 * (area[:, None] == area)
    whole = whole + spread.tau_c2 * (k[:, None] == k) + np.diag(spread.sigma2)
    slow = 0.0
    for row in scores:
        at = np.flatnonzero(~np.isnan(row))
        if at.size:
            slow += multivariate_normal(spread.mean[at], whole[np.ix_(at, at)]).logpdf(row[at])
    assert found == pytest.approx(slow, abs=1e-8)


def test_the_information_is_that_of_the_covariances_written_out():
    design, scores, answers, spread = small_answers()
    of_means, of_variances = likelihood.information(answers, spread)
    k = np.array(design.competency)
    area, block = np.array(design.area)[k], np.array(design.block)[k]
    kinds = [*(np.diag(np.eye(15)[i]) for i in range(15))]
    kinds += [((block[:, None] == block) & (block == one)).astype(float) for one in range(3)]
    kinds += [(area[:, None] == area).astype(float), (k[:, None] == k).astype(float)]
    variances = [*spread.sigma2, *spread.s2, spread.tau_a2, spread.tau_c2]
    whole = sum(v * kind for v, kind in zip(variances, kinds, strict=True))
    slow_means, slow = np.zeros((15, 15)), np.zeros((20, 20))
    for row in scores:
        at = np.ix_(*[np.flatnonzero(~np.isnan(row))] * 2)
        inverse = np.linalg.inv(whole[at])
        slow_means[at] += inverse
        products = [inverse @ kind[at] for kind in kinds]
        slow += np.array([[np.trace(a @ b) / 2 for a in products] for b in products])
    assert of_means == pytest.approx(slow_means, rel=1e-9, abs=1e-9)
    assert of_variances == pytest.approx(slow, rel=1e-9, abs=1e-9)


def test_steps_of_em_never_lower_the_likelihood():
    _, _, answers, spread = small_answers()
    last = -math.inf
    for _ in range(30):
        now = likelihood._step(answers, spread)
        assert now.log_likelihood >= last - 1e-9
        spread, last = now.after, now.log_likelihood


def test_the_gradient_is_that_of_the_likelihood():
    _, _, answers, spread = small_answers()
    now = likelihood._step(answers, spread)
    whole = np.concatenate([now.by_mean, now.by_variance])
    here = np.concatenate([spread.mean, spread.variances()])
    for i in range(len(here)):
        at = [here + sign * 1e-6 * (np.arange(len(here)) == i) for sign in (1, -1)]
        up, down = (likelihood._step(answers, spread.of(v[:15], v[15:])).log_likelihood for v in at)
        assert (up - down) / 2e-6 == pytest.approx(whole[i], rel=1e-4, abs=1e-3)


def test_a_scoring_step_that_does_not_climb_gives_way_to_em(monkeypatch):
    design, scores, _, _ = drawn(200, 30, seed=4)
    straight = of(scores, design)
    scored = likelihood._scored
    calls = []

    def astray(answers, here, now, held):
        calls.append(here)
        if len(calls) == 1:
            return here.of(here.mean + 5, here.variances()), 1.0
        return scored(answers, here, now, held)

    monkeypatch.setattr(likelihood, "_scored", astray)
    found = of(scores, design)
    assert found.log_likelihood == pytest.approx(straight.log_likelihood, abs=1e-6)
    assert column(found, 30, "b") == pytest.approx(column(straight, 30, "b"), abs=1e-4)


def test_the_scale_lies_where_the_reference_set_puts_it():
    design, scores, b, _ = drawn(600, 30, seed=5)
    named = core_items(design)[:6]
    found = of(scores, design, reference=named)
    assert np.mean([found.items[name].b for name in named]) == pytest.approx(0, abs=1e-9)
    at = [names(30).index(name) for name in named]
    everything = of(scores, design)
    shift = np.mean([everything.items[name].b_ml for name in named])
    core = core_items(design)
    assert [found.items[name].b_ml for name in core] == pytest.approx(
        [everything.items[name].b_ml - shift for name in core], abs=1e-4
    )
    assert found.general[CORE].mu == pytest.approx(MU[CORE] + b[at].mean(), abs=0.05)
    assert found.reference == tuple(sorted(named))


def test_little_known_items_are_pulled_toward_their_type():
    design, scores, _, _ = drawn(400, 30, seed=6)
    reference = [name for name in core_items(design) if name != "item-3"]
    known = of(scores, design, reference=reference).items["item-3"]
    scores[60:, 3] = np.nan
    found = of(scores, design, reference=reference)
    rare = found.items["item-3"]
    assert rare.n == 60
    assert rare.v_b > 2 * known.v_b
    m = next(one.m for one in found.types if one.item_type == "type-3" and one.block == CORE)
    assert abs(rare.b - m) < abs(rare.b_ml - m)
    assert all(0 < one.sd < PLANNING.beta_t for one in found.types)
    assert {one.block for one in found.types} == {0, 1, 2}


def test_items_with_few_answers_or_without_variation_keep_planning_values():
    design, scores, _, _ = drawn(300, 30, seed=7)
    scores[49:, 2] = np.nan
    scores[:, 5] = 1.0
    reference = [name for name in core_items(design) if name not in ("item-2", "item-5")]
    found = of(scores, design, reference=reference)
    assert found.kept_planning == ("item-2", "item-5")
    form = calibrated(design, names(30), found)
    for i in (2, 5):
        assert (form.b[i], form.sigma[i]) == (0.0, design.sigma[i])
        assert form.v_b[i] == pytest.approx(PLANNING.beta**2 + PLANNING.beta_t**2)
    assert form.b[0] == found.items["item-0"].b
    assert form.v_b[0] == found.items["item-0"].v_b
    assert form.sigma[0] == found.items["item-0"].sigma
    assert (form.competency, form.observed) == (design.competency, design.observed)


def test_calibrated_scoring_is_right_about_its_errors_and_smaller_ones():
    design, _, _, found = large()
    rng = np.random.default_rng(8)
    _, scores, _, _ = drawn(3000, 40, seed=1)
    k = np.array(design.competency)
    weights = np.where(np.array(design.block) == CORE, 0.1, 0.0)
    assert found.parameters.beta_t == 0.0
    assert found.parameters.source == f"calibration test ({found.digest[7:19]})"
    known = posterior(calibrated(design, names(40), found), found.parameters)
    planned = posterior(design, PLANNING)
    assert weights @ known.C @ weights < 0.8 * (weights @ planned.C @ weights)
    # New people on the same items: their true values, then scores with the true easiness.
    _, _, b, sigma = drawn(10, 40, seed=1)
    theta = 0.5 + TAU_A * rng.standard_normal((3000, 5))[:, list(design.area)]
    theta += TAU_C * rng.standard_normal((3000, 15))
    scores = theta[:, k] + b + sigma * rng.standard_normal((3000, 40))
    error = (estimate(known, scores, calibrated(design, names(40), found).b) - theta) @ weights
    assert np.mean(error**2) == pytest.approx(weights @ known.C @ weights, rel=0.15)
    (general,) = (one for one in found.general if one.block == CORE)
    assert general.s == pytest.approx(S, abs=0.02)


def test_every_refusal_says_why():
    design, scores, _, _ = drawn(120, 15, seed=9)

    def refusal(given, form=design, **changes):
        with pytest.raises(NotCalibrated) as refused:
            of(given, form, **changes)
        return refused.value

    few = refusal(np.vstack([scores[:99], np.full((30, 15), np.nan)]))
    assert (few.message, few.values) == (TOO_FEW, {"n": 99, "needs": 100})
    assert "99, and this needs at least 100" in str(few)
    assert refusal(scores, reference=["item-13"]).message == NO_REFERENCE
    assert refusal(scores, reference=["elsewhere"]).message == NO_REFERENCE
    unknown = refusal(scores, reference=["item-1", "elsewhere"])
    assert (unknown.message, unknown.values) == (REFERENCE_TOO_FEW, {"item": "elsewhere", "n": 0})
    rare = scores.copy()
    rare[40:, 1] = np.nan
    assert refusal(rare, reference=["item-1"]).values == {"item": "item-1", "n": 40}
    design, scores, _, _ = drawn(120, 30, seed=9)
    assert refusal(scores, design, most_rounds=1).message == NOT_CONVERGED


def held(calibration):
    return {(one.of, one.block): one for one in calibration.held}


def test_a_form_of_one_item_a_competency_holds_what_competencies_add():
    """As every standard form is: what the competency adds and what the answer adds always come together."""
    design, scores, b, _ = drawn(3000, 15, seed=21)
    found = of(scores, design)
    (one,) = found.held
    assert (one.of, one.why, one.value) == ("tau_c2", NOT_TOLD_APART, pytest.approx(PLANNING.tau_c**2))
    assert (found.tau_c2, found.tau_c2_se) == (one.value, None)
    assert math.sqrt(found.tau_a2) == pytest.approx(TAU_A, abs=0.02)
    assert found.general[CORE].s == pytest.approx(S, abs=0.02)
    assert np.sqrt(np.mean((column(found, 15, "b") - b) ** 2)) < 0.03
    # The likelihood knows the two only together: what is held too high is missing in the answers.
    other = of(scores, design, planning=replace(PLANNING, tau_c=TAU_C))
    assert other.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-3)
    apart = column(other, 15, "sigma") ** 2 - column(found, 15, "sigma") ** 2
    assert apart == pytest.approx(np.full(15, PLANNING.tau_c**2 - TAU_C**2), abs=1e-4)


def test_several_forms_of_a_round_are_calibrated_together_though_they_share_no_item():
    design, scores, b, _ = drawn(2400, 30, seed=22)
    # Two forms of one item a competency, and a third that takes some of each.
    place, form = np.arange(30), np.arange(2400) % 3
    own = [place < 15, place >= 15, (place % 15 < 8) == (place < 15)]
    for number, seen in enumerate(own):
        scores[np.ix_(form == number, ~seen)] = np.nan
    found = of(scores, design)
    assert [(one.of, one.why) for one in found.held] == [("tau_c2", NOT_TOLD_APART)]
    assert len(found.items) == 30
    assert found.kept_planning == ()
    assert np.sqrt(np.mean((column(found, 30, "b") - b) ** 2)) < 0.04
    assert found.general[CORE].s == pytest.approx(S, abs=0.02)
    two = np.delete(scores, np.flatnonzero(form == 2), axis=0)
    assert len(of(two, design).items) == 30


def test_what_few_people_tell_too_badly_is_held_too():
    design, scores, _, _ = drawn(120, 30, seed=23)
    found = of(scores, design)
    assert held(found)["s2", 2].why == TOO_UNCERTAIN
    assert held(of(drawn(4000, 30, seed=23)[1], design)) == {}


@pytest.mark.parametrize(
    ("competency", "area", "block", "lost"),
    [
        ((0, 0, 1, 1, 2, 2), (0, 0, 0), (0, 0, 0), [("tau_a2", None)]),
        ((0, 0, 1, 1, 2, 2), (0, 1, 2), (0, 0, 0), [("tau_c2", None)]),
        ((0, 1, 2, 3, 4, 5), (0, 1, 2, 3, 4, 5), (0,) * 6, [("tau_a2", None), ("tau_c2", None)]),
        ((0, 0, 1, 1, 2, 2, 3), (0, 0, 1, 2), (0, 0, 0, 1), [("s2", 1)]),
    ],
)
def test_variances_that_cannot_be_told_apart_are_held_and_named(competency, area, block, lost):
    """One area; one competency in each area; one item of each; and a block with a single item."""
    rng = np.random.default_rng(10)
    n = len(competency)
    design = replace(even_form(n), competency=competency, area=area, block=block)
    k = np.array(competency)
    theta = 0.5 + S * rng.standard_normal((20000, 2))[:, np.array(block)]
    theta = theta + TAU_A * rng.standard_normal((20000, 6))[:, np.array(area)]
    theta = theta + TAU_C * rng.standard_normal((20000, len(area)))
    found = of(theta[:, k] + 0.3 * rng.standard_normal((20000, n)), design, reference=["item-0"])
    assert [(one.of, one.block) for one in found.held] == lost
    assert {one.why for one in found.held} == {NOT_TOLD_APART}
    for one in found.general:
        assert (one.s_se is None) == (("s2", one.block) in lost)
    assert from_json(to_json(found)) == found


def test_wrong_shapes_are_refused():
    design, scores, _, _ = drawn(120, 15, seed=9)
    with pytest.raises(ValueError, match="people x 15"):
        of(scores[:, :14], design)
    with pytest.raises(ValueError, match="finite"):
        of(np.where(scores > 0.5, np.inf, scores), design)
    with pytest.raises(ValueError, match="are named"):
        calibrate(scores, design, names(15), ["a"], reference=["item-0"], core=CORE, name="test")


def test_areas_that_do_not_differ_give_variances_near_nothing():
    rng = np.random.default_rng(11)
    design = even_form(45)
    scores = 0.5 + 0.15 * rng.standard_normal((400, 1)) + 0.4 * rng.standard_normal((400, 45))
    found = of(scores, design)
    assert 0 < found.tau_a2 < 0.002
    assert 0 < found.tau_c2 < 0.004


def test_it_is_stored_as_json_and_comes_back_the_same():
    _, _, _, found = large()
    text = to_json(found)
    assert from_json(text) == found
    assert from_json(text).digest == found.digest == json.loads(text)["digest"]
    assert replace(found, name="other").digest != found.digest


def test_a_changed_or_foreign_calibration_is_not_read():
    _, _, _, found = large()
    whole = json.loads(to_json(found))
    with pytest.raises(ValueError, match="was changed"):
        from_json(json.dumps(whole | {"tau_a2": 0.5}))
    with pytest.raises(ValueError, match="format 2"):
        from_json(json.dumps(whole | {"format": 1}))
    with pytest.raises(ValueError, match="format 2"):
        from_json("[]")
    with pytest.raises(ValueError, match="incomplete"):
        from_json(json.dumps({key: value for key, value in whole.items() if key != "items"}))
    with pytest.raises(ValueError, match="incomplete"):
        from_json(json.dumps(whole | {"surplus": 1}))


def test_the_same_answers_give_the_same_calibration():
    design, scores, _, _ = drawn(200, 30, missing=0.1, seed=12)
    order = np.random.default_rng(1).permutation(200)
    one, other = of(scores, design), of(scores, design)
    assert one == other
    shuffled = of(scores[order], design)
    assert column(shuffled, 30, "b") == pytest.approx(column(one, 30, "b"), abs=1e-6)
