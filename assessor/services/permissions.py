"""Who may do what: the one table. Routes, services and jobs name a permission, and nothing else decides.

A permission is held to an extent: over the sitting that the actor holds, over what the actor's link leads to,
over the actor's own account, over the workspace in which it acts, or over all. A new capacity or role is one
entry of ``HELD``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from assessor.errors import NotFound
from assessor.messages import N_
from assessor.services.actors import Actor, Capacity, Role
from assessor.services.refusals import Gone
from assessor.store.scope import Everything, Linked, Named, Own, Reach, Within


class Permission(Enum):
    """What may be allowed; the value says it in words."""

    VISIT = "read the pages that are open to all, and choose their language"
    BEGIN = "begin a sitting"
    TAKE_UP = "see how far a sitting has come, and take it up"
    READ = "read a sitting, its answers and its profile"
    ANSWER = "answer a sitting, go on with it, and submit it"
    GOVERN = "close a sitting, keep it longer, give it another link, and erase it"
    SCORE = "keep the profile of a submitted sitting"
    RETAIN = "erase what has expired"
    READ_BANKS = "read which banks are in use, and what is wrong with others"
    ENTER = "enter by a link that lets in once"
    INVITE_OWNER = "make the link by which the first owner enters, and one that resets a password"
    OWN_ACCOUNT = "read and change one's own account"
    READ_WORKSPACE = "see the workspace and how it stands"
    CHANGE_WORKSPACE = "change the name and the settings of the workspace"
    READ_MEMBERS = "see who belongs to the workspace, and in which roles"
    INVITE_MEMBERS = "invite colleagues"
    CHANGE_MEMBERS = "change what colleagues may do"
    REMOVE_MEMBERS = "remove colleagues from the workspace"
    READ_AUDIT = "read the record of who did what, and when"


class Extent(Enum):
    """Over what a permission is held."""

    #: The sitting that the actor holds.
    HELD = "the sitting held"
    #: What the actor's link leads to: a sitting, or an account.
    LINKED = "the sitting behind the link"
    #: The account of whoever is signed in.
    OWN = "the account of one's own"
    #: The workspace in which a member acts.
    WORKSPACE = "the workspace"
    #: All that there is.
    ALL = "all"


#: The permissions that are about a sitting: whom it is not given to, the sitting is not there.
OVER_SITTINGS = frozenset(
    {
        Permission.TAKE_UP,
        Permission.READ,
        Permission.ANSWER,
        Permission.GOVERN,
        Permission.SCORE,
        Permission.RETAIN,
    }
)


def _in_workspace(*held: Permission) -> Mapping[Permission, Extent]:
    return dict.fromkeys((Permission.READ_WORKSPACE, *held), Extent.WORKSPACE)


HELD: Mapping[Capacity | Role, Mapping[Permission, Extent]] = {
    Capacity.VISITOR: {Permission.VISIT: Extent.ALL, Permission.BEGIN: Extent.ALL},
    Capacity.PERSON: {Permission.OWN_ACCOUNT: Extent.OWN},
    Capacity.BEARER: {Permission.TAKE_UP: Extent.LINKED, Permission.ENTER: Extent.LINKED},
    Capacity.HOLDER: {
        Permission.READ: Extent.HELD,
        Permission.ANSWER: Extent.HELD,
        Permission.GOVERN: Extent.HELD,
    },
    Capacity.OPERATOR: {Permission.READ_BANKS: Extent.ALL},
    Capacity.COMMAND_LINE: {Permission.RETAIN: Extent.ALL, Permission.INVITE_OWNER: Extent.ALL},
    Capacity.JOB: {
        Permission.READ: Extent.ALL,
        Permission.SCORE: Extent.ALL,
        Permission.RETAIN: Extent.ALL,
    },
    Role.OWNER: _in_workspace(
        Permission.CHANGE_WORKSPACE,
        Permission.READ_MEMBERS,
        Permission.INVITE_MEMBERS,
        Permission.CHANGE_MEMBERS,
        Permission.REMOVE_MEMBERS,
        Permission.READ_AUDIT,
    ),
    Role.RECRUITER: _in_workspace(Permission.READ_MEMBERS),
    Role.HIRING_MANAGER: _in_workspace(),
    Role.RATER: _in_workspace(),
    Role.PRIVACY_OFFICER: _in_workspace(Permission.READ_MEMBERS, Permission.READ_AUDIT),
    Role.AUDITOR: _in_workspace(Permission.READ_AUDIT),
    Role.CLIENT: _in_workspace(),
}

#: The roles as their members read them, in the order of ``Role``.
ROLE_NAMES: Mapping[Role, str] = {
    Role.OWNER: N_("Owner"),
    Role.RECRUITER: N_("Recruiter"),
    Role.HIRING_MANAGER: N_("Hiring manager"),
    Role.RATER: N_("Rater"),
    Role.PRIVACY_OFFICER: N_("Privacy officer"),
    Role.AUDITOR: N_("Auditor"),
    Role.CLIENT: N_("Client of an agency"),
}
#: What members may do, as they read it: every permission that a role holds.
RIGHTS: Mapping[Permission, str] = {
    Permission.READ_WORKSPACE: N_("See the workspace and how it stands"),
    Permission.CHANGE_WORKSPACE: N_("Change the name and the settings of the workspace"),
    Permission.READ_MEMBERS: N_("See who belongs to the workspace, and in which roles"),
    Permission.INVITE_MEMBERS: N_("Invite colleagues"),
    Permission.CHANGE_MEMBERS: N_("Change what colleagues may do"),
    Permission.REMOVE_MEMBERS: N_("Remove colleagues from the workspace"),
    Permission.READ_AUDIT: N_("Read the record of who did what, and when"),
}


def held_by(role: Role) -> tuple[Permission, ...]:
    """What the role may do, as the table has it, in the order of ``RIGHTS``."""
    return tuple(right for right in RIGHTS if right in HELD[role])


def extents(actor: Actor, permission: Permission) -> frozenset[Extent]:
    """Over what the actor holds the permission, by its capacities and roles; empty where it does not."""
    standing: frozenset[Capacity | Role] = actor.capacities | actor.roles
    given = (HELD[held].get(permission) for held in standing)
    return frozenset(extent for extent in given if extent is not None)


def allows(actor: Actor, permission: Permission, sitting: str | None = None) -> bool:
    """Whether the actor holds the permission, over the sitting of that ref where one is named.

    Where a link leads only the rows say: a permission over that names no sitting. One over a workspace is
    over that in which the actor acts, and its roles are those that it has there.
    """
    held = extents(actor, permission)
    if Extent.ALL in held:
        return True
    if sitting is None:
        return bool(held & {Extent.LINKED, Extent.OWN, Extent.WORKSPACE})
    return Extent.HELD in held and sitting == actor.sitting


def require(actor: Actor, permission: Permission, sitting: str | None = None) -> None:
    """Raise NotFound unless ``allows``: what somebody may not touch looks as if it were not there."""
    if not allows(actor, permission, sitting):
        raise _missing(permission)


def reach(actor: Actor, permission: Permission) -> Reach:
    """The sittings that the actor may touch by that permission; raises NotFound where there can be none."""
    held = extents(actor, permission)
    if Extent.ALL in held:
        return Everything()
    if Extent.HELD in held and actor.sitting is not None:
        return Named(actor.sitting)
    if Extent.LINKED in held and actor.link is not None:
        return Linked(actor.link)
    raise _missing(permission)


def workspace(actor: Actor, permission: Permission) -> Within:
    """The workspace in which the actor may do that; raises NotFound where there is none."""
    if Extent.WORKSPACE not in extents(actor, permission) or actor.workspace is None:
        raise _missing(permission)
    return Within(actor.workspace)


def own(actor: Actor, permission: Permission) -> Own:
    """The account of the actor's own, if it may do that with it; raises NotFound where there is none."""
    if Extent.OWN not in extents(actor, permission) or actor.person is None:
        raise _missing(permission)
    return Own(actor.person)


def _missing(permission: Permission) -> NotFound:
    kind = Gone if permission in OVER_SITTINGS else NotFound
    return kind(f"not allowed to this actor: {permission.value}")
