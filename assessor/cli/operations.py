"""What keeps the database: upgrade it, load banks into it, delete what has expired. Serves nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from assessor.banks.schema import Library
from assessor.cli.banks import opened, settings
from assessor.cli.exits import DONE, WRONG
from assessor.config import Settings
from assessor.services import grants, limits, versions
from assessor.services.sittings.retention import sweep as erase_expired
from assessor.store.db import Database, open_database
from assessor.store.migrate import upgrade


@contextmanager
def current_database(chosen: Settings) -> Iterator[Database]:
    """The database, brought to this version's tables."""
    database = open_database(chosen.database_url)
    try:
        upgrade(database)
        yield database
    finally:
        database.close()


def load_banks() -> int:
    """Put unseen versions of the sound banks into the database; 1 where another was left out."""
    banks = opened()
    with current_database(settings()) as database:
        found = load_into(database, banks.library)
    print(f"{found} new versions")
    return WRONG if banks.left_out else DONE


def load_into(database: Database, loaded: Library) -> int:
    """The number of versions that were new to the database."""
    with database.writing() as session:
        return versions.load(session, loaded, datetime.now(UTC))


def retention(*, dry_run: bool) -> int:
    """Delete every sitting whose time has come, or say how many there are."""
    with current_database(settings()) as database:
        count = sweep(database, dry_run=dry_run)
    print(f"{count} expired sittings {'would be ' if dry_run else ''}deleted")
    return DONE


def sweep(database: Database, *, dry_run: bool = False) -> int:
    """The number of expired sittings deleted, or that would be."""
    now = datetime.now(UTC)
    with database.writing() as session:
        if not dry_run:
            limits.forget(session, now=now)
            grants.forget(session, now=now)
        return erase_expired(session, now=now, dry_run=dry_run)


def upgrade_database() -> int:
    """Bring the database to this version's tables."""
    with current_database(settings()):
        print("the database is up to date")
    return DONE
