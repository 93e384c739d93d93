"""In which browsers people are signed in: it stands here, so that what has ended cannot be replayed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from assessor.errors import NotFound
from assessor.services import audit, permissions
from assessor.services.actors import VISITOR, Actor, Role
from assessor.services.codes import hashed
from assessor.services.events import Event
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.chains import code_of
from assessor.store.models import MemberRow, PersonRow, RememberedDeviceRow, SignInRow, WorkspaceRow

#: However often it is used, a sign-in ends after a long day.
ENDS_AFTER = timedelta(hours=16)
#: For how long whoever has shown a password may take to show their second factor.
PROVEN_WITHIN = timedelta(minutes=10)
#: For how long a browser is not asked again for a second factor, where its person wishes so.
REMEMBERED_FOR = timedelta(days=30)
#: Whom a workspace may ask for a second factor: those who see names or results, or who looked.
ASKED_FOR_SECOND = frozenset({Role.OWNER, Role.RECRUITER, Role.PRIVACY_OFFICER})
#: The setting of a workspace that asks them.
SECOND_FACTOR = "second_factor"
#: A sign of life is written at most so often: a page that is read must not cost a write each time.
MARKED_EVERY = timedelta(minutes=2)


@dataclass(frozen=True)
class Membership:
    """A workspace that a person belongs to, and as what."""

    ref: str
    name: str
    roles: frozenset[Role]
    #: Whether it asks somebody in these roles for a second factor.
    asks_second: bool = False


@dataclass(frozen=True)
class Standing:
    """Who is signed in, and what they are in the workspace that was asked about."""

    person: str
    given_name: str
    family_name: str
    sign_in: str
    begun_at: datetime
    seen_at: datetime
    #: Whether the person has a second factor, and whether it was shown.
    has_second: bool
    is_proven: bool
    #: Another one with each password.
    password_mark: str
    member: Membership | None

    def may_still_prove(self, now: datetime) -> bool:
        """Whether the second factor is all that is missing, and there is still time for it."""
        return not self.is_proven and now < self.begun_at + PROVEN_WITHIN

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


def begin(
    session: Session,
    person: str,
    password_hash: str | None,
    *,
    device: str,
    remembered: str | None = None,
    now: datetime,
) -> str:
    """The token of a new sign-in of whoever has shown that password; it is kept as a hash.

    Where the person has a second factor, it opens nothing before that is shown, but in a browser that holds
    the secret ``remembered`` of one in which it was shown lately. Raises NotFound where the person has gone,
    or has another password by now.
    """
    found = select(PersonRow).where(PersonRow.ref == person, PersonRow.password_hash == password_hash)
    row = session.scalars(found.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("no such person, or no longer with that password")
    row.seen_at = now
    token = secrets.token_urlsafe(32)
    is_proven = row.totp_seed is None or _is_remembered(session, row.id, remembered, now)
    session.add(
        SignInRow(
            ref=secrets.token_hex(8),
            person_id=row.id,
            token_hash=hashed(token),
            device=device,
            begun_at=now,
            seen_at=now,
            ends_at=now + ENDS_AFTER,
            proven_at=now if is_proven else None,
        )
    )
    session.flush()
    if is_proven:
        note(session, VISITOR, Event.PERSON_SIGNED_IN, row.ref, person=row.ref, now=now)
    return token


def _is_remembered(session: Session, person_id: int, secret: str | None, now: datetime) -> bool:
    query = select(RememberedDeviceRow.id).where(
        RememberedDeviceRow.person_id == person_id,
        RememberedDeviceRow.secret_hash == hashed(secret or ""),
        RememberedDeviceRow.ends_at > now,
    )
    return session.scalar(query) is not None


def prove(session: Session, person_id: int, token: str, *, now: datetime) -> str:
    """The token that takes the place of the former: its person has shown their second factor."""
    renewed = secrets.token_urlsafe(32)
    proven = (
        update(SignInRow)
        .where(
            SignInRow.token_hash == hashed(token),
            SignInRow.person_id == person_id,
            SignInRow.ended_at.is_(None),
        )
        .values(token_hash=hashed(renewed), proven_at=now)
    )
    found = session.execute(proven, execution_options={"synchronize_session": False})
    if not isinstance(found, CursorResult) or found.rowcount != 1:
        raise NotFound("the sign-in has ended meanwhile")
    ref = session.scalars(select(PersonRow.ref).where(PersonRow.id == person_id)).one()
    note(session, VISITOR, Event.PERSON_SIGNED_IN, ref, person=ref, now=now)
    return renewed


def remember(session: Session, person_id: int, *, now: datetime) -> str:
    """The secret of a browser that is not asked again for a while; it is kept as a hash."""
    secret = secrets.token_urlsafe(32)
    session.add(
        RememberedDeviceRow(
            person_id=person_id, secret_hash=hashed(secret), given_at=now, ends_at=now + REMEMBERED_FOR
        )
    )
    session.flush()
    return secret


def forget_devices(session: Session, person_id: int, *, kept: str | None = None) -> None:
    """Every browser is asked for that person's second factor again, but the one that holds ``kept``."""
    gone = delete(RememberedDeviceRow).where(
        RememberedDeviceRow.person_id == person_id, RememberedDeviceRow.secret_hash != hashed(kept or "")
    )
    session.execute(gone, execution_options={"synchronize_session": False})


def refuse(session: Session, person: str, *, now: datetime) -> None:
    """Record that somebody was not let in as that person, or as nobody, where nobody has the address."""
    note(session, VISITOR, Event.PERSON_REFUSED, person, now=now)


def note(
    session: Session,
    actor: Actor,
    event: Event,
    ref: str,
    details: Mapping[str, object] = MappingProxyType({}),
    *,
    now: datetime,
    person: str | None = None,
) -> None:
    """Record what was done with an account in every workspace that its person belongs to, or with the server.

    ``ref`` is the person's, empty for nobody; ``person`` is who did it, where the act itself has shown that.
    """
    query = select(WorkspaceRow.ref).join(MemberRow, MemberRow.workspace_id == WorkspaceRow.id)
    found = session.scalars(
        query.join(PersonRow, PersonRow.id == MemberRow.person_id).where(PersonRow.ref == ref)
    )
    # In one order, so that two who write into the same chains do not wait for each other.
    ordered = sorted(found.all(), key=code_of)
    for place in ordered or (None,):
        audit.record(session, actor, event, ref or None, details, now=now, workspace=place, person=person)


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
        begun_at=row.begun_at,
        seen_at=row.seen_at,
        has_second=person.totp_seed is not None,
        is_proven=person.totp_seed is None or row.proven_at is not None,
        password_mark=hashed(person.password_hash or ""),
        member=None if member is None else membership(place, member),
    )


def membership(place: WorkspaceRow, member: MemberRow) -> Membership:
    """What the rows say together."""
    roles = roles_of(member)
    asks = bool(place.settings.get(SECOND_FACTOR)) and bool(roles & ASKED_FOR_SECOND)
    return Membership(place.ref, place.name, roles, asks)


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
    query = select(PersonRow.ref).join(SignInRow, SignInRow.person_id == PersonRow.id)
    person = session.scalar(query.where(SignInRow.token_hash == hashed(token)))
    if _end(session, SignInRow.token_hash == hashed(token), now) and person is not None:
        note(session, VISITOR, Event.PERSON_SIGNED_OUT, person, {"devices": 1}, now=now, person=person)


def end_own(session: Session, actor: Actor, ref: str, *, now: datetime) -> None:
    """The actor's sign-in of that ref is over at once; raises NotFound where there is none that counts."""
    own = scope.sign_ins(permissions.own(actor, Permission.OWN_ACCOUNT)).with_only_columns(SignInRow.id)
    if not _end(session, SignInRow.id.in_(own.where(SignInRow.ref == ref)), now):
        raise NotFound("no such sign-in")
    note(session, actor, Event.PERSON_SIGNED_OUT, actor.person or "", {"devices": 1}, now=now)


def end_others(
    session: Session, actor: Actor, kept: str | None, *, remembered: str | None = None, now: datetime
) -> int:
    """How many sign-ins of the actor's are over now: all but that of the ref ``kept``.

    Of the browsers that were not asked for a second factor, only that with the secret ``remembered`` is not.
    """
    within = permissions.own(actor, Permission.OWN_ACCOUNT)
    gone = scope.devices(within).with_only_columns(RememberedDeviceRow.id)
    gone = gone.where(RememberedDeviceRow.secret_hash != hashed(remembered or ""))
    devices = delete(RememberedDeviceRow).where(RememberedDeviceRow.id.in_(gone))
    session.execute(devices, execution_options={"synchronize_session": False})
    own = scope.sign_ins(within).with_only_columns(SignInRow.id)
    ended = _end(session, SignInRow.id.in_(own.where(SignInRow.ref != (kept or ""))), now)
    if ended:
        note(session, actor, Event.PERSON_SIGNED_OUT, actor.person or "", {"devices": ended}, now=now)
    return ended


def end_all_of(session: Session, person_id: int, *, now: datetime) -> None:
    """Nobody is signed in as that person any more, who has just been given another password."""
    forget_devices(session, person_id)
    _end(session, SignInRow.person_id == person_id, now)


def _end(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    ended = update(SignInRow).where(which, SignInRow.ended_at.is_(None)).values(ended_at=now)
    found = session.execute(ended, execution_options={"synchronize_session": False})
    assert isinstance(found, CursorResult)
    return found.rowcount


def _counts(idle: timedelta, now: datetime) -> ColumnElement[bool]:
    return and_(SignInRow.ended_at.is_(None), SignInRow.ends_at > now, SignInRow.seen_at > now - idle)


def forget(session: Session, *, now: datetime) -> None:
    """Delete the sign-ins that have ended, and what was remembered long enough."""
    session.execute(delete(RememberedDeviceRow).where(RememberedDeviceRow.ends_at <= now))
    session.execute(delete(SignInRow).where(or_(SignInRow.ends_at <= now, SignInRow.ended_at.is_not(None))))
