"""Which browsers may open a sitting: rights that stand here, so that what has ended cannot be replayed.

A grant belongs to one sitting and says nothing of the browser that holds its secret: neither two sittings of
one person nor two visits of one device can be told to belong together.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from assessor.services import refusals
from assessor.services.codes import hashed
from assessor.store.models import Attempt, Grant

#: For how long a browser opens a sitting; afterwards its private link still does.
HELD_FOR = timedelta(days=90)
#: For how long a grant that another one replaces still counts: the reply that brings the new one may be lost,
#: and what other pages of the browser have sent may be on its way.
LATE_FOR = timedelta(minutes=2)


def give(session: Session, ref: str, *, now: datetime) -> str:
    """The secret of a new grant to the sitting, kept as a hash; raises NoResultFound for no sitting."""
    attempt_id = session.execute(select(Attempt.id).where(Attempt.ref == ref)).scalar_one()
    secret = secrets.token_urlsafe(32)
    session.add(
        Grant(attempt_id=attempt_id, secret_hash=hashed(secret), given_at=now, ends_at=now + HELD_FOR)
    )
    session.flush()
    return secret


def is_given(session: Session, ref: str, secret: str, *, now: datetime) -> bool:
    """Whether whoever holds the secret may open the sitting now."""
    query = (
        select(Grant.id)
        .join(Attempt, Attempt.id == Grant.attempt_id)
        .where(Grant.secret_hash == hashed(secret), Grant.ends_at > now, Attempt.ref == ref)
    )
    return session.scalar(query) is not None


def replace(session: Session, secret: str, *, now: datetime) -> bool:
    """Whether there was such a grant; it ends in a moment, since its browser was given another."""
    ending = (
        update(Grant)
        .where(Grant.secret_hash == hashed(secret), Grant.ends_at > now)
        .values(ends_at=now + LATE_FOR)
    )
    found = session.execute(ending.execution_options(synchronize_session=False))
    return isinstance(found, CursorResult) and found.rowcount == 1


def end(session: Session, secret: str, *, now: datetime) -> None:
    """The grant is gone at once, and with it what it has replaced a moment ago."""
    sitting = select(Grant.attempt_id).where(Grant.secret_hash == hashed(secret)).scalar_subquery()
    ended = delete(Grant).where(
        Grant.attempt_id == sitting,
        or_(Grant.secret_hash == hashed(secret), Grant.ends_at <= now + LATE_FOR),
    )
    session.execute(ended.execution_options(synchronize_session=False))


def evict(session: Session, attempt_id: int, *, asked_by: str | None, now: datetime) -> None:
    """All grants of the sitting end at once, and that of the browser which asked for it in a moment.

    The sitting's row is held by this transaction. Raises Gone where another browser has evicted this one.
    """
    if asked_by is not None and not replace(session, asked_by, now=now):
        raise refusals.Gone("the grant has ended meanwhile")
    others = delete(Grant).where(Grant.attempt_id == attempt_id, Grant.secret_hash != hashed(asked_by or ""))
    session.execute(others.execution_options(synchronize_session=False))


def forget(session: Session, *, now: datetime) -> None:
    """Delete the grants whose time has passed."""
    session.execute(delete(Grant).where(Grant.ends_at <= now))
