"""Links that let somebody in once: the first owner, a colleague, whoever has lost a password.

The token goes out to one person and is kept as a hash. A new link ends the one before it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import ColumnElement, CursorResult, delete, select, true, update
from sqlalchemy.orm import Session

from assessor.errors import Invalid, NotFound
from assessor.messages import N_
from assessor.services import audit, permissions
from assessor.services.actors import Actor, Role
from assessor.services.codes import hashed
from assessor.services.events import Event
from assessor.services.people import entries, sign_ins
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.models import MemberRow, OneTimeLinkRow, PersonRow, WorkspaceRow


class Purpose(Enum):
    """What a link lets somebody do."""

    OWNER = "owner"
    RESET = "reset"
    JOIN = "join"


#: For how long each opens; whoever was invited may be away for a few days.
HELD_FOR = {
    Purpose.OWNER: timedelta(hours=24),
    Purpose.RESET: timedelta(hours=2),
    Purpose.JOIN: timedelta(days=7),
}


@dataclass(frozen=True)
class Link:
    """What a link leads to, for whom, until when; ``email`` and ``workspace`` may be empty."""

    purpose: Purpose
    email: str
    #: The name of the workspace.
    workspace: str
    roles: frozenset[Role]
    ends_at: datetime
    #: Whether the address has an account already.
    is_known: bool


def has_owner(session: Session) -> bool:
    """Whether there is any workspace with somebody in it: none is ever without an owner."""
    return session.scalar(select(MemberRow.id).limit(1)) is not None


def for_owner(session: Session, actor: Actor, *, now: datetime) -> str:
    """The token of the one link by which an owner makes a workspace; raises NotFound for another actor."""
    permissions.require(actor, Permission.INVITE_OWNER)
    _withdraw(session, OneTimeLinkRow.purpose == Purpose.OWNER.value)
    audit.record(session, actor, Event.OWNER_LINK_MADE, None, now=now)
    return _made(session, OneTimeLinkRow(purpose=Purpose.OWNER.value, roles=[]), now)


def for_reset(session: Session, actor: Actor, email: str, *, now: datetime) -> str:
    """The token of the one link by which that person sets another password.

    Raises NotFound where nobody has that address, or for another actor.
    """
    permissions.require(actor, Permission.INVITE_OWNER)
    person = _person_of(session, entries.email_of(email))
    if person is None:
        raise NotFound("nobody has that address")
    _withdraw(session, OneTimeLinkRow.person_id == person.id)
    made = OneTimeLinkRow(purpose=Purpose.RESET.value, person_id=person.id, email=person.email, roles=[])
    sign_ins.note(session, actor, Event.PERSON_RESET_LINK_MADE, person.ref, now=now)
    return _made(session, made, now)


def for_colleague(session: Session, actor: Actor, email: str, roles: Iterable[Role], *, now: datetime) -> str:
    """The token of the one link by which that address joins the actor's workspace in those roles.

    Raises Invalid for no address, no role, or somebody who belongs to it already.
    """
    within = permissions.workspace(actor, Permission.INVITE_MEMBERS)
    address, chosen = entries.email_of(email), set(roles)
    if not chosen:
        raise Invalid("roles", N_("Choose one role or more."))
    if session.scalar(
        scope.members(within).where(PersonRow.email == address).with_only_columns(PersonRow.id)
    ):
        raise Invalid("email", N_("This person belongs to the workspace already."))
    workspace = session.scalars(scope.workspaces(within)).one()
    _withdraw(session, (OneTimeLinkRow.workspace_id == workspace.id) & (OneTimeLinkRow.email == address))
    made = OneTimeLinkRow(
        purpose=Purpose.JOIN.value,
        workspace_id=workspace.id,
        email=address,
        roles=[role.value for role in Role if role in chosen],
    )
    token = _made(session, made, now)
    audit.record(session, actor, Event.INVITATION_MADE, made.ref, {"roles": made.roles}, now=now)
    return token


def take_back(session: Session, actor: Actor, ref: str, *, now: datetime) -> None:
    """The invitation of that ref into the actor's workspace opens nothing any more; NotFound for none."""
    within = permissions.workspace(actor, Permission.INVITE_MEMBERS)
    which = OneTimeLinkRow.id.in_(scope.links_into(within).with_only_columns(OneTimeLinkRow.id))
    if not _withdraw(session, which & (OneTimeLinkRow.ref == ref)):
        raise NotFound("no such invitation, or it was used")
    audit.record(session, actor, Event.INVITATION_ENDED, ref, now=now)


def _made(session: Session, row: OneTimeLinkRow, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    row.ref, row.token_hash = secrets.token_hex(8), hashed(token)
    row.made_at, row.ends_at = now, now + HELD_FOR[Purpose(row.purpose)]
    session.add(row)
    session.flush()
    return token


def _withdraw(session: Session, which: ColumnElement[bool]) -> int:
    unused = delete(OneTimeLinkRow).where(which, OneTimeLinkRow.used_at.is_(None))
    found = session.execute(unused.execution_options(synchronize_session=False))
    assert isinstance(found, CursorResult)
    return found.rowcount


def _person_of(session: Session, email: str) -> PersonRow | None:
    return session.scalars(select(PersonRow).where(PersonRow.email == email)).one_or_none()


def peek(session: Session, actor: Actor, *, now: datetime) -> Link:
    """What the actor's link leads to; raises NotFound where it leads nowhere, any more."""
    row = _row(session, actor, now)
    workspace = (
        session.scalars(select(WorkspaceRow).where(WorkspaceRow.id == row.workspace_id)).one()
        if row.workspace_id is not None
        else None
    )
    return Link(
        Purpose(row.purpose),
        row.email or "",
        workspace.name if workspace else "",
        frozenset(Role(role) for role in row.roles),
        row.ends_at,
        is_known=row.email is not None and _person_of(session, row.email) is not None,
    )


def use(session: Session, actor: Actor, purpose: Purpose, *, now: datetime) -> OneTimeLinkRow:
    """The row of the actor's link, which opens nothing any more; raises NotFound where it did not before."""
    row = _row(session, actor, now, OneTimeLinkRow.purpose == purpose.value)
    used = update(OneTimeLinkRow).where(OneTimeLinkRow.id == row.id, _opens(now)).values(used_at=now)
    found = session.execute(used.execution_options(synchronize_session=False))
    # Of two that press at once, one is in.
    if not isinstance(found, CursorResult) or found.rowcount != 1:
        raise NotFound("the link was used a moment ago")
    return row


def _row(
    session: Session, actor: Actor, now: datetime, which: ColumnElement[bool] | None = None
) -> OneTimeLinkRow:
    permissions.require(actor, Permission.ENTER)
    query = select(OneTimeLinkRow).where(
        OneTimeLinkRow.token_hash == actor.link, _opens(now), true() if which is None else which
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFound("the link leads nowhere, any more")
    return row


def _opens(now: datetime) -> ColumnElement[bool]:
    return (OneTimeLinkRow.used_at.is_(None)) & (OneTimeLinkRow.ends_at > now)


def forget(session: Session, *, now: datetime) -> None:
    """Delete the links whose time has passed."""
    session.execute(delete(OneTimeLinkRow).where(OneTimeLinkRow.ends_at <= now))
