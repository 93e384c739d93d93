"""form, simulate and score: lines that fit together, and errors in one line each."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assessor.banks.loader import Opened, load_library
from assessor.config import resource
from assessor.profile import replayed
from tests.cli.conftest import ROLE, Run

LIBRARY = load_library([], resource("question_banks"))
ROLES = [role.id for domain in LIBRARY.domain_ids for role in LIBRARY.roles_of(domain)]


def spoilt(path: Path, **changes: object) -> str:
    """The first sitting of a file with other values at its top level."""
    return json.dumps(json.loads(path.read_text(encoding="utf-8").splitlines()[0]) | changes)


def test_a_form_is_printed_with_its_items_minutes_and_expected_errors(run: Run):
    ran = run("form", "--role", ROLE, "--length", "short", "--seed", 3, "--lang", "fr")
    assert ran.code == 0
    assert LIBRARY.role(ROLE).title["fr"] in ran.out
    assert "Stratégie" in ran.out
    drawn = json.loads(run("form", "--role", ROLE, "--length", "short", "--seed", 3, "--json").out)
    assert all(item["id"] in ran.out for item in drawn["items"])
    assert drawn["form"] in ran.out
    assert drawn["minutes"] == sum(item["minutes"] for item in drawn["items"])
    assert f"{drawn['expected']['areas']['strategy']:.1f}" in ran.out
    assert drawn["expected"]["fit"] > 0


def test_a_length_that_was_not_asked_for_is_the_longest_that_can_be_filled_and_said(
    run: Run, monkeypatch: pytest.MonkeyPatch
):
    plain = json.loads(run("form", "--role", ROLE, "--json").out)
    assert plain["length"] == LIBRARY.role(ROLE).length
    few = {ident: item for ident, item in LIBRARY.items.items() if ident not in _beyond_one_an_area()}
    poor = type(LIBRARY)(**{**vars(LIBRARY), "items": few})
    monkeypatch.setattr("assessor.cli.banks._open", lambda *_: Opened(poor, {}))
    ran = run("form", "--role", ROLE, "--json")
    assert json.loads(ran.out)["length"] == "short"
    assert "'standard'" in ran.err
    assert "'short' is used" in ran.err
    refused = run("form", "--role", ROLE, "--length", "full")
    assert (refused.code, refused.out) == (1, "")
    assert "cannot fill the length 'full'" in refused.err
    assert refused.err.count("\n") == 1


def _beyond_one_an_area() -> set[str]:
    seen: set[str] = set()
    beyond = set()
    drawn = {ident: item for ident, item in LIBRARY.items.items() if item.book.pool == "open"}
    for ident, item in sorted(drawn.items(), key=lambda pair: pair[1].book.minutes):
        area = item.content.competency.split(".")[0]
        if area in seen:
            beyond.add(ident)
        seen.add(area)
    return beyond


def test_a_form_not_in_a_language_of_the_banks_is_a_usage_error(run: Run):
    ran = run("form", "--role", ROLE, "--lang", "de")
    assert (ran.code, ran.out) == (2, "")
    assert "use one of fr, en" in ran.err


def test_simulated_sittings_are_lines_of_the_documented_shape(run: Run, sittings: Path):
    lines = [json.loads(line) for line in sittings.read_text(encoding="utf-8").splitlines()]
    assert [line["candidate"] for line in lines] == ["sim-0001", "sim-0002", "sim-0003"]
    for line in lines:
        assert set(line) == {"candidate", "language", "form", "items", "responses"}
        assert line["language"] == "fr"
        assert [set(item) for item in line["items"]] == [{"id", "digest", "language"}] * len(line["items"])
        assert set(line["responses"]) == {item["id"] for item in line["items"]}
    drawn = json.loads(run("form", "--role", ROLE, "--length", "short", "--json").out)
    assert lines[0]["form"] == drawn["form"]
    assert [item["id"] for item in lines[0]["items"]] == [item["id"] for item in drawn["items"]]


def test_the_same_seed_prints_the_same_people_and_none_prints_nothing(run: Run):
    first, again, other = (run("simulate", "--role", ROLE, "-n", 2, "--seed", s).out for s in (5, 5, 6))
    assert first == again
    assert first != other
    assert run("simulate", "--role", ROLE, "-n", 0).out == ""


def test_ability_moves_the_scores(run: Run):
    def fits(ability: float) -> list[float]:
        people = run("simulate", "--role", ROLE, "-n", 10, "--ability", ability, "--spread", 0).out
        scored = run("score", "-", "--role", ROLE, "--json", typed=people)
        return [json.loads(line)["fit"]["estimate"] for line in scored.lines]

    assert max(fits(0.0)) < min(fits(0.95))


@pytest.mark.parametrize("role", ROLES)
def test_twenty_people_of_every_role_give_twenty_documents_that_replay(run: Run, role: str):
    people = run("simulate", "--role", role, "-n", 20, "--seed", 1)
    scored = run("score", "-", "--role", role, "--json", typed=people.out)
    assert (people.code, scored.code, scored.err) == (0, 0, "")
    documents = [json.loads(line) for line in scored.lines]
    assert len(documents) == 20
    for found, person in zip(documents, people.out.splitlines(), strict=True):
        assert found["role"] == role
        assert found["role_digest"] == LIBRARY.role(role).digest()
        assert found["form"] == json.loads(person)["form"]
        for name, again in replayed(found).items():
            row = found["competencies"][name]
            assert again == pytest.approx([row[one] for one in ("estimate", "se", "low", "high")], abs=1e-6)


def test_a_table_tells_every_candidate_with_intervals(run: Run, sittings: Path):
    ran = run("score", sittings, "--role", ROLE, "--lang", "fr")
    assert ran.code == 0
    assert "Stratégie" in ran.lines[0]
    assert [line.split()[0] for line in ran.lines[1:4]] == ["sim-0001", "sim-0002", "sim-0003"]
    assert "minimums" in ran.lines[0]
    for line in ran.lines[1:4]:
        ranges = re.findall(r"\b(\d+) \((?:de\s(\d+)\sà\s(\d+)|fourchette [^)]*)\)", line)
        assert len(ranges) == 6
        assert all(0 <= int(number) <= 100 for found in ranges for number in found if number)
        assert "-0" not in line.replace("sim-0", "")
    assert "100 : la clé de correction" in ran.out.replace("\u00a0", " ")


def test_another_role_of_the_domain_scores_the_same_answers(run: Run, sittings: Path):
    other = next(role for role in ROLES if role != ROLE and LIBRARY.role(role).domain == "banking")
    assert run("score", sittings, "--role", other).code == 0
    general = run("score", sittings, "--role", "general-banking")
    assert general.code == 0


def test_bare_ids_and_missing_answers_are_understood(run: Run, sittings: Path):
    first = json.loads(sittings.read_text(encoding="utf-8").splitlines()[0])
    ids = [item["id"] for item in first["items"]]
    line = spoilt(
        sittings,
        items=ids,
        responses={k: v for k, v in first["responses"].items() if k != ids[0]},
        seconds={ids[1]: 30.0},
    )
    ran = run("score", "-", "--role", ROLE, "--json", typed=line)
    found = json.loads(ran.out)
    assert found["items"][0]["state"] == "left_empty"
    assert found["items"][0]["language"] == "fr"
    assert found["effort"] == {"rte": 1.0, "unanswered": 1, "not_reached": 0, "minutes": 0.5}


def test_every_bad_line_is_said_with_its_number_and_nothing_is_scored(run: Run, sittings: Path):
    good = sittings.read_text(encoding="utf-8").splitlines()[0]
    # The last stands there before.
    bad = [good, "{", spoilt(sittings, items=["nothing-of-ours"], responses={}), good]
    sittings.write_text("\n".join(bad), encoding="utf-8")
    ran = run("score", sittings, "--role", ROLE, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert [line.split(": ")[0] for line in ran.err.splitlines()] == [
        f"sittings.jsonl:{number}" for number in (2, 3, 4)
    ]
    typed = run("score", "-", "--role", ROLE, typed="[]")
    assert typed.code == 1
    assert typed.err.startswith("standard input:1: error: ")


@pytest.mark.parametrize(
    ("states", "said"),
    [("not_given", "The situations were withdrawn"), ("left_empty", "No situation was answered")],
)
def test_a_sitting_with_too_few_answers_has_its_items_and_a_sentence_and_no_estimate(
    run: Run, sittings: Path, states: str, said: str
):
    first = json.loads(sittings.read_text(encoding="utf-8").splitlines()[0])
    withdrawn = {item["id"]: "technical" for item in first["items"]} if states == "not_given" else {}
    line = spoilt(sittings, responses={}, not_given=withdrawn)
    ran = run("score", "-", "--role", ROLE, typed=line)
    assert (ran.code, ran.err) == (0, "")
    assert re.search(rf"sim-0001 +no profile .*{said}", ran.out)
    found = json.loads(run("score", "-", "--role", ROLE, "--json", typed=line).out)
    assert {item["state"] for item in found["items"]} == {states}
    assert not found["evidence"]["is_enough"]
    assert found["fit"]["estimate"] is None


def test_a_sitting_of_another_domain_is_refused_in_one_line(run: Run, sittings: Path):
    other = next(role for role in ROLES if LIBRARY.role(role).domain == "arts")
    ran = run("score", sittings, "--role", other)
    assert ran.code == 1
    assert ran.err.count("\n") == 3
    assert "not of the domain 'arts'" in ran.err


def test_a_missing_file_is_one_line(run: Run):
    ran = run("score", "nowhere.jsonl", "--role", ROLE)
    assert (ran.code, ran.out, ran.err) == (1, "", "assessor: nowhere.jsonl: No such file or directory\n")


def test_an_unknown_role_names_those_there_are(run: Run):
    for command in (["form"], ["simulate"], ["score", "-"], ["report", "-", "-o", "x.pdf"]):
        ran = run(*command, "--role", "juggler")
        assert (ran.code, ran.out) == (2, "")
        assert ROLE in ran.err
        assert "Traceback" not in ran.err


def test_an_older_version_of_an_item_is_taken_from_the_database(run: Run, sittings: Path, tmp_path: Path):
    from assessor.services import versions
    from assessor.store.db import open_database

    first = json.loads(sittings.read_text(encoding="utf-8").splitlines()[0])
    current = LIBRARY.items[first["items"][0]["id"]]
    older = current.content.model_copy(update={"task": {"fr": "Choisissez.", "en": "Choose."}})
    first["items"][0]["digest"] = older.digest()
    line = json.dumps(first)
    unknown = run("score", "-", "--role", ROLE, typed=line)
    assert unknown.code == 1
    assert older.digest() in unknown.err
    assert not (tmp_path / "state" / "assessor.db").exists()

    assert run("db", "upgrade").code == 0
    before = type(current)(older, older.digest(), current.bank, current.book)
    held = type(LIBRARY)(**{**vars(LIBRARY), "items": {**LIBRARY.items, current.id: before}})
    database = open_database(f"sqlite:///{tmp_path / 'state' / 'assessor.db'}")
    with database.writing() as session:
        versions.load(session, held, datetime(2026, 11, 22, tzinfo=UTC))
    database.close()
    found = json.loads(run("score", "-", "--role", ROLE, "--json", typed=line).out)
    assert found["items"][0]["digest"] == older.digest()


def test_a_database_without_tables_knows_no_version(run: Run, sittings: Path, tmp_path: Path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "assessor.db").touch()
    first = json.loads(sittings.read_text(encoding="utf-8").splitlines()[0])
    first["items"][0]["digest"] = "sha256:" + "0" * 64
    ran = run("score", "-", "--role", ROLE, typed=json.dumps(first))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("standard input:1: error: ")
    assert ran.err.count("\n") == 1
