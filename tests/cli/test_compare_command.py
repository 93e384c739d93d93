"""compare: groups and a document from a file of sittings, and refusals in one line."""

from __future__ import annotations

import json
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
    assert "the highest estimate in a list is probably too high" in ran.out
    assert "sliding band" not in ran.out


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
    assert "left out: sim-0001: Fewer than six questions in ten of the core were given." in ran.out
    assert "probably too high" not in ran.out


def test_what_cannot_be_compared_is_one_line(run: Run, sittings: Path):
    first = sittings.read_text(encoding="utf-8").splitlines()[0]
    alone = run("compare", "-", "--role", ROLE, typed=first)
    assert (alone.code, alone.out) == (1, "")
    assert alone.err == "assessor: Not compared: it takes two people whose answers give a profile.\n"
    elsewhere = run("compare", sittings, "--role", "general-arts")
    assert (elsewhere.code, elsewhere.err.count("\n")) == (1, 1)
    assert "not of the domain 'arts'" in elsewhere.err
    assert run("compare", sittings, "--role", ROLE, "--concentration", "-1").code == 2
