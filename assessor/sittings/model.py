"""One person's answers to one form, as plain data; a row of the database and a line of a file become this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assessor.banks.schema import Item, LengthId
from assessor.items.base import Response

State = Literal["answered", "left_empty", "not_reached", "not_given", "pending"]


@dataclass(frozen=True)
class Answer:
    """What happened at one item of a sitting."""

    item: Item
    state: State
    response: Response | None
    language: str
    seconds: float | None = None
    #: What raters gave a response that people rate: criterion id -> points, a mapping a rater.
    ratings: tuple[Mapping[str, int], ...] = ()


@dataclass(frozen=True)
class Sitting:
    """One person's answers to one form, in the order in which it was given."""

    candidate: str
    language: str
    pool: str
    answers: tuple[Answer, ...]
    started: datetime | None = None
    finished: datetime | None = None
    length: LengthId | None = None
    #: What proves the submission, as its person was given it; empty where none was given.
    receipt: str = ""
