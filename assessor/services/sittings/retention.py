"""How long a sitting is kept, and its erasure, at a person's word or when the time is up: nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from assessor.errors import Conflict, Invalid, NotFound
from assessor.messages import N_
from assessor.services import audit, jobs, permissions
from assessor.services.actors import Actor
from assessor.services.events import Event
from assessor.services.permissions import Permission
from assessor.services.sittings import rows
from assessor.store import scope
from assessor.store.db import ERASED
from assessor.store.models import Attempt, Form, Grant, ProfileRow, ResponseRow

#: How long an open sitting waits for its answers.
OPEN_FOR = timedelta(days=7)
#: How long a submitted one is kept unless somebody asks for longer.
KEPT_FOR = timedelta(hours=24)
#: What the results page offers, in days; the first is the default.
KEEPABLE_DAYS = (1, 30, 365)
#: How many expired sittings one statement deletes.
SWEPT_AT_ONCE = 500


def keep(session: Session, actor: Actor, ref: str, *, days: int, now: datetime) -> datetime:
    """The moment until which a finished sitting is now kept; raises Invalid for a term not offered."""
    if days not in KEEPABLE_DAYS:
        raise Invalid("days", N_("Choose one of the terms."))
    attempt = rows.found(session, actor, Permission.GOVERN, now, Attempt.ref == ref)
    if attempt.finished_at is None:
        raise Conflict(N_("Submit your answers first."))
    until = now + timedelta(days=days)
    rows.change(session, attempt, expires_at=until)
    audit.record(session, actor, Event.SITTING_KEPT, ref, {"days": days}, now=now)
    return until


def erase(session: Session, actor: Actor, ref: str, *, now: datetime) -> None:
    """Nothing is left of the sitting: answers, profiles, jobs, files, its form; raises NotFound for none.

    The audit keeps that one was erased, and when, under a code that leads back to nothing.
    """
    within = scope.sittings(permissions.reach(actor, Permission.GOVERN))
    # The lock is waited for by a profile that is being kept just now, and by an answer.
    found = within.where(Attempt.ref == ref).with_only_columns(Attempt.id).with_for_update()
    attempt_id = session.scalar(found)
    if attempt_id is None:
        raise NotFound("there is no such sitting")
    _erase(session, [attempt_id])
    audit.record(session, actor, Event.SITTING_ERASED, ref, now=now)


def _erase(session: Session, ids: Sequence[int]) -> None:
    """Delete what hangs on sittings that were found within reach, and the sittings."""
    forms = list(session.scalars(select(Attempt.form_id).where(Attempt.id.in_(ids))))
    session.execute(update(Attempt).where(Attempt.id.in_(ids)).values(state="erasing"))
    jobs.erase_of(session, ids)
    for table in (ResponseRow, ProfileRow, Grant):
        session.execute(delete(table).where(table.attempt_id.in_(ids)))
    session.execute(delete(Attempt).where(Attempt.id.in_(ids)))
    in_use = select(Attempt.id).where(Attempt.form_id == Form.id).exists()
    session.execute(delete(Form).where(Form.id.in_(forms), ~in_use))
    session.info[ERASED] = True
    session.expire_all()


def sweep(
    session: Session, actor: Actor, *, now: datetime, dry_run: bool = False, most: int | None = None
) -> int:
    """The number of expired sittings erased, ``most`` at once, or that would be."""
    within = scope.sittings(permissions.reach(actor, Permission.RETAIN))
    expired = within.with_only_columns(Attempt.id, Attempt.ref).where(Attempt.expires_at <= now)
    expired = expired.order_by(Attempt.id).limit(most)
    found = session.execute(expired if dry_run else expired.with_for_update()).all()
    if not dry_run:
        for start in range(0, len(found), SWEPT_AT_ONCE):
            _erase(session, [row.id for row in found[start : start + SWEPT_AT_ONCE]])
        for row in found:
            audit.record(session, actor, Event.SITTING_EXPIRED, row.ref, now=now)
    return len(found)
