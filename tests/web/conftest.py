"""An application over a small database of its own, with the shipped banks, a clock to set, and browsers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from assessor.app import create_app
from assessor.banks.loader import load_library
from assessor.banks.schema import Library
from assessor.config import Settings, resource
from assessor.services import versions
from assessor.store import migrate
from assessor.store.db import Database, open_database
from assessor.web.plumbing.server import server_of
from tests.fixtures.working import work_at_once
from tests.web.checked import Browser

NOON = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The server's time, which a test moves."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture(scope="session")
def banks() -> Library:
    """The shipped banks."""
    return load_library((), resource("question_banks"))


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory, banks: Library) -> Path:
    """A database with tables and item versions, to be copied for each test."""
    path = tmp_path_factory.mktemp("filled") / "filled.db"
    made = open_database(f"sqlite:///{path}")
    migrate.upgrade(made)
    with made.writing() as session:
        versions.load(session, banks, NOON)
    made.close()
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(settings: Settings, filled_file: Path, clock: Clock) -> Iterator[Database]:
    """A database whose work is done at once, by whichever application it is asked for."""
    shutil.copyfile(filled_file, settings.database_url.removeprefix("sqlite:///"))
    opened = open_database(settings.database_url)
    work_at_once(opened, clock)
    yield opened
    opened.close()


@pytest.fixture
def app(settings: Settings, banks: Library, database: Database, clock: Clock) -> Flask:
    app = create_app(settings, banks, database, clock=clock)
    app.testing = True
    return app


def another_server(app: Flask, settings: Settings, **named: Any) -> Flask:
    """A server that is set up otherwise, with the banks and the database of ``app``."""
    held = server_of(app)
    return create_app(settings, held.library, held.sessions._database, **named)


@pytest.fixture
def new_browser(app: Flask) -> Callable[..., Browser]:
    """Another browser, with its own cookies."""

    def make(language: str = "en") -> Browser:
        return Browser(app, language)

    return make


@pytest.fixture
def browser(new_browser: Callable[..., Browser]) -> Browser:
    return new_browser()
