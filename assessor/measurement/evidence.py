"""Whether a sitting holds enough answers to say anything of its person. Estimates nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assessor.banks.schema import Domain
from assessor.sittings import Answer

#: Under this share of the core's items answered there is no profile: a blank is scored 0 and shows nothing.
LEAST_ANSWERED = 0.60


@dataclass(frozen=True)
class Evidence:
    """How many items of the core the form has, and how many have an answer that is worth something known.

    ``needed`` are the fewest answers in the core that a profile is made of; ``waiting`` is how many more were
    answered and are still to be rated. ``unanswered`` and ``of`` count over all blocks: the items without an
    answer, of those that were given.
    """

    core: int
    answered: int
    needed: int
    waiting: int
    unanswered: int
    of: int

    @property
    def is_enough(self) -> bool:
        """Whether there is a profile."""
        return self.answered >= self.needed

    @property
    def share_unanswered(self) -> float:
        """The share of the items given that have no answer; 0 where none was given."""
        return self.unanswered / self.of if self.of else 0.0


def evidence_of(answers: Sequence[Answer], is_known: Sequence[bool], domain: Domain) -> Evidence:
    """What these answers amount to; ``is_known`` says of each whether its worth is known."""
    in_core = [
        (answer.state, known)
        for answer, known in zip(answers, is_known, strict=True)
        if domain.area_of[answer.item.content.competency].block == "core"
    ]
    answered = sum(state == "answered" and known for state, known in in_core)
    waiting = sum(state in ("answered", "pending") and not known for state, known in in_core)
    given = [answer.state for answer in answers if answer.state != "not_given"]
    unanswered = sum(state in ("left_empty", "not_reached") for state in given)
    needed = max(1, math.ceil(LEAST_ANSWERED * len(in_core) - 1e-9))
    return Evidence(len(in_core), answered, needed, waiting, unanswered, len(given))


def document(found: Evidence, decimals: int) -> dict[str, Any]:
    """The part of a score document that says this."""
    return {
        "core_items": found.core,
        "core_answered": found.answered,
        "core_needed": found.needed,
        "core_waiting": found.waiting,
        "is_enough": found.is_enough,
        "unanswered": found.unanswered,
        "of": found.of,
        "share_unanswered": round(found.share_unanswered, decimals),
    }
