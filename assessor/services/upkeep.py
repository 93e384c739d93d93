"""The database itself, as commands keep it: opened, brought up to date, filled with banks, swept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from assessor.banks.schema import Library
from assessor.services import versions
from assessor.services.actors import Actor
from assessor.services.sessions import Sessions
from assessor.services.tasks import retention
from assessor.store.carrier import Carrier
from assessor.store.db import Database, open_database
from assessor.store.migrate import is_current, upgrade


@contextmanager
def current_database(url: str, *, queue: str = "") -> Iterator[Sessions]:
    """The database at this address, brought to this version's tables.

    Workers are told of the work that is asked for, where the address of their ``queue`` is given.
    """
    with _current(url) as database:
        if queue:
            database.tell = Carrier(queue).tell
        yield Sessions(database)


def is_current_database(url: str) -> bool:
    """Whether the database has the tables of this version; nothing is changed."""
    database = open_database(url)
    try:
        return is_current(database)
    finally:
        database.close()


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


def sweep(database: Database, actor: Actor, *, now: datetime, dry_run: bool = False) -> int:
    """The number of expired sittings deleted, or that would be; what else has ended goes too."""
    if dry_run:
        return retention.expired(database, actor, now=now)
    return retention.sweep(database, actor, now=now)
