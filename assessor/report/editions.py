"""The editions of a report: whom each is for, how it speaks, what stands in it. Lays nothing out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from assessor.messages import N_
from assessor.profile.model import Profile


class UnknownEdition(ValueError):
    """There is no edition of that name; the message names those there are."""


#: The sections that show situations, what was answered, and keys with their reasons.
KEYED_SECTIONS = frozenset({"items", "think"})


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One edition, as plain values; ``kind`` and ``foot`` are message ids.

    Who sees a section is a deliberate act: each edition names its own, in their order, and beside them those
    of a short form, and of a sitting in which too little was answered (``silent_sections``). Templates and
    code ask an edition what it does, never which one it is. Raise ValueError if a section shows keys and the
    edition may not.
    """

    name: str
    #: The person who answered, or somebody else to whom that person gives it.
    audience: Literal["self", "other"]
    #: The file of ``templates/report/voices`` whose sentences speak to the person, or about them.
    voice: Literal["you", "about"]
    sections: tuple[str, ...]
    short_sections: tuple[str, ...]
    #: Whether situations, answers and keys may stand in it.
    shows_keys: bool
    has_contents: bool
    #: Whether it is set close, to fill two pages and no more.
    is_tight: bool
    #: Where what a profile cannot say comes before what it says.
    opens_with_limits: bool
    #: A competency with fewer situations than this has no line.
    least_situations: int
    kind: str
    foot: str
    #: What the name of its file says; empty for the usual one.
    file_kind: str
    silent_sections: tuple[str, ...] = ("nothing",)

    def __post_init__(self) -> None:
        """Refuse an edition that would show what it says that it does not."""
        keyed = KEYED_SECTIONS & {*self.sections, *self.short_sections, *self.silent_sections}
        if keyed and not self.shows_keys:
            raise ValueError(f"the edition {self.name!r} shows no keys, and has {', '.join(sorted(keyed))}")

    @property
    def is_own(self) -> bool:
        """Whether it is for the person who answered: who alone reads how long it took and where it lies."""
        return self.audience == "self"

    @property
    def speaks_about(self) -> bool:
        """Whether it speaks about the person, to somebody else."""
        return self.voice == "about"

    @property
    def shows_single_situations(self) -> bool:
        """Whether a competency with a single situation has a line."""
        return self.least_situations == 1

    def sections_of(self, profile: Profile) -> tuple[str, ...]:
        """The names of the sections for this profile, in the order of reading."""
        if not profile.speaks:
            return self.silent_sections
        return self.short_sections if profile.is_glimpse else self.sections


SELF = Edition(
    name="self",
    audience="self",
    voice="you",
    sections=("answer", "reading", "advice", "profile", "roles", "items", "sure"),
    short_sections=("answer", "think", "reading", "advice", "items", "sure"),
    silent_sections=("nothing", "items"),
    shows_keys=True,
    has_contents=True,
    is_tight=False,
    opens_with_limits=False,
    least_situations=1,
    kind=N_("profile report, edition for me"),
    foot=N_("Own copy. It shows answers and keys: think before you pass it on."),
    file_kind="",
)
ATTACH = Edition(
    name="attach",
    audience="other",
    voice="about",
    sections=("answer", "reading", "profile", "areas", "sure"),
    short_sections=("answer", "reading", "areas", "sure"),
    shows_keys=False,
    has_contents=False,
    is_tight=True,
    opens_with_limits=True,
    least_situations=2,
    kind=N_("profile report, edition to attach"),
    foot=N_("Self-administered, not supervised."),
    file_kind="attach",
)
EDITIONS: Mapping[str, Edition] = MappingProxyType({one.name: one for one in (SELF, ATTACH)})


def edition_of(name: str) -> Edition:
    """The edition of that name. Raise UnknownEdition if there is none."""
    found = EDITIONS.get(name)
    if found is None:
        raise UnknownEdition(
            f"no report edition is called {name!r} - use one of {', '.join(sorted(EDITIONS))}"
        )
    return found
