"""The JSON Schema of a bank's files, for editors that complete and check while somebody writes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, TypeAdapter, create_model

from assessor.banks.acts import Act
from assessor.banks.families import ACTS, COMMON, FEWEST, OF_PARTS, USUAL
from assessor.banks.schema import Particulars
from assessor.items import ITEM_TYPES, Familial
from assessor.items.base import CompetencyId, Content, ItemId, ItemType, Part, PartId, Shared, Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def file_schema() -> dict[str, Any]:
    """The JSON Schema of a file of situations: a family where it has ``situations``, else one item."""
    item, family = _union(_items()), _union(family_models())
    defined = {**item.pop("$defs"), **family.pop("$defs")}
    return {
        "$schema": DIALECT,
        "title": "An Assessor item, or a family of them",
        "if": {"required": ["situations"]},
        "then": {"$ref": "#/$defs/Family"},
        "else": {"$ref": "#/$defs/Item"},
        "$defs": {**defined, "Family": family, "Item": item},
    }


def _union(kinds: Iterator[Any]) -> dict[str, Any]:
    """One schema for several models, told apart by the type that each names."""
    union: Any = Annotated[reduce(or_, kinds), Field(discriminator="type")]
    return TypeAdapter(union).json_schema()


def _items() -> Iterator[Any]:
    for name, kind in ITEM_TYPES.items():
        yield create_model(_named(name, "Item"), __base__=(kind.Schema, Particulars))


def family_models() -> Iterator[Any]:
    """The model of a family's file, for each type whose items may be siblings."""
    for name, kind in ITEM_TYPES.items():
        if isinstance(kind, Familial):
            yield _family(name, kind, kind.FAMILY)


def _named(name: str, what: str) -> str:
    return name.title().replace("_", "") + what


def _family(name: str, kind: ItemType, shared: Shared) -> Any:
    """The model of a family's file of one type."""
    fields = kind.Schema.model_fields
    part = _part(kind.Schema, shared)
    act: Any = (Act, ...) if shared.acts else (Act | None, None)
    offered: Any = create_model(
        _named(name, "Shared"), __base__=Part, id=(PartId, ...), text=(Text, ...), act=act
    )
    situation: Any = _situation(name, kind.Schema, shared, part)
    held: dict[str, Any] = {
        "family": (ItemId, ...),
        "type": (Literal[name], ...),
        "competency": (CompetencyId, ...),
        **{each: (field.annotation, None) for each, field in _own(kind.Schema).items() if each in USUAL},
        shared.name: (tuple[offered, ...], Field(min_length=3)),
        **{each: (fields[each].annotation, fields[each]) for each in (*shared.whole, *shared.fixed)},
        "situations": (tuple[situation, ...], Field(min_length=FEWEST)),
    }
    return create_model(_named(name, "Family"), __base__=Part, **held)


def _situation(name: str, schema: type[Content], shared: Shared, part: type[Part]) -> Any:
    """The model of one sibling: an item without what is shared, with a key for each part."""
    keyed: dict[str, Any] = {
        each: (held.annotation, held) for each, held in part.model_fields.items() if each not in OF_PARTS
    }
    key = create_model(_named(name, "Key"), __base__=Part, **keyed)
    gone = {*COMMON, ACTS, shared.place[0], *shared.whole, *shared.fixed}
    own: dict[str, Any] = {
        each: (held.annotation, None if each in USUAL else held)
        for each, held in _own(schema).items()
        if each not in gone
    }
    if len(shared.place) > 1:
        further = schema.model_fields[str(shared.place[0])]
        own[str(shared.place[0])] = (further.annotation, ...)
    alike = tuple(each for each, kind in ITEM_TYPES.items() if getattr(kind, "FAMILY", None) == shared)
    own["type"] = (Literal[alike] | None, None)
    return create_model(_named(name, "Situation"), __base__=Part, **own, keys=(dict[PartId, key], ...))


def _own(schema: type[Content]) -> dict[str, Any]:
    return {**schema.model_fields, **Particulars.model_fields}


def _part(schema: type[Part], shared: Shared) -> type[Part]:
    """The model of the parts that siblings share."""
    found = schema
    for step in shared.place:
        if isinstance(step, str):
            found = get_args(found.model_fields[step].annotation)[0]
    return found
