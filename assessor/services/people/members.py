"""Who belongs to a workspace, and in which roles: read, changed, ended. There is always an owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from assessor.errors import Conflict, Invalid, NotFound
from assessor.messages import N_
from assessor.services import audit, permissions
from assessor.services.actors import Actor, Role
from assessor.services.events import Event
from assessor.services.people.sign_ins import membership, roles_of
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.chains import code_of
from assessor.store.models import MemberRow, OneTimeLinkRow, PersonRow

LAST_OWNER = N_("The last owner cannot leave. Make somebody else an owner first.")


@dataclass(frozen=True)
class Member:
    """A member as colleagues see them; ``code`` is what the audit names them by."""

    ref: str
    given_name: str
    family_name: str
    email: str
    roles: frozenset[Role]
    seen_at: datetime | None
    has_second_factor: bool
    #: Whether the workspace asks for one in those roles.
    is_asked_for_it: bool
    code: str
    is_last_owner: bool


@dataclass(frozen=True)
class Invited:
    """Somebody who was invited and has not come yet."""

    ref: str
    email: str
    roles: frozenset[Role]
    ends_at: datetime


@dataclass(frozen=True)
class People:
    """Who belongs to a workspace, by family name, and who was invited, the latest first."""

    members: Sequence[Member]
    invited: Sequence[Invited]


def listed(session: Session, actor: Actor, *, now: datetime) -> People:
    """The people of the actor's workspace; raises NotFound where it may not see them."""
    within = permissions.workspace(actor, Permission.READ_MEMBERS)
    rows = session.execute(scope.members(within)).all()
    is_alone = _owners(rows) == 1
    place = session.scalars(scope.workspaces(within)).one()
    members = [_seen(one, person, membership(place, one).asks_second, is_alone) for one, person in rows]
    links = scope.links_into(within).where(OneTimeLinkRow.used_at.is_(None), OneTimeLinkRow.ends_at > now)
    invited = session.scalars(links.order_by(OneTimeLinkRow.id.desc()))
    return People(
        sorted(members, key=lambda one: (one.family_name.casefold(), one.given_name.casefold(), one.ref)),
        [Invited(row.ref, row.email or "", frozenset(map(Role, row.roles)), row.ends_at) for row in invited],
    )


def _owners(rows: Iterable[tuple[MemberRow, PersonRow]]) -> int:
    return sum(Role.OWNER in roles_of(member) for member, _ in rows)


def _seen(member: MemberRow, person: PersonRow, is_asked: bool, is_alone: bool) -> Member:
    roles = roles_of(member)
    return Member(
        person.ref,
        person.given_name,
        person.family_name,
        person.email,
        roles,
        person.seen_at,
        person.totp_seed is not None,
        is_asked,
        code_of(person.ref),
        is_last_owner=is_alone and Role.OWNER in roles,
    )


def found(session: Session, actor: Actor, ref: str) -> Member:
    """The colleague of that ref, whose roles the actor may change; raises NotFound for none."""
    member, person, owners = _held(session, actor, Permission.CHANGE_MEMBERS, ref, locked=False)
    place = session.scalars(scope.workspaces(permissions.workspace(actor, Permission.CHANGE_MEMBERS))).one()
    return _seen(member, person, membership(place, member).asks_second, owners == 1)


def change_roles(session: Session, actor: Actor, ref: str, roles: Iterable[Role], *, now: datetime) -> None:
    """The member is there in those roles from now on, with their next request.

    Raises Invalid for no role, NotFound for no member, Conflict where nobody would be an owner any more.
    """
    chosen = set(roles)
    if not chosen:
        raise Invalid("roles", N_("Choose one role or more."))
    member, _, owners = _held(session, actor, Permission.CHANGE_MEMBERS, ref)
    before = list(member.roles)
    if Role.OWNER in roles_of(member) and Role.OWNER not in chosen and owners == 1:
        raise Conflict(LAST_OWNER)
    member.roles = [role.value for role in Role if role in chosen]
    if member.roles != before:
        session.flush()
        told = {"before": before, "roles": member.roles}
        audit.record(session, actor, Event.MEMBER_ROLES_CHANGED, ref, told, now=now)


def remove(session: Session, actor: Actor, ref: str, *, now: datetime) -> None:
    """The person does not belong to the actor's workspace any more; their account is theirs still.

    Raises NotFound for no member, Conflict for the last owner.
    """
    _end(session, actor, Permission.REMOVE_MEMBERS, ref)
    audit.record(session, actor, Event.MEMBER_REMOVED, ref, now=now)


def leave(session: Session, actor: Actor, *, now: datetime) -> None:
    """The actor does not belong to the workspace any more; raises Conflict for the last owner."""
    ref = actor.person or ""
    _end(session, actor, Permission.READ_WORKSPACE, ref)
    audit.record(session, actor, Event.MEMBER_LEFT, ref, now=now)


def _end(session: Session, actor: Actor, permission: Permission, ref: str) -> None:
    member, _, owners = _held(session, actor, permission, ref)
    if Role.OWNER in roles_of(member) and owners == 1:
        raise Conflict(LAST_OWNER)
    session.delete(member)
    session.flush()


def _held(
    session: Session, actor: Actor, permission: Permission, ref: str, *, locked: bool = True
) -> tuple[MemberRow, PersonRow, int]:
    """The member of that ref with their person, and the number of owners.

    The workspace is locked first: of the last two owners who leave at once, one does not.
    """
    within = permissions.workspace(actor, permission)
    place = scope.workspaces(within)
    session.scalars(place.with_for_update() if locked else place).one()
    rows = session.execute(scope.members(within).execution_options(populate_existing=True)).all()
    for member, person in rows:
        if person.ref == ref:
            return member, person, _owners(rows)
    raise NotFound("nobody of that name belongs to the workspace")
