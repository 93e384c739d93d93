"""Sittings as JSON lines: read with the line of every error, and written. Scoring them happens elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from assessor.banks.encodings import Readable, lines_in
from assessor.banks.names import MOST_CHARACTERS, name_of
from assessor.banks.places import MAX_BYTES, BankError, Finding, described
from assessor.banks.schema import Item, Language
from assessor.banks.wording import nearest, validated
from assessor.items import Rated, type_of
from assessor.items.base import ItemId, Response, ResponseError
from assessor.sittings.model import State

Reason = Literal["cut", "technical", "withdrawn"]
#: What a file of sittings ought to be, in the words of its refusals.
KIND = "sittings, one a line, as JSON"
#: In any encoding: one of two bytes a character has lines twice as long.
LONGEST_LINE = 2 * MAX_BYTES
#: So many bad lines are told; in a file of something else every line would be one.
MOST_FINDINGS = 200
#: So many characters show what a file is that begins with no sitting.
MOST_HELD = 8 * LONGEST_LINE
Points = Annotated[int, Field(strict=True)]


def _from_id(value: object) -> object:
    return {"id": value} if isinstance(value, str) else value


class Given(BaseModel):
    """An item as it was given: its id, its version and its language, where these are known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ItemId
    digest: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    language: Language | None = None


class Line(BaseModel):
    """What one candidate answered on one form (items.md): responses in author ids, seconds by item."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    candidate: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS), AfterValidator(name_of)]
    language: Language
    form: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    started: datetime | None = None
    finished: datetime | None = None
    items: tuple[Annotated[Given, BeforeValidator(_from_id)], ...] = Field(min_length=1)
    responses: dict[str, Any]
    seconds: dict[str, Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)]] = Field(
        default_factory=dict
    )
    not_reached: tuple[str, ...] = ()
    not_given: dict[str, Reason] = Field(default_factory=dict)
    ratings: dict[str, tuple[dict[str, Points], ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> Line:
        ids = [given.id for given in self.items]
        problems = [
            f"items: {ident!r} stands twice - keep one" for ident in sorted(set(ids)) if ids.count(ident) > 1
        ]
        named = {
            "responses": self.responses,
            "seconds": self.seconds,
            "not_reached": self.not_reached,
            "not_given": self.not_given,
            "ratings": self.ratings,
        }
        for name, given in named.items():
            problems += [
                f"{name}: {ident!r} is not among items - add it there" for ident in given if ident not in ids
            ]
        for ident in (*self.not_reached, *self.not_given):
            if self.responses.get(ident) is not None:
                problems.append(f"responses: {ident!r} is answered and said not to be - keep one of the two")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def states(self) -> dict[str, State]:
        """Item id -> its state, in the order of the form."""
        return {given.id: self._state(given.id) for given in self.items}

    def _state(self, ident: str) -> State:
        if self.responses.get(ident) is not None:
            return "answered"
        if ident in self.not_given:
            return "not_given"
        return "not_reached" if ident in self.not_reached else "left_empty"

    def line(self) -> str:
        """The sitting as one line of JSON, without its line end."""
        return json.dumps(self.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)


@dataclass(frozen=True)
class _Place:
    """One line of a file and what can be said of it."""

    path: Path
    number: int

    def error(self, found: str, wanted: str) -> Finding:
        return Finding(self.path, self.number, "error", found, wanted)


def write_sittings(sittings: Iterable[Line]) -> str:
    """The sittings as JSON lines."""
    return "".join(sitting.line() + "\n" for sitting in sittings)


def read_sittings(raw: bytes, path: Path, items: Mapping[str, Item]) -> tuple[Line, ...]:
    """The sittings of a file that is in memory; as `sittings_in`, all or none."""
    return tuple(sittings_in(sitting_lines(BytesIO(raw), path), path, lambda _: items))


def sitting_lines(file: Readable, path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a stream of sittings that hold something, with their numbers, within bounds.

    Raises BankError where it is something else than sittings on lines of their own.
    """
    full = (
        (number, line)
        for number, line in lines_in(file, path, kind=KIND, longest=LONGEST_LINE)
        if line.strip()
    )
    # What else it may be shows in its first lines, up to one that may be a sitting.
    held: list[tuple[int, str]] = []
    size = 0
    for number, line in full:
        held.append((number, line))
        size += len(line)
        if _may_be_sitting(line) or size > MOST_HELD or len(held) > MOST_HELD // 64:
            break
    if (whole := _no_lines(held)) is not None:
        raise BankError([_Place(path, held[0][0] if held else 1).error(*whole)])
    return chain(held, full)


def sittings_in(
    lines: Iterable[tuple[int, str]], path: Path, known: Callable[[str], Mapping[str, Item]]
) -> Iterator[Line]:
    """The sittings of these lines, one at a time, responses checked and in canonical form.

    At the end raises BankError with the bad lines, MOST_FINDINGS of them at most: what came before it counts
    for nothing then. A sitting that stands twice is refused by name. ``known`` gives, for a line, items by
    id, and by digest where other versions are known too.
    """
    findings: list[Finding] = []
    seen: dict[bytes, int] = {}
    for number, line in lines:
        if len(findings) >= MOST_FINDINGS:
            findings.append(_Place(path, number).error("more is wrong from here on", "mend the lines above"))
            break
        place = _Place(path, number)
        sitting, wrong = _read(line, place, known(line))
        findings += wrong
        if sitting is None:
            continue
        first = seen.setdefault(_print_of(sitting), number)
        if first != number:
            findings.append(_repeated(sitting, place, first))
        elif not findings:
            yield sitting
    if findings:
        raise BankError(findings)


def _no_lines(lines: Sequence[tuple[int, str]]) -> tuple[str, str] | None:
    """What the file is instead of sittings on lines of their own, and what would be right."""
    if not lines:
        return "the file holds no sitting", "give one a line, as JSON"
    if len(lines) == 1 or any(_may_be_sitting(line) for _, line in lines):
        return None
    first = lines[0][1].strip()
    if first.startswith("["):
        return "the file is one list", "give each sitting on a line of its own, without [ ] around them"
    if first.startswith("{") and _is_json("\n".join(line for _, line in lines)):
        return "a sitting goes over several lines", "give each sitting on one line"
    if any(line.lstrip().startswith("{") for _, line in lines):
        return None
    return f"no line of the file is a sitting; the first is {described(first)}", "give one a line, as JSON"


def _may_be_sitting(line: str) -> bool:
    return line.lstrip().startswith("{") and line.rstrip().endswith("}")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _print_of(sitting: Line) -> bytes:
    """What is the same in the same sitting: the name, the start and the answers to the same items."""
    told = [
        sitting.candidate,
        str(sitting.started),
        sorted(given.id for given in sitting.items),
        sitting.responses,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).digest()


def _repeated(sitting: Line, place: _Place, first: int) -> Finding:
    return place.error(
        f"the sitting of {described(sitting.candidate)} stands at line {first} already",
        "keep one of the two; another person of that name needs a name of their own",
    )


def _read(line: str, place: _Place, items: Mapping[str, Item]) -> tuple[Line | None, list[Finding]]:
    if len(line.encode()) > MAX_BYTES:
        return None, [place.error(f"the line is over {MAX_BYTES // 1024} kB", "give one sitting a line")]
    try:
        value = json.loads(line, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError) as trouble:
        return None, [place.error(f"the line is not JSON: {trouble}", "give one sitting a line, as JSON")]
    if not isinstance(value, dict):
        return None, [place.error(f"the line is {described(value)}", "give a sitting, as {...}")]
    sitting, problems = validated(Line, value, None)
    if sitting is None:
        return None, [place.error(problem.found, problem.wanted) for problem in problems]
    return _checked(sitting, place, items)


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"the key {key!r} stands twice")
    return dict(pairs)


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _checked(sitting: Line, place: _Place, items: Mapping[str, Item]) -> tuple[Line | None, list[Finding]]:
    findings: list[Finding] = []
    responses: dict[str, Response] = {}
    for given in sitting.items:
        item = _version(given, items)
        if item is None:
            findings.append(_unknown(given, place, items))
            continue
        response = sitting.responses.get(given.id)
        if response is None:
            continue
        try:
            responses[given.id] = type_of(item.content).check(item.content, response)
        except ResponseError as refused:
            where = f" at {refused.control}" if refused.control else ""
            found = f"the response to {given.id!r} is {described(response)}, which is none{where}"
            findings.append(place.error(found, refused.message))
            continue
        findings += _misrated(item, sitting.ratings.get(given.id, ()), place)
    if findings:
        return None, findings
    return sitting.model_copy(update={"responses": responses}), []


def _misrated(item: Item, ratings: Sequence[Mapping[str, int]], place: _Place) -> Iterator[Finding]:
    """What is wrong with the ratings of one response."""
    kind = type_of(item.content)
    if not ratings:
        return
    if not isinstance(kind, Rated):
        yield place.error(f"ratings: {item.id!r} is not rated by people", "take its ratings out")
        return
    try:
        kind.rated_score(item.content, ratings)
    except ValueError as refused:
        asked = ", ".join(f"{one.id} from 0 to {one.most}" for one in kind.rubric(item.content))
        yield place.error(f"ratings: {item.id!r}: {refused}", f"give each rater's points as {asked}")


def _version(given: Given, items: Mapping[str, Item]) -> Item | None:
    """The very version that was given; a bare id means the current one."""
    if given.digest is None:
        return items.get(given.id)
    if given.digest in items:
        return items[given.digest]
    current = items.get(given.id)
    return current if current is not None and current.digest == given.digest else None


def _unknown(given: Given, place: _Place, items: Mapping[str, Item]) -> Finding:
    if given.id in items:
        found = f"the version {given.digest} of {given.id!r} is unknown"
        return place.error(
            found, "give the banks that held it, or leave the digest out for the current version"
        )
    return place.error(
        f"the item {given.id!r} is unknown", f"name an item of the banks{nearest(given.id, tuple(items))}"
    )
