"""A workspace as its members see it, and what its owners change of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Session

from assessor.services import audit, permissions
from assessor.services.actors import Actor
from assessor.services.events import Event
from assessor.services.people import entries
from assessor.services.people.sign_ins import SECOND_FACTOR
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.models import MemberRow


@dataclass(frozen=True)
class Workspace:
    """How a workspace stands."""

    ref: str
    name: str
    members: int
    #: Whether owners, recruiters and privacy officers need a second factor.
    asks_second: bool


def overview(session: Session, actor: Actor) -> Workspace:
    """The workspace in which the actor acts; raises NotFound where it may not see one."""
    within = permissions.workspace(actor, Permission.READ_WORKSPACE)
    row = session.scalars(scope.workspaces(within)).one()
    count = session.scalar(scope.members(within).with_only_columns(func.count(MemberRow.id)))
    return Workspace(row.ref, row.name, count or 0, bool(row.settings.get(SECOND_FACTOR)))


def change(session: Session, actor: Actor, *, name: str, asks_second: bool, now: datetime) -> None:
    """The workspace is called that, and asks for second factors or not, from now on; raises Invalid."""
    within = permissions.workspace(actor, Permission.CHANGE_WORKSPACE)
    row = session.scalars(scope.workspaces(within).with_for_update()).one()
    row.name = entries.title_of(name, "name")
    row.settings = {**row.settings, SECOND_FACTOR: asks_second}
    session.flush()
    audit.record(session, actor, Event.WORKSPACE_CHANGED, row.ref, now=now)
