"""calibrate: a stored object from sittings, and scores, comparisons and reports that name it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import ROLE, Run


@pytest.fixture
def many(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "many.jsonl"
    asked = ("simulate", "--role", ROLE, "--length", "full", "--seed", 4, "-o", path)
    assert run(*asked, "-n", 400, "--form-effects", "fixed").code == 0
    return path


@pytest.fixture
def stored(run: Run, many: Path, tmp_path: Path) -> Path:
    path = tmp_path / "autumn.json"
    ran = run("calibrate", many, "--domain", "banking", "--name", "autumn", "-o", path)
    assert ran.code == 0, ran.err
    assert "400 sittings" in ran.out
    assert "calibration autumn (" in ran.out
    assert "unsigned: there is no key here (ASSESSOR_SECRET_KEY" in ran.out
    return path


def test_scores_name_the_calibration_and_are_surer_for_it(run: Run, many: Path, stored: Path) -> None:
    few = "\n".join(many.read_text("utf-8").splitlines()[:3])
    planned = [json.loads(x) for x in run("score", "-", "--role", ROLE, "--json", typed=few).lines]
    used = run("score", "-", "--role", ROLE, "--json", "--calibration", stored, typed=few)
    for with_it, without in zip(map(json.loads, used.lines), planned, strict=True):
        assert with_it["model"]["source"].startswith("calibration autumn")
        assert with_it["fit"]["se"] < without["fit"]["se"]
    assert run("compare", "-", "--role", ROLE, "--calibration", stored, typed=few).code == 0


def test_a_report_names_its_calibration(run: Run, many: Path, stored: Path, tmp_path: Path) -> None:
    one, page = many.read_text("utf-8").splitlines()[0], tmp_path / "one.html"
    ran = run("report", "-", "--role", ROLE, "--calibration", stored, "-o", page, typed=one)
    assert ran.code == 0
    assert "Étalonnage autumn" in page.read_text("utf-8") or "Calibration autumn" in page.read_text("utf-8")


def test_a_changed_file_is_refused(run: Run, many: Path, stored: Path) -> None:
    stored.write_text(stored.read_text("utf-8").replace('"sittings": 400', '"sittings": 4000'), "utf-8")
    ran = run("score", many, "--role", ROLE, "--calibration", stored)
    assert (ran.code, ran.out) == (1, "")
    assert "its digest is not that of its content" in ran.err


def test_too_few_sittings_and_a_foreign_domain_are_refused_with_the_reason(
    run: Run, many: Path, tmp_path: Path
) -> None:
    few, output = "\n".join(many.read_text("utf-8").splitlines()[:60]), tmp_path / "none.json"
    asked = ("--name", "x", "-o", output)
    ran = run("calibrate", "-", "--domain", "banking", *asked, typed=few)
    assert ran.code == 1
    assert "60, and this needs at least 100" in ran.err
    ran = run("calibrate", many, "--domain", "arts", *asked)
    assert ran.code == 1
    assert "is not of the domain 'arts'" in ran.err
    assert run("calibrate", many, "--domain", "law", *asked).code == 2
    assert not output.exists()


def standard(run: Run, folder: Path, role: str, seeds: tuple[int, ...], each: int) -> Path:
    """Sittings of standard forms of one role, a form a seed, each with people of its own names."""
    lines = []
    for seed in seeds:
        one = folder / f"{seed}.jsonl"
        asked = ("simulate", "--role", role, "--length", "standard", "--seed", seed, "-o", one)
        assert run(*asked, "-n", each, "--form-effects", "fixed").code == 0
        lines += [line.replace('"sim-', f'"s{seed}-') for line in one.read_text("utf-8").splitlines()]
    path = folder / "round.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_forms_of_a_round_at_the_standard_length_are_calibrated_together(run: Run, tmp_path: Path) -> None:
    sittings, stored = (
        standard(run, tmp_path, "museum-social-media-manager", (21, 22), 130),
        tmp_path / "c.json",
    )
    asked = ("calibrate", sittings, "--domain", "arts", "--name", "round", "-o", stored)
    ran = run(*asked)
    assert ran.code == 0, ran.err
    assert "260 sittings" in ran.out
    assert re.search(r"\(tau_c squared\) +0\.01000 +held", ran.out)
    assert "(tau_c squared) keeps its planning value: nothing in these answers tells it" in ran.out
    whole = json.loads(stored.read_text("utf-8"))
    (lost,) = (one for one in whole["held"] if one["of"] == "tau_c2")
    assert (lost["block"], lost["value"]) == (None, pytest.approx(0.01))
    assert whole["tau_c2_se"] is None
    assert len(whole["items"]) > 13
    few = "\n".join(sittings.read_text("utf-8").splitlines()[:2])
    role = ("--role", "museum-social-media-manager", "--calibration", stored)
    for line in run("score", "-", *role, "--json", typed=few).lines:
        assert json.loads(line)["model"]["source"].startswith("calibration round")
    french = run(*asked, "--lang", "fr").out.replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r"\(tau_c au carré\) +0,01000 +maintenue", french)
    assert "rien dans ces réponses ne la distingue du reste" in french


def test_a_reference_that_is_no_core_item_of_these_sittings_is_an_error(
    run: Run, many: Path, tmp_path: Path
) -> None:
    """It was left out without a word, and the scale lay elsewhere than was asked."""
    output = tmp_path / "none.json"
    asked = ("calibrate", many, "--domain", "banking", "--name", "x", "-o", output, "--reference")
    items = [one["id"] for one in json.loads(many.read_text("utf-8").splitlines()[0])["items"]]
    core = [item for item in items if item.startswith("core-")]
    own = next(item for item in items if item.startswith("banking-"))
    ran = run(*asked, core[0], "nosuch")
    assert (ran.code, ran.out) == (1, "")
    assert "no sitting holds a reference question called 'nosuch'" in ran.err
    ran = run(*asked, core[0], own)
    assert ran.code == 1
    assert f"are not of the core: {own}" in ran.err
    assert not output.exists()
    french = run(*asked, "nosuch", "--lang", "fr")
    assert "aucune séance ne contient" in french.err
