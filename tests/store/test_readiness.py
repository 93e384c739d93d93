"""Readiness is answered within a bound, with its reason, whatever the database or the disk does."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from assessor.banks.schema import Library
from assessor.store import readiness
from assessor.store.db import Database, Unavailable
from assessor.store.readiness import DATABASE, DISK, Readiness
from tests.fixtures.sittings import begin


def test_a_healthy_store_is_ready(database: Database, tmp_path: Path) -> None:
    assert Readiness(database, tmp_path, 1).fault() is None


def test_a_database_that_hangs_is_said_within_the_bound_however_many_ask(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, asked = threading.Event(), list[int]()

    def hang() -> None:
        asked.append(1)
        assert held.wait(20)

    monkeypatch.setattr(sqlite_database, "check", hang)
    monkeypatch.setattr(readiness, "WITHIN_S", 0.2)
    monkeypatch.setattr(readiness, "FRESH_S", 0.0)
    watched = Readiness(sqlite_database, tmp_path, 1)
    begun = time.monotonic()
    assert [watched.fault() for _ in range(3)] == [DATABASE] * 3
    assert time.monotonic() - begun < 15
    assert len(asked) == 1
    held.set()
    monkeypatch.undo()
    latest = time.monotonic() + 120
    while watched.fault() is not None and time.monotonic() < latest:
        time.sleep(0.02)
    assert watched.fault() is None


@pytest.mark.parametrize("error", [Unavailable("gone"), OSError("gone"), RuntimeError("gone")])
def test_a_database_that_refuses_is_said_once_in_the_log(
    error: Exception,
    sqlite_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse() -> None:
        raise error

    watched = Readiness(sqlite_database, tmp_path, 1)
    monkeypatch.setattr(readiness, "FRESH_S", 0.0)
    assert watched.fault() is None
    monkeypatch.setattr(sqlite_database, "check", refuse)
    for _ in range(5):
        assert watched.fault() == DATABASE
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1


def test_little_space_and_a_folder_that_is_away_are_said(sqlite_database: Database, tmp_path: Path) -> None:
    assert Readiness(sqlite_database, tmp_path, 2**60).fault() == DISK
    assert Readiness(sqlite_database, tmp_path / "away", 1).fault() == DISK


def test_a_disk_that_refused_a_write_is_full_until_one_succeeds(
    sqlite_database: Database, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quota is no lack of space that a file system would show."""
    monkeypatch.setattr(readiness, "FRESH_S", 0.0)
    watched = Readiness(sqlite_database, tmp_path, 1)
    with sqlite_database.writing() as session:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages}"))

    def begin_without_end() -> None:
        for _ in range(1000):
            begin(sqlite_database, library)

    with pytest.raises(Unavailable, match="full"):
        begin_without_end()
    assert watched.fault() == DISK
    with sqlite_database.reading() as session:
        session.execute(text("PRAGMA max_page_count = 1000000"))
    begin(sqlite_database, library)
    assert watched.fault() is None
