"""A family's file read as its siblings: situations that share their responses, each an item of its own.

What follows sees plain items. An error in one is told at its line of the family's file, in the file's words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from assessor.banks.acts import Act
from assessor.banks.places import Document, Finding, described, dotted, has_step, inner_value
from assessor.banks.wording import nearest
from assessor.items import ITEM_TYPES, Familial
from assessor.items.base import Shared
from assessor.messages import Place, counted, said

FAMILY, SITUATIONS, KEYS = "family", "situations", "keys"
ACT, ACTS = "act", "acts"
#: What all siblings have in common, and what one of them may have otherwise.
COMMON = ("type", "competency")
USUAL = ("jurisdiction", "task", "minutes", "status", "as_of", "review_by")
#: What siblings share of a part.
OF_PARTS = ("id", "text")
FEWEST = 2
#: The id of the first turn of a scenario, whose answers siblings share.
FIRST_TURN = "n1"


@dataclass(frozen=True)
class Sibling(Document):
    """One situation of a family as the file of an item of its own would hold it; lines are the family's."""

    whole: Any = None
    shared: Shared | None = None
    number: int = 0
    ids: tuple[Any, ...] = ()

    def line(self, place: Place) -> int:
        """The line of this place in the family's file, or of the nearest one around it."""
        return super().line(self.origin(place))

    def is_refused(self, place: Place) -> bool:
        """Whether this place of the family's file, or one around it, already has its finding."""
        return super().is_refused(self.origin(place))

    def label(self, place: Place) -> str:
        """The place in words, as the family's file names it."""
        return dotted(self.origin(place), self.whole)

    def origin(self, place: Place) -> Place:
        """Where the family's file says what stands at this place of the sibling."""
        own: Place = (SITUATIONS, self.number)
        if not place or self.shared is None:
            return own
        if (found := self._of_parts(place, self.shared)) is not None:
            return found
        if has_step(self.whole[SITUATIONS][self.number], place[0]):
            return (*own, *place)
        common = {FAMILY, *COMMON, *self.shared.whole, *self.shared.fixed}
        return place if place[0] in common or has_step(self.whole, place[0]) else (*own, *place)

    def _of_parts(self, place: Place, shared: Shared) -> Place | None:
        """Where what siblings share, and the key of it, stands; None of what lies elsewhere."""
        own, depth = (SITUATIONS, self.number), len(shared.place)
        nested = depth > 1 and place[0] == shared.place[0]
        if place[:depth] != shared.place:
            if not nested or len(place) == 1:
                return None
            outer, number, *rest = place
            return (*own, KEYS) if number == 0 else (*own, outer, int(number) - 1, *rest)
        if len(place) == depth:
            return (*own, KEYS)
        number, *rest = place[depth:]
        if rest and rest[0] in OF_PARTS:
            return (shared.name, number, *rest)
        ident = self.ids[number] if isinstance(number, int) and number < len(self.ids) else None
        return (*own, KEYS, ident, *rest) if isinstance(ident, str) else (shared.name, number, *rest)


def is_family(value: Mapping[str, Any]) -> bool:
    """Whether the file holds a family and not one item."""
    return FAMILY in value or SITUATIONS in value


def sibling_ids(value: object) -> Iterator[str]:
    """The ids of a family's siblings, as far as the file gives them; none of an item's."""
    listed = inner_value(value, SITUATIONS)
    for one in listed if isinstance(listed, list) else ():
        if isinstance(ident := inner_value(one, "id"), str):
            yield ident


def read_family(document: Document) -> tuple[tuple[Sibling, ...], list[Finding]]:
    """The siblings that a family's file holds, and what is wrong with it as a family.

    What is wrong with a sibling as an item is found where items are read.
    """
    reading = _Family(document, document.value)
    return tuple(reading.siblings()), reading.findings


@dataclass
class _Family:
    """One family's file, and the findings on the way."""

    document: Document
    value: Mapping[str, Any]
    findings: list[Finding] = field(default_factory=list)
    refused: set[Place] = field(default_factory=set)

    def refuse(self, place: Place, found: str, wanted: str) -> None:
        if not self.document.is_refused(place):
            self.findings.append(self.document.error(place, found, wanted))
        self.refused.add(place)

    def name(self, place: Place) -> str:
        return dotted(place, self.value)

    def siblings(self) -> Iterator[Sibling]:
        shared = self._shared()
        situations = self._list(SITUATIONS, said("add its situations, each with its keys"))
        if shared is None or situations is None:
            return
        parts = self._parts(shared)
        if len(situations) < FEWEST:
            found = counted(
                "the family has {count} situation", "the family has {count} situations", len(situations)
            )
            wanted = said("give it {least} at least, or write the item alone", least=FEWEST)
            self.refuse((SITUATIONS,), found, wanted)
        self._strangers(shared)
        if parts is None:
            return
        for number, own in enumerate(situations):
            if not isinstance(own, dict):
                place = (SITUATIONS, number)
                found = said("{label} is {value}", label=self.name(place), value=described(own))
                self.refuse(place, found, said("give a mapping of keys"))
            else:
                yield self._sibling(shared, parts, number, own)

    def _shared(self) -> Shared | None:
        """What siblings of the family's type share; None where the type is none that has families."""
        kind = self.value.get("type")
        known = {name: each.FAMILY for name, each in ITEM_TYPES.items() if isinstance(each, Familial)}
        if isinstance(kind, str) and kind in known:
            return known[kind]
        found = said("the type {kind} is unknown", kind=described(kind))
        if "type" not in self.value:
            found = said("{label} is missing", label="type")
        elif isinstance(kind, str) and kind in ITEM_TYPES:
            found = said("the type {kind} has no families", kind=described(kind))
        near = nearest(kind, known) if isinstance(kind, str) else ""
        self.refuse(("type",), found, said("use one of {known}{near}", known=", ".join(known), near=near))
        return None

    def _list(self, key: str, wanted: str) -> list[Any] | None:
        value = self.value.get(key)
        if isinstance(value, list):
            return value
        if key not in self.value:
            self.refuse((key,), said("{label} is missing", label=key), wanted)
        else:
            found = said("{label} is {value}", label=key, value=described(value))
            self.refuse((key,), found, said("give a list"))
        return None

    def _parts(self, shared: Shared) -> list[Any] | None:
        """The shared parts; None where they are no list of mappings."""
        parts = self._list(shared.name, said("add what the siblings share, each with id and text"))
        if parts is None:
            return None
        for number, part in enumerate(parts):
            place: Place = (shared.name, number)
            if not isinstance(part, dict):
                found = said("{label} is {value}", label=self.name(place), value=described(part))
                self.refuse(place, found, said("give a mapping of keys"))
                return None
            self._act(place, part, shared)
            for key in part.keys() - {*OF_PARTS, ACT}:
                found = said("{label} is not shared", label=self.name((*place, key)))
                wanted = said("move it to the keys of each situation")
                if isinstance(part.get("id"), str):
                    wanted = said("move it to keys.{part} of each situation", part=part["id"])
                self.refuse((*place, key), found, wanted)
        return parts

    def _act(self, place: Place, part: Mapping[str, Any], shared: Shared) -> None:
        act, known = part.get(ACT), get_args(Act)
        if ACT not in part and shared.acts:
            found = said("{label} is missing", label=self.name((*place, ACT)))
            self.refuse((*place, ACT), found, said("say what kind of act it is, as answer-public or wait"))
        elif ACT in part and act not in known:
            near = nearest(act, known) if isinstance(act, str) else ""
            found = said("{label} is {value}", label=self.name((*place, ACT)), value=described(act))
            wanted = said("use one of {known}{near}", known=", ".join(known), near=near)
            self.refuse((*place, ACT), found, wanted)

    def _strangers(self, shared: Shared) -> None:
        """What stands in the family that no family has."""
        known = {FAMILY, SITUATIONS, *COMMON, *USUAL, shared.name, *shared.whole, *shared.fixed}
        for key in self.value.keys() - known:
            wanted = said("take it out{near}", near=nearest(str(key), known))
            if self._is_own(key):
                wanted = said("move it to each situation")
            self.refuse((key,), said("{label} is no key of a family", label=str(key)), wanted)
        if self.value.get(FAMILY) is None:
            self.refuse((FAMILY,), said("{label} is missing", label=FAMILY), said("add the file’s name"))

    def _is_own(self, key: object) -> bool:
        kind = ITEM_TYPES[self.value["type"]]
        return key in {"facts", "pool", "enemies", "key_kinds"} or key in kind.Schema.model_fields

    def _taken(self, shared: Shared) -> set[object]:
        """What no sibling has of its own."""
        parts = {shared.place[0]} if len(shared.place) == 1 else set[str | int]()
        return {FAMILY, ACTS, "competency", shared.name, *parts, *shared.whole, *shared.fixed}

    def _sibling(
        self, shared: Shared, parts: list[dict[str, Any]], number: int, own: dict[str, Any]
    ) -> Sibling:
        place: Place = (SITUATIONS, number)
        ids = tuple(part.get("id") for part in parts)
        keyed = self._keys(shared, ids, place, own)
        self._not_its_own(shared, place, own)
        values: dict[str, Any] = {key: self.value[key] for key in (*COMMON, *USUAL) if key in self.value}
        values |= {key: self.value[key] for key in (*shared.whole, *shared.fixed) if key in self.value}
        taken = self._taken(shared)
        taken |= set() if self._is_alike(shared, own) else {"type"}
        values |= {key: value for key, value in own.items() if key not in {KEYS, *taken}}
        made = [
            {key: value for key, value in part.items() if key in OF_PARTS} | _keyed(keyed, ident)
            for part, ident in zip(parts, ids, strict=True)
        ]
        _put(values, shared.place, made)
        values[FAMILY] = self.value.get(FAMILY)
        prefix = f"{FIRST_TURN}." if len(shared.place) > 1 else ""
        values[ACTS] = {prefix + part["id"]: part[ACT] for part in parts if _has_act(part)}
        refused = self.document.refused | self.refused
        return Sibling(
            self.document.path, values, self.document.lines, refused, self.value, shared, number, ids
        )

    def _keys(
        self, shared: Shared, ids: tuple[Any, ...], place: Place, own: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        """Part id -> what decides the score there; of a part without a key nothing."""
        keys, known = own.get(KEYS), tuple(ident for ident in ids if isinstance(ident, str))
        if not isinstance(keys, dict):
            label = self.name((*place, KEYS))
            found = said("{label} is {value}", label=label, value=described(keys))
            if KEYS not in own:
                found = said("{label} is missing", label=label)
            self.refuse((*place, KEYS), found, said("add a key for each of {parts}", parts=", ".join(known)))
            return {}
        sound: dict[str, dict[str, Any]] = {}
        for ident, key in keys.items():
            at, label = (*place, KEYS, ident), self.name((*place, KEYS, ident))
            if ident not in known:
                found = said("{label} is the key of no part", label=label)
                wanted = said("use one of {known}{near}", known=", ".join(known), near=nearest(ident, known))
                self.refuse(at, found, wanted)
            elif not isinstance(key, dict):
                found = said("{label} is {value}", label=label, value=described(key))
                self.refuse(at, found, said("give a mapping of keys"))
            else:
                for inner in key.keys() & {*OF_PARTS, ACT}:
                    found = said("{label} is shared by all siblings", label=f"{label}.{inner}")
                    self.refuse((*at, inner), found, said("keep it in {place}", place=shared.name))
                sound[ident] = {inner: value for inner, value in key.items() if inner not in {*OF_PARTS, ACT}}
        for ident in known:
            if ident not in keys:
                label = self.name((*place, KEYS, ident))
                self.refuse(
                    (*place, KEYS, ident), said("{label} is missing", label=label), said("add its key")
                )
        return sound

    def _not_its_own(self, shared: Shared, place: Place, own: Mapping[str, Any]) -> None:
        """What a sibling gives that all of them share."""
        for key in own.keys() & self._taken(shared):
            found = said("{label} is shared by all siblings", label=self.name((*place, key)))
            self.refuse((*place, key), found, said("take it out here"))
        if not self._is_alike(shared, own):
            found = said("{label} shares no {name}", label=self.name((*place, "type")), name=shared.name)
            self.refuse((*place, "type"), found, said("give all siblings one type"))

    def _is_alike(self, shared: Shared, own: Mapping[str, Any]) -> bool:
        """Whether the sibling's own type, where it has a known one, shares the same."""
        kind = own.get("type")
        module = ITEM_TYPES.get(kind) if isinstance(kind, str) else None
        return module is None or getattr(module, "FAMILY", None) == shared


def _keyed(keyed: Mapping[str, dict[str, Any]], ident: object) -> dict[str, Any]:
    return keyed.get(ident, {}) if isinstance(ident, str) else {}


def _has_act(part: Mapping[str, Any]) -> bool:
    return isinstance(part.get("id"), str) and part.get(ACT) in get_args(Act)


def _put(values: dict[str, Any], place: Place, parts: list[dict[str, Any]]) -> None:
    """Put the parts where an item of the type has them: in a list, or in the first of a list of turns."""
    outer, *inner = place
    if not inner:
        values[str(outer)] = parts
        return
    further = values.get(str(outer))
    first = {"id": FIRST_TURN, str(inner[-1]): parts}
    values[str(outer)] = [first, *further] if isinstance(further, list) else [first]
