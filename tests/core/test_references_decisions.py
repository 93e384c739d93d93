"""Classification by cuts, keys of panels and impact over rounds agree with what others found."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from assessor.statistics.classification import effective_length, lee, livingston_lewis, true_scores
from assessor.statistics.consensus import closeness, consensus_key, most_least, most_least_key
from assessor.statistics.fairness_strata import TURNED, _ratio, _Tables, stratified_impact

REFERENCES = Path(__file__).parents[1] / "references"


def reference(name):
    return json.loads((REFERENCES / f"{name}.json").read_text(encoding="utf-8"))


def table(name):
    with (REFERENCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sum_scores(chances):
    """Levels x (items + 1): the distribution of the number right (Lord & Wingersky 1984)."""
    found = np.ones((len(chances), 1))
    for p in chances.T:
        found = (
            np.pad(found, ((0, 0), (0, 1))) * (1 - p)[:, None] + np.pad(found, ((0, 0), (1, 0))) * p[:, None]
        )
    return found


@pytest.mark.parametrize("cut", [3, 4])
def test_lees_indices_are_those_of_the_reference(cut):
    expected = reference("classif_lsat7")["expected"]["lee2010"][f"cut{cut}"]
    items = reference("irt_lsat7_2pl")["expected"]["parameters"]["irt"].values()
    theta = np.linspace(-5, 5, 61)
    weights = np.exp(-(theta**2) / 2)
    chances = np.stack([expit(one["a"] * (theta - one["b"])) for one in items], axis=1)
    passes = sum_scores(chances)[:, cut:].sum(axis=1)
    deserves = (chances.sum(axis=1) >= cut).astype(float)
    weights = weights / weights.sum()
    found = lee(weights, np.stack([1 - passes, passes], 1), np.stack([1 - deserves, deserves], 1))
    for name, theirs in (
        ("accuracy", "accuracy"),
        ("consistency", "consistency"),
        ("kappa", "kappa"),
        ("too_high", "false_positive"),
        ("too_low", "false_negative"),
    ):
        assert getattr(found, name) == pytest.approx(expected[theirs], abs=1e-4), name
    assert float(weights @ passes) == pytest.approx(expected["p_pass"], abs=1e-4)


@pytest.mark.parametrize("parameters", [2, 4])
@pytest.mark.parametrize("cut", [3, 4])
def test_livingston_and_lewis_are_those_of_the_reference(cut, parameters):
    expected = reference("classif_lsat7")["expected"]
    scores = np.array([sum(float(row[f"item{j}"]) for j in range(1, 6)) for row in table("lsat7.csv")])
    alpha, wanted = (
        expected["reliability_alpha"],
        expected["livingston_lewis"][f"cut{cut}"][f"beta{parameters}"],
    )
    length = effective_length(scores.mean(), scores.var(ddof=1), alpha, 0, 5)
    assert length == pytest.approx(expected["effective_test_length"], abs=1e-9)
    fitted, theirs = true_scores(scores / 5, length, parameters), wanted["parameters"]
    assert fitted.parameters == parameters
    assert (fitted.a, fitted.b, fitted.low, fitted.high) == pytest.approx(
        (theirs["alpha"], theirs["beta"], theirs["l"], theirs["u"]), abs=1e-6
    )
    found = livingston_lewis(scores, alpha, cut, 0, 5, step=1, parameters=parameters)
    stats = wanted["stats"]["classification.consistency"]
    assert found.accuracy == pytest.approx(wanted["accuracy"], abs=1e-4)
    assert found.consistency == pytest.approx(stats["p"], abs=1e-4)
    assert found.kappa == pytest.approx(stats["Kappa"], abs=5e-4)


def test_impact_over_departments_is_that_of_the_reference():
    """Berkeley 1973: fewer women in all, and not in the departments."""
    expected, rounds = reference("impact_ucb_admissions")["expected"], {}
    for row in table("impact_ucb_admissions.csv"):
        counts = rounds.setdefault(row["department"], {})
        counts[row["group"]] = (int(row["selected"]), int(row["applicants"]))
    found = stratified_impact(rounds)
    assert found.together.highest == "men"
    (women,) = found.within
    assert (women.group, women.rounds, women.n_dropped) == ("women", 6, 0)
    low, high = expected["odds_ratio_ci95"]
    assert women.odds_ratio.known == pytest.approx(1 / expected["odds_ratio"], abs=1e-9)
    assert (women.odds_ratio.low, women.odds_ratio.high) == pytest.approx((1 / high, 1 / low), abs=1e-9)
    assert women.chi2.known == pytest.approx(expected["chi2"], abs=1e-9)
    assert women.p.known == pytest.approx(expected["p"], abs=1e-9)
    assert women.unequal_chi2.known == pytest.approx(expected["breslow_day_tarone"], abs=1e-5)
    assert women.unequal_p.known == pytest.approx(expected["breslow_day_tarone_p"], abs=1e-8)
    assert women.turned.known
    assert women.finding.known == TURNED


def test_the_impact_ratio_over_rounds_is_that_of_the_reference():
    expected = reference("impact_ucb_admissions")["expected"]
    rows = table("impact_ucb_admissions.csv")
    men, women = (
        np.array([(float(r["selected"]), float(r["applicants"])) for r in rows if r["group"] == group])
        for group in ("men", "women")
    )
    assert _ratio(_Tables(*men.T, *women.T)) == pytest.approx(expected["risk_ratio"], abs=1e-9)


def panel():
    """Experts' and people's ratings, NaN where a cell is empty."""
    rows = {"expert": [], "person": []}
    for row in table("sjt_panel_worked.csv"):
        rows[row["who"]].append([float(row[option]) if row[option] else np.nan for option in "ABCD"])
    return np.array(rows["expert"]), np.array(rows["person"])


CLOSENESS = {
    "share": "proportion_score_mean",
    "share_of_mode": "proportion_score_relative_to_mode_mean",
    "mode": "mode_score_mean",
    "mean_absolute": "mean_abs_distance",
    "mean_square": "mean_sq_distance",
    "root_mean_square": "rms_distance",
    "z_square": "z_sq_distance_mean",
    "z_absolute": "z_abs_distance_mean",
    "r": "pearson_r_with_key",
}


def test_consensus_keys_are_those_of_the_reference():
    expected, (experts, people) = reference("sjt_consensus_worked")["expected"], panel()
    key = consensus_key(experts, 1, 5, needs=0)
    assert [one.mean.known for one in key.options] == pytest.approx(expected["expert_mean"], abs=1e-9)
    assert [one.sd.known for one in key.options] == pytest.approx(expected["expert_sd"], abs=1e-9)
    assert [list(one.modes) for one in key.options] == expected["expert_mode"]
    for one, shares in zip(key.options, expected["expert_proportions"], strict=True):
        assert {str(int(value)): share for value, share in one.shares.items()} == pytest.approx(shares)
    for answers, wanted in zip(people, expected["people"], strict=True):
        found = closeness(key, answers)
        assert found.n == wanted["n_answered"]
        for name, theirs in CLOSENESS.items():
            one = getattr(found, name)
            assert one.value == pytest.approx(wanted.get(theirs), abs=1e-9), name
            assert (one.state == "undefined") == (wanted.get(theirs) is None)
        if "decomposition_elevation_scatter_shape" in wanted:
            parts = [found.elevation.known, found.scatter.known, found.shape.known]
            assert parts == pytest.approx(wanted["decomposition_elevation_scatter_shape"], abs=1e-9)


def test_most_and_least_keys_are_those_of_the_reference():
    expected = reference("sjt_mostleast_worked")["expected"]
    rows = table("sjt_mostleast_worked.csv")
    key = most_least_key([(r["most"], r["least"]) for r in rows if r["who"] == "expert"], "ABCD", needs=0)
    assert key.most == pytest.approx(expected["p_most"])
    assert key.least == pytest.approx(expected["p_least"])
    assert key.net == pytest.approx(expected["net"])
    assert (key.key_most.known, key.key_least.known) == (expected["key_most"], expected["key_least"])
    people = [r for r in rows if r["who"] == "person"]
    for row, wanted in zip(people, expected["people"], strict=True):
        found = most_least(key, row["most"], row["least"])
        assert [row["most"], row["least"]] == wanted["most_least"]
        assert found.keyed.known == wanted["keyed_score_-2..2"]
        assert found.right.known == wanted["keyed_score_0..2"]
        assert found.share == pytest.approx(wanted["proportion_score_mean"], abs=1e-9)
        assert found.net == pytest.approx(wanted["net_score"], abs=1e-9)
