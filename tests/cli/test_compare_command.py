"""compare: groups and a document from a file of sittings, and refusals in one line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import ROLE, Run


@pytest.fixture
def many(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "many.jsonl"
    assert run("simulate", "--role", ROLE, "-n", 12, "--seed", 4, "-o", path).code == 0
    return path


def test_candidates_stand_in_groups_by_name(run: Run, many: Path):
    ran = run("compare", many, "--role", ROLE, "--lang", "fr")
    assert ran.code == 0
    assert "Stratégie" in ran.lines[0]
    rows = [line.split()[:2] for line in ran.lines[1:13]]
    assert rows == sorted(rows, key=lambda row: (int(row[0]), row[1]))
    assert "la plus haute estimation d’une liste est probablement trop élevée" in ran.out
    assert "minimums de ce poste" in ran.out
    assert "les limites entre groupes, les minimums et les paires ne sont fermes que" in ran.out
    assert "personnes de moyenne 30 comme parmi d’autres de moyenne 65" in ran.out
    assert "groupe glissant" not in ran.out
    # Ranges on the scale that reports use: whole numbers from 0 to 100, no minus sign.
    ranges = [
        re.findall(r"(\d+) \((?:de\s(\d+)\sà\s(\d+)|fourchette [^)]*)\)", line) for line in ran.lines[1:13]
    ]
    assert all(len(found) == 1 for found in ranges)
    assert all(0 <= int(number) <= 100 for ((*found,),) in ranges for number in found if number)
    assert not re.search(r"[-−]\d", ran.out.replace("sim-", ""))


def test_the_whole_comparison_is_one_document(run: Run, many: Path):
    ran = run("compare", many, "--role", ROLE, "--json", "--blind", "--concentration", 0)
    told = json.loads(ran.out)
    assert told["blind"] is True
    assert told["concentration"] is None
    assert sorted(told["candidates"]) == [f"C-{number:03d}" for number in range(1, 13)]
    assert "sim-" not in ran.out
    assert ran.out == run("compare", many, "--role", ROLE, "--json", "--blind", "--concentration", 0).out


def test_sliding_bands_and_who_is_left_out_are_said(run: Run, sittings: Path):
    first, *others = sittings.read_text(encoding="utf-8").splitlines()
    whole = json.loads(first)
    empty = whole | {"responses": {}, "not_given": {item["id"]: "technical" for item in whole["items"]}}
    ran = run("compare", "-", "--role", ROLE, "--sliding", typed="\n".join([json.dumps(empty), *others]))
    assert ran.code == 0
    assert "sliding band 1: " in ran.out
    assert "left out: sim-0001: Fewer than six questions in ten of the core were answered." in ran.out
    assert "probably too high" not in ran.out


def test_what_cannot_be_compared_is_one_line(run: Run, sittings: Path):
    first = sittings.read_text(encoding="utf-8").splitlines()[0]
    alone = run("compare", "-", "--role", ROLE, typed=first)
    assert (alone.code, alone.out) == (1, "")
    assert alone.err == "assessor: Not compared: it takes two people whose answers give a profile.\n"
    assert run("compare", sittings, "--role", ROLE, "--concentration", "-1").code == 2


def test_under_a_role_of_another_domain_the_core_is_compared_and_it_is_said(run: Run, sittings: Path):
    ran = run("compare", sittings, "--role", "museum-social-media-manager")
    assert ran.code == 0
    assert "only the core is compared, " in ran.out
    assert "of what this role weighs" in ran.out
    assert "not measured" in ran.lines[1]


def test_who_changes_group_under_another_role_is_said_with_the_reason(run: Run, many: Path):
    other = "museum-social-media-manager"
    ran = run("compare", many, "--role", ROLE, "--beside", other)
    assert ran.code == 0
    told = json.loads(run("compare", many, "--role", ROLE, "--beside", other, "--json").out)
    assert told["beside"]["role"] == other
    moved = [line for line in ran.lines if re.match(r"  sim-\d+: group \d+ here, \d+ there; ", line)]
    assert len(moved) == len(told["beside"]["moves"]) > 0
    assert all(re.search(r"which weighs \d+% here and \d+% there|hardly any change", line) for line in moved)
    same = run("compare", many, "--role", ROLE, "--beside", ROLE)
    assert "everybody is in the same group" in same.out
    wrong = run("compare", many, "--role", ROLE, "--beside", "nobody")
    assert (wrong.code, wrong.err.startswith("assessor: --beside: no role is called 'nobody'")) == (2, True)


def test_mixed_languages_are_marked_and_nobody_is_named(run: Run, many: Path):
    lines = [json.loads(line) for line in many.read_text(encoding="utf-8").splitlines()]
    for one in lines[:5]:
        one["language"] = "fr"
        one["items"] = [item | {"language": "fr"} for item in one["items"]]
    ran = run("compare", "-", "--role", ROLE, typed="\n".join(map(json.dumps, lines)))
    (marked,) = [line for line in ran.lines if "more than one language" in line]
    assert "English and French" in marked
    assert "sim-" not in marked
    assert "more than one language" not in run("compare", many, "--role", ROLE).out


def test_pairs_that_are_left_out_are_counted(run: Run, many: Path):
    assert "pairs, those among" not in run("compare", many, "--role", ROLE).out
    ran = run("compare", many, "--role", ROLE, "--pairs", 4)
    assert "6 of 66 pairs, those among the 4 highest estimates" in ran.out
