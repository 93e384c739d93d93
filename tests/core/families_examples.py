"""Families made of items as they would stand alone: what siblings share once, and the key of each."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from assessor.items import ITEM_TYPES, Familial
from tests.core import items_examples as made
from tests.core.banks_examples import dumped, synthetic, text

BOOK = {"minutes": 2.0, "pool": "round", "status": "author-keyed", "as_of": "2026-11-22"}
ACTS = ("wait", "answer-public", "hide", "video", "paid", "humour", "check", "publish")


def named(item: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The item under an id and with a situation of its own."""
    return {**deepcopy(dict(item)), "id": name, "situation": text(f"The situation {name}.")}


def of_options(kind: str, *keys: tuple[float, ...]) -> list[dict[str, Any]]:
    """Items of a type over keyed options that share their options' texts, one for each key."""
    items = []
    for number, key in enumerate(keys, start=1):
        item = synthetic(kind, key).model_dump(mode="json", exclude_none=True)
        items.append(named(item, f"core-family-{number}"))
    return items


def siblings(kind: str) -> list[dict[str, Any]]:
    """Two items of a type that may be siblings."""
    if kind in ("best", "best_worst", "rank", "rate"):
        return of_options(kind, (2, 5, 1, 3), (3, 1, 5, 2))
    pairs: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "select": (made.select("ac"), made.select("bcd")),
        "highlight": (made.highlight((2, 4)), made.highlight((1, 2, 6))),
        "match": (made.match("yxzyzx"), made.match("zyxxzy")),
        "allocate": (made.allocate(), made.allocate(((0, 0), (40, 50), (0, 0), (50, 60), (0, 0)))),
        "scenario": (
            made.chain((2, 5, 4), (1, 5, 4), (5, 1, 4)),
            made.chain((5, 2, 1), (4, 1, 5), (1, 4, 5)),
        ),
    }
    return [named(item, f"core-family-{number}") for number, item in enumerate(pairs[kind], start=1)]


def family(items: list[dict[str, Any]], name: str = "core-family", **more: Any) -> dict[str, Any]:
    """The file of a family with these siblings; texts of shared parts are the first one's."""
    first = items[0]
    kind = ITEM_TYPES[first["type"]]
    assert isinstance(kind, Familial)
    shared = kind.FAMILY
    parts = [
        {"id": part["id"], "text": part["text"]} | ({"act": ACTS[number]} if shared.acts else {})
        for number, part in enumerate(_parts(first, shared.place))
    ]
    return {
        "family": name,
        "type": first["type"],
        "competency": first["competency"],
        **{key: value for key, value in BOOK.items() if key != "pool"},
        **{key: first[key] for key in (*shared.whole, *shared.fixed) if key in first},
        shared.name: parts,
        "situations": [_situation(item, shared) for item in items],
        **more,
    }


def _situation(item: dict[str, Any], shared: Any) -> dict[str, Any]:
    own = {"id": item["id"], "pool": BOOK["pool"], "situation": item["situation"]}
    if len(shared.place) > 1:
        own[shared.place[0]] = item[shared.place[0]][1:]
    keys = {
        part["id"]: {key: value for key, value in part.items() if key not in ("id", "text")}
        for part in _parts(item, shared.place)
    }
    return {**own, "keys": keys}


def _parts(item: Any, place: tuple[str | int, ...]) -> list[dict[str, Any]]:
    for step in place:
        item = item[step]
    return item


def as_file(items: list[dict[str, Any]], **more: Any) -> str:
    """The family as its author would write it."""
    return dumped(family(items, **more))
