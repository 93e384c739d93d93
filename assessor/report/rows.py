"""What the lines of a report's sections are made of: plain data in one language. Puts nothing together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from assessor.profile.model import CompetencyResult, Estimate


@dataclass(frozen=True)
class Row:
    """One line of a table of estimates; without an estimate, ``word`` says so."""

    name: str
    word: str
    said: Estimate | None = None
    plot: Markup = Markup()
    chance: str = ""
    count: int = 0


@dataclass(frozen=True)
class Anchored:
    """One measured competency: what people do at its level, the next step, and its items' numbers.

    ``here`` and ``next`` are level name and text. Of levels that are no aim nothing is quoted: their anchors
    describe what is missing. Between two levels, the next step leads to the upper one; ``advice``, things to
    do next month, is of the lower one.
    """

    result: CompetencyResult
    word: str
    here: tuple[tuple[str, str], ...]
    next: tuple[str, str] | None
    numbers: tuple[int, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True)
class Showing:
    """What the situations of one competency showed: each outcome, how many they are, and links to them."""

    name: str
    told: tuple[tuple[str, int, Markup], ...]


@dataclass(frozen=True)
class Advised:
    """One area with its level, and things to do next month from there."""

    name: str
    level: str
    advice: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    """One part of an item: what was said of it, what the key says, and its text and reason."""

    text: Mapping[str, str]
    why: Mapping[str, str] | None
    given: str
    keyed: str
    agrees: bool


@dataclass(frozen=True)
class Turn:
    """A turn of an item: what had happened since the last one, if anything, and what could be done."""

    text: Mapping[str, str] | None
    lines: tuple[Explained, ...]


@dataclass(frozen=True)
class Thought:
    """One thing to think about and the number of the situation that it comes from."""

    principle: Mapping[str, str]
    number: int
