"""The daily round of retention: what has expired is deleted, a few sittings in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assessor.messages import N_
from assessor.services import grants, jobs, limits
from assessor.services.actors import JOB, Actor
from assessor.services.jobs import Kind, Order, Run
from assessor.services.people import links, sign_ins
from assessor.services.sittings import retention as sittings
from assessor.store.db import Database

NAME = "retention"
EVERY = timedelta(days=1)
#: Sittings erased in one transaction: whoever saves an answer meanwhile must not notice.
ERASED_AT_ONCE = 20
#: A round that fails is begun again within the hour, the whole day long.
MOST_FAULTS = 24


def order(*, asked_by: str = "clock") -> Order:
    """What the clock asks for."""
    return Order(NAME, NAME, asked_by, most_faults=MOST_FAULTS)


def run(run: Run) -> None:
    """Everything that has expired is gone."""
    sweep(run.database, JOB, now=run.now(), step=run.step)


def sweep(
    database: Database,
    actor: Actor,
    *,
    now: datetime,
    step: Callable[[int, int], None] = lambda _done, _total: None,
) -> int:
    """The number of expired sittings deleted; what else counts no more (rights, links, jobs) goes too.

    ``step`` is told how many are gone, of all that had expired; what it raises ends the round where it is.
    """
    with database.writing() as session:
        limits.forget(session, now=now)
        grants.forget(session, now=now)
        jobs.forget(session, now=now)
        sign_ins.forget(session, now=now)
        links.forget(session, now=now)
    total = expired(database, actor, now=now)
    erased = 0
    while True:
        step(erased, max(erased, total))
        with database.writing() as session:
            found = sittings.sweep(session, actor, now=now, most=ERASED_AT_ONCE)
        erased += found
        if found < ERASED_AT_ONCE:
            return erased


def expired(database: Database, actor: Actor, *, now: datetime) -> int:
    """The number of sittings that the next round deletes."""
    with database.reading() as session:
        return sittings.sweep(session, actor, now=now, dry_run=True)


def owed(session: Session, now: datetime) -> Sequence[Order]:
    """The next round, a day after the last one was asked for."""
    is_asked = session.scalar(jobs.has_any(NAME, since=now - EVERY).limit(1)) is not None
    return [] if is_asked else [order()]


KIND = Kind(N_("Rounds of retention"), run, limit=timedelta(hours=2), owed=owed)
