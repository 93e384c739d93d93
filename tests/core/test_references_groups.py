"""Item bias, impact and agreement of raters agree with what other software found on public numbers."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from assessor.statistics.agreement import (
    ICC_FORMS,
    coded,
    cohen_kappa,
    fleiss_kappa,
    icc,
    krippendorff_alpha,
    panel_agreement,
)
from assessor.statistics.dif import logistic, mantel, mantel_haenszel
from assessor.statistics.dif_matching import Minimums
from assessor.statistics.fairness import impact
from assessor.statistics.items import matched

REFERENCES = Path(__file__).parents[1] / "references"
ANY = Minimums(0)


def reference(name):
    return json.loads((REFERENCES / f"{name}.json").read_text(encoding="utf-8"))


def table(name):
    with (REFERENCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers(name, columns=None):
    return np.array([[float(row[c]) if row[c] else np.nan for c in columns or row] for row in table(name)])


@pytest.fixture(scope="module")
def aggression():
    """Scores of 316 people on 24 items, and who is in the focal group."""
    rows = table("verbal24.csv")
    items = [name for name in rows[0] if name not in ("gender", "anger")]
    scores = np.array([[float(row[item]) for item in items] for row in rows])
    return items, scores, np.array([row["gender"] == "male" for row in rows])


def test_mantel_haenszel_finds_what_the_reference_finds(aggression):
    items, scores, focal = aggression
    expected = reference("dif_dich_verbal24_gender")["expected"]
    found, study = mantel_haenszel(matched(scores >= 1, items), focal, minimums=ANY)
    assert not study.purified
    assert [r.compared.item for r in found if r.p.known < 0.05] == expected["mh_flagged_p05"]
    for one in found:
        wanted = expected["mh"][one.compared.item]
        compared = (one.compared.n_reference, one.compared.n_focal)
        assert compared == (expected["n_reference"], expected["n_focal"])
        assert one.odds_ratio.known == pytest.approx(wanted["alpha_mh"], abs=1e-5)
        assert one.delta.known == pytest.approx(wanted["delta_mh"], abs=1e-5)
        assert one.delta_se.known == pytest.approx(wanted["se_delta"], abs=1e-5)
        assert one.chi2.known == pytest.approx(wanted["chi2_continuity"], abs=1e-5)
        assert one.p.known == pytest.approx(wanted["p_continuity"], abs=1e-5)
        assert one.ets_class.known == wanted["ets_class"]


def test_purification_ends_where_the_reference_ends(aggression):
    items, scores, focal = aggression
    expected = reference("dif_dich_verbal24_gender")["expected"]["mh_purified"]
    found, study = mantel_haenszel(matched(scores >= 1, items), focal, purify=True, minimums=ANY)
    assert study.converged
    assert list(study.left_out) == expected["flagged_p05"]
    assert {r.compared.item: r.odds_ratio.known for r in found} == pytest.approx(
        expected["alpha_mh"], abs=1e-5
    )
    # The reference takes .5 off a difference under .5, too; here it goes without a correction, as in base R.
    corrected = {item: chi2 for item, chi2 in expected["chi2_continuity"].items() if item != "S1DoShout"}
    chi2 = {r.compared.item: r.chi2.known for r in found}
    assert chi2.pop("S1DoShout") == pytest.approx(0.00217, abs=1e-5)
    assert chi2 == pytest.approx(corrected, abs=1e-5)


def test_logistic_regression_finds_what_the_reference_finds(aggression):
    items, scores, focal = aggression
    expected = reference("dif_dich_verbal24_gender")["expected"]["logistic"]
    found, _ = logistic(matched(scores >= 1, items), focal, minimums=ANY)
    for one in found:
        wanted = expected[one.compared.item]
        assert one.chi2.known == pytest.approx(wanted["lr_both_df2"], abs=1e-4)
        assert one.p.known == pytest.approx(wanted["p_both"], abs=1e-4)
        assert one.chi2_uniform.known == pytest.approx(wanted["lr_uniform_df1"], abs=1e-4)
        assert one.p_uniform.known == pytest.approx(wanted["p_uniform"], abs=1e-4)
        assert one.chi2_nonuniform.known == pytest.approx(wanted["lr_nonuniform_df1"], abs=1e-4)
        assert one.p_nonuniform.known == pytest.approx(wanted["p_nonuniform"], abs=1e-4)
        assert one.gain_r2.known == pytest.approx(wanted["delta_r2_both"], abs=1e-4)
        assert one.jodoin_gierl.known == wanted["jodoin_gierl"]
        assert one.zumbo_thomas.known == wanted["zumbo_thomas"]


def test_mantel_finds_what_the_reference_finds(aggression):
    items, scores, focal = aggression
    expected = reference("dif_poly_verbal24_gender")["expected"]["items"]
    found, _ = mantel(matched(scores, items), focal, minimums=ANY)
    for one in found:
        wanted = expected[one.compared.item]
        assert one.compared.strata == wanted["strata_used"]
        assert one.chi2.known == pytest.approx(wanted["mantel_chi2_df1"], abs=1e-6)
        assert one.p.known == pytest.approx(wanted["mantel_p"], abs=1e-6)
        assert one.smd.known == pytest.approx(wanted["smd_focal_weighted"], abs=1e-6)
        assert one.smd_over_sd.known == pytest.approx(wanted["smd_over_sd_all"], abs=1e-6)
        assert one.ets_class.known == wanted["ets_poly_class"]


COMPARED = {
    "fisher_p": "fisher_exact_two_sided_p",
    "fisher_lower_p": "fisher_lower_tail_p",
    "mid_p": "lancaster_mid_p_lower_tail",
    "z": "two_proportion_z_pooled",
    "z_p": "two_proportion_p_two_sided",
    "z_unpooled": "z_unpooled",
    "z_hypergeometric": "z_hypergeometric_sd_units",
    "ratio": "impact_ratio",
    "odds_ratio": "odds_ratio",
    "difference": "risk_difference",
    "h": "cohens_h",
    "shortfall": "shortfall_vs_pooled_rate",
    "to_four_fifths": "extra_selections_to_reach_four_fifths_holding_highest_group",
    "below_four_fifths": "below_four_fifths",
}
MOVED = {
    "rate": "rate_group",
    "highest_rate": "rate_highest",
    "ratio": "impact_ratio_after",
    "flips": "flips_direction",
}


@pytest.mark.parametrize(
    "name", ["ai_eeoc_80_40", "ai_ugesp_qa12", "ai_ll144_selection_sex", "ai_ll144_selection_race"]
)
def test_impact_is_that_of_the_reference(name):
    expected = reference(name)["expected"]
    counts = {row["group"]: (int(row["selected"]), int(row["applicants"])) for row in table(f"{name}.csv")}
    found = impact(counts)
    assert found.highest == expected["highest_group"]
    assert (found.selected, found.applicants) == (expected["total_selected"], expected["total_applicants"])
    for group in found.groups:
        wanted = expected["groups"][group.group]
        assert group.share.known == pytest.approx(wanted["share_of_applicants"], abs=1e-9)
        rate = group.rates.rate
        assert (rate.known, rate.low, rate.high) == pytest.approx(
            (wanted["rate"], *wanted["rate_ci95_wilson"]), abs=1e-9
        )
        if group.comparison is None:
            assert group.group == expected["highest_group"]
            continue
        for field, theirs in COMPARED.items():
            assert getattr(group.comparison, field).known == pytest.approx(wanted[theirs], abs=1e-9), field
        ends = [(c.low, c.high) for c in (group.comparison.ratio, group.comparison.difference)]
        assert ends[0] == pytest.approx(wanted["impact_ratio_ci95_katz_log"], abs=1e-9)
        assert ends[1] == pytest.approx(wanted["risk_difference_ci95_newcombe"], abs=1e-9)
        moved = group.comparison.one_person_moved.known
        for field, theirs in MOVED.items():
            assert getattr(moved, field) == pytest.approx(wanted["one_person_swap"][theirs], abs=1e-9)
        reached = wanted["one_person_swap"]["no_longer_below_four_fifths"]
        assert moved.below_four_fifths is not reached


def test_published_impact_ratios_are_met_to_their_two_places():
    counts = {
        row["group"]: (int(row["selected"]), int(row["applicants"]))
        for row in table("ai_ll144_selection_race.csv")
    }
    ratios = [1.0 if g.comparison is None else g.comparison.ratio.known for g in impact(counts).groups]
    published = reference("ai_ll144_selection_race")["expected"]["published_impact_ratio_rounded"]
    assert ratios == pytest.approx(published, abs=0.0051)


def test_intraclass_correlations_are_those_of_shrout_and_fleiss():
    expected = reference("irr_icc_shrout_fleiss")["expected"]
    found = icc(numbers("shrout_fleiss.csv"), needs=0)
    assert (found.n, found.raters) == (expected["n_targets"], expected["k_raters"])
    for form in ICC_FORMS:
        wanted, one = expected[f"ICC{form.replace(',', '_')}"], found.forms[form]
        assert one.known == pytest.approx(wanted["icc"], abs=1e-6)
        assert (one.low, one.high) == pytest.approx(wanted["ci95"], abs=0.005)


def test_kappas_are_those_of_fleiss_and_light():
    expected = reference("irr_fleiss_kappa_1971")["expected"]
    rows = [list(row.values()) for row in table("fleiss1971_diagnoses.csv")]
    assert fleiss_kappa(coded(rows)).kappa.known == pytest.approx(expected["fleiss_kappa"], abs=5e-4)
    alpha = krippendorff_alpha(coded(rows), "nominal").known
    assert alpha == pytest.approx(expected["krippendorff_nominal"], abs=5e-4)
    raters = list(zip(*rows, strict=True))
    categories = sorted({label for row in rows for label in row})
    pairs = [(a, b) for i, a in enumerate(raters) for b in raters[i + 1 :]]
    light = np.mean([cohen_kappa(a, b, categories).kappa.known for a, b in pairs])
    assert light == pytest.approx(expected["light_kappa"], abs=5e-4)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_krippendorff_alpha_is_that_of_its_author(level):
    found = krippendorff_alpha(numbers("krippendorff2011.csv"), level, needs=0)
    assert found.known == pytest.approx(reference("irr_krippendorff_2011")["expected"][level], abs=1e-6)
    assert found.n == 11


def test_panel_agreement_is_that_of_the_reference():
    expected = reference("sjt_rwg_cohesion")["expected"]
    questions = [f"COH0{j}" for j in range(1, 6)]
    rows = table("cohesion11.csv")
    for at, unit in enumerate(("1044B", "1044C")):
        own = [[row[q] for q in questions] for row in rows if row["UNIT"] == unit]
        first = panel_agreement([[float(row[0])] for row in own], 1, 5, needs=0).options[0]
        wanted = expected["rwg_COH01_by_UNIT"][at]
        assert (first.n, first.r_wg.known) == (wanted["gsize"], pytest.approx(wanted["rwg"], abs=1e-9))
        complete = [[float(cell) for cell in row] for row in own if all(row)]
        together = panel_agreement(complete, 1, 5, needs=0)
        assert together.r_wg_j.n == expected["rwg_j_COH01_05_by_UNIT"][at]["gsize"]
        wanted = expected["rwg_j_COH01_05_by_UNIT"][at]["rwg.j"]
        assert together.r_wg_j.known == pytest.approx(wanted, abs=1e-9)
        wanted = expected["rwg_j_lindell_COH01_05_by_UNIT"][at]["rwg.lindell"]
        assert together.r_star_wg_j.known == pytest.approx(wanted, abs=1e-9)
