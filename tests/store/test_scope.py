"""The gate to sittings and what hangs on them: a statement goes as far as its reach, and no further."""

from __future__ import annotations

import pytest
from sqlalchemy import func

from assessor.store import scope
from assessor.store.db import Database
from assessor.store.models import Attempt, Base, ProfileRow, ResponseRow
from tests.store.rows import ROWS

FIRST, SECOND = ROWS["attempt"][0], ROWS["attempt"][1]
REACHES = {
    "named": (scope.Named(FIRST["ref"]), {1}),
    "linked": (scope.Linked(SECOND["token_hash"]), {2}),
    "named by a link": (scope.Named(FIRST["token_hash"]), set()),
    "linked by a name": (scope.Linked(FIRST["ref"]), set()),
    "everything": (scope.Everything(), {1, 2}),
}


@pytest.fixture
def filled(database: Database) -> Database:
    """The rows of two sittings; answers are only added to an open one, so the second is submitted after."""
    attempt = Base.metadata.tables["attempt"]
    with database.writing() as session:
        for table, rows in ROWS.items():
            opened = {"state": "open", "finished_at": None} if table == "attempt" else {}
            session.execute(Base.metadata.tables[table].insert(), [row | opened for row in rows])
        submitted = {name: SECOND[name] for name in ("state", "finished_at")}
        session.execute(attempt.update().where(attempt.c.id == SECOND["id"]).values(**submitted))
    return database


@pytest.mark.parametrize("name", REACHES)
def test_a_statement_touches_what_is_within_reach_only(filled: Database, name: str) -> None:
    reach, ids = REACHES[name]
    with filled.writing() as session:
        assert set(session.scalars(scope.sittings(reach).with_only_columns(Attempt.id))) == ids
        session.execute(scope.changes(reach).values(epoch=Attempt.epoch + 1))
        changed = session.execute(Base.metadata.tables["attempt"].select()).all()
    assert {row.id for row in changed if row.epoch == 4} == ids


def test_what_hangs_on_a_sitting_is_reached_by_it(filled: Database) -> None:
    with filled.writing() as session:
        first = session.scalars(scope.sittings(scope.Named(FIRST["ref"]))).one()
        second = session.scalars(scope.sittings(scope.Named(SECOND["ref"]))).one()
        answers = [
            scope.answers_of(one).with_only_columns(func.count(ResponseRow.id)) for one in (first, second)
        ]
        assert [session.scalar(query) for query in answers] == [2, 1]
        kept = [
            scope.profiles_of(one).with_only_columns(func.count(ProfileRow.id)) for one in (first, second)
        ]
        assert [session.scalar(query) for query in kept] == [0, 1]
        session.execute(scope.changes_of(second).values(language="en"))
        languages = session.execute(Base.metadata.tables["attempt"].select()).all()
    assert {row.id: row.language for row in languages} == {1: "fr", 2: "en"}
