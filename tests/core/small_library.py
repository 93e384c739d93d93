"""A whole library made by hand, so that tests depend on no bank: two domains, two roles, 35 items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from assessor.banks.schema import (
    Area,
    Bank,
    Bookkeeping,
    Competency,
    Contrast,
    Domain,
    Framework,
    Item,
    Level,
    Library,
    Minimum,
    RoleProfile,
    Weight,
)
from assessor.items import ITEM_TYPES, read_content, type_of
from assessor.items.base import Lure, Response
from assessor.sittings import Answer, Sitting, State

TODAY = date(2026, 11, 22)
TYPES = ("best", "best_worst", "rate", "rank")
LURES = ("near", "geek", "promo", "silo", "freeze")
#: Keys by option, a to e, in the order presented; a rank item's order must not already be the key's.
KEYS = {
    "best": (5.0, 3.5, 2.0, 1.5),
    "best_worst": (2.0, 5.0, 3.5, 1.0),
    "rate": (5.0, 2.0, 3.5, 1.0),
    "rank": (2.0, 3.5, 1.0, 5.0),
}

CORE = {
    "strategy": ("organisation", "situation", "risk"),
    "audience": ("publics", "voice", "dialogue"),
    "content": ("relevance", "integrity"),
}
GATE = ("search", "feeds")


def text(words: str) -> dict[str, str]:
    return {"fr": f"{words} (fr)", "en": words}


def competency(ident: str) -> Competency:
    name = text(ident.replace(".", " "))
    return Competency(id=ident, name=name, definition=name, anchors=(name,) * 4)


def area(ident: str, block: str, names: Iterable[str]) -> Area:
    said = text(ident)
    return Area.model_validate(
        {
            "id": ident,
            "block": block,
            **dict.fromkeys(("name", "definition", "strength", "growth"), said),
            "competencies": tuple(competency(f"{ident}.{name}") for name in names),
        }
    )


def framework() -> Framework:
    return Framework(
        version="1",
        languages=("fr", "en"),
        general_title=text("General"),
        levels=tuple(
            Level(id=ident, name=text(ident), description=text(ident))
            for ident in ("emerging", "developing", "proficient", "leading")
        ),
        cuts=(25, 50, 75),
        areas=(
            *(area(ident, "core", names) for ident, names in CORE.items()),
            area("platform", "gate", GATE),
            area("domain", "domain", ("learning",)),
        ),
        contrasts=tuple(
            Contrast(
                id=f"{over}_over_{under}",
                over=over,
                under=under,
                sentence=text(over),
                sentence_about=text(under),
            )
            for over, under in (
                ("platform", "audience"),
                ("platform", "strategy"),
                ("content", "audience"),
                ("strategy", "platform"),
                ("audience", "platform"),
                ("content", "platform"),
                ("strategy", "domain"),
            )
        ),
        lures={lure: text(lure) for lure in LURES},
    )


def bank(ident: str, kind: str, own: Iterable[str] = (), languages: tuple[str, ...] = ("fr", "en")) -> Bank:
    return Bank.model_validate(
        {
            "id": ident,
            "kind": kind,
            "title": {lang: text(ident)[lang] for lang in languages},
            "description": {lang: text(ident)[lang] for lang in languages},
            "version": "1",
            "languages": languages,
            "authors": ("Somebody",),
            "licence": "CC-BY-4.0",
            "competencies": tuple(competency(f"{ident}.{name}") for name in own),
        }
    )


def item(
    ident: str,
    kind: str,
    competency_id: str,
    bank_id: str = "core",
    *,
    keys: tuple[float, ...] | None = None,
    lures: tuple[Lure, ...] = ("near", "geek", "promo", "silo"),
    **book: object,
) -> Item:
    """An item of any type; ``lures`` are given in turn to the options that are not best."""
    values = keys or KEYS[kind]
    left = list(lures)
    content = read_content(
        {
            "id": ident,
            "type": kind,
            "competency": competency_id,
            "situation": text(f"A situation for {ident}."),
            "options": [
                {
                    "id": option,
                    "text": text(f"Response {option} to {ident}"),
                    "effectiveness": value,
                    "lure": None if value == max(values) else left.pop(0),
                    "why": text(f"Because of {option}."),
                }
                for option, value in zip("abcdefgh", values, strict=False)
            ],
        }
    )
    minutes = 2.0 if kind in ("best", "best_worst") else 2.5
    known = {"minutes": minutes, "pool": "open", "status": "author-keyed", "as_of": TODAY} | book
    return Item(content, content.digest(), bank_id, Bookkeeping.model_validate(known))


def core_items() -> list[Item]:
    """Two items for each of eight core competencies, one more in three, six for the gate; types in turn."""
    wanted = [f"{name}.{part}" for name, parts in CORE.items() for part in parts]
    wanted = [*wanted, *wanted, "strategy.risk", "audience.voice", "content.integrity"]
    wanted += [f"platform.{name}" for name in GATE] * 3
    return [
        item(f"core-{number:02d}", TYPES[number % 4], ident) for number, ident in enumerate(wanted, start=1)
    ]


def domain_items(bank_id: str, own: str) -> list[Item]:
    wanted = ["domain.learning", f"{bank_id}.{own}"] * 2
    return [
        item(f"{bank_id}-{number}", TYPES[number % 4], ident, bank_id)
        for number, ident in enumerate(wanted, start=1)
    ] + [item(f"{bank_id}-5", "best", f"{bank_id}.{own}", bank_id)]


def baker() -> RoleProfile:
    """A role that weighs most of the core, names three minimums, one of them of an area."""
    weights = {
        "strategy.organisation": 2,
        "strategy.situation": 1,
        "audience.publics": 3,
        "audience.voice": 2,
        "content.relevance": 1,
        "domain.learning": 1,
        "bakery.bread": 2,
    }
    return RoleProfile(
        id="baker",
        domain="bakery",
        title=text("Baker's voice"),
        summary=text("Speaks for a bakery."),
        weights=tuple(Weight(competency=ident, weight=float(weight)) for ident, weight in weights.items()),
        minimums=(
            Minimum(of="strategy.organisation", minimum=40.0),
            Minimum(of="audience.publics", minimum=40.0),
            Minimum(of="audience", minimum=50.0),
        ),
    )


def miller() -> RoleProfile:
    """A second role of the same domain, without a minimum."""
    return RoleProfile(
        id="miller",
        domain="bakery",
        title=text("Miller's voice"),
        summary=text("Speaks for a mill."),
        length="short",
        weights=(
            Weight(competency="content.integrity", weight=1.0),
            Weight(competency="strategy.risk", weight=2.0),
        ),
    )


def small_library() -> Library:
    """``bakery`` has two written roles, ``museum`` the general one; five items each beside the core's 25."""
    banks = (bank("core", "core"), bank("bakery", "domain", ("bread",)), bank("museum", "domain", ("show",)))
    items = [*core_items(), *domain_items("bakery", "bread"), *domain_items("museum", "show")]
    made = framework()
    return Library(
        framework=made,
        framework_digest=made.digest(),
        banks={one.id: one for one in banks},
        items={one.id: one for one in items},
        roles={role.id: role for role in (baker(), miller())},
    )


def with_items(library: Library, *items: Item) -> Library:
    """The library with these items put in, in place of those of the same ids."""
    return replace(library, items={**library.items, **{one.id: one for one in items}})


def without_items(library: Library, *ids: str) -> Library:
    return replace(library, items={ident: one for ident, one in library.items.items() if ident not in ids})


def booked(one: Item, **book: object) -> Item:
    """The same item version with something else known about it."""
    return replace(one, book=Bookkeeping.model_validate(one.book.model_dump() | book))


def domain_form(library: Library, domain_id: str) -> tuple[Domain, list[Item]]:
    """A domain and all items that it may draw."""
    domain = library.domain(domain_id)
    return domain, [one for one in library.items.values() if one.bank in ("core", domain_id)]


def worst(one: Item) -> Response:
    """A valid response of the least score."""
    kind = type_of(one.content)
    listed = list(kind.responses(one.content) or ())
    return min(listed, key=lambda response: kind.score(one.content, response) or 0.0)


def sitting(
    items: Iterable[Item],
    responses: dict[str, Response] | None = None,
    *,
    states: dict[str, State] | None = None,
    seconds: float | None = None,
) -> Sitting:
    """A sitting that answers by key, but for the responses and the states given by item id."""
    answers = []
    for one in items:
        state = (states or {}).get(one.id, "answered")
        key = type_of(one.content).key(one.content)
        response = (responses or {}).get(one.id, key) if state == "answered" else None
        answers.append(Answer(one, state, response, "fr", seconds))
    return Sitting(candidate="somebody", language="fr", pool="open", answers=tuple(answers))


assert set(TYPES) <= set(ITEM_TYPES)
