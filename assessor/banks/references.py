"""What one file of a bank says of another: competencies, facts, enemies, domains. Reading is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import get_args

from assessor.banks.actions import check_actions
from assessor.banks.places import Document, Finding
from assessor.banks.schema import BASE_COMPETENCIES, PRACTICE, Bank, Framework, Item, Library, RoleProfile
from assessor.banks.wording import nearest
from assessor.items.base import Lure

NEAR = "near"
"""The one kind of miss that needs no words: it says only how close it was."""


def check_framework(framework: Framework, document: Document) -> Iterator[Finding]:
    """Whether the framework has what the rest of the product counts on."""
    for number, area in enumerate(framework.areas):
        for inner, competency in enumerate(area.competencies):
            if competency.id.split(".")[0] != area.id:
                place = ("areas", number, "competencies", inner, "id")
                found = f"the competency {competency.id!r} stands in the area {area.id!r}"
                yield document.error(place, found, f"begin its id with {area.id}.")
        yield from check_actions(area.competencies, ("areas", number, "competencies"), framework, document)
    blocks = [area.block for area in framework.areas]
    if blocks.count("domain") != 1:
        found = f"{blocks.count('domain')} areas have the block 'domain'"
        yield document.error(("areas",), found, "give it to one, which each bank's domain completes")
    competencies = {competency.id for area in framework.areas for competency in area.competencies}
    for ident in BASE_COMPETENCIES:
        if ident not in competencies:
            yield document.error(
                ("areas",), f"the competency {ident!r} is missing", "add it: general roles need it"
            )
    for lure in get_args(Lure):
        if lure != NEAR and lure not in framework.lures:
            yield document.error(("lures",), f"the kind of miss {lure!r} has no words", "add them")


def check_items(
    library: Library, documents: Mapping[str, Document], seen: Set[str], broken: Set[str]
) -> tuple[dict[str, Item], list[Finding]]:
    """The items, with enemies made mutual, and every reference that leads nowhere.

    ``seen`` are the names of all item files, readable or not; ``broken`` are the banks whose head could not
    be read: nothing is said of what only it could tell.
    """
    findings: list[Finding] = []
    enemies: dict[str, list[str]] = {ident: list(item.book.enemies) for ident, item in library.items.items()}
    for ident, item in library.items.items():
        document = documents[ident]
        if item.bank not in broken and item.bank in library.banks:
            findings += _competency(library, item, document)
            findings += _facts(library.banks[item.bank], item, document)
        for number, enemy in enumerate(item.book.enemies):
            place = ("enemies", number)
            if enemy == ident:
                findings.append(document.error(place, "the item is its own enemy", "take it out"))
            elif enemy not in documents and enemy not in seen:
                wanted = f"name an item that exists{nearest(enemy, tuple(documents))}"
                findings.append(document.error(place, f"the enemy {enemy!r} does not exist", wanted))
            elif enemy in enemies and ident not in library.items[enemy].book.enemies:
                wanted = f"add {ident} to the enemies in {documents[enemy].path.name} (taken as said)"
                findings.append(
                    document.warning(place, f"{enemy!r} does not name this item as its enemy", wanted)
                )
                enemies[enemy].append(ident)
        if item.book.review_by is not None and item.book.review_by < item.book.as_of:
            found = f"review_by ({item.book.review_by}) is before as_of ({item.book.as_of})"
            findings.append(document.error(("review_by",), found, "give a later day"))
    mutual = {ident: _with_enemies(item, tuple(enemies[ident])) for ident, item in library.items.items()}
    return mutual, findings


def _with_enemies(item: Item, enemies: tuple[str, ...]) -> Item:
    if enemies == item.book.enemies:
        return item
    return Item(item.content, item.digest, item.bank, item.book.model_copy(update={"enemies": enemies}))


def _shared(library: Library) -> dict[str, str]:
    """Competency id of the framework -> the block of its area."""
    return {each.id: area.block for area in library.framework.areas for each in area.competencies}


def _competency(library: Library, item: Item, document: Document) -> Iterator[Finding]:
    bank = library.banks[item.bank]
    if bank.kind == "practice":
        if item.content.competency != PRACTICE:
            yield document.error(("competency",), "a practice item measures nothing", f"use {PRACTICE}")
        return
    known = {**_shared(library), **{competency.id: "domain" for competency in bank.competencies}}
    named = item.content.competency
    if named in known:
        return
    owner = next(
        (bank.id for bank in library.banks.values() for own in bank.competencies if own.id == named), None
    )
    found = f"the competency {named!r} " + (f"belongs to the bank {owner!r}" if owner else "is unknown")
    wanted = f"use one of the framework or of this bank{nearest(named, tuple(known))}"
    yield document.error(("competency",), found, wanted)


def _facts(bank: Bank, item: Item, document: Document) -> Iterator[Finding]:
    for number, fact in enumerate(item.book.facts):
        if fact not in bank.sources:
            wanted = f"add it to the sources in {bank.id}/bank.yaml{nearest(fact, tuple(bank.sources))}"
            yield document.error(
                ("facts", number), f"the fact {fact!r} is not among the bank's sources", wanted
            )


def check_roles(
    library: Library, documents: Mapping[str, Document], tied: Set[str], broken: Set[str]
) -> Iterator[Finding]:
    """Every reference of a role that leads nowhere; ``tied`` roles must say why each weight is there."""
    for ident, role in library.roles.items():
        document = documents[ident]
        yield from _role(library, role, document, broken)
        if ident not in tied:
            continue
        for number, weight in enumerate(role.weights):
            if weight.tie is None:
                found = f"the weight of {weight.competency} has no tie"
                yield document.error(
                    ("weights", number), found, "add tie: the duty of the post that needs it"
                )


def _role(library: Library, role: RoleProfile, document: Document, broken: Set[str]) -> Iterator[Finding]:
    if role.domain in broken:
        return
    if role.domain not in library.domain_ids:
        wanted = f"use one of {', '.join(library.domain_ids)}{nearest(role.domain, library.domain_ids)}"
        yield document.error(("domain",), f"the domain {role.domain!r} is unknown", wanted)
        return
    domain = library.domain(role.domain)
    gate = {each.id for area in domain.areas if area.block == "gate" for each in area.competencies}
    known = tuple(domain.area_of)
    for number, weight in enumerate(role.weights):
        place = ("weights", number, "competency")
        if weight.competency in gate:
            found = f"{weight.competency} is of the gate, which buys nothing"
            yield document.error(place, found, "take the weight out; a minimum may name it")
        elif weight.competency not in known:
            wanted = f"use one of the framework or of {role.domain}{nearest(weight.competency, known)}"
            yield document.error(place, f"the competency {weight.competency!r} is unknown", wanted)
    measurable = (*(area.id for area in domain.areas), *known)
    for number, minimum in enumerate(role.minimums):
        if minimum.of not in measurable:
            wanted = f"use an area or a competency{nearest(minimum.of, measurable)}"
            yield document.error(
                ("minimums", number, "of"), f"the minimum is of {minimum.of!r}, which is unknown", wanted
            )
