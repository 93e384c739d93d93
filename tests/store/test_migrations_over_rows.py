"""Every migration, over a database that is in use: no row is lost, no guard is, and one step leads back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text, update
from sqlalchemy.exc import DBAPIError

from assessor.banks.schema import Library
from assessor.profile import document
from assessor.scoring.model import Parameters
from assessor.services import profiles
from assessor.services.actors import JOB
from assessor.services.sittings import life
from assessor.services.sittings.life import AttemptView
from assessor.store import guards, migrate
from assessor.store.db import Database, Unavailable
from assessor.store.models import ProfileRow
from tests.fixtures.documents import of_the_first_version
from tests.fixtures.sittings import LATER, NOW, Held, begin
from tests.fixtures.store import TABLES
from tests.store.rows import ROWS, contents, fill

REVISIONS = [one.revision for one in ScriptDirectory.from_config(migrate._config()).walk_revisions()][::-1]

#: What a later version may well want of the tables: a column, a wider one, another rule, a mended answer.
ALTERATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "later", "{head}", None, None


def upgrade():
    with op.batch_alter_table("attempt") as attempt:
        attempt.add_column(sa.Column("note", sa.String(20), nullable=False, server_default="none"))
        attempt.alter_column("kind", existing_type=sa.String(8), type_=sa.String(30))
        attempt.drop_constraint(op.f("ck_attempt_kind"), type_="check")
        attempt.create_check_constraint(op.f("ck_attempt_kind"), "kind IN ('self', 'round')")
    with op.batch_alter_table("version") as version:
        version.add_column(sa.Column("origin", sa.String(20), nullable=True))
    op.execute("UPDATE response SET language = 'en' WHERE seq = 3")
    {extra}


def downgrade():
    with op.batch_alter_table("version") as version:
        version.drop_column("origin")
    with op.batch_alter_table("attempt") as attempt:
        attempt.drop_constraint(op.f("ck_attempt_kind"), type_="check")
        attempt.create_check_constraint(op.f("ck_attempt_kind"), "kind IN ('self')")
        attempt.alter_column("kind", existing_type=sa.String(30), type_=sa.String(8))
        attempt.drop_column("note")
"""


def fill_all(database: Database) -> None:
    with database.engine.execution_options(assessor_writing=True).begin() as connection:
        guards.drop(connection)
        fill(connection)
        guards.put(connection)


def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.engine.connect() as connection:
        return contents(connection)


def is_within(less: dict[str, list[dict[str, Any]]], more: dict[str, list[dict[str, Any]]]) -> bool:
    """Whether all rows of ``less`` stand in ``more``, as far as both have the column."""
    return all(
        len(rows) == len(more[table])
        and all(
            row[column] == other[column]
            for row, other in zip(rows, more[table], strict=True)
            for column in row.keys() & other.keys()
        )
        for table, rows in less.items()
        if table in more
    )


def require_guards(database: Database) -> None:
    with database.engine.connect() as connection:
        assert guards.missing(connection) == ()
    for statement in ("UPDATE response SET seq = seq + 10", "UPDATE version SET canonical = '[]'"):
        with (
            pytest.raises(DBAPIError, match="never changed"),
            database.engine.execution_options(assessor_writing=True).begin() as connection,
        ):
            connection.execute(text(statement))


def test_every_table_has_rows_to_be_migrated() -> None:
    assert {name for name, rows in ROWS.items() if rows} == set(TABLES)


@pytest.mark.parametrize("place", range(len(REVISIONS)), ids=REVISIONS)
def test_a_migration_keeps_every_row_and_leads_back(bare_database: Database, place: int) -> None:
    revision, before = REVISIONS[place], REVISIONS[place - 1] if place else "base"
    if place:
        migrate.upgrade(bare_database, before)
        fill_all(bare_database)
        there = everything(bare_database)
        migrate.upgrade(bare_database, revision)
        assert is_within(there, everything(bare_database))
    else:
        migrate.upgrade(bare_database, revision)
        fill_all(bare_database)
    require_guards(bare_database)
    there = everything(bare_database)
    migrate.downgrade(bare_database, before)
    assert is_within(everything(bare_database), there)
    migrate.upgrade(bare_database, revision)
    if place:
        require_guards(bare_database)


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Adds a revision after the newest one; ``extra`` is a last statement of its upgrade."""
    folder = tmp_path / "later"
    folder.mkdir()
    shipped = migrate._config

    def configured() -> Config:
        config = shipped()
        own = Path(str(config.get_main_option("script_location"))) / "versions"
        config.set_main_option("path_separator", "newline")
        config.set_main_option("version_locations", f"{own}\n{folder}")
        return config

    def add(extra: str = "pass") -> None:
        (folder / "later.py").write_text(ALTERATION.format(head=REVISIONS[-1], extra=extra), encoding="utf-8")
        monkeypatch.setattr(migrate, "_config", configured)

    return add


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_a_guarded_table_can_be_altered_empty_or_in_use(
    bare_database: Database, later: Any, filled: bool
) -> None:
    migrate.upgrade(bare_database)
    if filled:
        fill_all(bare_database)
    before = everything(bare_database)
    later()
    assert not migrate.is_current(bare_database)
    migrate.upgrade(bare_database)
    after = everything(bare_database)
    assert {table: len(rows) for table, rows in after.items()} == {
        table: len(rows) for table, rows in before.items()
    }
    seen = inspect(bare_database.engine)
    rules = {str(found["name"]) for found in seen.get_check_constraints("attempt")}
    assert rules == {"ck_attempt_epoch", "ck_attempt_finished", "ck_attempt_kind", "ck_attempt_state"}
    assert {found["name"] for found in seen.get_indexes("attempt")} >= {
        "ix_attempt_expires_at",
        "ix_attempt_form_id",
    }
    if filled:
        assert [row["note"] for row in after["attempt"]] == ["none", "none"]
        assert [row["language"] for row in after["response"]] == ["fr", "fr", "en"]
        require_guards(bare_database)
    migrate.downgrade(bare_database, REVISIONS[-1])
    assert {table: [sorted(row) for row in rows] for table, rows in everything(bare_database).items()} == {
        table: [sorted(row) for row in rows] for table, rows in before.items()
    }


def test_rows_that_would_refer_to_nothing_take_the_whole_migration_back(
    bare_database: Database, later: Any
) -> None:
    migrate.upgrade(bare_database)
    fill_all(bare_database)
    before = everything(bare_database)
    later("op.execute('DELETE FROM form')")
    with pytest.raises((migrate.BrokenReferences, DBAPIError, Unavailable)):
        migrate.upgrade(bare_database)
    assert everything(bare_database) == before
    require_guards(bare_database)


def test_references_are_checked_again_after_a_migration(bare_database: Database) -> None:
    migrate.upgrade(bare_database)
    fill_all(bare_database)
    with (
        pytest.raises(DBAPIError),
        bare_database.engine.execution_options(assessor_writing=True).begin() as connection,
    ):
        connection.execute(text("DELETE FROM form"))


def test_a_guard_that_was_lost_is_put_back_at_the_next_start(bare_database: Database) -> None:
    migrate.upgrade(bare_database)
    fill_all(bare_database)
    with bare_database.engine.execution_options(assessor_writing=True).begin() as connection:
        guards.drop(connection)
    migrate.upgrade(bare_database)
    require_guards(bare_database)


def submitted_and_scored(database: Database, library: Library) -> Held:
    """A sitting whose profile the version before wrote, with what it planned with."""
    held = begin(database, library)
    held.answer_all()
    held.finish()
    profiles.keep_scored(database, JOB, held.ref, now=NOW)
    with database.reading() as session:
        (made,) = [row["document"] for row in contents(session.connection())["profile"]]
    with database.writing() as session:
        session.execute(update(ProfileRow).values(document=of_the_first_version(made)))
    return held


def said_of(database: Database, view: AttemptView, held: Held) -> tuple[Any, object]:
    """The score document, and all that pages draw from it."""
    found = profiles.scored(database, held.holder, view, view.role_id, now=LATER)
    return found.document, found.profile


@pytest.mark.parametrize("oldest", REVISIONS[:-1])
def test_a_database_of_a_version_before_reports_the_same_numbers_and_keeps_its_links(
    bare_database: Database, library: Library, oldest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(bare_database)
    held, still_open = submitted_and_scored(bare_database, library), begin(bare_database, library)
    answered = still_open.answer_all()
    before = said_of(bare_database, held.view(), held)
    migrate.downgrade(bare_database, oldest)
    there = everything(bare_database)
    # The version that comes plans with something else.
    monkeypatch.setattr(profiles, "PLANNING", Parameters(tau_a=0.3, beta=0.4))
    migrate.upgrade(bare_database)
    assert is_within(there, everything(bare_database))
    assert said_of(bare_database, held.view(), held) == before
    computed = document(profiles.profile_of(held.view(), held.view().role_id))
    assert computed["fit"] != before[0]["fit"]
    # Their addresses and private links lead to them, and the open one goes on.
    for sitting in (held, still_open):
        with bare_database.writing() as session:
            assert life.peek(session, sitting.bearer, now=LATER).ref == sitting.ref
            assert life.resume(session, sitting.bearer, now=LATER) == sitting.ref
    assert {name: saved.response for name, saved in still_open.view().answers.items()} == answered
    assert still_open.finish(LATER).answered == len(answered)
