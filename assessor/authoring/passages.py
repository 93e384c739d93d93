"""Where the texts of an item stand in its file, and which of them a candidate may pick."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from assessor.items import Guess, Guessable, type_of
from assessor.items.base import Content
from assessor.messages import Place

_BEFORE = frozenset({"situation", "stimulus", "task"})


@dataclass(frozen=True)
class Passage:
    """One text of an item in its languages, and the keys that lead to it in the file."""

    place: Place
    text: Mapping[str, str]


@dataclass(frozen=True)
class Offer:
    """The parts among which one is picked; ``is_shuffled`` says whether each attempt has its own order."""

    passages: tuple[Passage, ...]
    is_shuffled: bool


@lru_cache(maxsize=1024)
def passages(content: Content) -> tuple[Passage, ...]:
    """Every text of the item, in the order of its schema."""
    return tuple(within((), content))


def within(place: Place, value: Any) -> Iterator[Passage]:
    """Every text of a part of a bank, in the order of its schema; ``place`` is where the part stands."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from within((*place, name), getattr(value, name))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from within((*place, number), inner)
    elif isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        yield Passage(place, value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from within((*place, name), inner)


def guesses(content: Content) -> tuple[Guess, ...]:
    """The picks that the item asks for; none where nothing is picked."""
    kind = type_of(content)
    return kind.guesses(content) if isinstance(kind, Guessable) else ()


@lru_cache(maxsize=1024)
def offers(content: Content) -> tuple[Offer, ...]:
    """What each pick of the item is made among, each set of parts once; none where nothing is picked."""
    own = [passage for passage in passages(content) if passage.place[0] not in Content.model_fields]
    stands = {_spelt(passage.text): passage for passage in reversed(own)}
    groups = type_of(content).parts(content)
    shuffled = {ident for group in groups if group.shuffled for ident in group.ids}
    sets = dict.fromkeys(guess.ids for guess in guesses(content))
    return tuple(
        Offer(tuple(stands[_spelt(content.wording(ident).text)] for ident in ids), shuffled.issuperset(ids))
        for ids in sets
    )


def told(content: Content, language: str) -> str:
    """What the item says before anything is picked: situation, stimulus, task, and what each pick answers."""
    before = [passage.text for passage in passages(content) if passage.place[0] in _BEFORE]
    before += [guess.about for guess in guesses(content) if guess.about is not None]
    return "\n".join(text[language] for text in before)


def _spelt(text: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(text.items()))
