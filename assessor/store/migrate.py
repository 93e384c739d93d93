"""Bringing a database to the tables of this version. The history itself stands in ``migrations``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from assessor.store import guards
from assessor.store.db import Database
from assessor.store.embedded import APPLICATION_ID

#: Any number of our own: two servers that start together upgrade one after the other.
_ADVISORY_LOCK = 7_265_337


class BrokenReferences(RuntimeError):
    """A migration would leave rows that refer to nothing: it is taken back whole."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the tables to ``revision``, creating them in an empty database; raises Unavailable.

    A database that is there already is left alone, but for a guard that it has lost.
    """
    _run(database, revision, command.upgrade)


def downgrade(database: Database, revision: str) -> None:
    """Take the tables back to an older revision; raises Unavailable."""
    _run(database, revision, command.downgrade)


def _run(database: Database, revision: str, step: Callable[[Config, str], None]) -> None:
    """One step in one transaction, without guards meanwhile: rows and rules come out whole, or as before."""
    config = _config()
    engine = database.engine.execution_options(assessor_writing=True)
    with engine.connect() as connection, _references_unchecked(connection), connection.begin():
        if not database.is_sqlite:
            # A second server waits for the first one's migration, however long it takes.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        scripts = ScriptDirectory.from_config(config)
        if _revision_of(connection) != scripts.as_revision_number(revision):
            guards.drop(connection)
            config.attributes["connection"] = connection
            step(config, revision)
            _require_references(connection)
        guards.put(connection)
        _sign(connection)


def _sign(connection: Connection) -> None:
    """Have the SQLite file say whose it is: a connection refuses another application's."""
    if connection.dialect.name == "sqlite" and not connection.scalar(text("PRAGMA application_id")):
        connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _references_unchecked(connection: Connection) -> Iterator[None]:
    """SQLite rebuilds a table to alter it, and would take the old one's rows for referenced ones.

    The pragma does nothing inside a transaction, so it is set on the bare connection before there is one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    bare: Any = connection.connection.driver_connection
    bare.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        bare.execute("PRAGMA foreign_keys=ON")


def _require_references(connection: Connection) -> None:
    """Raise BrokenReferences where a row refers to nothing; PostgreSQL refuses that by itself."""
    if connection.dialect.name == "sqlite":
        broken = sorted(
            {f"{row[0]} -> {row[2]}" for row in connection.execute(text("PRAGMA foreign_key_check"))}
        )
        if broken:
            raise BrokenReferences(f"rows would refer to nothing: {', '.join(broken)}")


def is_current(database: Database) -> bool:
    """Whether the tables are those of this version."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return _revision_of(connection) == head
