"""The item types: this folder is their registry. What is in it and has no underscore exists; nothing else names a type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, cast

import numpy as np

from assessor.items._chance import Floats, spread, tilted
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


def shown_to(content: Content, digest: str, secret: bytes) -> Shown:
    """One attempt's view of an item: public names and order from the attempt's secret."""
    return show(type_of(content).parts(content), digest, secret)


@lru_cache(maxsize=4096)
def _listed(digest: str, canonical: str) -> tuple[tuple[Response, ...], Floats]:
    content = read_content(json.loads(canonical))
    kind = type_of(content)
    listed = kind.responses(content)
    if listed is None:
        raise ValueError(f"{content.id}: the valid responses of type {content.type} cannot be listed")
    responses = tuple(listed)
    return responses, np.array([kind.score(content, response) for response in responses], dtype=np.float64)


def listed(content: Content) -> tuple[tuple[Response, ...], Floats]:
    """Every valid response and its score, cached by item version; ``ValueError`` where a type cannot list them."""
    return _listed(content.digest(), content.canonical())


def sigma(content: Content) -> float:
    """The planning SD of one answer around its mean: that of the maximum-entropy answers of mean 0.5."""
    return spread(listed(content)[1])


def answer(content: Content, mean: float, rng: np.random.Generator) -> Response:
    """A response of somebody whose expected score on this item is ``mean`` (scoring.md 8), clipped into reach."""
    responses, scores = listed(content)
    reachable = float(np.clip(mean, scores.min() + 0.02, 0.97))
    return responses[int(rng.choice(len(responses), p=tilted(scores, reachable)))]
