"""What some types answer beside the questions of every type; asked with ``isinstance``. Not a type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from assessor.items._chance import Floats
from assessor.items.base import Criterion, Response, Shared
from assessor.messages import Said


@runtime_checkable
class Sampled(Protocol):
    """What a type answers too whose simulated answers are not the tilt over all responses (scoring.md 8)."""

    def sample(self, content: Any, means: Floats, rng: np.random.Generator) -> list[Response]:
        """For each mean a response of somebody of that expected score, clipped into reach."""

    def spread(self, content: Any, means: Floats) -> Floats:
        """The SD of the score of such answers at each mean, clipped into reach."""

    def lowest(self, content: Any) -> float:
        """The least score that a valid response can have."""


@runtime_checkable
class Rated(Protocol):
    """What a type answers too whose responses people rate."""

    def rubric(self, content: Any) -> tuple[Criterion, ...]:
        """What raters look at."""

    def rated_score(self, content: Any, ratings: Sequence[Mapping[str, int]]) -> float:
        """The item score from criterion id -> points, a mapping a rater; ``ValueError`` for unsound ones."""

    def sample_ratings(self, content: Any, means: Floats, rng: np.random.Generator) -> list[dict[str, int]]:
        """For each mean one rater's points for somebody of that expected score."""


@dataclass(frozen=True)
class TurnTaken:
    """A turn that lies behind: what had happened (nothing new at the first), and what was answered."""

    text: Mapping[str, str] | None
    answer: Mapping[str, str]


@runtime_checkable
class Unfolding(Protocol):
    """What a type answers too whose item is asked in turns.

    Its stored response grows by a turn at a time; ``Shown.so_far`` is what stands. ``controls`` are those of
    the turn reached, none after the last; ``parse`` gives the response longer by that turn, ``check`` allows
    any beginning of a response, and turns not reached score 0.
    """

    def turns(self, content: Any) -> int:
        """How many turns every path has."""

    def next_turn(self, content: Any, so_far: Response | None) -> int | None:
        """The number of the turn to be answered, 1 the first; None after the last."""

    def past(self, content: Any, so_far: Response | None) -> tuple[TurnTaken, ...]:
        """The turns that lie behind, in order."""

    def may_replace(self, content: Any, kept: Response | None, new: Response | None) -> bool:
        """Whether ``new`` takes back no turn that ``kept`` has answered."""


@dataclass(frozen=True)
class Guess:
    """One thing to be picked blindly: the ids of the parts offered, in the author's order, and their worth.

    ``worth`` is the score of picking that part alone. ``about`` is what the pick answers where that is not
    the situation: a turn's text, a prompt.
    """

    ids: tuple[str, ...]
    worth: tuple[float, ...]
    about: Mapping[str, str] | None = None


@runtime_checkable
class Guessable(Protocol):
    """What a type answers too that offers something to be picked by who does not judge."""

    def guesses(self, content: Any) -> tuple[Guess, ...]:
        """Each pick that the item asks for; ``Content.wording`` has the words of every id."""


@runtime_checkable
class Familial(Protocol):
    """What a type answers too whose items may be siblings."""

    FAMILY: Shared

    def avoided(self, content: Any) -> Sequence[Response]:
        """What somebody answers at a sibling who takes this item's key for wrong there, all as likely.

        Orders and ratings are inverted; where one is picked, the best of what was not best is.
        """


@runtime_checkable
class Fixing(Protocol):
    """What a type answers too whose best fixed response is found without listing every response."""

    def ceiling(self, contents: Sequence[Any]) -> float:
        """The highest mean score over these items, which share their parts, that one response can reach."""


@runtime_checkable
class Sized(Protocol):
    """What a type answers too whose keys could be counted by who does not judge."""

    def key_size(self, content: Any) -> str:
        """How much is keyed, in figures."""


@runtime_checkable
class OnPaper(Protocol):
    """What a type answers too that can be asked on a sheet of paper, with letters for its parts.

    ``SHAPE`` is an example of an answer, as JSON: the stored response with letters for ids.
    """

    SHAPE: str

    def asked(self, content: Any) -> Said:
        """The question where the item gives no task of its own."""


@runtime_checkable
class PartlyShared(Protocol):
    """What a type answers too whose siblings share only a part of what is answered."""

    def shared_score(self, content: Any, response: Response) -> float:
        """What the response to that part alone is worth, on the scale of an item."""


def guess_best(
    effectiveness: Mapping[str, float], prefix: str = "", about: Mapping[str, str] | None = None
) -> Guess:
    """The pick of one option as the ``best`` rule scores it: ``(e - mean(e)) / (max(e) - mean(e))``."""
    values = effectiveness.values()
    middle = sum(values) / len(values)
    worth = tuple((value - middle) / (max(values) - middle) for value in values)
    return Guess(tuple(prefix + ident for ident in effectiveness), worth, about)


@runtime_checkable
class Doubting(Protocol):
    """What a type answers too that asks the candidate to confirm some valid responses."""

    def doubt(self, content: Any, response: Response) -> str | None:
        """The question to be confirmed (a message id), None where the response raises none."""
