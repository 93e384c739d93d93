"""What banks, the framework and role profiles hold, as validated data. Reading files is the loader's work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from assessor.banks.acts import Act
from assessor.items.base import IDENTITY, CompetencyId, Content, ItemId, Lure, Part, Plain, Text, repeated_ids
from assessor.language.phrases import phrase
from assessor.messages import Fault, refuse, said, unsound

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$", max_length=60)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:-[A-Z]{2})?$")]


def _day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
    except ValueError:
        shown = said("{value!r} is no date", value=value)
        raise unsound((), shown, said("write a day that exists, as 2026-11-22")) from None


Day = Annotated[date, BeforeValidator(_day)]
Block = Literal["core", "gate", "domain"]
LengthId = Literal["short", "standard", "full"]
Pool = Literal["open", "round"]
Status = Literal["draft", "author-keyed", "panel-keyed", "calibrated", "retired"]
#: What a key turns on, where a coached test-taker would look for a rule; banks and forms hold quotas of each.
KeyKind = Literal[
    "counter_recipe",
    "ask_first",
    "act_fast",
    "hold_back",
    "with_press",
    "without_press",
    "one_too_many",
]

DOMAIN_AREA = "domain"
LEVELS = 4
MAX_MINIMUMS = 3
DEFAULT_MINIMUM = 40.0
#: What a practice item measures: nothing; it shows how an item of its type is answered.
PRACTICE = "practice.answering"
BASE_COMPETENCIES = ("strategy.organisation", "audience.publics", "audience.voice")


class InterviewAnchors(Part):
    """What a weak, a sound and an excellent answer to an interview question sounds like."""

    weak: Text
    sound: Text
    excellent: Text


class InterviewQuestion(Part):
    """A structured question, what to listen for in the answer, and anchors to rate it by."""

    question: Text
    listen_for: Text
    anchors: InterviewAnchors | None = None


ADVICE_EACH = 2
Advice = Annotated[tuple[Text, ...], Field(min_length=ADVICE_EACH, max_length=ADVICE_EACH)]
"""Two concrete things to do next month."""


def _findable(written: str) -> str:
    try:
        phrase(written)
    except ValueError:
        found = said("{phrase!r} cannot be looked for", phrase=written)
        wanted = said("write words, with * at a word's end, a|b for either, ... between words")
        raise unsound((), found, wanted) from None
    return written


Wording = Annotated[Plain, AfterValidator(_findable)]
Lexicon = dict[Language, tuple[Wording, ...]]
"""Language -> words and phrases, as `language.phrases` reads them."""


class Worded(Part):
    """A part with words that postings are read by: no profile rests on them, nor does its digest."""

    WORDS: ClassVar[str]

    @model_serializer(mode="wrap")
    def _identified(self, written: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        values: dict[str, Any] = written(self)
        return {key: held for key, held in values.items() if info.context != IDENTITY or key != self.WORDS}


class Competency(Worded):
    """One competency: what it is, what people do at each level, what to do from there, what to ask.

    ``duties`` are the words by which postings call for it. ``steps`` says what to do to reach each level that
    is an aim, the lowest first, ``advice`` what to do at each level; None where the bank gives none.
    """

    WORDS = "duties"

    id: CompetencyId
    name: Text
    definition: Text
    duties: Lexicon = Field(default_factory=dict)
    anchors: tuple[Text, ...] = Field(min_length=LEVELS, max_length=LEVELS)
    steps: Annotated[tuple[Text, ...], Field(min_length=1, max_length=LEVELS)] | None = None
    advice: Annotated[tuple[Advice, ...], Field(min_length=LEVELS, max_length=LEVELS)] | None = None
    interview: tuple[InterviewQuestion, ...] = ()


class Level(Part):
    """A named quarter of the way from guessing to the key; a provisional label, not a standard.

    The anchors of a level that is an ``aim`` describe what to do; those of the others describe what is
    missing, and are shown to nobody.
    """

    id: Slug
    name: Text
    description: Text
    aim: bool = Field(default=False, strict=True)


class Area(Part):
    """A group of competencies that is reported together; its block lends nothing to the others."""

    id: Slug
    block: Block
    name: Text
    definition: Text
    strength: Text
    growth: Text
    #: The same two, said of the person to somebody else.
    strength_about: Text | None = None
    growth_about: Text | None = None
    #: What to do next month at each level, the lowest first; None where the framework gives nothing.
    advice: Annotated[tuple[Advice, ...], Field(min_length=LEVELS, max_length=LEVELS)] | None = None
    competencies: tuple[Competency, ...] = Field(min_length=1)


class Contrast(Part):
    """A difference between two areas that is declared before anybody answers, with its sentence."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z]+(?:_[a-z]+)*$")]
    over: Slug
    under: Slug
    sentence: Text
    sentence_about: Text


class Framework(Part):
    """Areas, core competencies, levels, contrasts and the words for kinds of miss."""

    version: str
    languages: tuple[Language, ...] = Field(min_length=1)
    general_title: Text
    levels: tuple[Level, ...] = Field(min_length=LEVELS, max_length=LEVELS)
    cuts: tuple[float, ...] = Field(min_length=LEVELS - 1, max_length=LEVELS - 1)
    areas: tuple[Area, ...] = Field(min_length=1)
    contrasts: tuple[Contrast, ...] = ()
    lures: dict[Lure, Text]

    @model_validator(mode="after")
    def _sound(self) -> Framework:
        refuse(self._unsound())
        return self

    def _unsound(self) -> Iterator[Fault]:
        if list(self.cuts) != sorted(set(self.cuts)) or not all(0 < cut < 100 for cut in self.cuts):
            wanted = said("give three rising numbers between 0 and 100")
            yield Fault(("cuts",), said("these do not rise"), wanted)
        aims = [level.aim for level in self.levels]
        if aims != sorted(aims):
            wanted = said("make every level above it one")
            yield Fault(("levels",), said("an aim lies below a level that is none"), wanted)
        areas = [area.id for area in self.areas]
        yield from repeated_ids(("areas",), areas)
        ids = [competency.id for area in self.areas for competency in area.competencies]
        for repeated in sorted({ident for ident in ids if ids.count(ident) > 1}):
            found = said("the competency {ident!r} stands twice", ident=repeated)
            yield Fault(("areas",), found, said("keep one"))
        for number, contrast in enumerate(self.contrasts):
            for side, ident in (("over", contrast.over), ("under", contrast.under)):
                if ident not in areas:
                    wanted = said("use one of {known}", known=", ".join(areas))
                    yield Fault(
                        ("contrasts", number, side), said("{ident!r} is no area", ident=ident), wanted
                    )


class Source(Part):
    """A fact that items lean on: what was relied on, where it was read, when."""

    what: Text
    source: Plain
    checked: Day


class Bank(Worded):
    """The head of a bank: a folder of items for the core, for one domain, or to practise answering."""

    WORDS = "workplaces"

    id: Slug
    kind: Literal["core", "domain", "practice"]
    title: Text
    description: Text
    version: str
    languages: tuple[Language, ...] = Field(min_length=1)
    authors: tuple[Plain, ...] = Field(min_length=1)
    licence: Plain
    sources: dict[str, Source] = Field(default_factory=dict)
    #: The words by which a posting tells an employer of this domain.
    workplaces: Lexicon = Field(default_factory=dict)
    competencies: tuple[Competency, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Bank:
        refuse(self._unsound())
        return self

    def _unsound(self) -> Iterator[Fault]:
        if self.kind == "core" and self.competencies:
            found = said("those of the core stand in framework.yaml")
            yield Fault(("competencies",), found, said("take them out here"))
        elif self.kind == "practice" and self.competencies:
            yield Fault(("competencies",), said("practice measures none"), said("take them out here"))
        else:
            yield from self._strangers()

    def _strangers(self) -> Iterator[Fault]:
        wanted = said("begin it with {start}", start=f"{self.id}.")
        for number, competency in enumerate(self.competencies):
            if not competency.id.startswith(f"{self.id}."):
                found = said("{ident!r} is not this domain's", ident=competency.id)
                yield Fault(("competencies", number, "id"), found, wanted)


class Particulars(Part):
    """What an author notes of an item beside its content: none of it changes the item's digest.

    ``acts`` says of its parts, by the id that explanations use, what kind of act each is.
    """

    minutes: float = Field(gt=0, le=15, strict=True)
    pool: Pool
    status: Status
    facts: tuple[str, ...] = ()
    as_of: Day
    review_by: Day | None = None
    enemies: tuple[ItemId, ...] = ()
    key_kinds: tuple[KeyKind, ...] = ()
    acts: dict[str, Act] = Field(default_factory=dict)


class Bookkeeping(Particulars):
    """What is known about an item beside its content; ``family`` is the one whose responses it shares."""

    family: ItemId | None = None


class Weight(Part):
    """How much a competency counts for a post, and the duty that needs it."""

    competency: CompetencyId
    weight: float = Field(gt=0, le=10, strict=True)
    tie: Text | None = None


class Minimum(Part):
    """A must-have of a post, on the 0-100 scale, for a competency or a whole area."""

    of: str
    minimum: float = Field(gt=0, lt=100, strict=True)
    tie: Text | None = None


class RoleProfile(Part):
    """One post: its domain, weights with the written tie of each, at most three minimums, and a length."""

    id: Slug
    domain: Slug
    title: Text
    summary: Text
    length: LengthId = "standard"
    #: How many work samples, which people must rate, a form of a round holds.
    work_samples: int = Field(default=0, ge=0, le=2, strict=True)
    weights: tuple[Weight, ...] = Field(min_length=1)
    minimums: tuple[Minimum, ...] = Field(default=(), max_length=MAX_MINIMUMS)

    @model_validator(mode="after")
    def _sound(self) -> RoleProfile:
        refuse(self._unsound())
        return self

    def _unsound(self) -> Iterator[Fault]:
        for name, ids in (
            ("weights", [weight.competency for weight in self.weights]),
            ("minimums", [minimum.of for minimum in self.minimums]),
        ):
            for repeated in sorted({ident for ident in ids if ids.count(ident) > 1}):
                yield Fault((name,), said("{ident!r} stands twice", ident=repeated), said("keep one"))

    def weight_of(self, competency_id: str) -> float:
        """The competency's weight in this post, 0 where it has none."""
        return next((weight.weight for weight in self.weights if weight.competency == competency_id), 0.0)


@dataclass(frozen=True)
class Item:
    """One item version: its content, its digest and what is known about it; ``bank`` is its bank's id."""

    content: Content
    digest: str
    bank: str
    book: Bookkeeping

    @property
    def id(self) -> str:
        """The item's id, the same for all its versions."""
        return self.content.id

    def is_drawable(self, today: date) -> bool:
        """Whether the item may enter a new form; forms that hold it keep it either way."""
        is_current = self.book.review_by is None or today <= self.book.review_by
        return is_current and self.book.status not in ("draft", "retired")


@dataclass(frozen=True)
class Domain:
    """One domain with all that a role in it can measure: the shared areas, and its own competencies."""

    bank: Bank
    areas: tuple[Area, ...]

    @cached_property
    def competencies(self) -> tuple[Competency, ...]:
        """Every competency in the order of the areas: core, gate, learning a domain, the domain's own."""
        return tuple(competency for area in self.areas for competency in area.competencies)

    @cached_property
    def area_of(self) -> Mapping[str, Area]:
        """Competency id -> its area."""
        return {competency.id: area for area in self.areas for competency in area.competencies}


@dataclass(frozen=True)
class Library:
    """All banks, items and role profiles that are loaded, checked against one framework."""

    framework: Framework
    framework_digest: str
    banks: Mapping[str, Bank]
    items: Mapping[str, Item]
    roles: Mapping[str, RoleProfile]

    @property
    def domain_ids(self) -> tuple[str, ...]:
        """The domains that can be chosen, in the order of their ids."""
        return tuple(sorted(bank.id for bank in self.banks.values() if bank.kind == "domain"))

    def is_practice(self, item: Item) -> bool:
        """Whether the item only shows how one of its type is answered."""
        return self.banks[item.bank].kind == "practice"

    @property
    def practice(self) -> Mapping[str, Item]:
        """Item type -> the item that shows how one of that type is answered."""
        return {item.content.type: item for item in self.items.values() if self.is_practice(item)}

    def domain(self, domain_id: str) -> Domain:
        """The domain with its areas, the domain area named as the bank; ``KeyError`` if it is not loaded."""
        bank = self.banks[domain_id]
        if bank.kind != "domain":
            raise KeyError(domain_id)
        return Domain(bank, tuple(self._areas(bank)))

    def _areas(self, bank: Bank) -> Iterator[Area]:
        for area in self.framework.areas:
            if area.block != "domain":
                yield area
            else:
                yield area.model_copy(
                    update={"name": bank.title, "competencies": (*area.competencies, *bank.competencies)}
                )

    def languages(self, domain_id: str) -> tuple[str, ...]:
        """The languages that the framework, the core and this domain's bank all carry, framework order."""
        carried = [
            set(bank.languages) for bank in self.banks.values() if bank.kind == "core" or bank.id == domain_id
        ]
        return tuple(lang for lang in self.framework.languages if all(lang in langs for langs in carried))

    def roles_of(self, domain_id: str) -> tuple[RoleProfile, ...]:
        """The domain's role profiles; the general one, made by rule, where none was written."""
        written = tuple(role for role in self.roles.values() if role.domain == domain_id)
        return written or (self.general_role(domain_id),)

    def general_role(self, domain_id: str) -> RoleProfile:
        """Equal weights on the core competencies and the domain's own, default minimums (interfaces.md)."""
        domain = self.domain(domain_id)
        weighted = [
            competency.id for area in domain.areas if area.block != "gate" for competency in area.competencies
        ]
        bank = domain.bank
        return RoleProfile(
            id=f"general-{domain_id}",
            domain=domain_id,
            title=self._general_title(bank),
            summary=bank.description,
            weights=tuple(Weight(competency=ident, weight=1) for ident in weighted),
            minimums=tuple(Minimum(of=ident, minimum=DEFAULT_MINIMUM) for ident in BASE_COMPETENCIES),
        )

    def _general_title(self, bank: Bank) -> dict[str, str]:
        words = self.framework.general_title
        return {lang: f"{words[lang]} ({title})" for lang, title in bank.title.items() if lang in words}

    def role(self, role_id: str) -> RoleProfile:
        """A written role, or a domain's general one by its id; ``KeyError`` with the ids there are."""
        if role_id in self.roles:
            return self.roles[role_id]
        general = role_id.removeprefix("general-")
        if role_id.startswith("general-") and general in self.domain_ids:
            return self.general_role(general)
        raise KeyError(role_id)
