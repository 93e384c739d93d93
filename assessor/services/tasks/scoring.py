"""Scoring after a submission: the profile under the form's own role is computed and kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assessor.errors import Conflict, NotFound
from assessor.messages import N_
from assessor.services import jobs, profiles
from assessor.services.actors import JOB, Actor
from assessor.services.jobs import Kind, Order, Run

NAME = "scoring"
#: A submission asks for it itself; only later what was not asked for, or long ago, counts as left undone.
LEFT_AFTER = timedelta(seconds=30)


def order(sitting: str, *, asked_by: str = "sitting") -> Order:
    """What a submission asks for."""
    return Order(NAME, f"{NAME} {sitting}", asked_by, sitting=sitting)


def ask(session: Session, actor: Actor, sitting: str, *, now: datetime) -> None:
    """The submitted sitting is scored, once, however often it is asked for; raises NotFound for none."""
    asked = order(sitting)
    if jobs.newest(session, asked.key) is None:
        jobs.enqueue(session, actor, asked, now=now)


def run(run: Run) -> None:
    """The profile is kept; nothing, for a sitting erased meanwhile."""
    try:
        profiles.keep_scored(run.database, JOB, run.sitting, now=run.now())
    except (NotFound, Conflict):
        return


def owed(session: Session, now: datetime) -> Sequence[Order]:
    """Submitted sittings without a profile, for which nobody asked."""
    found = profiles.unscored(session, JOB, now=now, finished_before=now - LEFT_AFTER, unasked=NAME)
    return [order(ref, asked_by="clock") for ref in found]


KIND = Kind(N_("Scores of submitted tests"), run, limit=timedelta(minutes=2), owed=owed)
