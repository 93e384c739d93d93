"""In which browsers people are signed in: it stands here, so that what has ended cannot be replayed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from assessor.errors import NotFound
from assessor.services import permissions
from assessor.services.actors import Actor, Role
from assessor.services.codes import hashed
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.models import MemberRow, PersonRow, SignInRow, WorkspaceRow

#: However often it is used, a sign-in ends after a long day.
ENDS_AFTER = timedelta(hours=16)
#: A sign of life is written at most so often: a page that is read must not cost a write each time.
MARKED_EVERY = timedelta(minutes=2)


@dataclass(frozen=True)
class Membership:
    """A workspace that a person belongs to, and as what."""

    ref: str
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class Standing:
    """Who is signed in, and what they are in the workspace that was asked about."""

    person: str
    given_name: str
    family_name: str
    sign_in: str
    seen_at: datetime
    member: Membership | None

    def is_marked(self, now: datetime) -> bool:
        """Whether the last sign of life is recent enough."""
        return now - self.seen_at < MARKED_EVERY


@dataclass(frozen=True)
class Listed:
    """A sign-in as its person sees it."""

    ref: str
    device: str
    begun_at: datetime
    seen_at: datetime


def begin(session: Session, person: str, password_hash: str | None, *, device: str, now: datetime) -> str:
    """The token of a new sign-in of whoever has shown that password; it is kept as a hash.

    Raises NotFound where the person has gone, or has another password by now.
    """
    found = select(PersonRow).where(PersonRow.ref == person, PersonRow.password_hash == password_hash)
    row = session.scalars(found.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("no such person, or no longer with that password")
    row.seen_at = now
    token = secrets.token_urlsafe(32)
    session.add(
        SignInRow(
            ref=secrets.token_hex(8),
            person_id=row.id,
            token_hash=hashed(token),
            device=device,
            begun_at=now,
            seen_at=now,
            ends_at=now + ENDS_AFTER,
        )
    )
    session.flush()
    return token


def standing(
    session: Session, token: str, workspace: str | None = None, *, idle: timedelta, now: datetime
) -> Standing | None:
    """Who holds that token, if it counts, and what they are in that workspace; None for nobody."""
    named = and_(MemberRow.person_id == PersonRow.id, MemberRow.workspace_id == WorkspaceRow.id)
    query = (
        select(SignInRow, PersonRow, WorkspaceRow, MemberRow)
        .join(PersonRow, PersonRow.id == SignInRow.person_id)
        .outerjoin(WorkspaceRow, WorkspaceRow.ref == workspace)
        .outerjoin(MemberRow, named)
        .where(SignInRow.token_hash == hashed(token), _counts(idle, now))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    row, person, place, member = found
    return Standing(
        person=person.ref,
        given_name=person.given_name,
        family_name=person.family_name,
        sign_in=row.ref,
        seen_at=row.seen_at,
        member=None if member is None else Membership(place.ref, place.name, roles_of(member)),
    )


def roles_of(member: MemberRow) -> frozenset[Role]:
    """The roles that the row gives."""
    return frozenset(Role(role) for role in member.roles)


def mark(session: Session, token: str, *, now: datetime) -> None:
    """A sign of life of whoever holds the token; what has ended meanwhile stays ended."""
    marked = update(SignInRow).where(SignInRow.token_hash == hashed(token), SignInRow.ended_at.is_(None))
    session.execute(marked.values(seen_at=now), execution_options={"synchronize_session": False})


def listed(session: Session, actor: Actor, *, idle: timedelta, now: datetime) -> Sequence[Listed]:
    """The actor's sign-ins that count, the latest first."""
    own = scope.sign_ins(permissions.own(actor, Permission.OWN_ACCOUNT))
    rows = session.scalars(own.where(_counts(idle, now)).order_by(SignInRow.begun_at.desc(), SignInRow.id))
    return [Listed(row.ref, row.device, row.begun_at, row.seen_at) for row in rows]


def end(session: Session, token: str, *, now: datetime) -> None:
    """The sign-in of that token is over at once; nothing where it was already."""
    _end(session, SignInRow.token_hash == hashed(token), now)


def end_own(session: Session, actor: Actor, ref: str, *, now: datetime) -> None:
    """The actor's sign-in of that ref is over at once; raises NotFound where there is none that counts."""
    own = scope.sign_ins(permissions.own(actor, Permission.OWN_ACCOUNT)).with_only_columns(SignInRow.id)
    if not _end(session, SignInRow.id.in_(own.where(SignInRow.ref == ref)), now):
        raise NotFound("no such sign-in")


def end_others(session: Session, actor: Actor, kept: str | None, *, now: datetime) -> int:
    """How many sign-ins of the actor's are over now: all but that of the ref ``kept``."""
    own = scope.sign_ins(permissions.own(actor, Permission.OWN_ACCOUNT)).with_only_columns(SignInRow.id)
    return _end(session, SignInRow.id.in_(own.where(SignInRow.ref != (kept or ""))), now)


def end_all_of(session: Session, person_id: int, *, now: datetime) -> None:
    """Nobody is signed in as that person any more, who has just been given another password."""
    _end(session, SignInRow.person_id == person_id, now)


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    ended = update(SignInRow).where(which, SignInRow.ended_at.is_(None)).values(ended_at=now)
    found = session.execute(ended, execution_options={"synchronize_session": False})
    assert isinstance(found, CursorResult)
    return found.rowcount


def _counts(idle: timedelta, now: datetime) -> ColumnElement[bool]:
    return and_(SignInRow.ended_at.is_(None), SignInRow.ends_at > now, SignInRow.seen_at > now - idle)


def forget(session: Session, *, now: datetime) -> None:
    """Delete the sign-ins that have ended."""
    session.execute(delete(SignInRow).where(or_(SignInRow.ends_at <= now, SignInRow.ended_at.is_not(None))))
