"""Item statistics in the cases that go wrong: small numbers, no variation, different forms, wrong input."""

import math
from collections import Counter

import numpy as np
import pytest

from assessor.statistics import items, reliability, stated
from assessor.statistics.items import item_statistics, matched, option_statistics, rating_statistics

NO_MINIMUM = items.Minimums(0, 0, 0, 0, 0, 0)
NO_MINIMUM_SUM = reliability.Minimums(0, 0, 0, 0)


def answers(n, k, rng, spread=1.0):
    """Right or wrong answers of people who differ."""
    ability, difficulty = rng.normal(0, spread, (n, 1)), rng.normal(size=k)
    return (rng.random((n, k)) < 1 / (1 + np.exp(difficulty - ability))).astype(float)


def ids(k):
    return [f"i{j}" for j in range(k)]


def words(flags):
    return Counter((flag.words, flag.option) for flag in flags)


# What a statistic may be


def test_a_statistic_is_a_value_or_a_reason_and_never_nan():
    known = stated.stated(0.5, 40, 30, interval=(0.4, 0.6), caution=stated.PROVISIONAL)
    assert (known.state, known.known, known.low, known.high) == ("value", 0.5, 0.4, 0.6)
    assert known.words % known.numbers == "Provisional: it comes from 40 only."
    hidden = stated.stated(math.nan, 3, 30)
    assert (hidden.state, hidden.value) == ("suppressed", None)
    assert hidden.words % hidden.numbers == "Too few: 3, and this needs at least 30."
    for nothing in (None, math.nan, math.inf):
        assert stated.stated(nothing, 40, 30).state == "undefined"
    assert stated.stated(0.0, 40, 30).known == 0.0
    assert stated.suppressed(None, 5).numbers == {"needs": 5}
    with pytest.raises(ValueError, match="no value: suppressed"):
        _ = hidden.known
    with pytest.raises(ValueError, match="not both"):
        stated.Stated("undefined", 1, 1, 2.0, words="x")
    with pytest.raises(ValueError, match="says why"):
        stated.Stated("undefined", 1, 1)
    with pytest.raises(ValueError, match="never nan"):
        stated.Stated("value", 1, 1, math.nan)


def test_intervals_stay_where_they_are_defined():
    assert stated.wilson(0.8, 10) == pytest.approx((0.4902, 0.9433), abs=5e-5)
    assert stated.wilson(0.0, 0) == (0.0, 1.0)
    assert stated.wilson(0.0, 20)[0] == 0.0
    assert stated.fisher_interval(0.5, 103) == pytest.approx((0.339, 0.632), abs=5e-4)
    assert stated.fisher_interval(0.5, 3) is None
    assert stated.fisher_interval(1.0, 50) is None
    assert stated.jackknife(1.0, [1.0, 2.0, 3.0]) == pytest.approx((1 - 2.2632, 1 + 2.2632), abs=1e-4)
    assert stated.jackknife(None, [1.0, 2.0]) is None
    assert stated.jackknife(1.0, [1.0]) is None
    assert stated.jackknife(1.0, [1.0, None]) is None


# Items


def test_the_hand_worked_item_is_as_its_docstring_says():
    first = item_statistics(matched([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]], ids(3)), None, NO_MINIMUM)[
        0
    ]
    assert first.rest_r.known == pytest.approx(0.5222, abs=5e-5)
    assert first.facility.known == 0.75
    assert first.flags == ()


def test_too_few_people_hide_each_statistic_at_its_own_number():
    rng = np.random.default_rng(1)
    found = {n: item_statistics(matched(answers(n, 5, rng), ids(5)))[0] for n in (29, 30, 99, 100)}
    assert [found[n].facility.state for n in (29, 30)] == ["suppressed", "value"]
    assert [found[n].facility.words for n in (99, 100)] == [stated.PROVISIONAL, None]
    assert [found[n].rest_r.state for n in (99, 100)] == ["suppressed", "value"]
    assert (found[99].rest_r.n, found[99].rest_r.needs) == (99, 100)


def test_an_item_without_variation_has_no_correlation_and_says_so():
    rng = np.random.default_rng(2)
    scores = answers(200, 4, rng)
    scores[:, 1] = 0.1 + 0.2  # not exactly .3
    found = item_statistics(matched(scores, ids(4)))[1]
    assert (found.rest_r.state, found.total_r.state) == ("undefined", "undefined")
    assert words(found.flags) == {(items.SAME_SCORE, None): 1}
    alone = item_statistics(matched(scores[:, :1], ids(1)))[0]
    assert alone.rest_r.state == "undefined"
    assert alone.total_r.known == pytest.approx(1.0)


def test_items_that_go_against_the_rest_are_flagged():
    rng = np.random.default_rng(3)
    scores = answers(600, 8, rng, spread=2)
    scores[:, 0] = 1 - scores[:, 0]
    scores[:, 1] = rng.random(600) < 0.5
    against, alone, good = item_statistics(matched(scores, ids(8)))[:3]
    assert words(against.flags) == {(items.NEGATIVE_ITEM_REST, None): 1}
    assert alone.flags[0].words in (items.LOW_ITEM_REST, items.NEGATIVE_ITEM_REST)
    assert good.flags == ()


def test_facility_counts_from_the_least_possible_score():
    m = matched([[-0.5], [1.0], [0.25], [0.25]], ids(1))
    assert item_statistics(m, [(-0.5, 1.0)], NO_MINIMUM)[0].facility.known == pytest.approx(0.5)
    with pytest.raises(ValueError, match="item i0: scores outside"):
        item_statistics(m)


@pytest.mark.parametrize(
    ("scores", "names"),
    [([[1, 2]], ["a"]), ([[1, 2]], ["a", "a"]), ([1, 2], ["a", "b"]), ([[math.inf]], ["a"])],
)
def test_scores_that_are_no_table_are_refused(scores, names):
    with pytest.raises(ValueError):
        matched(scores, names)


def test_an_item_that_nobody_saw_has_no_statistic():
    m = matched([[1, math.nan], [0, math.nan], [math.nan, math.nan]], ids(2))
    seen, unseen = item_statistics(m, None, NO_MINIMUM)
    assert (seen.n, unseen.n) == (2, 0)
    assert {s.state for s in (unseen.mean, unseen.sd, unseen.facility, unseen.rest_r)} == {"undefined"}
    # Nobody saw another item beside the first one, so there is no rest.
    assert seen.rest_r.state == "undefined"
    assert math.isnan(m.total[2])


def test_statistics_under_different_forms_are_those_of_who_saw_the_item():
    """An easy form must be no merit: the same people, half of them on the easy half of the items."""
    rng = np.random.default_rng(4)
    whole = answers(3000, 20, rng, spread=1.5)
    scores = whole.copy()
    order = np.argsort(whole.mean(axis=0))
    hard_form, easy_form = np.r_[order[:10], order[10:14]], order[6:]
    on_easy = rng.random(3000) < 0.5
    scores[np.ix_(on_easy, np.setdiff1d(np.arange(20), easy_form))] = np.nan
    scores[np.ix_(~on_easy, np.setdiff1d(np.arange(20), hard_form))] = np.nan
    m = matched(scores, ids(20))
    for j, found in enumerate(item_statistics(m)):
        own = scores[:, j][~np.isnan(scores[:, j])]
        assert (found.n, found.facility.known) == (own.size, pytest.approx(own.mean()))
    complete = [item.rest_r.known for item in item_statistics(matched(whole, ids(20)))]
    partial = [item.rest_r.known for item in item_statistics(m)]
    assert np.abs(np.subtract(complete, partial)).max() < 0.08
    found = reliability.reliability(m)
    assert found.length == 14
    expected = reliability.spearman_brown(reliability.reliability(matched(whole, ids(20))).alpha, 14 / 20)
    assert found.alpha.known == pytest.approx(expected.known, abs=0.01)
    assert (found.alpha.low, found.alpha.words) == (None, reliability.PAIRS)
    assert {s.state for s in (found.lambda2, found.lambda6, found.omega, found.alpha_se)} == {"undefined"}
    assert found.omega.words == stated.OTHER_FORMS


def test_one_missing_answer_hardly_moves_what_is_said():
    scores = answers(400, 8, np.random.default_rng(5))
    gap = scores.copy()
    gap[0, 0] = np.nan
    before, after = (reliability.reliability(matched(s, ids(8))) for s in (scores, gap))
    for name in ("alpha", "standardised_alpha", "sem"):
        assert getattr(after, name).known == pytest.approx(getattr(before, name).known, abs=0.01)
    assert after.alpha_if_deleted["i3"].known == pytest.approx(before.alpha_if_deleted["i3"].known, abs=0.01)


# Options


def test_ties_at_the_end_of_a_third_belong_to_the_lower_one():
    third, cuts = items.thirds(np.array([1.0, 2.0, 2.0, 3.0]))
    assert (third.tolist(), cuts) == ([0, 0, 0, 2], (1.0, 2.0, 2.0, 3.0))
    third, _ = items.thirds(np.array([0.1 + 0.2, 0.3, 0.3, 0.3]))
    assert third.tolist() == [0, 0, 0, 0]
    assert items.thirds(np.zeros(0))[1] == ()


def test_the_hand_worked_option_is_as_its_docstring_says():
    m = matched([[1, 1, 1], [1, 1, 0], [0, 1, 0], [0, 0, 0]], ids(3))
    table = option_statistics(m, "i0", [[1, 0], [1, 0], [0, 1], [0, 0]], ["a", "b"], ["a"], NO_MINIMUM)
    assert table.options[0].total_r.known == pytest.approx(0.8944, abs=5e-5)
    assert table.n_blank == 1


def test_options_that_need_an_eye_are_flagged():
    rng = np.random.default_rng(6)
    n = 900
    scores = answers(n, 10, rng, spread=2)
    best = scores.sum(axis=1) > np.median(scores.sum(axis=1))
    choice = np.where(best, np.where(rng.random(n) < 0.6, 1, 0), rng.choice([0, 2], n))
    choice[:20] = 3
    table = option_statistics(
        matched(scores, ids(10)), "i0", choice[:, None] == np.arange(4), list("abcd"), ["a"]
    )
    found = words(table.flags)
    assert (items.ATTRACTS_THE_GOOD, "b") in found
    assert (items.BEATS_THE_KEY, "b") in found
    assert (items.RARELY_CHOSEN, "d") in found
    assert (items.LOW_KEY_REST, "a") in found
    assert not [words for words, option in found if option == "c"]


def test_few_people_hide_options_and_raise_no_flag():
    rng = np.random.default_rng(7)
    scores = answers(60, 5, rng)
    marks = rng.integers(0, 2, 60)[:, None] == np.arange(2)
    table = option_statistics(matched(scores, ids(5)), "i1", marks, ["a", "b"], ["a"])
    first = table.options[0]
    assert (first.share.state, first.rest_r.state) == ("value", "suppressed")
    assert {s.state for s in first.share_by_third} == {"suppressed"}
    assert table.flags == ()
    scores = answers(160, 5, rng)
    marks = np.column_stack([np.ones(160), np.zeros(160)])
    table = option_statistics(matched(scores, ids(5)), "i1", marks, ["a", "b"], ["a"])
    assert [option.rest_r.words for option in table.options] == [items.NOBODY, items.NOBODY]
    assert table.options[1].mean_total.state == "undefined"


def test_a_third_without_people_has_no_share():
    m = matched(np.ones((40, 2)), ids(2))
    table = option_statistics(m, "i0", np.ones((40, 1)), ["a"], [], NO_MINIMUM)
    assert [s.state for s in table.options[0].share_by_third] == ["value", "undefined", "undefined"]
    assert words(table.flags) == {}


def test_marks_that_do_not_fit_are_refused():
    m = matched([[1, 0], [0, 1]], ids(2))
    for item, marks, options, keyed in [
        ("x", [[1], [0]], ["a"], ["a"]),
        ("i0", [[1]], ["a"], ["a"]),
        ("i0", [[1, 0], [0, 1]], ["a", "a"], ["a"]),
        ("i0", [[2], [0]], ["a"], ["a"]),
        ("i0", [[1], [0]], ["a"], ["b"]),
    ]:
        with pytest.raises(ValueError):
            option_statistics(m, item, marks, options, keyed)


def test_rated_options_are_described_by_their_ratings():
    rng = np.random.default_rng(8)
    scores = answers(300, 12, rng, spread=2)
    total = scores.sum(axis=1)
    ratings = np.column_stack([np.clip(np.round(1 + total / 3), 1, 5), rng.integers(1, 6, 300)])
    ratings[5, 0] = np.nan
    good, noise = rating_statistics(matched(scores, ids(12)), "i0", ratings, ["a", "b"])
    assert good.mean.n == 299
    assert good.total_r.known > 0.9 > abs(noise.total_r.known)
    by_third = [mean.known for mean in good.mean_by_third]
    assert by_third == sorted(by_third)
    empty = rating_statistics(matched([[1.0]], ["x"]), "x", [[np.nan]], ["a"], NO_MINIMUM)[0]
    assert empty.mean.state == "undefined"


# Sums


def test_hand_worked_reliabilities():
    assert reliability.alpha_of(np.array([[1, 0.5], [0.5, 1]])) == pytest.approx(2 / 3)
    half = stated.stated(0.5, 200, 100, interval=(0.4, 0.6))
    doubled = reliability.spearman_brown(half, 2)
    assert (doubled.known, doubled.low, doubled.high) == pytest.approx((2 / 3, 4 / 7, 0.75))
    assert reliability.spearman_brown(stated.stated(0.5, 9, 9), 2).low is None
    assert reliability.spearman_brown(stated.stated(-0.5, 9, 9), 3).state == "undefined"
    hidden = stated.suppressed(3, 100)
    assert reliability.spearman_brown(hidden, 2) is hidden
    with pytest.raises(ValueError):
        reliability.spearman_brown(half, 0)


def test_alpha_is_hidden_then_provisional_then_firm():
    rng = np.random.default_rng(9)
    for n, state, caution in [
        (49, "suppressed", stated.TOO_FEW),
        (50, "value", stated.PROVISIONAL),
        (100, "value", None),
    ]:
        found = reliability.reliability(matched(answers(n, 6, rng), ids(6)))
        assert (found.alpha.state, found.alpha.words) == (state, caution)
        assert found.omega.state == "suppressed"
    assert found.alpha_if_deleted["i0"].state == "value"


def test_a_sum_without_variation_or_with_one_item_has_no_alpha():
    flat = reliability.reliability(matched(np.full((200, 3), 0.7), ids(3)))
    assert flat.no_variance == ("i0", "i1", "i2")
    for name in ("alpha", "alpha_se", "standardised_alpha", "lambda2", "lambda6", "omega", "sem"):
        assert getattr(flat, name).state == "undefined"
    one = reliability.reliability(matched(answers(200, 1, np.random.default_rng(1)), ids(1)))
    assert one.alpha.words == stated.TOO_FEW_ITEMS
    nobody = reliability.reliability(matched(np.zeros((0, 2)), ids(2)), NO_MINIMUM_SUM)
    assert nobody.alpha.state == "undefined"
    assert reliability.lambda2_of(np.zeros((2, 2))) is None


def test_an_item_without_variation_stays_in_the_sum_and_is_listed():
    scores = answers(300, 5, np.random.default_rng(10))
    scores[:, 2] = 1
    found = reliability.reliability(matched(scores, ids(5)))
    assert found.no_variance == ("i2",)
    assert found.alpha.state == "value"
    assert (found.standardised_alpha.state, found.lambda6.state, found.omega.state) == ("undefined",) * 3
    two = reliability.reliability(matched(scores[:, :2], ids(2)))
    assert two.alpha_if_deleted["i0"].words == stated.TOO_FEW_ITEMS


def test_a_negative_alpha_is_shown_as_it_is():
    rng = np.random.default_rng(11)
    first = rng.normal(size=400)
    found = reliability.reliability(
        matched(np.column_stack([first, 0.5 * rng.normal(size=400) - first]), ids(2))
    )
    assert found.alpha.known < -1
    assert found.sem.known > 0
    weak = np.array([[1.0, -0.99], [-0.99, 1.0]])
    assert reliability._standardised(weak) == pytest.approx(-198.0)
    assert reliability._standardised(np.array([[1.0, -1.0], [-1.0, 1.0]])) is None


def test_omega_is_given_for_one_factor_only():
    rng = np.random.default_rng(12)
    two = rng.normal(size=(2000, 2))
    against = np.column_stack([two[:, 0] + rng.normal(size=2000) for _ in range(4)])
    against[:, 0] *= -1
    assert reliability.omega_of(np.cov(against.T)) is None
    assert reliability.one_factor(np.eye(2)) is None
    assert reliability.one_factor(np.ones((3, 3))) is None
    # A correlation that one factor can only give with a residual below zero.
    heywood = np.array([[1, 0.9, 0.8], [0.9, 1, 0.6], [0.8, 0.6, 1]])
    assert reliability.one_factor(heywood) is None
    reversed_sign = reliability.one_factor(np.cov(-against[:, 1:].T))
    assert (reversed_sign.loadings > 0).all()
    found = reliability.reliability(matched(against, ids(4)))
    assert found.omega.words == reliability.NOT_ONE_FACTOR


def test_omega_with_a_slightly_negative_loading_is_given_and_flagged():
    """One item that has nothing to do with the others loads now above, now below zero."""
    rng = np.random.default_rng(12)
    general = rng.normal(size=(600, 1))
    scores = 0.7 * general + rng.normal(size=(600, 6))
    alone = reliability.reliability(matched(scores, ids(6))).omega
    assert alone.words is None
    scores = np.column_stack([scores, rng.normal(size=600) - 0.1 * general[:, 0]])
    found = reliability.reliability(matched(scores, ids(7))).omega
    assert found.words == reliability.RUNS_AGAINST
    loadings = reliability.one_factor(np.cov(scores.T)).loadings
    assert loadings.min() < 0
    assert found.known < alone.known
    # It is the squared correlation of the sum with the factor, whatever the signs.
    common = loadings.sum() ** 2
    assert found.known == pytest.approx(
        common / (common + reliability.one_factor(np.cov(scores.T)).residuals.sum())
    )


def test_forms_that_share_no_pair_of_items_have_no_alpha():
    scores = np.full((120, 2), np.nan)
    scores[:60, 0] = scores[60:, 1] = np.arange(60) % 2
    found = reliability.reliability(matched(scores, ids(2)))
    assert (found.length, found.alpha.words) == (1.0, stated.TOO_FEW_ITEMS)
    assert found.standardised_alpha.state == found.sem.state == "undefined"
    flat = np.ones((120, 3))
    flat[0, 0] = np.nan
    assert reliability.reliability(matched(flat, ids(3))).alpha.words == stated.NO_VARIANCE
    nobody = reliability.reliability(matched(np.full((3, 2), np.nan), ids(2)), NO_MINIMUM_SUM)
    assert (nobody.n, nobody.length, nobody.alpha.state) == (0, 0.0, "undefined")


def test_conditional_errors_are_lords_and_keats():
    scores = answers(300, 10, np.random.default_rng(13))
    found = reliability.conditional_sem(matched(scores, ids(10))).known
    assert [one.score for one in found] == list(range(11))
    assert found[5].lord == pytest.approx(5 / 3)
    whole = reliability.reliability(matched(scores, ids(10)))
    totals = scores.sum(axis=1).astype(int)
    # Keats' correction makes the mean square error of people that of the test.
    mean_square = np.mean([found[t].keats ** 2 for t in totals])
    assert mean_square == pytest.approx(whole.sem.known**2 * 299 / 300, rel=1e-6)
    extremes = np.repeat([[0.0] * 3, [1.0] * 3], 60, axis=0)
    assert reliability.conditional_sem(matched(extremes, ids(3))).known[1].keats is None
    same = reliability.conditional_sem(matched(np.ones((120, 3)), ids(3))).known
    assert same[1].keats is None


def test_conditional_errors_are_refused_where_there_is_no_formula():
    scores = answers(120, 4, np.random.default_rng(14))
    assert reliability.conditional_sem(matched(scores[:99], ids(4))).state == "suppressed"
    assert reliability.conditional_sem(matched(scores[:, :1], ids(1))).words == stated.TOO_FEW_ITEMS
    partial = scores * 0.5
    assert reliability.conditional_sem(matched(partial, ids(4))).words == reliability.ONLY_RIGHT_OR_WRONG
    scores[0, 0] = np.nan
    assert reliability.conditional_sem(matched(scores, ids(4))).words == stated.OTHER_FORMS


def test_stratified_alpha_is_refused_where_a_part_has_no_alpha():
    scores = answers(120, 4, np.random.default_rng(15))
    m = matched(scores, ids(4))
    assert reliability.stratified_alpha(m, list("aabb")).state == "value"
    assert reliability.stratified_alpha(m, list("aaab")).words == stated.TOO_FEW_ITEMS
    assert reliability.stratified_alpha(matched(scores[:9], ids(4)), list("aabb")).state == "suppressed"
    with pytest.raises(ValueError):
        reliability.stratified_alpha(m, list("aab"))
    flat = scores.copy()
    flat[:, 2:] = 1
    assert reliability.stratified_alpha(matched(flat, ids(4)), list("aabb")).words == stated.NO_VARIANCE
    opposite = np.column_stack([scores[:, :2], -scores[:, :2]])
    assert reliability.stratified_alpha(matched(opposite, ids(4)), list("aabb")).state == "undefined"
    scores[0, 0] = np.nan
    assert reliability.stratified_alpha(matched(scores, ids(4)), list("aabb")).words == stated.OTHER_FORMS
