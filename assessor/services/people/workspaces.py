"""A workspace as its members see it, and what its owners change of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import Session

from assessor.services import permissions
from assessor.services.actors import Actor
from assessor.services.people import entries
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.models import MemberRow


@dataclass(frozen=True)
class Workspace:
    """How a workspace stands."""

    ref: str
    name: str
    members: int


def overview(session: Session, actor: Actor) -> Workspace:
    """The workspace in which the actor acts; raises NotFound where it may not see one."""
    within = permissions.workspace(actor, Permission.READ_WORKSPACE)
    row = session.scalars(scope.workspaces(within)).one()
    count = session.scalar(scope.members(within).with_only_columns(func.count(MemberRow.id)))
    return Workspace(row.ref, row.name, count or 0)


def rename(session: Session, actor: Actor, *, name: str) -> None:
    """The workspace is called that from now on; raises Invalid."""
    within = permissions.workspace(actor, Permission.CHANGE_WORKSPACE)
    row = session.scalars(scope.workspaces(within).with_for_update()).one()
    row.name = entries.title_of(name, "name")
    session.flush()
