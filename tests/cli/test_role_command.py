"""``role``: a posting becomes ties, what it forgets, and a file that ``--role`` takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import ROLE, Run

POSTING = """\
Community Manager, Example Credit Union

Duties
- Respond to member comments
- Alert members to fraud
"""


@pytest.fixture
def posting(tmp_path: Path) -> Path:
    path = tmp_path / "posting.txt"
    path.write_text(POSTING, "utf-8")
    return path


def test_ties_are_printed_with_their_quotes_and_what_is_missing(run: Run, posting: Path) -> None:
    ran = run("role", posting)
    assert ran.code == 0
    assert "    'Respond to member comments'" in ran.lines
    assert "  Know the publics" in ran.lines
    assert "no minimum is proposed: the posting demands none outright" in ran.lines


def test_french_is_said_in_french(run: Run, posting: Path) -> None:
    ran = run("role", posting, "--lang", "fr")
    assert "aucun minimum n’est proposé\u00a0: l’offre n’en exige aucun en toutes lettres" in ran.lines
    assert "    «\u00a0Respond to member comments\u00a0»" in ran.lines


def test_the_role_that_is_written_is_taken_by_a_command(run: Run, posting: Path) -> None:
    assert run("role", posting, "-o", "my-role.yaml").code == 0
    ran = run("form", "--role", "my-role.yaml", "--length", "short")
    assert (ran.code, ran.err) == (0, "")
    assert "Community Manager, Example Credit Union" in ran.out


def test_sittings_are_compared_under_a_role_from_a_file(run: Run, posting: Path, sittings: Path) -> None:
    run("role", posting, "-o", "my-role.yaml")
    ran = run("compare", sittings, "--role", ROLE, "--beside", "./my-role.yaml")
    assert (ran.code, ran.err) == (0, "")
    assert run("compare", sittings, "--role", "my-role.yaml").code == 0


def test_json_holds_the_role_and_every_tie(run: Run, posting: Path) -> None:
    told = json.loads(run("role", posting, "--json").out)
    assert told["domain"] == "banking"
    weights = {one["competency"]: one["weight"] for one in told["role"]["weights"]}
    assert weights["banking.trust"] == 1
    assert "audience.publics" in told["not_mentioned"]


def test_an_empty_posting_is_refused_with_what_would_be_right(run: Run, tmp_path: Path) -> None:
    (tmp_path / "blank.txt").write_text("\u200b\n", "utf-8")
    ran = run("role", "blank.txt", "--domain", "arts", "--lang", "fr")
    assert ran.code == 1
    assert "ne contient rien à lire - collez l’offre" in ran.err


def test_a_posting_of_no_domain_is_asked_for_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shop.txt").write_text("We sell bikes.\nRespond to comments.\n", "utf-8")
    ran = run("role", "shop.txt")
    assert ran.code == 2
    assert "--domain: the posting does not tell its domain - use one of arts, banking, tourism" in ran.err
    assert run("role", "shop.txt", "--domain", "arts").code == 0


def test_a_name_that_is_no_id_is_refused(run: Run, posting: Path) -> None:
    ran = run("role", posting, "-o", "My Role.yml")
    assert ran.code == 2
    assert "name it my-role.yaml" in ran.err


def test_a_faulty_role_file_is_told_at_its_line(run: Run, posting: Path, tmp_path: Path) -> None:
    run("role", posting, "-o", "my-role.yaml")
    path = tmp_path / "my-role.yaml"
    path.write_text(path.read_text("utf-8").replace("audience.dialogue", "audience.dialog"), "utf-8")
    ran = run("form", "--role", "my-role.yaml")
    assert ran.code == 1
    assert "the competency 'audience.dialog' is unknown" in ran.err
    assert run("form", "--role", "absent.yaml").code == 1
