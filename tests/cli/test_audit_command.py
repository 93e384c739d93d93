"""``assessor audit verify``: how far the chains go, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from assessor.services import audit
from assessor.services.actors import JOB
from assessor.services.events import Event
from assessor.store import guards, migrate
from assessor.store.db import Database, open_database
from tests.cli.conftest import Run


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'state' / 'assessor.db'}")
    migrate.upgrade(opened)
    with opened.writing() as session:
        for ref in "abc":
            audit.record(session, JOB, Event.SITTING_EXPIRED, ref, now=datetime.now(UTC))
    yield opened
    opened.close()


def test_a_sound_audit_is_told_by_its_ends(run: Run, database: Database) -> None:
    ran = run("audit", "verify")
    assert (ran.code, ran.err) == (0, "")
    (end,) = ran.lines
    assert end.startswith("server:3:")
    assert run("audit", "verify", "--head", end).code == 0
    other = end.replace("server:3", "server:4")
    assert run("audit", "verify", "--head", end, "--head", other).code == 1


def test_an_entry_that_was_changed_is_named(run: Run, database: Database) -> None:
    with database.engine.execution_options(assessor_writing=True).begin() as connection:
        guards.drop(connection)
        connection.execute(text("UPDATE audit_entry SET capacity = 'joc' WHERE number = 2"))
    ran = run("audit", "verify")
    assert ran.code == 1
    assert ran.err == "chain server, entry 2: it is not as it was written\n"


@pytest.mark.parametrize("end", ["", "server", "server:3", "server:x:" + "0" * 64, "server:3:" + "0" * 63])
def test_an_end_that_is_none_is_a_usage_error(run: Run, end: str) -> None:
    ran = run("audit", "verify", "--head", end)
    assert ran.code == 2
    assert "is not an end that audit verify has printed" in ran.err
