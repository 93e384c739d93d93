"""Item statistics, reliability and part scores agree with what other software found on public answers."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from assessor.statistics.items import item_statistics, matched, option_statistics
from assessor.statistics.reliability import one_factor, pair_covariance, reliability, stratified_alpha
from assessor.statistics.subscores import kelley, subscores

REFERENCES = Path(__file__).parents[1] / "references"


def reference(name):
    return json.loads((REFERENCES / f"{name}.json").read_text(encoding="utf-8"))


def table(name):
    with (REFERENCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scores_of(name, columns):
    """The complete rows of the columns, as numbers."""
    rows = [[row[column] for column in columns] for row in table(name)]
    return np.array([[float(cell) for cell in row] for row in rows if all(row)])


CTT = {
    "ctt_lsat7": ("lsat7.csv", [f"item{j}" for j in range(1, 6)], (0, 1)),
    "ctt_bfi_agreeableness": ("bfi_keyed.csv", [f"A{j}" for j in range(1, 6)], (1, 6)),
}


@pytest.mark.parametrize("name", CTT)
def test_items_are_as_hard_and_as_telling_as_in_the_reference(name):
    file, columns, ends = CTT[name]
    expected = reference(name)["expected"]
    m = matched(scores_of(file, columns), columns)
    assert len(m.scores) == expected["n_persons"]
    for item in item_statistics(m, [ends] * len(columns)):
        assert item.n == expected["n_persons"]
        assert item.mean.known == pytest.approx(expected["item_mean"][item.item], abs=1e-6)
        assert item.sd.known == pytest.approx(expected["item_sd"][item.item], abs=1e-6)
        assert item.facility.known == pytest.approx(expected["item_facility_0_1"][item.item], abs=1e-6)
        assert item.total_r.known == pytest.approx(expected["item_total_r"][item.item], abs=1e-6)
        assert item.rest_r.known == pytest.approx(expected["item_rest_r"][item.item], abs=1e-6)


@pytest.mark.parametrize("name", CTT)
def test_reliability_is_that_of_the_reference(name):
    file, columns, _ = CTT[name]
    expected, tolerance = reference(name)["expected"], reference(name)["tolerance"]
    m = matched(scores_of(file, columns), columns)
    found = reliability(m)
    assert found.alpha.known == pytest.approx(expected["alpha"], abs=1e-6)
    assert [found.alpha.low, found.alpha.high] == pytest.approx(expected["alpha_ci95_feldt"], abs=1e-6)
    assert found.alpha_se.known == pytest.approx(expected["alpha_ase_duhachek"], abs=1e-6)
    assert found.standardised_alpha.known == pytest.approx(expected["alpha_standardised"], abs=1e-6)
    assert found.lambda2.known == pytest.approx(expected["guttman_lambda2_cov"], abs=1e-6)
    assert found.lambda6.known == pytest.approx(expected["guttman_lambda6_cov"], abs=1e-6)
    assert found.sem.known == pytest.approx(expected["sem_alpha"], abs=1e-6)
    assert {item: r.known for item, r in found.alpha_if_deleted.items()} == pytest.approx(
        expected["alpha_if_deleted"], abs=1e-6
    )
    assert found.omega.known == pytest.approx(expected["omega_total_cfa_ml"], abs=tolerance["omega_abs"])
    solution = one_factor(pair_covariance(m)[0])
    n = len(m.scores)  # the reference divides by N
    assert solution.loadings * np.sqrt((n - 1) / n) == pytest.approx(
        list(expected["cfa_loadings"].values()), abs=tolerance["loadings_abs"]
    )
    assert solution.residuals * (n - 1) / n == pytest.approx(
        list(expected["cfa_residual_var"].values()), abs=tolerance["loadings_abs"]
    )


def test_options_are_chosen_as_in_the_reference():
    expected = reference("distractor_hci20")["expected"]
    rows, key = table("hci_raw20.csv"), expected["key"]
    items = list(key)
    m = matched([[row[item] == key[item] for item in items] for row in rows], items)
    assert (m.total.mean(), m.total.std(ddof=1)) == pytest.approx(
        (expected["total_mean"], expected["total_sd"]), abs=1e-9
    )
    for item in items:
        wanted = {name: cell for name, cell in expected["items"][item].items() if name != "missing_n"}
        marks = [[row[item] == option for option in wanted] for row in rows]
        found = option_statistics(m, item, marks, list(wanted), [key[item]])
        assert (found.n, found.n_blank) == (expected["n"], expected["items"][item]["missing_n"])
        assert list(found.cuts) == expected["group_cuts"]
        assert list(found.n_by_third) == expected["group_n"]
        for option in found.options:
            one = wanted[option.option]
            assert (option.keyed, option.n) == (one["key"], one["n"])
            assert list(option.n_by_third) == one["n_by_group"]
            assert option.share.known == pytest.approx(one["proportion"], abs=1e-9)
            assert [s.known for s in option.share_by_third] == pytest.approx(
                one["proportion_by_group"], abs=1e-9
            )
            assert option.total_r.value == pytest.approx(one["pbis_total"], abs=1e-9)
            assert option.rest_r.value == pytest.approx(one["pbis_rest"], abs=1e-9)
            assert option.mean_total.value == pytest.approx(one["mean_total_of_choosers"], abs=1e-9)


def test_part_scores_are_worth_what_the_reference_says():
    expected = reference("subscore_scored50")["expected"]
    columns = [f"V{j}" for j in range(1, 51)]
    m = matched(scores_of("subscore_scored50.csv", columns), columns)
    parts = [name for name, k in zip(expected["subtests"], expected["sizes"], strict=True) for _ in range(k)]
    found = {one.part: one for one in subscores(m, parts, needs=0)}
    assert [one.n_items for one in found.values()] == expected["sizes"]
    for part, one in found.items():
        assert one.mean.known == pytest.approx(expected["mean"][part], abs=1e-6)
        assert one.sd.known == pytest.approx(expected["sd"][part], abs=1e-6)
        assert one.reliability.known == pytest.approx(expected["alpha"][part], abs=1e-6)
        assert one.prmse_part.known == pytest.approx(expected["prmse_s"][part], abs=1e-6)
        assert one.prmse_whole.known == pytest.approx(expected["prmse_x"][part], abs=1e-6)
        assert one.prmse_augmented.known == pytest.approx(expected["prmse_sx_matrix"][part], abs=1e-6)
        assert one.weights.known == pytest.approx(expected["sx_weights_subscore_total"][part], abs=1e-6)
        assert one.has_value.known is expected["added_value_s"][part]
        assert one.augmented_has_value.known is expected["added_value_sx_10pct"][part]
    total_mean = sum(expected["mean"].values())
    for observed, by_kelley, by_both in zip(
        *(expected["first10"][name] for name in ("observed", "kelley_s", "sx")), strict=True
    ):
        for part, score, drawn, augmented in zip(found, observed, by_kelley, by_both, strict=True):
            one = found[part]
            assert kelley(score, one.mean.known, one.reliability.known) == pytest.approx(drawn, abs=1e-6)
            own, whole = one.weights.known
            distance = own * (score - one.mean.known) + whole * (sum(observed) - total_mean)
            assert one.mean.known + distance == pytest.approx(augmented, abs=1e-6)
    assert reliability(m).alpha.known == pytest.approx(expected["alpha"]["total"], abs=1e-6)
    assert stratified_alpha(m, parts).known == pytest.approx(expected["stratified_alpha_total"], abs=1e-6)
