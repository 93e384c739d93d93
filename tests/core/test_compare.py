"""Several people compared: differences against a slow calculation, groups, ranks, refusals, and the proof
that pairs said .9 come true .9."""

import math
from dataclasses import replace

import numpy as np
import pytest

from assessor.scoring.compare import (
    LEAST_SHARED,
    NO_CORE_SHARED,
    TOO_FEW_SHARED,
    Cohort,
    NotComparable,
    bands,
    compare,
    expected_highest,
    overestimate,
    pair_variance,
    probability,
    rank_acceptability,
    require_overlap,
    shown,
    sliding_bands,
)
from assessor.scoring.model import PLANNING, Parameters, posterior
from tests.core.test_scoring_model import BLOCK, CORE, even_form

WEIGHTS = np.array([0.08] * 10 + [0.0] * 3 + [0.1] * 2)
PEOPLE = np.arange(12)


def form_of(n, *, names=None, language="fr", skip=()):
    design = even_form(n)
    observed = tuple(i not in skip for i in range(n))
    return (
        replace(design, observed=observed),
        tuple(names or (f"item-{i}" for i in range(n))),
        tuple(f"type-{t}" for t in design.item_type),
        (language,) * n,
    )


def overlapping(n, shared):
    """Two forms of n items over the same competencies, the last `shared` of the first in both."""
    names = [f"item-{i}" for i in range(2 * n)]
    return form_of(n, names=names[:n]), form_of(n, names=[*names[n : 2 * n - shared], *names[n - shared : n]])


def cohort(form, scores):
    return Cohort(*form, np.where(form[0].observed, scores, np.nan))


def three_cohorts(seed=1):
    rng = np.random.default_rng(seed)
    one, other = overlapping(30, 15)
    return [
        cohort(one, rng.normal(0.5, 0.4, (5, 30))),
        cohort(other, rng.normal(0.5, 0.4, (4, 30))),
        cohort((*other[:3], ("fr",) * 20 + ("en",) * 10), rng.normal(0.5, 0.4, (3, 30))),
    ]


def slow_variance(one, other, parameters, weights):
    """Var d from the text of scoring.md 4: every entry of B by its rule."""
    shared = np.zeros((len(one.items), len(other.items)))
    for i in range(len(one.items)):
        for j in range(len(other.items)):
            blocks = [c.design.block[c.design.competency[at]] for c, at in ((one, i), (other, j))]
            if one.items[i] == other.items[j]:
                shared[i, j] += one.design.v_b[i]
            if one.types[i] == other.types[j] and blocks[0] == blocks[1]:
                shared[i, j] += parameters.beta_t**2
            if one.languages[i] != other.languages[j]:
                shared[i, j] /= 2
    a, b = (posterior(c.design, parameters) for c in (one, other))
    return weights @ (a.C + b.C - 2 * a.A @ shared @ b.A.T) @ weights


def test_variances_of_differences_follow_the_formula():
    cohorts = three_cohorts()
    found = compare(cohorts, PLANNING, WEIGHTS)
    of = [cohorts[f] for f in found.cohort]
    got = pair_variance(found, PEOPLE, PEOPLE)
    for p in PEOPLE:
        for q in PEOPLE:
            assert got[p, q] == pytest.approx(slow_variance(of[p], of[q], PLANNING, WEIGHTS), abs=1e-12)


def test_half_variance_is_the_mean_over_all_pairs_and_rho_follows():
    found = compare(three_cohorts(), PLANNING, WEIGHTS)
    pairs = pair_variance(found, PEOPLE, PEOPLE)[~np.eye(12, dtype=bool)]
    assert found.half_variance == pytest.approx(pairs.mean() / 2, rel=1e-12)
    area = np.array(
        [WEIGHTS[np.array(found_area)].sum() for found_area in ([*range(4)], [4, 5, 6], [7, 8, 9])]
    )
    prior = 0.12**2 * (area @ area + 0.2**2) + 0.10**2 * WEIGHTS @ WEIGHTS
    assert found.true_variance == pytest.approx(0.10**2 + prior, rel=1e-12)
    assert found.rho == pytest.approx(1 / (1 + found.half_variance / found.true_variance), rel=1e-12)


def test_probabilities_follow_the_formula_and_mirror_each_other():
    found = compare(three_cohorts(), PLANNING, WEIGHTS)
    p = probability(found, PEOPLE, PEOPLE)
    assert p + p.T == pytest.approx(1.0)
    assert (np.diag(p) == 0.5).all()
    d = found.estimate[0] - found.estimate[7]
    z = math.sqrt(found.rho) * d / math.sqrt(pair_variance(found, PEOPLE[:1], PEOPLE[7:8])[0, 0])
    assert p[0, 7] == pytest.approx(0.5 * math.erfc(-z / math.sqrt(2)))


def test_item_effects_cancel_on_one_form_and_not_between_forms():
    one, other = overlapping(30, 0)
    scores = np.random.default_rng(2).normal(0.5, 0.4, (2, 30))
    same = compare([cohort(one, scores)], PLANNING, WEIGHTS)
    apart = compare([cohort(one, scores[:1]), cohort(other, scores[1:])], PLANNING, WEIGHTS)
    two = np.arange(2)
    on_one, on_two = (pair_variance(found, two[:1], two[1:])[0, 0] for found in (same, apart))
    assert on_one < on_two < 2 * same.variance[0]
    moved = compare([cohort(one, scores + 0.3)], PLANNING, WEIGHTS)
    assert np.diff(moved.estimate) == pytest.approx(np.diff(same.estimate))


def test_languages_share_half_of_the_easiness():
    french, english = form_of(30), form_of(30, language="en")
    scores = np.random.default_rng(3).normal(0.5, 0.4, (1, 30))
    two = np.arange(2)

    def variance(other):
        found = compare([cohort(french, scores), cohort(other, scores)], PLANNING, WEIGHTS)
        return pair_variance(found, two[:1], two[1:])[0, 0], found.variance[0]

    (same, v), (across, _) = variance(french), variance(english)
    assert 2 * v - across == pytest.approx((2 * v - same) / 2)


def test_shown_probabilities_are_rounded_and_never_certain():
    assert [shown(p) for p in (0.0, 0.02, 0.5, 0.524, 0.526, 0.9, 0.925, 0.99, 1.0)] == [
        5, 5, 50, 50, 55, 90, 95, 95, 95,
    ]  # fmt: skip
    for p in np.linspace(0, 1, 201):
        assert shown(p) + shown(1 - p) == 100 or p == 0.5


def test_groups_start_anew_at_the_first_who_is_clearly_below():
    found = compare(three_cohorts(), PLANNING, WEIGHTS)
    spread = replace(found, estimate=np.linspace(0.9, 0.1, 12))
    group = bands(spread)
    left = list(PEOPLE)
    number = 0
    while left:
        number += 1
        below = [q for q in left if probability(spread, np.array([left[0]]), np.array([q]))[0, 0] < 0.9]
        assert group[below].tolist() == [number] * len(below)
        left = [q for q in left if q not in below]
    assert group.max() == number > 2


def test_equal_estimates_share_a_group_and_a_sure_difference_does_not():
    exact = replace(compare(three_cohorts(), PLANNING, WEIGHTS), rho=1.0)
    equal = replace(exact, estimate=np.full(12, 0.5))
    assert set(bands(equal)) == {1}
    sure = replace(
        exact,
        estimate=np.array([0.5, 0.5, 0.4]),
        cohort=np.zeros(3, dtype=int),
        variance=np.zeros(3),
        effects=np.zeros((1, 1)),
    )
    assert bands(sure).tolist() == [1, 1, 2]


def test_a_group_never_loses_its_own_first_member():
    found = compare(three_cohorts(), PLANNING, WEIGHTS)
    assert sorted(bands(found, apart_at=0.5)) == list(range(1, 13))
    assert [band.size for band in sliding_bands(found, apart_at=0.5)] == [1] * 12


def test_sliding_bands_move_with_their_first_member_until_all_are_reached():
    found = replace(compare(three_cohorts(), PLANNING, WEIGHTS), estimate=np.linspace(0.8, 0.3, 12))
    slides = list(sliding_bands(found))
    assert [band[0] for band in slides] == list(range(len(slides)))
    assert slides[-1][-1] == 11
    assert all(band[-1] < 11 for band in slides[:-1])
    assert slides[0].tolist() == np.flatnonzero(bands(found) == 1).tolist()
    both = replace(found, estimate=np.full(12, 0.5))
    assert [band.size for band in sliding_bands(both)] == [12]


def test_ranks_of_two_agree_with_the_probability_that_is_said():
    found = compare(
        [cohort(form_of(30), np.random.default_rng(5).normal(0.5, 0.4, (2, 30)))], PLANNING, WEIGHTS
    )
    ranks = rank_acceptability(found, seed=1, draws=40_000)
    p = probability(found, np.arange(1), np.arange(1, 2))[0, 0]
    assert ranks.shares[0, 0] == pytest.approx(p, abs=0.01)
    assert ranks.shares.sum(axis=0) == pytest.approx(1.0)
    assert ranks.mean.sum() == pytest.approx(3.0)


def test_ranks_between_forms_agree_with_the_probability_that_is_said():
    cohorts = three_cohorts()
    pair = [
        replace(cohorts[0], scores=cohorts[0].scores[:1]),
        replace(cohorts[2], scores=cohorts[2].scores[:1]),
    ]
    found = compare(pair, PLANNING, WEIGHTS)
    ranks = rank_acceptability(found, seed=2, draws=40_000)
    p = probability(found, np.arange(1), np.arange(1, 2))[0, 0]
    assert ranks.shares[0, 0] == pytest.approx(p, abs=0.01)


def test_rank_draws_do_not_depend_on_how_they_are_cut(monkeypatch):
    found = compare(three_cohorts(), PLANNING, WEIGHTS)
    whole = rank_acceptability(found, seed=3, draws=200, concentration=30)
    monkeypatch.setattr("assessor.scoring.compare._CHUNK", 100)
    monkeypatch.setattr("assessor.scoring.compare._COHORTS", 2)
    cut = rank_acceptability(found, seed=3, draws=200, concentration=30)
    assert (whole.shares == cut.shares).all()
    assert (whole.low == cut.low).all()
    assert (rank_acceptability(found, seed=4, draws=200).shares != whole.shares).any()
    assert whole.shares.shape == (12, 10)
    assert ((whole.low >= 1) & (whole.low <= whole.high) & (whole.high <= 12)).all()


def test_unsure_weights_spread_the_ranks():
    found = compare(three_cohorts(), PLANNING, WEIGHTS)
    exact = replace(
        found, mean=np.linspace(0.9, 0.1, 12)[:, None] + np.random.default_rng(1).normal(0, 0.2, (12, 15))
    )

    def width(concentration):
        ranks = rank_acceptability(exact, seed=1, draws=2000, concentration=concentration)
        return (ranks.high - ranks.low).mean()

    assert width(3.0) > width(None)


def test_expected_highest_is_that_of_order_statistics():
    # Harter 1961, Biometrika 48:151: expected values of normal order statistics.
    known = {1: 0.0, 2: 0.56419, 10: 1.53875, 100: 2.50759}
    assert {n: round(expected_highest(n), 5) for n in known} == pytest.approx(known, abs=1e-5)


@pytest.mark.parametrize(
    ("weights", "concentration", "words"),
    [
        (WEIGHTS, 0.0, "concentration"),
        (WEIGHTS, math.inf, "concentration"),
        (np.zeros(15), None, "weights"),
        (np.where(np.arange(15) == 0, -0.1, WEIGHTS), None, "weights"),
    ],
)
def test_ranks_refuse_weights_that_cannot_be(weights, concentration, words):
    found = replace(compare(three_cohorts(), PLANNING, WEIGHTS), weights=weights)
    with pytest.raises(ValueError, match=words):
        rank_acceptability(found, seed=1, concentration=concentration)


def test_what_cannot_be_compared_is_refused():
    form = form_of(30)
    scores = np.full((2, 30), 0.5)
    one = cohort(form, scores)
    with pytest.raises(ValueError, match="two people"):
        compare([cohort(form, scores[:1])], PLANNING, WEIGHTS)
    unmeasured = form_of(30, skip=[i for i in range(30) if even_form(30).competency[i] == 4])
    with pytest.raises(ValueError, match="competency 4"):
        compare([one, cohort(unmeasured, scores)], PLANNING, WEIGHTS)
    easier = replace(one.design, b=(0.1,) * 30)
    with pytest.raises(ValueError, match="different easiness"):
        compare([one, replace(one, design=easier)], PLANNING, WEIGHTS)
    with pytest.raises(ValueError, match="items has 1"):
        replace(one, items=("a",))
    with pytest.raises(ValueError, match="shape"):
        replace(one, scores=np.zeros(30))


def test_forms_that_share_too_little_are_refused_with_the_reason():
    scores = np.full((1, 30), 0.5)

    def refusal(one, other):
        with pytest.raises(NotComparable) as refused:
            require_overlap([cohort(one, scores), cohort(other, scores)], WEIGHTS, CORE)
        return refused.value

    assert refusal(*overlapping(30, 0)).message == NO_CORE_SHARED
    # Of the six in both, three are of the gate, which has no weight; the forms have 24 that have one.
    few = refusal(*overlapping(30, 6))
    assert few.message == TOO_FEW_SHARED
    assert few.values == {"shared": 3, "of": 24, "needs": math.ceil(LEAST_SHARED * 24)}
    assert "share: 3 of the 24 of the shorter; at least 5" in str(few)
    one, other = overlapping(30, 15)
    require_overlap([cohort(one, scores), cohort(other, scores), cohort(one, scores)], WEIGHTS, CORE)


def test_only_observed_items_count_as_shared():
    one, other = overlapping(30, 8)
    scores = np.full((1, 30), 0.5)
    require_overlap([cohort(one, scores), cohort(other, scores)], WEIGHTS, CORE)
    core = [i for i in range(22, 30) if BLOCK[even_form(30).competency[i]] == CORE]
    blank = replace(one[0], observed=tuple(i not in core for i in range(30)))
    with pytest.raises(NotComparable):
        require_overlap([cohort((blank, *one[1:]), scores), cohort(other, scores)], WEIGHTS, CORE)


# People drawn from the model: theta with one general level, easiness shared within a round


def rounds_of(forms, seed, rounds=400, each=40, general_sd=0.12, parameters=PLANNING):
    """True weighted sums and cohorts by form, easiness drawn anew in every round; people round by round."""
    rng = np.random.default_rng(seed)
    names = sorted({name for form in forms for name in form[1]})
    people = rounds * each
    theta = 0.45 + general_sd * rng.standard_normal((people, 1))
    theta = theta + parameters.tau_a * rng.standard_normal((people, 5))[:, list(even_form(15).area)]
    theta = theta + parameters.tau_c * rng.standard_normal((people, 15))
    own = dict(zip(names, parameters.beta * rng.standard_normal((len(names), rounds)), strict=True))
    shared = parameters.beta_t * rng.standard_normal((3, 4, rounds))
    form_of_person = np.arange(people) % len(forms)
    cohorts, places = [], []
    for f, form in enumerate(forms):
        at = np.flatnonzero(form_of_person == f)
        design = form[0]
        k = np.array(design.competency)
        easy = np.array([own[name] for name in form[1]]).T
        easy = easy + shared[np.array(design.block)[k], np.array(design.item_type)].T
        noise = np.array(design.sigma) * rng.standard_normal((len(at), len(k)))
        cohorts.append(cohort(form, theta[at][:, k] + easy[at // each] + noise))
        places.append(at)
    order = np.concatenate(places)
    return theta[order] @ WEIGHTS, order // each, cohorts


def said_and_true(forms, seed, **settings):
    """(P said, whether it is so) of all pairs within rounds, the higher estimate first."""
    truth, of_round, cohorts = rounds_of(forms, seed, **settings)
    found = compare(cohorts, PLANNING, WEIGHTS)
    # One rho for a comparison: that of a round, whose forms are dealt out evenly as here.
    said, true = [], []
    for one in range(of_round.max() + 1):
        members = np.flatnonzero(of_round == one)
        p = probability(found, members, members)
        first, second = np.nonzero(p > 0.5)
        said.append(p[first, second])
        true.append(truth[members[first]] > truth[members[second]])
    return np.concatenate(said), np.concatenate(true)


ONE_FORM = [form_of(33)]
TWO_FORMS = list(overlapping(33, 15))


@pytest.mark.parametrize("forms", [ONE_FORM, TWO_FORMS], ids=["one form", "two overlapping forms"])
def test_pairs_said_nine_in_ten_come_true_nine_in_ten(forms):
    said, true = said_and_true(forms, seed=11)
    for low, high in ((0.55, 0.65), (0.75, 0.85), (0.875, 0.925)):
        within = (said >= low) & (said < high)
        assert within.sum() > 10_000
        assert true[within].mean() == pytest.approx(said[within].mean(), abs=0.02)
    assert true[said >= 0.925].mean() == pytest.approx(said[said >= 0.925].mean(), abs=0.02)


def test_the_highest_of_a_list_is_too_high_by_what_is_said():
    truth, of_round, cohorts = rounds_of(ONE_FORM, seed=12, rounds=1500, each=20)
    found = compare(cohorts, PLANNING, WEIGHTS)
    told = overestimate(replace(found, estimate=found.estimate[:20]))
    excess = []
    for one in range(of_round.max() + 1):
        members = np.flatnonzero(of_round == one)
        top = members[np.argmax(found.estimate[members])]
        # What all of a round share is no part of it: the mean error is taken out.
        error = found.estimate[members] - truth[members]
        excess.append(found.estimate[top] - truth[top] - error.mean())
    assert told == pytest.approx(np.mean(excess), abs=0.01)
    assert 0.05 < told < 0.15


def test_ranks_hold_the_true_order_about_as_often_as_they_say():
    """The first of 20 is so in truth as often as acceptability says, in so wide a group a little more."""
    truth, of_round, cohorts = rounds_of(ONE_FORM, seed=13, rounds=400, each=20, general_sd=0.5)
    hits, claims = [], []
    for one in range(of_round.max() + 1):
        members = np.flatnonzero(of_round == one)
        part = replace(cohorts[0], scores=cohorts[0].scores[members])
        ranks = rank_acceptability(compare([part], PLANNING, WEIGHTS), seed=one, draws=300)
        claims.append(ranks.shares[:, 0].max())
        hits.append(ranks.shares[:, 0].argmax() == truth[members].argmax())
    assert -0.02 <= np.mean(hits) - np.mean(claims) <= 0.10


def test_nothing_known_of_people_compares_nobody():
    flat = Parameters(tau_a=0.0, tau_c=0.0, source="test")
    found = compare(three_cohorts(), flat, WEIGHTS, general_sd=0.0)
    assert found.rho == 0.0
    assert set(bands(found)) == {1}
