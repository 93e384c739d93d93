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


class Event(Enum):
    """Something that was done, as entries keep it: what it was done to, and what."""

    SITTING_SUBMITTED = "sitting.submitted"
    SITTING_CLOSED = "sitting.closed"
    SITTING_KEPT = "sitting.kept"
    SITTING_LINKED = "sitting.linked"
    SITTING_ERASED = "sitting.erased"
    SITTING_EXPIRED = "sitting.expired"


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
