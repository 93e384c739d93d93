"""Folders of banks that a stranger keeps elsewhere, commands and browsers on a server that reads them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from assessor.app import create_app
from assessor.banks.loader import load_library
from assessor.config import ROOT, load_settings, resource
from assessor.services import versions
from assessor.store import migrate
from assessor.store.db import Database, open_database
from tests.cli.conftest import run as run
from tests.fixtures.working import work_at_once
from tests.web.checked import Browser

NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
BANKS = ROOT / "tests" / "banks"
SHAPES = ("a bank", "a folder of banks")

Server = Callable[[], Flask]


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESSOR_DATA", str(tmp_path / "state"))
    monkeypatch.setenv("ASSESSOR_SECRET_KEY", "only-for-tests-" + "0123456789abcdef" * 2)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """The libraries, copied to a folder elsewhere."""
    return shutil.copytree(BANKS / "libraries", tmp_path / "stranger" / "libraries")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of banks with a role profile of its own, elsewhere."""
    return shutil.copytree(BANKS, tmp_path / "strangers")


@pytest.fixture(params=SHAPES)
def added(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Either shape, named in ASSESSOR_BANKS."""
    path: Path = request.getfixturevalue("bank" if request.param == SHAPES[0] else "folder")
    monkeypatch.setenv("ASSESSOR_BANKS", str(path))
    return path


@pytest.fixture
def database() -> Iterator[Database]:
    opened = open_database(load_settings().database_url)
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def server(database: Database) -> Server:
    """Start a server as ``assessor serve`` does: settings, banks, their versions into the database."""

    def start() -> Flask:
        settings = load_settings()
        library = load_library(settings.banks, resource("question_banks"))
        with database.writing() as session:
            versions.load(session, library, NOON)
        work_at_once(database, lambda: NOON)
        app = create_app(settings, library, database, clock=lambda: NOON)
        app.testing = True
        return app

    return start


@pytest.fixture
def visit(server: Server) -> Callable[..., Browser]:
    """A browser before a server that has just been started."""
    return lambda language="en": Browser(server(), language)
