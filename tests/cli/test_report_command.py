"""report: a PDF a sitting, its HTML twin, and no half a file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import ROLE, Run


@pytest.fixture
def one(sittings: Path) -> Path:
    path = sittings.with_name("one.jsonl")
    path.write_text(sittings.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    return path


def test_one_sitting_gives_the_pdf_that_was_named(run: Run, one: Path, tmp_path: Path):
    ran = run("report", one, "--role", ROLE, "-o", tmp_path / "profile.pdf")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / "profile.pdf").read_bytes().startswith(b"%PDF-")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.jsonl", "profile.pdf", "sittings.jsonl"]


def test_the_html_twin_stands_alone_in_the_language_asked_for(run: Run, one: Path, tmp_path: Path):
    written = []
    for arguments in ([], ["--lang", "en"]):
        path = tmp_path / "profile.html"
        assert run("report", one, "--role", ROLE, *arguments, "-o", path).code == 0
        written.append(path.read_text(encoding="utf-8"))
    assert '<html lang="fr"' in written[0]
    assert '<html lang="en"' in written[1]
    assert "--" in written[0][written[0].index("<style>") :]


def test_the_paper_is_the_one_asked_for_else_the_servers_else_the_countrys(
    run: Run, one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "profile.html"

    def size(*arguments: str) -> str:
        assert run("report", one, "--role", ROLE, *arguments, "-o", path).code == 0
        return path.read_text(encoding="utf-8").split("@page { size: ")[1].split(";")[0]

    assert size() == "letter"
    assert size("--paper", "a4") == "a4"
    monkeypatch.setenv("ASSESSOR_PAPER", "a4")
    assert size() == "a4"
    assert size("--paper", "letter") == "letter"


def test_a_report_tells_of_the_other_roles_that_are_named_and_of_no_other(
    run: Run, one: Path, tmp_path: Path
):
    known = json.loads(run("score", one, "--role", ROLE, "--json").out)["other_roles"]
    named = next(iter(known))
    for others, wanted in (("none", set()), (named, {named}), (f"{named}, {ROLE},{named}", {named})):
        told = json.loads(run("score", one, "--role", ROLE, "--json", "--others", others).out)
        assert set(told["other_roles"]) == wanted
    path = tmp_path / "profile.html"
    assert run("report", one, "--role", ROLE, "--lang", "en", "--others", "none", "-o", path).code == 0
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")
    for wrong, says in (("nobody", "use one of"), ("museum-social-media-manager", "not of the domain")):
        ran = run("score", one, "--role", ROLE, "--others", wrong)
        assert ran.code == 2
        assert "--others: " in ran.err
        assert says in ran.err


@pytest.mark.slow
def test_many_sittings_give_a_file_each_in_a_folder(run: Run, sittings: Path, tmp_path: Path):
    ran = run("report", sittings, "--role", ROLE, "-o", tmp_path / "profiles")
    assert ran.code == 0
    found = sorted((tmp_path / "profiles").iterdir())
    assert [path.name for path in found] == ["sim-0001.pdf", "sim-0002.pdf", "sim-0003.pdf"]
    assert all(path.read_bytes().startswith(b"%PDF-") for path in found)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "one.pdf"], "name a folder"),
        (["-o", "one.docx"], "ends in .pdf or .html"),
        (["-o", "x", "--edition", "recruiter"], "use one of"),
        (["-o", "x", "--lang", "de"], "use one of fr, en"),
        (["-o", "x", "--paper", "legal"], "use one of letter, a4"),
    ],
)
def test_what_cannot_be_written_is_a_usage_error(run: Run, sittings: Path, arguments: list[str], said: str):
    ran = run("report", sittings, "--role", ROLE, *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert sorted(path.name for path in sittings.parent.iterdir()) == ["sittings.jsonl"]


def test_a_folder_that_cannot_be_written_to_is_one_line(run: Run, one: Path):
    ran = run("report", one, "--role", ROLE, "-o", "missing/profile.html")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err


def test_a_stopped_command_leaves_the_report_that_was_there(
    run: Run, one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    kept = tmp_path / "profile.html"
    kept.write_text("the report of yesterday")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run("report", one, "--role", ROLE, "-o", kept)
    assert (ran.code, ran.err) == (1, "assessor: sim-0001: no report: No space left on device\n")
    assert kept.read_text() == "the report of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.jsonl", "profile.html", "sittings.jsonl"]
