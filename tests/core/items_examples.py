"""Small made items of the types whose parts have no effectiveness, whole or changed in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessor.items import read_content
from assessor.items.base import Content
from tests.core.banks_examples import text


def head(kind: str, name: str = "made") -> dict[str, Any]:
    return {
        "id": f"core-{kind}-{name}",
        "type": kind,
        "competency": "audience.voice",
        "situation": text("A situation."),
    }


def marked(ident: str, keyed: bool, **more: Any) -> dict[str, Any]:
    return {"id": ident, "text": text(f"Say {ident}."), "keyed": keyed, "why": text(f"As {ident}."), **more}


def select(keyed: str = "ac", count: int = 5) -> dict[str, Any]:
    options = [
        marked(ident, True) if ident in keyed else marked(ident, False, lure="geek")
        for ident in "abcdefgh"[:count]
    ]
    return {**head("select", f"{keyed or 0}-{count}"), "options": options}


def highlight(keyed: tuple[int, ...] = (2, 4), count: int = 6) -> dict[str, Any]:
    spans = [marked(f"s{number}", number in keyed) for number in range(1, count + 1)]
    return {**head("highlight", f"of-{count}"), "spans": spans}


def match(keyed: str = "yxzyzx", categories: str = "xyz") -> dict[str, Any]:
    prompts = [
        {"id": f"p{number}", "text": text(f"Case {number}."), "category": one, "why": text(f"As {number}.")}
        for number, one in enumerate(keyed, start=1)
    ]
    return {
        **head("match", f"{keyed}"),
        "categories": [{"id": ident, "text": text(f"Kind {ident}.")} for ident in categories],
        "prompts": prompts,
    }


BANDS = ((50, 60), (40, 50), (0, 0), (0, 0), (0, 0))


def allocate(bands: tuple[tuple[int, int], ...] = BANDS, step: int = 10) -> dict[str, Any]:
    channels = [
        {"id": ident, "text": text(f"Channel {ident}."), "band": list(band), "why": text(f"As {ident}.")}
        for ident, band in zip("abcdefgh", bands, strict=False)
    ]
    return {**head("allocate", f"{len(bands)}-by-{step}"), "step": step, "channels": channels}


def node(
    ident: str, following: tuple[str | None, ...], keys: tuple[float, ...] = (2, 5, 4)
) -> dict[str, Any]:
    return {
        "id": ident,
        "text": text(f"Then {ident}."),
        "options": [
            {
                "id": "abcdef"[place],
                "text": text(f"Do {'abcdef'[place]} at {ident}."),
                "effectiveness": value,
                "why": text(f"Because of {'abcdef'[place]} at {ident}."),
                **({} if value == max(keys) else {"lure": "geek"}),
                **({} if target is None else {"next": target}),
            }
            for place, (value, target) in enumerate(zip(keys, following, strict=True))
        ],
    }


def scenario(*nodes: Mapping[str, Any]) -> dict[str, Any]:
    """By default three turns: the second is one of two, of which one leads to either of two ends."""
    made = nodes or (
        node("n1", ("n2", "n3", "n3")),
        node("n2", ("n4", "n4", "n4", "n4"), (4, 1, 5, 2)),
        node("n3", ("n4", "n5", "n5", "n4"), (3, 1, 2, 5)),
        node("n4", (None, None, None)),
        node("n5", (None, None, None), (5, 1, 3)),
    )
    first = {key: value for key, value in made[0].items() if key != "text"}
    return {**head("scenario", f"of-{len(made)}"), "nodes": [first, *made[1:]]}


def chain(*turns: tuple[float, ...]) -> dict[str, Any]:
    """A scenario in which every answer of a turn leads to the same next turn."""
    return scenario(
        *(
            node(f"n{number}", ((f"n{number + 1}" if number < len(turns) else None),) * len(keys), keys)
            for number, keys in enumerate(turns, start=1)
        )
    )


def written(points: tuple[int, ...] = (3, 4, 2), least: int = 5, most: int = 12) -> dict[str, Any]:
    rubric = [
        {
            "id": f"c{number}",
            "name": text(f"Criterion {number}"),
            "anchors": [text(f"Level {level}") for level in range(count + 1)],
        }
        for number, count in enumerate(points, start=1)
    ]
    return {
        **head("written", f"of-{len(points)}"),
        "words": {"least": least, "most": most},
        "rubric": rubric,
    }


EXAMPLES: Mapping[str, tuple[Content, ...]] = {
    "select": tuple(map(read_content, (select(), select("b", 3), select("bdefg", 8)))),
    "highlight": tuple(map(read_content, (highlight(), highlight((3,), 9), highlight((1, 5, 9, 14), 15)))),
    "match": tuple(
        map(
            read_content,
            (match(), match("baab", "ab"), match("bdacfe", "abcdef"), match("bdacfedb", "abcdef")),
        )
    ),
    "allocate": tuple(
        map(
            read_content,
            (allocate(), allocate(((80, 100), (0, 20), (0, 0), (0, 0)), 20), allocate((*BANDS, (0, 10)), 10)),
        )
    ),
    "scenario": tuple(
        map(read_content, (scenario(), chain((5, 1, 4), (4, 1, 5, 2), (1, 3, 5, 4), (3, 5, 2))))
    ),
    "written": tuple(map(read_content, (written(), written((2, 2, 2, 5), 1, 30)))),
}


def refusal(mapping: Mapping[str, Any]) -> str:
    """What the schema says against an item; empty where it takes it."""
    try:
        read_content(mapping)
    except ValueError as refused:
        return str(refused)
    return ""


def changed(mapping: Mapping[str, Any], group: str, place: int, **more: Any) -> dict[str, Any]:
    """The item with some keys of one of its parts changed."""
    parts = [dict(part) for part in mapping[group]]
    parts[place] |= more
    return {**mapping, group: parts}
