"""banks check, stats, schema and load: every finding at its line, counts, and the database."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from assessor.cli import banks
from assessor.config import resource
from tests.cli.conftest import ROLE, Run


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A copy of a shipped bank under another name, so that only its ids are at fault."""
    folder = tmp_path / "mine" / "arts"
    shutil.copytree(resource("question_banks") / "arts", folder)
    return folder


def test_the_shipped_banks_have_no_error(run: Run):
    ran = run("banks", "check")
    assert ran.code == 0
    assert "0 errors" in ran.err
    assert ": error: " not in ran.out


def test_every_finding_stands_at_its_file_and_line(run: Run, bank: Path):
    item = min((bank / "items").iterdir())
    item.write_text(re.sub("pool: .*", "pool: shut", item.read_text(encoding="utf-8")), encoding="utf-8")
    ran = run("banks", "check", "mine")
    assert ran.code == 1
    line = next(line for line in ran.lines if "shut" in line)
    path, number, severity, _ = line.split(":", 3)
    assert path == f"mine/arts/items/{item.name}"
    assert "shut" in item.read_text(encoding="utf-8").splitlines()[int(number) - 1]
    assert severity == " error"
    assert " - " in line


def test_findings_are_plain_json_too(run: Run, bank: Path):
    ran = run("banks", "check", "mine", "--json")
    found = json.loads(ran.out)
    assert ran.code == 1
    assert {"path", "line", "severity", "found", "wanted"} == set(found[0])
    assert any(one["path"].startswith("mine/arts/") for one in found)


def test_findings_are_told_in_french_too(run: Run, bank: Path):
    item = min((bank / "items").iterdir())
    item.write_text(re.sub("pool: .*", "pool: shut", item.read_text(encoding="utf-8")), encoding="utf-8")
    ran = run("banks", "check", "mine", "--lang", "fr")
    assert ran.code == 1
    line = next(line for line in ran.lines if "shut" in line)
    assert re.search(r"erreur: valeur de (\S+\.)?pool\u00a0: «\u00a0shut\u00a0» - ", line)
    assert line.endswith("choisissez parmi open, round")
    assert ran.err.endswith("0 avertissement\n")
    found = json.loads(run("banks", "check", "mine", "--lang", "fr", "--json").out)
    assert {one["severity"] for one in found} == {"error"}
    assert any("choisissez parmi open, round" in one["wanted"] for one in found)
    assert run("banks", "check", "--lang", "xx").code == 2


def test_a_folder_that_is_not_there_is_an_error(run: Run):
    ran = run("banks", "check", "nowhere")
    assert ran.code == 1
    assert "there is no such folder" in ran.out


def test_what_the_banks_hold_is_counted(run: Run):
    counted = json.loads(run("banks", "stats", "--json").out)
    ran = run("banks", "stats", "--lang", "fr")
    assert ran.code == 0
    assert "Arts et culture" in ran.out
    for ident, held in counted["banks"].items():
        row = next(line for line in ran.lines if line.startswith(ident))
        assert row.split()[1] == str(held["items"])
    assert "strategy.risk" in ran.out
    assert run("banks", "stats", "--lang", "xx").code == 2


def test_the_schema_of_an_item_is_printed_for_editors(run: Run):
    schema = json.loads(run("banks", "schema").out)
    assert schema["$schema"].startswith("https://json-schema.org/")


def test_banks_are_loaded_into_the_database_once(run: Run, tmp_path: Path):
    assert run("banks", "load").out.endswith(" new versions\n")
    assert run("banks", "load").out == "0 new versions\n"
    assert (tmp_path / "state" / "assessor.db").is_file()


def test_a_bank_with_errors_is_left_out_with_all_its_findings_and_stops_no_command(
    run: Run, bank: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ASSESSOR_BANKS", str(bank))
    for code, command in ((1, ("banks", "load")), (0, ("form", "--role", ROLE, "--length", "short"))):
        banks._open.cache_clear()
        ran = run(*command)
        assert ran.code == code
        assert ran.out
        *lines, last = ran.err.splitlines()
        assert len(lines) > 1
        assert all(": error: " in line and line.startswith("mine/arts/") for line in lines)
        assert last == "assessor: left out until it is mended: mine/arts"


def test_a_shipped_bank_with_an_error_stops_every_command(
    run: Run, bank: Path, monkeypatch: pytest.MonkeyPatch
):
    shipped = shutil.copytree(resource("question_banks"), bank.parent / "shipped")
    head = shipped / "core" / "bank.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("kind: core", "kind: cores"), encoding="utf-8")
    monkeypatch.setattr(banks, "resource", lambda name: shipped)
    for command in (["banks", "load"], ["form", "--role", ROLE], ["serve", "--port", "0"]):
        banks._open.cache_clear()
        ran = run(*command)
        assert (ran.code, ran.out) == (1, "")
        assert "mine/shipped/core/bank.yaml" in ran.err
    banks._open.cache_clear()
