"""The database itself, as commands keep it: opened, brought up to date, filled with banks, swept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from assessor.banks.schema import Library
from assessor.services import grants, limits, versions
from assessor.services.actors import Actor
from assessor.services.sessions import Sessions
from assessor.services.sittings import retention
from assessor.store.db import Database, open_database
from assessor.store.migrate import upgrade


@contextmanager
def current_database(url: str) -> Iterator[Sessions]:
    """The database at this address, brought to this version's tables."""
    with _current(url) as database:
        yield Sessions(database)


@contextmanager
def _current(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        upgrade(database)
        yield database
    finally:
        database.close()


def make_ready(url: str, library: Library, *, now: datetime) -> None:
    """Bring the database up to date and load the banks, so that a server can serve.

    Raises Unavailable, with the reason, where an acknowledged answer could be lost in a crash.
    """
    with _current(url) as database:
        database.require_durable()
        with database.writing() as session:
            versions.load(session, library, now)


def sweep(session: Session, actor: Actor, *, now: datetime, dry_run: bool = False) -> int:
    """The number of expired sittings deleted, or that would be; tallies and grants that ended go too."""
    if not dry_run:
        limits.forget(session, now=now)
        grants.forget(session, now=now)
    return retention.sweep(session, actor, now=now, dry_run=dry_run)
