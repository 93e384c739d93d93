"""Who may do what: the one table. Routes, services and jobs name a permission, and nothing else decides.

A permission over sittings is held to an extent: over the one that the actor holds, over the one that the
actor's link leads to, or over all. A new capacity is one entry of ``HELD``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from assessor.errors import NotFound
from assessor.services.actors import Actor, Capacity
from assessor.services.refusals import Gone
from assessor.store.scope import Everything, Linked, Named, Reach


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


class Extent(Enum):
    """Over what a permission is held."""

    #: The sitting that the actor holds.
    HELD = "the sitting held"
    #: The sitting that the actor's private link leads to.
    LINKED = "the sitting behind the link"
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

HELD: Mapping[Capacity, Mapping[Permission, Extent]] = {
    Capacity.VISITOR: {Permission.VISIT: Extent.ALL, Permission.BEGIN: Extent.ALL},
    Capacity.BEARER: {Permission.TAKE_UP: Extent.LINKED},
    Capacity.HOLDER: {
        Permission.READ: Extent.HELD,
        Permission.ANSWER: Extent.HELD,
        Permission.GOVERN: Extent.HELD,
    },
    Capacity.OPERATOR: {Permission.READ_BANKS: Extent.ALL},
    Capacity.COMMAND_LINE: {Permission.RETAIN: Extent.ALL},
    Capacity.JOB: {
        Permission.READ: Extent.ALL,
        Permission.SCORE: Extent.ALL,
        Permission.RETAIN: Extent.ALL,
    },
}


def extents(actor: Actor, permission: Permission) -> frozenset[Extent]:
    """Over what the actor holds the permission, by all of its capacities; empty where it does not."""
    given = (HELD[capacity].get(permission) for capacity in actor.capacities)
    return frozenset(extent for extent in given if extent is not None)


def allows(actor: Actor, permission: Permission, sitting: str | None = None) -> bool:
    """Whether the actor holds the permission, over the sitting of that ref where one is named.

    Where a link leads only the rows say: a permission over that names no sitting.
    """
    held = extents(actor, permission)
    if Extent.ALL in held:
        return True
    if sitting is None:
        return Extent.LINKED in held
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


def _missing(permission: Permission) -> NotFound:
    kind = Gone if permission in OVER_SITTINGS else NotFound
    return kind(f"not allowed to this actor: {permission.value}")
