"""What every item is made of and what an item type must answer. The types are this folder's other modules."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from assessor.items._texts import Languages as Languages
from assessor.items._texts import Plain as Plain
from assessor.items._texts import Text as Text
from assessor.messages import N_, Fault, Place, counted, refuse, said, unsound

Response = Any
"""A stored response: the JSON value that items.md gives for each type, in author ids."""

Lure = Literal[
    "geek",
    "recipe",
    "oneway",
    "promo",
    "vanity",
    "silo",
    "freeze",
    "rush",
    "suppress",
    "overpromise",
    "blind",
    "shield",
    "wrongpublic",
    "tonedeaf",
    "copy",
    "money",
    "near",
]


PartId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
ItemId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
CompetencyId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*\.[a-z]+$")]

Jurisdiction = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(?:-[a-z0-9]{1,3})?$")]


#: The context in which a part is written down as what identifies it: some hold more than that.
IDENTITY = "identity"


class Part(BaseModel):
    """A piece of an item, a bank or the framework: immutable, and refusing unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def canonical(self) -> str:
        """The canonical JSON of this part: NFC, sorted keys, only what is set, no needless decimals."""
        return canonical_json(self)

    def digest(self) -> str:
        """The version's identity, ``sha256:`` and 64 hexadecimal digits of its canonical JSON in UTF-8."""
        return digest_of(self)


def canonical_json(part: BaseModel) -> str:
    """One JSON text for one meaning: NFC, sorted keys, only what is set, no needless decimals."""
    whole = _whole(part.model_dump(mode="json", exclude_none=True, context=IDENTITY))
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(part: BaseModel) -> str:
    """``sha256:`` and 64 hexadecimal digits of the part's canonical JSON in UTF-8."""
    return "sha256:" + hashlib.sha256(canonical_json(part).encode()).hexdigest()


def repeated_ids(place: Place, ids: Sequence[str]) -> Iterator[Fault]:
    """A fault at that list for every id that stands in it more than once."""
    for repeated in sorted({ident for ident in ids if ids.count(ident) > 1}):
        found = said("the id {ident!r} stands twice", ident=repeated)
        yield Fault(place, found, said("give each its own"))


class Option(Part):
    """One response that the candidate may choose, with its key and the reason for it."""

    id: PartId
    text: Text
    effectiveness: float = Field(ge=1, le=5, allow_inf_nan=False, strict=True)
    lure: Lure | None = None
    why: Text


class Reply(Part):
    """An answer under a post."""

    author: Text
    text: Text
    time: Text | None = None


class Post(Part):
    """One post: published, scheduled or a draft."""

    kind: Literal["post"]
    network: Text | None = None
    author: Text
    time: Text | None = None
    text: Text
    image: Text | None = None
    reactions: Text | None = None
    replies_title: Text | None = None
    replies: tuple[Reply, ...] | None = None


class Thread(Part):
    """Messages one after the other: comments, a chat, an e-mail exchange."""

    kind: Literal["thread"]
    title: Text | None = None
    messages: tuple[Reply, ...] = Field(min_length=1)


def _figure(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        found = said("a cell that is neither a number nor a text")
        raise unsound((), found, said("give a number, or {{fr: ..., en: ...}}"))
    return value


def _cell_kind(value: object) -> str:
    return "text" if isinstance(value, dict) else "figure"


Figure = Annotated[int | float, BeforeValidator(_figure)]
Cell = Annotated[Annotated[Text, Tag("text")] | Annotated[Figure, Tag("figure")], Discriminator(_cell_kind)]


class Table(Part):
    """Figures; the first cell of a row is its header."""

    kind: Literal["table"]
    caption: Text
    columns: tuple[Text, ...] = Field(min_length=2)
    rows: tuple[tuple[Cell, ...], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rectangular(self) -> Table:
        uneven = [number for number, row in enumerate(self.rows) if len(row) != len(self.columns)]
        wanted = said("give {count}, one per column", count=len(self.columns))
        refuse(
            Fault(("rows", number), counted("{count} cell", "{count} cells", len(self.rows[number])), wanted)
            for number in uneven
        )
        return self


class Entry(Part):
    """One line of a calendar."""

    when: Text
    channel: Text | None = None
    text: Text


class Calendar(Part):
    """A publication calendar or a day's plan."""

    kind: Literal["calendar"]
    caption: Text
    entries: tuple[Entry, ...] = Field(min_length=1)


class Point(Part):
    """One labelled line of a brief."""

    label: Text
    text: Text


class Brief(Part):
    """A request: what is wanted, for whom, with what means."""

    kind: Literal["brief"]
    title: Text
    points: tuple[Point, ...] = Field(min_length=1)


Stimulus = Annotated[Post | Thread | Table | Calendar | Brief, Field(discriminator="kind")]


@dataclass(frozen=True)
class Wording:
    """What one part of an item says, in every language, and the reason for its key where it has one."""

    text: Mapping[str, str]
    why: Mapping[str, str] | None = None


class Content(Part):
    """What identifies an item version: all that a candidate reads and all that decides the score."""

    id: ItemId
    type: str
    competency: CompetencyId
    jurisdiction: Jurisdiction | None = None
    situation: Text
    stimulus: Stimulus | None = None
    task: Text | None = None
    principle: Text | None = None

    def __hash__(self) -> int:
        """A hash for caches by item version: texts are mappings, which have none."""
        return hash((self.id, self.type))

    def wording(self, ident: str) -> Wording:
        """The words of a part, as explanations and marks name it; ``KeyError`` if there is none."""
        raise KeyError(ident)


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Optioned(Part):
    """Options with a keyed effectiveness, one of them the best: of a whole item, or of one turn of it."""

    options: tuple[Option, ...] = Field(min_length=3, max_length=8)

    @model_validator(mode="after")
    def _sound_options(self) -> Self:
        refuse(self._unsound())
        return self

    def _unsound(self) -> Iterator[Fault]:
        """Every reason to refuse the key."""
        yield from repeated_ids(("options",), [option.id for option in self.options])
        values = [option.effectiveness for option in self.options]
        top = max(values)
        if min(values) == top:
            found = said("every effectiveness is equal")
            yield Fault(("options",), found, said("a key must tell the options apart"))
            return
        if values.count(top) > 1:
            found = said("{count} options share the best effectiveness", count=values.count(top))
            yield Fault(("options",), found, said("keep one best"))
        for number, option in enumerate(self.options):
            if option.effectiveness == top and option.lure is not None:
                found = said("{ident!r} is the best and has a lure", ident=option.id)
                yield Fault(("options", number, "lure"), found, said("take it out"))
            if option.effectiveness < top and option.lure is None:
                found = said("{ident!r} has no lure", ident=option.id)
                yield Fault(("options", number), found, said("name its kind of miss"))

    def option(self, option_id: str) -> Option:
        """The option of that id; ``KeyError`` if there is none."""
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(option_id)

    def effectiveness(self) -> dict[str, float]:
        """Option id -> keyed effectiveness, in the author's order."""
        return {option.id: option.effectiveness for option in self.options}


class OptionContent(Content, Optioned):
    """An item whose parts are options with a keyed effectiveness; most types start from it."""

    def wording(self, ident: str) -> Wording:
        """The words of an option."""
        option = self.option(ident)
        return Wording(option.text, option.why)


class Criterion(Part):
    """One thing that raters look at: its anchors say what each number of points stands for, 0 first."""

    id: PartId
    name: Text
    anchors: tuple[Text, ...] = Field(min_length=3, max_length=6)

    @property
    def most(self) -> int:
        """The points of the highest anchor."""
        return len(self.anchors) - 1


@dataclass(frozen=True)
class Shared:
    """What the siblings of a family share of an item type: situations for which the same may be answered.

    ``name`` is what a family's file calls the parts that are shared, ``place`` where an item has the list of
    them: of each part siblings share the id and the text, and each has a key of its own. Lists in ``whole``,
    and values in ``fixed``, are shared as they stand. ``acts``: each part says what kind of act it is.
    """

    name: str
    place: Place
    whole: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    acts: bool = True


@dataclass(frozen=True)
class Parts:
    """A group of ids that a browser sees only under public names; ``shuffled`` says whether order is free."""

    name: str
    ids: tuple[str, ...]
    shuffled: bool = True


@dataclass(frozen=True)
class Shown:
    """One attempt's view of one item: the order of its parts and the public name of each.

    ``so_far`` is the response that stands already: an item that unfolds shows what follows from it.
    """

    order: Mapping[str, tuple[str, ...]]
    public: Mapping[str, str]
    so_far: Response | None = None

    def author(self, public_id: str) -> str | None:
        """The author id behind a public one, or None for a name that this view never gave."""
        return next((ident for ident, public in self.public.items() if public == public_id), None)


@dataclass(frozen=True)
class Choice:
    """One value that a control may take; ``text`` is its label where the item writes it."""

    value: str
    text: str = ""


@dataclass(frozen=True)
class Control:
    """One question that the page asks: a name, and what may be answered. Never holds a key."""

    name: str
    kind: Literal["one", "some", "number", "text"]
    choices: tuple[Choice, ...] = ()
    text: str = ""


class ResponseError(ValueError):
    """A response that is none: ``control`` says where, ``message`` (a message id) what to do."""

    def __init__(self, control: str, message: str) -> None:
        """Carry both; the message is the error's text."""
        super().__init__(message)
        self.control = control
        self.message = message


@dataclass(frozen=True)
class Mark:
    """What a response, or the key, says of one part.

    ``best`` and ``worst``: picked as such. ``chosen``: marked. ``place`` and ``rating``: ``value``.
    ``category``: put into the part that ``ref`` names (``Content.wording`` has its text).
    ``points``: ``value`` of them, or from ``value`` to ``most`` where a band is accepted.
    ``text``: a text was written, to be rated. ``none``: nothing was said.
    """

    kind: Literal["best", "worst", "place", "rating", "chosen", "category", "points", "text", "none"]
    value: float | None = None
    ref: str | None = None
    most: float | None = None


NO_MARK = Mark("none")


@dataclass(frozen=True)
class Line:
    """The explanation of one part: what the candidate gave, what the key gives."""

    part: str
    given: Mark
    keyed: Mark
    agrees: bool


@dataclass(frozen=True)
class Explanation:
    """Why a response is worth what it is: a line per part, the most effective first."""

    lines: tuple[Line, ...] = field(default=())


class ItemType(Protocol):
    """The questions that a type's module answers. ``content`` is always of the module's own ``Schema``."""

    RULE: str
    Schema: type[Content]

    def parts(self, content: Any) -> tuple[Parts, ...]:
        """The ids that need public names."""

    def controls(self, content: Any, shown: Shown, language: str) -> tuple[Control, ...]:
        """What may be answered, in public ids."""

    def parse(self, content: Any, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
        """The response in a submitted form, None where nothing was answered; raises ResponseError."""

    def fill(self, content: Any, response: Response, shown: Shown) -> dict[str, list[str]]:
        """The form values that ``parse`` would read as this response."""

    def check(self, content: Any, response: Response) -> Response:
        """The response itself if it is valid for this item; raises ResponseError."""

    def score(self, content: Any, response: Response) -> float | None:
        """The item score on the one scale (1 the key, 0 chance), or None while it must be rated."""

    def key(self, content: Any) -> Response:
        """A response that scores 1."""

    def responses(self, content: Any) -> Iterator[Response] | None:
        """Every valid response, or None where there are too many to list."""

    def preferred(self, content: Any, response: Response) -> str | None:
        """The option that the response takes for the best, where there is exactly one."""

    def explain(self, content: Any, response: Response | None) -> Explanation:
        """The key beside the response, part by part."""


def show(parts: Sequence[Parts], digest: str, secret: bytes, so_far: Response | None = None) -> Shown:
    """The view of one attempt: public ids and order from a keyed hash, so both tell nothing of the key.

    ``secret`` is the attempt's own; the same secret and item version give the same view on every page.
    """

    def keyed(purpose: str, part_id: str) -> str:
        return hmac.new(secret, f"{purpose}|{digest}|{part_id}".encode(), hashlib.sha256).hexdigest()

    public = {ident: "o" + keyed("name", ident)[:12] for group in parts for ident in group.ids}
    order = {
        group.name: tuple(sorted(group.ids, key=lambda ident: keyed("order", ident)))
        if group.shuffled
        else group.ids
        for group in parts
    }
    return Shown(order, public, so_far)


def author_id(shown: Shown, control: str, public_id: str) -> str:
    """The author id behind a submitted value; ResponseError for a value that this page never offered."""
    ident = shown.author(public_id)
    if ident is None:
        raise ResponseError(control, N_("Choose one of the answers on this page."))
    return ident


def single(values: Mapping[str, Sequence[str]], name: str) -> str | None:
    """The one value of a control, or None where it is empty; a repeated value is a ResponseError."""
    given = [value for value in values.get(name, ()) if value != ""]
    if len(given) > 1:
        raise ResponseError(name, N_("Give one answer here."))
    return given[0] if given else None
