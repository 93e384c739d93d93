"""The migrations make what the models say, on both engines, and can be taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from assessor.store import migrate
from assessor.store.db import Database, Unavailable
from assessor.store.models import Base
from tests.fixtures.store import TABLES, new_database

GUARDS = {
    *("attempt_reopen", "response_delete", "response_insert", "response_update", "version_update"),
    *("audit_entry_insert", "audit_entry_update", "audit_entry_delete"),
    *("audit_head_insert", "audit_head_update", "audit_head_delete"),
}


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def guards(database: Database) -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.reading() as session:
        return set(session.scalars(text(query)))


def functions(database: Database) -> set[str]:
    if database.is_sqlite:
        return set()
    with database.reading() as session:
        return set(session.scalars(text("SELECT proname FROM pg_proc WHERE proname LIKE '%\\_guard'")))


def described(engine: Any) -> dict[str, Any]:
    """All that the inspector sees of each table, in a comparable order."""
    seen = inspect(engine)

    def plain(found: object) -> str:
        # The engine's own words for one rule differ in brackets and spaces only.
        return re.sub(r"[\s()]", "", repr(found))

    def worded(index: Any) -> object:
        # A condition is an object whose own description names its place in memory.
        options = index.get("dialect_options", {})
        return {**index, "dialect_options": {name: str(value) for name, value in options.items()}}

    return {
        name: {
            # In any order: a migration adds a column at the end, and the model where it belongs.
            "columns": sorted(
                plain((column["name"], column["type"], column["nullable"]))
                for column in seen.get_columns(name)
            ),
            "pk": plain(seen.get_pk_constraint(name)),
            "fk": sorted(plain(found) for found in seen.get_foreign_keys(name)),
            "unique": sorted(plain(found) for found in seen.get_unique_constraints(name)),
            "check": sorted(
                (str(found["name"]), plain(found["sqltext"])) for found in seen.get_check_constraints(name)
            ),
            "index": sorted(plain(worded(found)) for found in seen.get_indexes(name)),
        }
        for name in TABLES
    }


def test_up_down_and_up_again_leaves_exactly_the_tables_and_guards(bare_database: Database) -> None:
    assert not migrate.is_current(bare_database)
    migrate.upgrade(bare_database)
    assert migrate.is_current(bare_database)
    assert tables(bare_database) == {*TABLES, "alembic_version"}
    assert guards(bare_database) == GUARDS
    migrate.downgrade(bare_database, "base")
    assert tables(bare_database) == {"alembic_version"}
    assert guards(bare_database) == functions(bare_database) == set()
    assert not migrate.is_current(bare_database)
    migrate.upgrade(bare_database)
    migrate.upgrade(bare_database)
    assert guards(bare_database) == GUARDS


def test_the_migrations_say_the_same_as_the_models(
    bare_database: Database, request: pytest.FixtureRequest
) -> None:
    """Columns, types, keys, indexes, and also CHECK constraints, which Alembic does not compare."""
    migrate.upgrade(bare_database)
    with bare_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    if bare_database.is_sqlite:
        other = create_engine("sqlite://")
    else:
        other = create_engine(new_database(request.getfixturevalue("postgresql_server"), "from_models"))
    Base.metadata.create_all(other)
    try:
        assert described(bare_database.engine) == described(other)
    finally:
        other.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(bare_database: Database) -> None:
    with bare_database.engine.execution_options(assessor_writing=True).begin() as connection:
        connection.execute(text("CREATE TABLE response (id INTEGER)"))
    with pytest.raises((Unavailable, DBAPIError)):
        migrate.upgrade(bare_database)
    assert tables(bare_database) == {"response"}
