"""What is recorded of acts: the one closed list of events, and what may be told of each.

There is no field for free text: a detail is a count, or a word of a list that stands here. So no name, no
address, no answer and no token can come into the audit, whoever records.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from assessor.messages import N_
from assessor.services.actors import Role


class Event(Enum):
    """Something that was done, as entries keep it: what it was done to, and what."""

    SITTING_SUBMITTED = "sitting.submitted"
    SITTING_CLOSED = "sitting.closed"
    SITTING_KEPT = "sitting.kept"
    SITTING_LINKED = "sitting.linked"
    SITTING_ERASED = "sitting.erased"
    SITTING_EXPIRED = "sitting.expired"
    OWNER_LINK_MADE = "owner_link.made"
    WORKSPACE_MADE = "workspace.made"
    WORKSPACE_CHANGED = "workspace.changed"
    PERSON_SIGNED_IN = "person.signed_in"
    PERSON_REFUSED = "person.refused"
    PERSON_SIGNED_OUT = "person.signed_out"
    PERSON_CHANGED = "person.changed"
    PERSON_PASSWORD_CHANGED = "person.password_changed"
    PERSON_RESET_LINK_MADE = "person.reset_link_made"
    PERSON_PASSWORD_RESET = "person.password_reset"
    SECOND_FACTOR_SET = "person.second_factor_set"
    SECOND_FACTOR_CODES_RENEWED = "person.codes_renewed"
    SECOND_FACTOR_REMOVED = "person.second_factor_removed"
    INVITATION_MADE = "invitation.made"
    INVITATION_ENDED = "invitation.ended"
    MEMBER_JOINED = "member.joined"
    MEMBER_ROLES_CHANGED = "member.roles_changed"
    MEMBER_REMOVED = "member.removed"
    MEMBER_LEFT = "member.left"


@dataclass(frozen=True)
class Count:
    """A number of things, or of days."""

    def admits(self, value: object) -> bool:
        """Whether the value is such a number."""
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000_000


@dataclass(frozen=True)
class Words:
    """Some words of a list."""

    among: frozenset[str]

    def admits(self, value: object) -> bool:
        """Whether the value is a list of such words."""
        return isinstance(value, list) and all(isinstance(one, str) and one in self.among for one in value)


Detail: TypeAlias = Count | Words
ROLES = Words(frozenset(role.value for role in Role))


@dataclass(frozen=True)
class Telling:
    """How an event is told: in words (a message id), and by which details, each of which must be given."""

    says: str
    details: Mapping[str, Detail] = field(default_factory=lambda: MappingProxyType({}))


EVENTS: Mapping[Event, Telling] = {
    Event.SITTING_SUBMITTED: Telling(N_("Test submitted")),
    Event.SITTING_CLOSED: Telling(N_("Test closed on a device")),
    Event.SITTING_KEPT: Telling(N_("Time of keeping chosen"), {"days": Count()}),
    Event.SITTING_LINKED: Telling(N_("Another private link given; the former ones ended")),
    Event.SITTING_ERASED: Telling(N_("Test erased by the person")),
    Event.SITTING_EXPIRED: Telling(N_("Test erased as its time was up")),
    Event.OWNER_LINK_MADE: Telling(N_("Link for a first owner made")),
    Event.WORKSPACE_MADE: Telling(N_("Workspace made")),
    Event.WORKSPACE_CHANGED: Telling(N_("Settings of the workspace changed")),
    Event.PERSON_SIGNED_IN: Telling(N_("Signed in")),
    Event.PERSON_REFUSED: Telling(N_("Sign-in refused")),
    Event.PERSON_SIGNED_OUT: Telling(N_("Signed out"), {"devices": Count()}),
    Event.PERSON_CHANGED: Telling(N_("Name or language of an account changed")),
    Event.PERSON_PASSWORD_CHANGED: Telling(N_("Password changed")),
    Event.PERSON_RESET_LINK_MADE: Telling(N_("Link for another password made")),
    Event.PERSON_PASSWORD_RESET: Telling(N_("Password chosen anew, by a link")),
    Event.SECOND_FACTOR_SET: Telling(N_("Second factor set")),
    Event.SECOND_FACTOR_CODES_RENEWED: Telling(N_("Recovery codes made anew")),
    Event.SECOND_FACTOR_REMOVED: Telling(N_("Second factor taken away")),
    Event.INVITATION_MADE: Telling(N_("Colleague invited"), {"roles": ROLES}),
    Event.INVITATION_ENDED: Telling(N_("Invitation taken back")),
    Event.MEMBER_JOINED: Telling(N_("Colleague joined"), {"roles": ROLES}),
    Event.MEMBER_ROLES_CHANGED: Telling(N_("Roles changed"), {"before": ROLES, "roles": ROLES}),
    Event.MEMBER_REMOVED: Telling(N_("Colleague removed from the workspace")),
    Event.MEMBER_LEFT: Telling(N_("Left the workspace")),
}


def subject_of(event: Event) -> str:
    """The kind of thing that the event is about."""
    return event.value.partition(".")[0]


def require_told(event: Event, details: Mapping[str, object]) -> None:
    """Raise ValueError unless the details are those of the event, each of its kind."""
    wanted = EVENTS[event].details
    if details.keys() != wanted.keys():
        raise ValueError(f"{event.value} is told by {_listed(wanted)}, not by {_listed(details)}")
    wrong = [name for name, value in details.items() if not wanted[name].admits(value)]
    if wrong:
        # The value itself is not repeated: it may be what must not be written down.
        raise ValueError(f"{event.value}: not a value of the closed list: {_listed(wrong)}")


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
