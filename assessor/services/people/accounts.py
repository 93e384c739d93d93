"""An account: made by a link that lets in once, kept up by its person, and found by its address."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assessor.errors import Conflict, Invalid, NotFound
from assessor.messages import N_
from assessor.services import audit, permissions
from assessor.services.actors import Actor, Role
from assessor.services.events import Event
from assessor.services.people import entries, links, sign_ins
from assessor.services.people.links import Purpose
from assessor.services.people.sign_ins import Membership
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.models import MemberRow, OneTimeLinkRow, PersonRow, WorkspaceRow

TAKEN = N_(
    "There is an account with this address. Sign in to it first, in this browser, then open the link again."
)


@dataclass(frozen=True)
class NewPerson:
    """Somebody who makes an account, in the spelling in which it is kept."""

    email: str
    given_name: str
    family_name: str
    language: str
    password_hash: str


@dataclass(frozen=True)
class Known:
    """What is needed to see whether somebody is who they say; both empty where nobody has the address."""

    person: str = ""
    password_hash: str | None = None
    language: str = ""


@dataclass(frozen=True)
class Account:
    """An account as its person sees it."""

    ref: str
    email: str
    given_name: str
    family_name: str
    language: str
    password_hash: str | None
    has_second: bool
    workspaces: Sequence[Membership]


@dataclass(frozen=True)
class Entered:
    """Who came in by a link, and the workspace that they stand in; empty where it led into none."""

    person: str
    password_hash: str | None
    workspace: str = ""


def known(session: Session, email: str) -> Known:
    """What is kept of whoever has that address, as it is typed at sign-in; nobody for an impossible one."""
    try:
        address = entries.email_of(email)
    except Invalid:
        return Known()
    row = session.scalars(select(PersonRow).where(PersonRow.email == address)).one_or_none()
    return Known() if row is None else Known(row.ref, row.password_hash, row.language)


def own(session: Session, actor: Actor) -> Account:
    """The actor's own account."""
    row = _own(session, actor)
    query = (
        select(WorkspaceRow, MemberRow)
        .join(MemberRow, MemberRow.workspace_id == WorkspaceRow.id)
        .where(MemberRow.person_id == row.id)
    )
    found = [sign_ins.membership(place, at) for place, at in session.execute(query)]
    return Account(
        row.ref,
        row.email,
        row.given_name,
        row.family_name,
        row.language,
        row.password_hash,
        row.totp_seed is not None,
        sorted(found, key=lambda one: (one.name.casefold(), one.ref)),
    )


def change(
    session: Session, actor: Actor, *, given_name: str, family_name: str, language: str, now: datetime
) -> None:
    """The actor's names and language are these now; raises Invalid."""
    row = _own(session, actor, locked=True)
    row.given_name = entries.name_of(given_name, "given_name")
    row.family_name = entries.name_of(family_name, "family_name")
    row.language = language
    session.flush()
    sign_ins.note(session, actor, Event.PERSON_CHANGED, row.ref, now=now)


def change_password(
    session: Session, actor: Actor, *, former: str | None, password_hash: str, kept: str | None, now: datetime
) -> None:
    """The actor's password is another, and of its sign-ins only that of the ref ``kept`` goes on.

    ``former`` is the hash that the password shown was compared with; raises Conflict where it is another now.
    """
    row = _own(session, actor, locked=True)
    if row.password_hash != former:
        raise Conflict(N_("The password was changed somewhere else meanwhile."))
    row.password_hash = password_hash
    session.flush()
    sign_ins.note(session, actor, Event.PERSON_PASSWORD_CHANGED, row.ref, now=now)
    sign_ins.end_others(session, actor, kept, now=now)


def renew_hash(session: Session, person: str, *, former: str | None, password_hash: str) -> None:
    """The same password under the parameters of today; nothing where it has changed meanwhile."""
    query = select(PersonRow).where(PersonRow.ref == person, PersonRow.password_hash == former)
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is not None:
        row.password_hash = password_hash
        session.flush()


def _own(session: Session, actor: Actor, *, locked: bool = False) -> PersonRow:
    query = scope.people(permissions.own(actor, Permission.OWN_ACCOUNT))
    row = session.scalars(query.with_for_update() if locked else query).one_or_none()
    if row is None:
        raise NotFound("the account has gone")
    return row


def found_workspace(
    session: Session,
    bearer: Actor,
    person: NewPerson | Actor,
    *,
    name: str,
    language: str,
    languages: Sequence[str],
    zone: str,
    now: datetime,
) -> Entered:
    """A new workspace, owned by whoever uses the bearer's link: a new person, or one who is signed in.

    ``name`` and ``language`` are the workspace's. Raises Invalid, and NotFound where the link opens nothing.
    """
    title = entries.title_of(name, "workspace")
    links.use(session, bearer, Purpose.OWNER, now=now)
    row = _entering(session, person, now)
    place = WorkspaceRow(
        ref=secrets.token_hex(8),
        name=title,
        languages=[language, *(other for other in languages if other != language)],
        zone=zone,
        settings={},
        created_at=now,
    )
    session.add(place)
    session.flush()
    _join(session, place.id, row, [Role.OWNER.value], now)
    made = Event.WORKSPACE_MADE
    audit.record(session, bearer, made, place.ref, now=now, workspace=place.ref, person=row.ref)
    return Entered(row.ref, row.password_hash, place.ref)


def join_workspace(session: Session, bearer: Actor, person: NewPerson | Actor, *, now: datetime) -> Entered:
    """Whoever was invited belongs to the workspace of the bearer's link, in the roles that it gives.

    Raises NotFound where the link opens nothing, or leads to somebody else than the person signed in.
    """
    link = links.use(session, bearer, Purpose.JOIN, now=now)
    row = _entering(session, person, now)
    if row.email != link.email or link.workspace_id is None:
        raise NotFound("the link is somebody else's")
    _join(session, link.workspace_id, row, link.roles, now)
    place = session.scalars(select(WorkspaceRow).where(WorkspaceRow.id == link.workspace_id)).one()
    told = {"roles": link.roles}
    joined = Event.MEMBER_JOINED
    audit.record(session, bearer, joined, row.ref, told, now=now, workspace=place.ref, person=row.ref)
    return Entered(row.ref, row.password_hash, place.ref)


def reset_password(session: Session, bearer: Actor, password_hash: str, *, now: datetime) -> Entered:
    """The person of the bearer's link has that password now, and is signed in nowhere.

    Raises NotFound where the link opens nothing.
    """
    link = links.use(session, bearer, Purpose.RESET, now=now)
    row = _of_link(session, link)
    row.password_hash = password_hash
    session.flush()
    sign_ins.end_all_of(session, row.id, now=now)
    sign_ins.note(session, bearer, Event.PERSON_PASSWORD_RESET, row.ref, now=now, person=row.ref)
    return Entered(row.ref, row.password_hash)


def _of_link(session: Session, link: OneTimeLinkRow) -> PersonRow:
    query = select(PersonRow).where(PersonRow.id == link.person_id)
    return session.scalars(query.with_for_update()).one()


def _entering(session: Session, person: NewPerson | Actor, now: datetime) -> PersonRow:
    if isinstance(person, Actor):
        return _own(session, person)
    row = PersonRow(
        ref=secrets.token_hex(8),
        email=person.email,
        given_name=person.given_name,
        family_name=person.family_name,
        language=person.language,
        password_hash=person.password_hash,
        created_at=now,
    )
    if session.scalar(select(PersonRow.id).where(PersonRow.email == person.email)) is not None:
        raise Invalid("email", TAKEN)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        # Somebody took the address a moment ago.
        raise Conflict(TAKEN) from error
    return row


def _join(
    session: Session, workspace_id: int, person: PersonRow, roles: Sequence[str], now: datetime
) -> None:
    session.add(MemberRow(workspace_id=workspace_id, person_id=person.id, roles=list(roles), joined_at=now))
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(N_("This person belongs to the workspace already.")) from error
