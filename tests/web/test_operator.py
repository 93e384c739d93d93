"""One faulty bank keeps itself out and nothing else; whoever runs the server, and nobody else, reads why."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from assessor.app import create_app
from assessor.config import ROOT, Settings
from assessor.store.db import Database
from assessor.web.plumbing.security import operator_key
from assessor.web.plumbing.server import server_of
from tests.web.checked import Browser
from tests.web.journeys import an_answer, finish, start

LIBRARIES = ROOT / "tests" / "banks"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of banks with one sound bank and its role."""
    return Path(shutil.copytree(LIBRARIES, tmp_path / "more"))


def served(database: Database, settings: Settings, folder: Path) -> Flask:
    """A server on the same database that reads these banks."""
    return create_app(replace(settings, banks=(folder,)), database=database)


def spoil(folder: Path) -> Path:
    item = min((folder / "libraries" / "items").iterdir())
    item.write_text(item.read_text(encoding="utf-8").replace("pool: open", "pool: shut"), encoding="utf-8")
    return item


def page(app: Flask, settings: Settings, language: str) -> str:
    key = operator_key(str(app.secret_key))
    return Browser(app, language).get(f"/operator/{key}").text


def test_a_faulty_bank_is_left_out_and_the_operator_reads_why_in_both_languages(
    app: Flask, database: Database, settings: Settings, folder: Path
) -> None:
    sound = served(database, settings, folder)
    assert "libraries" in server_of(sound).library.domain_ids
    assert "Aucune n’est écartée" in page(sound, settings, "fr")
    assert "Aucun processus de travail n’est actif" in page(sound, settings, "fr")
    assert "Notation des tests remis" in page(sound, settings, "fr")
    item = spoil(folder)
    faulty = served(database, settings, folder)
    library = server_of(faulty).library
    assert library.domain_ids == server_of(app).library.domain_ids
    assert not [role for role in library.roles.values() if role.domain == "libraries"]
    assert f"{item}:5" in page(faulty, settings, "en")
    assert "use one of open, round" in page(faulty, settings, "en")
    assert "choisissez parmi open, round" in page(faulty, settings, "fr")
    assert str(folder) not in Browser(faulty).get("/").text
    assert faulty.test_client().get("/readyz").text.startswith("ready\n")


def test_a_sitting_begun_before_the_fault_goes_on_to_its_results(
    app: Flask, database: Database, settings: Settings, folder: Path
) -> None:
    before = served(database, settings, folder)
    candidate = Browser(before)
    ref = start(candidate, domain="libraries")
    spoil(folder)
    after = served(database, settings, folder)
    assert "libraries" not in server_of(after).library.domain_ids
    again = Browser(after)
    cookie = candidate.client.get_cookie("assessor")
    assert cookie is not None
    again.client.set_cookie("assessor", cookie.value)
    question = again.get(f"/a/{ref}/1")
    question.submit("#answer", go="next", **an_answer(question))
    assert finish(again, ref).path == f"/a/{ref}/results"
