"""What stands around every page of a workspace: its name, its rooms, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request, url_for

from assessor.messages import N_
from assessor.services import permissions
from assessor.services.permissions import ROLE_NAMES, Permission
from assessor.web.plumbing import access


@dataclass(frozen=True)
class Room:
    """A page of a workspace that stands in its line: a message id, the endpoint, and who may go there."""

    name: str
    endpoint: str
    permission: Permission


#: In the order in which they stand.
ROOMS = (
    Room(N_("Home"), "workspace.home", Permission.READ_WORKSPACE),
    Room(N_("People"), "people.people", Permission.READ_MEMBERS),
    Room(N_("Audit"), "trail.entries", Permission.READ_AUDIT),
    Room(N_("Settings"), "workspace.settings", Permission.CHANGE_WORKSPACE),
)


def rooms() -> list[dict[str, object]]:
    """The rooms that whoever is here may go to: name, address, and whether this is the one."""
    actor = access.actor()
    return [
        {
            "name": room.name,
            "address": url_for(room.endpoint, workspace=actor.workspace),
            "is_here": room.endpoint == request.endpoint,
        }
        for room in ROOMS
        if actor.workspace is not None and permissions.allows(actor, room.permission)
    ]


def configure(app: Flask) -> None:
    """Let templates ask for what stands around a page of a workspace."""
    app.jinja_env.globals.update(rooms=rooms, standing=access.standing, role_names=ROLE_NAMES)
