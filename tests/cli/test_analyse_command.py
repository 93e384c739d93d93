"""analyse: what sittings say of items, as a table or a document; a column file's faults with their lines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from assessor.banks.loader import load_library
from assessor.config import resource
from assessor.items import type_of, worth
from assessor.statistics import dif_matching, subscores
from assessor.statistics.dif import mantel
from assessor.statistics.dif_matching import Minimums
from assessor.studies import classification
from tests.cli.conftest import ROLE, Run

LIBRARY = load_library([], resource("question_banks"))
MANTEL = mantel.__kwdefaults__


@pytest.fixture
def many(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "many.jsonl"
    assert run("simulate", "--role", ROLE, "-n", 120, "--seed", 4, "-o", path).code == 0
    return path


def test_items_and_forms_are_told_in_tables(run: Run, many: Path):
    ran = run("analyse", many)
    assert ran.code == 0
    assert "item-rest r" in ran.lines[0]
    assert "120 sittings, 1 form" in ran.out
    assert "too few people to say what its score alone is worth (n 120, needs 500)" in ran.out


def test_tables_are_in_the_language_that_is_asked_for(run: Run, many: Path):
    ran = run("analyse", many, "--lang", "fr")
    assert ran.lines[0].split() == [
        "situation",
        "version",
        "type",
        "n",
        "facilité",
        "r",
        "item-reste",
        "à",
        "regarder",
    ]
    assert re.search(r"alpha 0,\d\d \(de 0,\d\d à 0,\d\d\)", ran.out)
    assert not re.search(r"\d\.\d\d", ran.out)
    refused = run("analyse", many, "--lang", "xx")
    assert (refused.code, refused.out) == (2, "")
    assert "--lang: 'xx' is not offered here" in refused.err


def test_the_document_comes_from_standard_input_too(run: Run, many: Path):
    ran = run("analyse", "-", "--json", typed=many.read_text("utf-8"))
    told = json.loads(ran.out)
    assert (told["n"], told["bias"]) == (120, [])
    assert {one["statistics"]["n"] for one in told["items"]} == {120}
    assert ran.out == run("analyse", many, "--json").out


def test_a_column_file_adds_groups(run: Run, many: Path, tmp_path: Path):
    columns = tmp_path / "columns.csv"
    names = [json.loads(line)["candidate"] for line in many.read_text("utf-8").splitlines()]
    rows = [f"{name},{'north' if number % 3 else 'south'}" for number, name in enumerate(names)]
    columns.write_text("\n".join(["candidate,region", *rows]), "utf-8")
    ran = run("analyse", many, "--columns", columns, "--lang", "fr")
    assert "selon region : south (40) à côté de north (80)" in ran.out.replace("\N{NO-BREAK SPACE}", " ")
    assert "sans classe" in ran.out
    assert "Too few" not in ran.out
    ran = run("analyse", many, "--columns", columns)
    assert "by region: south (40) beside north (80)" in ran.out
    assert re.search(
        r"\d+ without a class: Too few in the smaller group: 40, and this needs at least 250\.", ran.out
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("candidate", 1, "names no columns"),
        ("candidate,a,a\nx,1,2", 1, "names no columns"),
        ("candidate,region\nx,1,2", 2, "the line has 3 cells - give 2"),
        ("candidate,region\nx,1\nx,2", 3, "the candidate 'x' stands twice - keep one"),
    ],
)
def test_a_clumsy_column_file_is_refused_with_its_line(
    run: Run, many: Path, tmp_path: Path, text: str, line: int, said: str
):
    columns = tmp_path / "columns.csv"
    columns.write_text(text, "utf-8")
    ran = run("analyse", many, "--columns", columns)
    assert (ran.code, ran.out) == (1, "")
    assert f"columns.csv:{line}: error: " in ran.err
    assert said in ran.err


def test_a_column_of_names_is_no_grouping(run: Run, many: Path, tmp_path: Path):
    names = [json.loads(line)["candidate"] for line in many.read_text("utf-8").splitlines()]
    columns = tmp_path / "columns.csv"
    columns.write_text("\n".join(["candidate,name", *(f"{name},{name}" for name in names)]), "utf-8")
    ran = run("analyse", many, "--columns", columns)
    assert ran.code == 1
    assert "the column 'name' has 120 groups - give at most 12" in ran.err


def test_what_is_not_defined_is_told_with_its_reason(run: Run, many: Path):
    """Everybody gives one answer to one item: its correlation has no number, and the table says why."""
    rows = [json.loads(line) for line in many.read_text("utf-8").splitlines()]
    item = rows[0]["items"][0]["id"]
    for row in rows:
        row["responses"].pop(item, None)
    ran = run("analyse", "-", typed="".join(json.dumps(row) + "\n" for row in rows))
    (line,) = [line for line in ran.lines if line.startswith(item)]
    assert "Not defined: there is no variation." in line
    assert "undefined" not in ran.out


def test_purification_that_did_not_converge_is_told_in_the_table_and_in_the_document(
    run: Run, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """One item that a group always misses: it is flagged, and how it was found is said."""
    monkeypatch.setattr(dif_matching, "MOST_ROUNDS", 0)
    monkeypatch.setattr(mantel, "__kwdefaults__", {**MANTEL, "minimums": Minimums(20)})
    rows = [json.loads(line) for line in many.read_text("utf-8").splitlines()]
    item = next(one for one in rows[0]["items"] if isinstance(rows[0]["responses"].get(one["id"]), str))["id"]
    content = LIBRARY.items[item].content
    worst, *_, best = sorted(
        type_of(content).responses(content), key=lambda response: worth(content, response, ())
    )
    for number, row in enumerate(rows):
        row["responses"][item] = best if number % 2 else worst
    many.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    columns = tmp_path / "columns.csv"
    groups = [f"{row['candidate']},{'north' if number % 2 else 'south'}" for number, row in enumerate(rows)]
    columns.write_text("\n".join(["candidate,region", *groups]), "utf-8")
    (study,) = json.loads(run("analyse", many, "--columns", columns, "--json").out)["bias"]
    table = run("analyse", many, "--columns", columns).out
    assert (
        "La purification n’a pas convergé." in run("analyse", many, "--columns", columns, "--lang", "fr").out
    )
    assert (study["study"]["converged"], study["study"]["settled"]) == (False, True)
    assert study["study"]["words"].startswith("Purification did not converge. Instead, items left the total")
    assert study["study"]["words"] in table
    assert f"  {item}: standardised difference" in table


@pytest.fixture
def selected(many: Path, tmp_path: Path) -> Path:
    """Half of the spring round was selected and a tenth of the autumn one; south applied to the second."""
    names = iter([json.loads(line)["candidate"] for line in many.read_text("utf-8").splitlines()])
    rows = ["candidate,region,round,hired"]
    for place, region, chosen, n in (
        ("spring", "north", 25, 50),
        ("spring", "south", 6, 10),
        ("autumn", "north", 1, 10),
        ("autumn", "south", 6, 50),
    ):
        rows += [f"{next(names)},{region},{place},{'oui' if i < chosen else 'no'}" for i in range(n)]
    path = tmp_path / "selected.csv"
    path.write_text("\n".join(rows), "utf-8")
    return path


def test_impact_is_told_in_each_round_and_in_all(run: Run, many: Path, selected: Path):
    asked = ("analyse", many, "--columns", selected, "--selected", "hired")
    ran = run(*asked, "--within", "round")
    assert ran.code == 0
    assert re.search(r"spring +south +6/10 +0\.60 .* the highest rate", ran.out)
    assert re.search(r"all +south +12/60 +0\.20 .* Below four fifths of the highest rate", ran.out)
    assert "south beside north, within rounds: impact ratio 1.2" in ran.out
    assert "(Simpson's paradox)" in ran.out
    assert "by hired" not in ran.out
    assert "paradoxe de Simpson" in run(*asked, "--within", "round", "--lang", "fr").out
    found = {one["column"]: one["impact"] for one in json.loads(run(*asked, "--json").out)["selections"]}
    assert set(found) == {"region", "round"}
    assert found["region"]["together"]["groups"][1]["rates"]["rate"]["value"] == pytest.approx(0.2)
    assert "selected, by" not in run("analyse", many, "--columns", selected).out


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--selected", "hired"), 2, "--selected: names a column of a file - give it with --columns"),
        (("--columns", "FILE", "--within", "round"), 2, "--within: rounds are of those who were selected"),
        (("--columns", "FILE", "--selected", "taken"), 1, "there is no column 'taken' - use one of region"),
        (("--columns", "FILE", "--selected", "round"), 1, "'spring' does not say whether somebody was"),
    ],
)
def test_columns_of_selection_that_cannot_be_are_refused(
    run: Run, many: Path, selected: Path, options: tuple[str, ...], code: int, said: str
):
    ran = run("analyse", many, *(selected if one == "FILE" else one for one in options))
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_sides_of_cuts_are_told_from_enough_people_of_a_form(
    run: Run, many: Path, monkeypatch: pytest.MonkeyPatch
):
    few = run("analyse", many).out
    assert "on which side of a cut people stand, and how surely: - (n 120, needs 200)" in few
    monkeypatch.setattr(classification, "FEWEST", 100)
    table = run("analyse", many).out
    assert re.search(r"strategy +0\.\d\d +25 +0\.\d\d +0\.\d\d +0\.\d\d", table)
    assert re.search(r" 40\* ", table)
    (form,) = json.loads(run("analyse", many, "--json").out)["forms"]
    (audience,) = (one for one in form["sides"] if one["of"] == "audience")
    assert audience["cuts"][0]["cut"] == 25
    assert 0.5 < audience["cuts"][0]["found"]["value"]["consistency"] < 1
    assert "de quel côté d’un seuil" in run("analyse", many, "--lang", "fr").out


def test_a_share_that_comes_out_slightly_above_one_is_told_with_its_caution(
    run: Run, many: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(subscores.subscores, "__kwdefaults__", {"rng": None, "draws": 9, "needs": 100})
    monkeypatch.setattr(subscores, "_prmse", lambda *_: (1.02, 1.05, (0.9, -0.1)))
    table = run("analyse", many).out
    assert re.search(r"explains -?\d\.\d\d, the whole 1\.00, both 1\.00", table)
    assert subscores.SLIGHTLY_ABOVE_ONE in table
    assert subscores.NEGATIVE_WEIGHT in table
    assert "tirent en sens contraire" in run("analyse", many, "--lang", "fr").out
