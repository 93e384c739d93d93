"""Bringing a database to the tables of this version. The history itself stands in ``migrations``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from assessor.store.db import Database

#: Any number of our own: two servers that start together upgrade one after the other.
_ADVISORY_LOCK = 7_265_337


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the tables to ``revision``, creating them in an empty database; raises Unavailable."""
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Take the tables back to an older revision; raises Unavailable."""
    _run(database, lambda config: command.downgrade(config, revision))


def _run(database: Database, step: Callable[[Config], None]) -> None:
    config = _config()
    engine = database.engine.execution_options(assessor_writing=True)
    with engine.begin() as connection:
        if not database.is_sqlite:
            # A second server waits for the first one's migration, however long it takes.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        config.attributes["connection"] = connection
        step(config)


def is_current(database: Database) -> bool:
    """Whether the tables are those of this version."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
