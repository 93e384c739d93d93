"""The item types: this folder is their registry. What has no underscore exists; nothing else names a type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from assessor.items._abilities import Doubting as Doubting
from assessor.items._abilities import Familial as Familial
from assessor.items._abilities import Fixing as Fixing
from assessor.items._abilities import Guess as Guess
from assessor.items._abilities import Guessable as Guessable
from assessor.items._abilities import OnPaper as OnPaper
from assessor.items._abilities import PartlyShared as PartlyShared
from assessor.items._abilities import Rated as Rated
from assessor.items._abilities import Sampled as Sampled
from assessor.items._abilities import Sized as Sized
from assessor.items._abilities import TurnTaken as TurnTaken
from assessor.items._abilities import Unfolding as Unfolding
from assessor.items._chance import Floats, Indices, Ladder, spread
from assessor.items.base import Content, ItemType, Response, Shown, show


def _registry() -> Mapping[str, ItemType]:
    names = sorted(module.name for module in iter_modules(__path__))
    kept = (name for name in names if name != "base" and not name.startswith("_"))
    return MappingProxyType({name: cast(ItemType, import_module(f"{__name__}.{name}")) for name in kept})


ITEM_TYPES: Mapping[str, ItemType] = _registry()


def type_of(content: Content) -> ItemType:
    """The module of an item's type."""
    return ITEM_TYPES[content.type]


def read_content(mapping: Mapping[str, Any]) -> Content:
    """The content that canonical JSON, or an author's file, holds; ``KeyError`` for an unknown type."""
    return ITEM_TYPES[mapping["type"]].Schema.model_validate(mapping)


def shown_to(content: Content, digest: str, secret: bytes, so_far: Response | None = None) -> Shown:
    """One attempt's view of an item: public names and order from the attempt's secret, and what stands."""
    return show(type_of(content).parts(content), digest, secret, so_far)


@lru_cache(maxsize=4096)
def is_single_decision(content: Content) -> bool:
    """Whether one choice answers the item: one control, of which one value is taken, asked once."""
    kind = type_of(content)
    if isinstance(kind, Unfolding):
        return False
    controls = kind.controls(content, shown_to(content, "", b""), next(iter(content.situation)))
    return len(controls) == 1 and controls[0].kind == "one"


def is_rated(content: Content) -> bool:
    """Whether people rate the answers: the item has no key."""
    return isinstance(type_of(content), Rated)


def worth(content: Content, response: Response, ratings: Sequence[Mapping[str, int]] = ()) -> float | None:
    """The item score of a response, None while people must rate it first.

    ``ratings`` are criterion id -> points, a mapping a rater; ``ValueError`` for unsound ones.
    """
    kind = type_of(content)
    if isinstance(kind, Rated):
        return kind.rated_score(content, ratings) if ratings else None
    return kind.score(content, response)


@lru_cache(maxsize=4096)
def listed(content: Content) -> tuple[tuple[Response, ...], Floats]:
    """Every valid response and its score; ``ValueError`` where a type cannot list them."""
    kind = type_of(content)
    responses = kind.responses(content)
    if responses is None:
        raise ValueError(f"{content.id}: the valid responses of type {content.type} cannot be listed")
    kept = tuple(responses)
    scores = np.array([kind.score(content, response) for response in kept], dtype=np.float64)
    scores.setflags(write=False)
    return kept, scores


def shared_score(content: Content, response: Response) -> float:
    """What a response is worth at what siblings share of an item that has a key; mostly the item score."""
    kind = type_of(content)
    if isinstance(kind, PartlyShared):
        return kind.shared_score(content, response)
    found = kind.score(content, response)
    if found is None:
        raise ValueError(f"{content.id}: people rate answers of type {content.type}")
    return found


def ceiling(contents: Sequence[Content]) -> float:
    """The highest mean score over siblings of one type that one response, the same at each, can reach. Exact.

    1: the situation does not matter. ``ValueError`` for a type without a key.
    """
    kind = type_of(contents[0])
    if isinstance(kind, Fixing):
        return kind.ceiling(contents)
    return float(np.mean([listed(content)[1] for content in contents], axis=0).max())


def spread_at(content: Content, means: Floats) -> Floats:
    """The SD of the score of simulated answers at each mean, clipped into reach (scoring.md 8)."""
    kind = type_of(content)
    return kind.spread(content, means) if isinstance(kind, Sampled) else spread(listed(content)[1], means)


@lru_cache(maxsize=4096)
def sigma(content: Content) -> float:
    """The SD of one answer around its mean where that is 0.5, half-way between guessing and the key."""
    return float(spread_at(content, np.array([0.5]))[0])


@lru_cache(maxsize=4096)
def lowest(content: Content) -> float:
    """The least score that a valid response can have; the highest is 1, the key's."""
    kind = type_of(content)
    return kind.lowest(content) if isinstance(kind, Sampled) else float(listed(content)[1].min())


@lru_cache(maxsize=512)
def _ladder(content: Content) -> Ladder:
    return Ladder.over(listed(content)[1])


def drawn(content: Content, means: Floats, rng: np.random.Generator) -> Indices:
    """For each mean, the place in ``listed`` of an answer by somebody of that expected score (scoring.md 8).

    Means are clipped into reach; each takes two numbers from ``rng``.
    """
    return _ladder(content).draw(np.asarray(means, dtype=np.float64), rng)


def answered(content: Content, means: Floats, rng: np.random.Generator) -> tuple[list[Response], Floats]:
    """For each mean a response of somebody of that expected score, and its score (scoring.md 8).

    Means are clipped into reach. What people must rate is scored by one simulated rater.
    """
    kind = type_of(content)
    if not isinstance(kind, Sampled):
        responses, scores = listed(content)
        places = drawn(content, means, rng)
        return [copy(responses[place]) for place in places], scores[places]
    found = kind.sample(content, means, rng)
    if isinstance(kind, Rated):
        ratings = kind.sample_ratings(content, means, rng)
        return found, np.array([kind.rated_score(content, [rating]) for rating in ratings])
    return found, np.array([kind.score(content, response) for response in found], dtype=np.float64)


def answer(content: Content, mean: float, rng: np.random.Generator) -> Response:
    """A response of somebody whose expected score on this item is ``mean``, clipped into reach."""
    kind = type_of(content)
    if isinstance(kind, Sampled):
        return kind.sample(content, np.array([mean]), rng)[0]
    return copy(listed(content)[0][int(drawn(content, np.array([mean]), rng)[0])])
