"""Bias, impact and agreement where they go wrong: small groups, ties, gaps, no variation, wrong input."""

import math

import numpy as np
import pytest

from assessor.statistics import agreement, dif, dif_matching, fairness
from assessor.statistics.dif import logistic, mantel, mantel_haenszel
from assessor.statistics.dif_matching import Minimums
from assessor.statistics.fairness import impact, scoring_rates
from assessor.statistics.items import matched

ANY = Minimums(0)


def ids(k):
    return [f"i{j}" for j in range(k)]


def answers(n, k, rng):
    ability, difficulty = rng.normal(size=(n, 1)), rng.normal(size=k)
    return (rng.random((n, k)) < 1 / (1 + np.exp(difficulty - ability))).astype(float)


def biased(n, k, rng, by=1.2):
    """Answers of two groups of one ability; the first item is harder for the focal one."""
    focal = rng.random(n) < 0.5
    ability, difficulty = rng.normal(size=(n, 1)), rng.normal(0, 0.5, k)
    logit = ability - difficulty
    logit[focal, 0] -= by
    return (rng.random((n, k)) < 1 / (1 + np.exp(-logit))).astype(float), focal


# Item bias


def one_stratum(right_r, wrong_r, right_f, wrong_f):
    """Answers of people who all have the same total: a second item makes up for the first."""
    first = np.repeat([1.0, 0.0, 1.0, 0.0], [right_r, wrong_r, right_f, wrong_f])
    focal = np.repeat([False, False, True, True], [right_r, wrong_r, right_f, wrong_f])
    return matched(np.column_stack([first, 1 - first]), ids(2)), focal


def test_mantel_haenszel_by_hand():
    found = mantel_haenszel(*one_stratum(20, 10, 10, 20), minimums=ANY)[0][0]
    assert found.odds_ratio.known == pytest.approx(4)
    assert found.delta.known == pytest.approx(-3.2578, abs=5e-5)
    assert found.chi2.known == pytest.approx(5.31, abs=5e-3)
    assert found.delta.low < found.delta.known < found.delta.high
    assert found.ets_class.known == "C"


def test_a_difference_under_one_half_is_not_corrected_below_itself():
    found = mantel_haenszel(*one_stratum(11, 10, 10, 10), minimums=ANY)[0][0]
    gap, variance = 11 - 21 * 21 / 41, 21 * 20 * 21 * 20 / (41**2 * 40)
    assert gap < 0.5
    assert found.chi2.known == pytest.approx(gap**2 / variance)


def test_an_odds_ratio_of_zero_or_infinity_has_no_class():
    zero = mantel_haenszel(*one_stratum(0, 10, 10, 0), minimums=ANY)[0][0]
    assert (zero.odds_ratio.known, zero.delta.words, zero.ets_class.words) == (
        0.0,
        dif.NO_CLASS,
        dif.NO_CLASS,
    )
    infinite = mantel_haenszel(*one_stratum(10, 0, 0, 10), minimums=ANY)[0][0]
    assert (infinite.odds_ratio.state, infinite.odds_ratio.words) == ("undefined", dif.INFINITE)
    assert infinite.chi2.known > 10


def test_groups_that_share_no_total_are_not_compared():
    scores = np.repeat([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]], 30, axis=0)
    focal = np.arange(60) < 30
    for test in (mantel_haenszel, mantel):
        found = test(matched(scores, ids(3)), focal, minimums=ANY)[0][0]
        assert (found.p.state, found.p.words) == ("undefined", dif.NOBODY_TO_COMPARE)
        assert (found.compared.strata, found.compared.n_dropped) == (0, 60)
        assert found.ets_class.state == "undefined"
        assert found.p_adjusted.state == "undefined"


def test_small_groups_are_not_tested():
    rng = np.random.default_rng(1)
    scores, focal = biased(380, 6, rng)
    for test in (mantel_haenszel, mantel, logistic):
        found = test(matched(scores, ids(6)), focal)[0][0]
        assert (found.p.state, found.p.words) == ("suppressed", dif_matching.TOO_FEW_IN_GROUP)
        assert found.p.n == min(focal.sum(), (~focal).sum())
    balanced = np.arange(480) % 2 == 0
    found = mantel_haenszel(matched(answers(480, 6, rng), ids(6)), balanced)[0][0]
    assert (found.p.n, found.p.needs) == (480, 500)


@pytest.mark.parametrize("purify", [False, True])
@pytest.mark.parametrize("test", [mantel_haenszel, mantel, logistic])
def test_a_biased_item_is_found_and_the_others_are_not(test, purify):
    scores, focal = biased(3000, 20, np.random.default_rng(2))
    found, study = test(matched(scores, ids(20)), focal, purify=purify)
    assert [one.compared.item for one in found if one.p_adjusted.known < 1e-4] == ["i0"]
    assert all(one.p_adjusted.known >= one.p.known for one in found)
    assert study.converged
    assert ("i0" in study.left_out) is purify


def test_bias_is_found_under_different_forms_too():
    """People are compared with people who saw the same items; who saw an item alone tells nothing."""
    rng = np.random.default_rng(3)
    scores, focal = biased(6000, 20, rng)
    form = rng.integers(0, 3, 6000)
    for f in range(3):
        scores[np.ix_(form == f, np.arange(1 + f * 5, 6 + f * 5))] = np.nan
    m = matched(scores, ids(20))
    for test in (mantel_haenszel, mantel, logistic):
        found, _ = test(m, focal, purify=True)
        assert [one.compared.item for one in found if one.p_adjusted.known < 0.01] == ["i0"]
        assert found[1].compared.n_reference + found[1].compared.n_focal == int(m.seen[:, 1].sum())


def test_partial_credit_is_matched_in_bands():
    rng = np.random.default_rng(4)
    focal = rng.random(2000) < 0.5
    scores = 0.5 * rng.normal(size=(2000, 1)) + rng.normal(size=(2000, 12))
    scores[focal, 0] -= 0.5
    m = matched(scores, ids(12))
    alone = mantel(m, focal)[0][0]
    assert alone.compared.strata < 5
    found = mantel(m, focal, bands=10)[0]
    assert found[0].compared.strata == 10
    assert found[0].smd.known == pytest.approx(-0.5, abs=0.12)
    assert found[0].ets_class.known == "C"
    assert [one.ets_class.known for one in found[1:]].count("A") >= 9


def test_mantel_by_hand():
    raw = dif._mantel(
        dif_matching.Answers(
            np.array([0.0, 1, 2, 1, 2, 3]), np.arange(6) > 2, np.zeros(6), np.zeros(6, np.intp)
        )
    )
    assert (raw.smd, raw.chi2) == (1.0, pytest.approx(1.364, abs=5e-4))


def test_classes_have_their_bounds():
    assert [dif._class_of(size, dif.SMD_CLASSES, True) for size in (0.17, 0.2, 0.25, 0.3)] == list("ABBC")
    assert dif._class_of(9.0, dif.SMD_CLASSES, False) == "A"
    assert dif._ets_class(-1.6, 0.5, 0.001) == "B"
    assert dif._ets_class(-1.2, 0.05, 0.001) == "B"
    assert dif._ets_class(-0.9, 0.05, 0.001) == "A"


def test_wrong_input_is_refused():
    m = matched([[1, 0], [0, 1]], ids(2))
    with pytest.raises(ValueError, match="focal group"):
        mantel_haenszel(m, [True])
    with pytest.raises(ValueError, match="scored 0 or 1"):
        logistic(matched([[0.5, 0], [0, 1]], ids(2)), [True, False])


def test_bias_of_an_item_without_variation_is_undefined():
    scores, focal = biased(200, 4, np.random.default_rng(6))
    scores[:, 1] = 1
    m = matched(scores, ids(4))
    for test in (mantel_haenszel, mantel, logistic):
        assert test(m, focal, minimums=ANY)[0][1].p.state == "undefined"
    assert mantel(m, focal, minimums=ANY)[0][1].smd.known == 0.0
    assert logistic(m, np.zeros(200), minimums=ANY)[0][0].jodoin_gierl.state == "undefined"
    unseen = scores.copy()
    unseen[:, 1] = np.nan
    assert logistic(matched(unseen, ids(4)), focal, minimums=ANY)[0][1].p.state == "undefined"


def test_separated_answers_keep_their_likelihood_ratio_and_lose_their_coefficient():
    rng = np.random.default_rng(7)
    scores = answers(400, 6, rng)
    focal = np.arange(400) % 2 == 0
    scores[focal, 0] = 0
    found = logistic(matched(scores, ids(6)), focal, minimums=ANY)[0][0]
    assert found.p.known < 1e-6
    assert (found.coefficient.state, found.coefficient.words) == ("undefined", dif.SEPARATED)
    assert found.jodoin_gierl.known == "C"


def test_a_fit_that_does_not_arrive_is_undefined(monkeypatch):
    scores, focal = biased(200, 4, np.random.default_rng(8))
    monkeypatch.setattr(dif, "_fitted", lambda *_: None)
    found = logistic(matched(scores, ids(4)), focal, minimums=ANY)[0][0]
    assert found.p.words == dif.NOT_CONVERGED
    assert found.p_adjusted.state == "undefined"


def test_a_fit_stops_where_the_likelihood_falls_or_the_rounds_run_out(monkeypatch):
    y = np.array([0.0, 1.0, 0.0, 1.0, 1.0])
    design = np.column_stack([np.ones(5), np.arange(5.0)])
    assert dif._fitted(design, y) is not None
    monkeypatch.setattr(np.linalg, "lstsq", lambda a, b: (np.array([50.0, -50.0]),))
    assert dif._fitted(design, y) is None
    steps = iter([np.array([0.0, 0.001 * i]) for i in range(1, 100)])
    monkeypatch.setattr(np.linalg, "lstsq", lambda a, b: (next(steps) * 0.1,))
    assert dif._fitted(design, y) is None


# Impact


def group(found, name):
    return next(one for one in found.groups if one.group == name)


def test_exactly_four_fifths_is_not_below():
    found = group(impact({"a": (60, 100), "b": (48, 100)}), "b").comparison
    assert (found.ratio.known, found.below_four_fifths.known) == (0.8, False)
    found = group(impact({"a": (600, 1000), "b": (479, 1000)}), "b").comparison
    assert (round(found.ratio.known, 2), found.below_four_fifths.known) == (0.80, True)


@pytest.mark.parametrize(
    ("groups", "state", "words"),
    [
        ({"a": (48, 80), "b": (12, 40)}, "value", fairness.ADVERSE),
        ({"a": (300, 500), "b": (290, 500)}, "value", fairness.NO_SIGN),
        ({"a": (20, 40), "b": (15, 40)}, "undefined", fairness.TESTS_DISAGREE),
        ({"a": (5000, 9000), "b": (4700, 9000)}, "undefined", fairness.TESTS_DISAGREE),
        ({"a": (21, 40), "b": (20, 40)}, "undefined", fairness.ONE_PERSON),
        ({"a": (40, 40), "b": (40, 40)}, "undefined", fairness.ONE_PERSON),
        ({"a": (2000, 3000), "b": (10, 50)}, "undefined", fairness.UNDER_TWO_PERCENT),
    ],
)
def test_a_finding_needs_rule_and_test_to_agree_and_more_than_one_person(groups, state, words):
    finding = group(impact(groups), "b").comparison.finding
    assert (finding.state, finding.value or finding.words) == (state, words)


def test_nobody_or_hardly_anybody_selected_gives_no_finding():
    none = group(impact({"a": (0, 50), "b": (0, 50)}), "b").comparison
    assert (none.ratio.state, none.ratio.words) == ("undefined", fairness.NOBODY_SELECTED)
    few = group(impact({"a": (3, 50), "b": (1, 50)}), "b").comparison
    assert (few.ratio.state, few.ratio.words % few.ratio.numbers) == (
        "suppressed",
        "Too few were selected: 4, and this needs at least 5.",
    )
    small = group(impact({"a": (20, 50), "b": (5, 29)}), "b")
    assert (small.comparison.fisher_p.n, small.comparison.fisher_p.needs) == (29, 30)
    assert small.rates.rate.known == pytest.approx(5 / 29)


def test_everybody_selected_leaves_the_tests_of_chance_undefined():
    found = group(impact({"a": (40, 40), "b": (40, 40)}), "b").comparison
    assert (found.ratio.known, found.z.state, found.odds_ratio.state) == (1.0, "undefined", "undefined")
    assert found.one_person_moved.state == found.z_p.state == found.z_hypergeometric.state == "undefined"


def test_a_group_of_which_nobody_is_selected_has_a_ratio_of_zero_without_interval():
    found = group(impact({"a": (20, 50), "b": (0, 50)}), "b").comparison
    assert (found.ratio.known, found.ratio.low) == (0.0, None)
    assert found.finding.known == fairness.ADVERSE


def test_an_empty_group_is_undefined_and_not_zero():
    found = group(impact({"a": (20, 50), "b": (0, 0)}), "b")
    assert (found.rates.rate.state, found.comparison.ratio.words) == ("undefined", fairness.EMPTY)
    nobody = impact({"a": (0, 0)})
    assert (nobody.highest, nobody.groups[0].share.state) == (None, "undefined")


def test_few_people_are_hidden_even_by_their_number_except_from_the_auditor():
    counts = {"a": (20, 50), "b": (10, 46), "c": (4, 4)}
    found = impact(counts, unknown=(1, 3))
    assert (found.highest, found.applicants) == ("a", 96)
    hidden = group(found, "c")
    for one in (hidden.rates.applicants, hidden.rates.selected, hidden.rates.rate, hidden.share):
        assert (one.state, one.n, one.value) == ("suppressed", None, None)
    assert hidden.comparison is None
    assert found.unknown.rate.state == "suppressed"
    seen = impact(counts, unknown=(1, 3), for_auditor=True)
    assert (seen.applicants, group(seen, "c").rates.rate.known) == (100, 1.0)
    # Four people are not the group that the others are measured by.
    assert seen.highest == "a"
    assert seen.unknown.applicants.known == 3


def test_counts_that_cannot_be_are_refused():
    for groups, unknown in [({"a": (3, 2)}, (0, 0)), ({"a": (-1, 2)}, (0, 0)), ({}, (1, 0))]:
        with pytest.raises(ValueError):
            impact(groups, unknown=unknown)


def test_a_score_at_the_median_is_not_above_it():
    groups = ["x", "y"] * 40
    scores = [1, 2, 2, 3] * 20
    found = scoring_rates(scores, groups)
    assert (found.median.known, found.at_median) == (2.0, 40)
    rates = {one.group: one.rates.rate.known for one in found.impact.groups}
    assert rates == {"x": 0.0, "y": 0.5}
    partly = scoring_rates(scores, [None if i < 8 else g for i, g in enumerate(groups)])
    assert (partly.impact.unknown.applicants.known, partly.impact.applicants) == (8, 72)
    assert scoring_rates([], []).median.state == "suppressed"
    for wrong in ([1.0], [1.0, math.nan]):
        with pytest.raises(ValueError):
            scoring_rates(wrong, ["x", "y"])


@pytest.mark.parametrize(
    ("computed", "written", "scale"),
    [(0.1 + 0.2, 0.3, 1), (0.1 + 0.2, 0.3, 100), (1.1 + 2.2, 3.3, 1), (0.3 - 0.2 - 0.1, 0.0, 1)],
)
def test_scores_that_are_equal_but_for_the_last_bits_have_equal_rates(computed, written, scale):
    assert computed != written
    # Two people far off give the scale, one on each side.
    scores = [scale * x for x in [*[computed] * 40, *[written] * 60, -5.0, 5.0]]
    found = scoring_rates(scores, ["A"] * 40 + ["B"] * 60 + ["A", "B"])
    assert found.at_median == 100
    assert all(one.comparison is None or not one.comparison.ratio.value for one in found.impact.groups)
    assert {one.group: one.rates.selected.known for one in found.impact.groups} == {"A": 0, "B": 1}


def test_a_real_difference_at_the_median_is_kept():
    found = scoring_rates([0.300001] * 40 + [0.3] * 60, ["A"] * 40 + ["B"] * 60)
    assert found.at_median == 60
    assert {one.group: one.rates.rate.known for one in found.impact.groups} == {"A": 1.0, "B": 0.0}


# Agreement


def test_panel_agreement_by_hand():
    found = agreement.panel_agreement([[3], [3], [4], [4]], 1, 5, needs=0)
    assert found.options[0].r_wg.known == pytest.approx(5 / 6)
    assert found.options[0].a_wg.known == pytest.approx(0.8667, abs=5e-5)
    skewed = agreement.panel_agreement(
        [[3], [3], [4], [4]], 1, 5, null_variance=agreement.SLIGHT_SKEW[5], needs=0
    )
    assert skewed.options[0].r_wg.known < found.options[0].r_wg.known


@pytest.mark.parametrize(("ratings", "highest"), [([5] + [1] * 10, 5), ([7] + [1] * 12, 7)])
def test_a_mean_exactly_at_the_last_place_where_agreement_is_defined_is_there(ratings, highest):
    """The mean is 1 + 4 / 11 as a sum over people, and not to the last bit as a bound."""
    for turned in (ratings, [highest + 1 - x for x in ratings]):
        found = agreement.panel_agreement([[x] for x in turned], 1, highest, needs=0).options[0]
        assert found.a_wg.known == pytest.approx(-1.0)


def test_a_panel_that_disagrees_is_set_to_zero_and_says_so():
    found = agreement.panel_agreement([[1, 1], [5, 5], [1, 5], [5, 1]], 1, 5, needs=0)
    assert (found.options[0].r_wg.known, found.options[0].r_wg.words) == (0.0, agreement.NO_MORE_THAN_CHANCE)
    assert (found.r_wg_j.known, found.r_wg_j.words) == (0.0, agreement.NO_MORE_THAN_CHANCE)
    assert found.r_star_wg_j.known < -1


def test_a_panel_without_two_ratings_of_an_option_has_no_agreement():
    found = agreement.panel_agreement([[4, 3], [math.nan, 3]], 1, 5, needs=0)
    assert (found.options[0].r_wg.words, found.r_wg_j.words) == (agreement.ONE_RATER, agreement.ONE_RATER)
    assert found.options[0].mean.known == 4.0
    assert found.options[1].r_wg.known == 1.0
    nobody = agreement.panel_agreement([[math.nan]], 1, 5, needs=0)
    assert nobody.options[0].mean.state == "undefined"
    assert agreement.panel_agreement([[4]] * 9, 1, 5).r_wg_j.state == "suppressed"
    at_the_end = agreement.panel_agreement([[5]] * 12, 1, 5).options[0]
    assert (at_the_end.r_wg.known, at_the_end.a_wg.words) == (1.0, agreement.NEAR_AN_END)
    for wrong, low, high in [([4], 1, 5), ([[6]], 1, 5), ([[1]], 1, 1), ([[]], 1, 5)]:
        with pytest.raises(ValueError):
            agreement.panel_agreement(wrong, low, high)


def test_shares_of_ratings_within_one_point():
    found = agreement.share_within([[3, 4, 5], [1, math.nan, math.nan]], needs=0)
    assert (found.known, found.n) == (pytest.approx(2 / 3), 1)
    assert agreement.share_within([[1, math.nan]], needs=0).words == agreement.ONE_RATER
    assert agreement.share_within([[1, 2]]).state == "suppressed"
    with pytest.raises(ValueError):
        agreement.share_within([1, 2])


def kappa_of(table, weights="none"):
    cells = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return agreement.cohen_kappa([i for i, _ in cells], [j for _, j in cells], range(len(table)), weights)


def test_cohens_kappa_by_hand_and_against_statsmodels():
    found = kappa_of([[20, 5], [10, 15]])
    assert (found.kappa.known, found.agreement.known) == (pytest.approx(0.4), pytest.approx(0.7))
    assert (found.kappa.low, found.kappa.high) == pytest.approx((0.1510923, 0.6489077), abs=1e-6)
    table = [[20, 5, 1], [10, 15, 3], [2, 4, 9]]
    # statsmodels 0.15.0, cohens_kappa(table, wt=...)
    for weights, value, low, high in [
        ("linear", 0.5020619, 0.3312814, 0.6728424),
        ("quadratic", 0.5746918, 0.3904769, 0.7589067),
    ]:
        found = kappa_of(table, weights).kappa
        assert (found.known, found.low, found.high) == pytest.approx((value, low, high), abs=1e-6)


def test_kappa_without_a_second_category_is_undefined_beside_full_agreement():
    found = agreement.cohen_kappa(["a"] * 40, ["a"] * 40, ["a", "b"])
    assert (found.kappa.words, found.agreement.known) == (agreement.ONE_CATEGORY, 1.0)
    nobody = agreement.cohen_kappa(["a", None], [None, "a"], ["a"], needs=0)
    assert (nobody.kappa.words, nobody.agreement.words) == (agreement.ONE_RATER, agreement.ONE_RATER)
    with pytest.raises(ValueError):
        agreement.cohen_kappa(["a"], ["x"], ["a"])


def test_fleiss_kappa_needs_as_many_ratings_everywhere():
    rows = agreement.coded([["a", "b", None], ["a", "a", None], ["b", "b", None]])
    found = agreement.fleiss_kappa(rows, needs=0)
    assert found.kappa.known == pytest.approx((2 / 3 - 0.5) / 0.5)
    gaps = agreement.fleiss_kappa(agreement.coded([["a", "b", "b"], ["a", "a", None]]), needs=0)
    assert gaps.kappa.words == agreement.GAPS
    assert agreement.fleiss_kappa(agreement.coded([["a"], ["b"]]), needs=0).kappa.words == agreement.ONE_RATER
    assert agreement.fleiss_kappa(np.zeros((0, 2)), needs=0).kappa.words == agreement.ONE_RATER
    one = agreement.fleiss_kappa(agreement.coded([["a", "a"]]), needs=0)
    assert (one.kappa.words, one.agreement.known) == (agreement.ONE_CATEGORY, 1.0)


def test_krippendorffs_alpha_by_hand_and_at_its_edges():
    found = agreement.krippendorff_alpha([[1, 1], [1, 2], [2, 2], [2, 2]], "nominal", needs=0)
    assert found.known == pytest.approx(0.5333, abs=5e-5)
    assert found.low < found.known < found.high
    same = agreement.krippendorff_alpha([[2, 2], [2, 2]], "interval", needs=0)
    assert same.words == agreement.ONE_CATEGORY
    assert agreement.krippendorff_alpha([[1, math.nan]], "ordinal", needs=0).words == agreement.ONE_RATER
    assert agreement.krippendorff_alpha([[0, 0], [0, 1]], "ratio", needs=0).known == pytest.approx(0.0)
    with pytest.raises(ValueError):
        agreement.krippendorff_alpha([[-1, 1]], "ratio")


def test_krippendorffs_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(9)
    truth, n = 0.6, 40
    hits = 0
    for _ in range(100):
        things = rng.normal(0, math.sqrt(truth), (n, 1))
        found = agreement.krippendorff_alpha(things + rng.normal(0, math.sqrt(1 - truth), (n, 2)), "interval")
        hits += found.low <= truth <= found.high
    assert hits >= 90


def test_intraclass_correlations_by_hand_and_at_their_edges():
    found = agreement.icc([[1, 3], [2, 4], [3, 5]], needs=0).forms
    assert (found["3,1"].known, found["2,1"].known) == (pytest.approx(1), pytest.approx(1 / 3))
    assert found["3,1"].low is None
    assert agreement.icc([[1, 2]] * 29).forms["1,1"].state == "suppressed"
    assert agreement.icc([[1, math.nan], [1, 2]], needs=0).forms["1,1"].words == agreement.GAPS
    assert agreement.icc([[1], [2]], needs=0).forms["1,1"].words == agreement.ONE_RATER
    assert agreement.icc([[1, 2]], needs=0).forms["1,1"].state == "undefined"
    flat = agreement.icc([[0.3, 0.3], [0.3, 0.3], [0.1 + 0.2, 0.3]], needs=0).forms
    assert {one.state for one in flat.values()} == {"undefined"}
    with pytest.raises(ValueError):
        agreement.icc([1, 2])


def test_a_negative_intraclass_correlation_is_shown_as_it_is():
    rows = [[1.0, 5.0], [5.0, 1.0], [2.0, 4.1], [4.0, 2.0], [3.0, 3.2]]
    found = agreement.icc(rows, needs=0).forms
    assert found["1,1"].known < -0.9
    assert found["2,k"].low is None
