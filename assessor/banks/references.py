"""What one file of a bank says of another: competencies, facts, enemies, domains. Reading is elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import get_args

from assessor.banks.actions import check_actions, check_advice
from assessor.banks.places import Document, Finding
from assessor.banks.schema import BASE_COMPETENCIES, PRACTICE, Bank, Framework, Item, Library, RoleProfile
from assessor.banks.wording import nearest
from assessor.items import type_of
from assessor.items.base import Lure
from assessor.messages import said

NEAR = "near"
"""The one kind of miss that needs no words: it says only how close it was."""


def check_framework(framework: Framework, document: Document) -> Iterator[Finding]:
    """Whether the framework has what the rest of the product counts on."""
    for number, area in enumerate(framework.areas):
        for inner, competency in enumerate(area.competencies):
            if competency.id.split(".")[0] != area.id:
                place = ("areas", number, "competencies", inner, "id")
                found = said(
                    "the competency {ident!r} stands in the area {area!r}", ident=competency.id, area=area.id
                )
                yield document.error(place, found, said("begin its id with {start}", start=f"{area.id}."))
        yield from check_advice(area.advice, ("areas", number), document)
        yield from check_actions(area.competencies, ("areas", number, "competencies"), framework, document)
    blocks = [area.block for area in framework.areas]
    if blocks.count("domain") != 1:
        found = said("{count} areas have the block 'domain'", count=blocks.count("domain"))
        yield document.error(("areas",), found, said("give it to one, which each bank's domain completes"))
    competencies = {competency.id for area in framework.areas for competency in area.competencies}
    for ident in BASE_COMPETENCIES:
        if ident not in competencies:
            found = said("the competency {ident!r} is missing", ident=ident)
            yield document.error(("areas",), found, said("add it: general roles need it"))
    for lure in get_args(Lure):
        if lure != NEAR and lure not in framework.lures:
            found = said("the kind of miss {lure!r} has no words", lure=lure)
            yield document.error(("lures",), found, said("add them"))


def check_items(
    library: Library, documents: Mapping[str, Document], seen: Set[str], broken: Set[str]
) -> tuple[dict[str, Item], list[Finding]]:
    """The items, with enemies made mutual and siblings enemies, and every reference that leads nowhere.

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
                findings.append(document.error(place, said("the item is its own enemy"), said("take it out")))
            elif enemy not in documents and enemy not in seen:
                wanted = said("name an item that exists{near}", near=nearest(enemy, tuple(documents)))
                found = said("the enemy {enemy!r} does not exist", enemy=enemy)
                findings.append(document.error(place, found, wanted))
            elif enemy in enemies and ident not in library.items[enemy].book.enemies:
                file = documents[enemy].path.name
                wanted = said("add {ident} to the enemies in {file} (taken as said)", ident=ident, file=file)
                found = said("{enemy!r} does not name this item as its enemy", enemy=enemy)
                findings.append(document.warning(place, found, wanted))
                enemies[enemy].append(ident)
        if item.book.review_by is not None and item.book.review_by < item.book.as_of:
            found = said(
                "review_by ({review_by}) is before as_of ({as_of})",
                review_by=item.book.review_by,
                as_of=item.book.as_of,
            )
            findings.append(document.error(("review_by",), found, said("give a later day")))
        findings += _acts(item, document)
    for siblings in families(library.items.values()).values():
        for ident in siblings:
            enemies[ident] += [other for other in siblings if other not in (ident, *enemies[ident])]
    mutual = {ident: _with_enemies(item, tuple(enemies[ident])) for ident, item in library.items.items()}
    return mutual, findings


def families(items: Iterable[Item]) -> dict[str, tuple[str, ...]]:
    """Family -> the ids of its siblings, in order; items that stand alone are in none."""
    found: dict[str, tuple[str, ...]] = {}
    for item in items:
        if item.book.family is not None:
            found[item.book.family] = (*found.get(item.book.family, ()), item.id)
    return found


def _acts(item: Item, document: Document) -> Iterator[Finding]:
    """The acts that are said to be those of a part that the item has not."""
    known = tuple(ident for group in type_of(item.content).parts(item.content) for ident in group.ids)
    for ident in item.book.acts:
        if ident not in known:
            found = said("the act is of {ident!r}, which is no part", ident=ident)
            wanted = said("use one of {known}{near}", known=", ".join(known), near=nearest(ident, known))
            yield document.error(("acts", ident), found, wanted)


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
            found, wanted = said("a practice item measures nothing"), said("use {name}", name=PRACTICE)
            yield document.error(("competency",), found, wanted)
        return
    known = {**_shared(library), **{competency.id: "domain" for competency in bank.competencies}}
    named = item.content.competency
    if named in known:
        return
    owner = next(
        (bank.id for bank in library.banks.values() for own in bank.competencies if own.id == named), None
    )
    found = said("the competency {ident!r} is unknown", ident=named)
    if owner:
        found = said("the competency {ident!r} belongs to the bank {owner!r}", ident=named, owner=owner)
    near = nearest(named, tuple(known))
    wanted = said("use one of the framework or of this bank{near}", near=near)
    yield document.error(("competency",), found, wanted)


def _facts(bank: Bank, item: Item, document: Document) -> Iterator[Finding]:
    for number, fact in enumerate(item.book.facts):
        if fact not in bank.sources:
            file, near = f"{bank.id}/bank.yaml", nearest(fact, tuple(bank.sources))
            wanted = said("add it to the sources in {file}{near}", file=file, near=near)
            found = said("the fact {fact!r} is not among the bank's sources", fact=fact)
            yield document.error(("facts", number), found, wanted)


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
                found = said("the weight of {ident} has no tie", ident=weight.competency)
                wanted = said("add tie: the duty of the post that needs it")
                yield document.error(("weights", number), found, wanted)


def _role(library: Library, role: RoleProfile, document: Document, broken: Set[str]) -> Iterator[Finding]:
    if role.domain in broken:
        return
    if role.domain not in library.domain_ids:
        near = nearest(role.domain, library.domain_ids)
        wanted = said("use one of {known}{near}", known=", ".join(library.domain_ids), near=near)
        yield document.error(("domain",), said("the domain {ident!r} is unknown", ident=role.domain), wanted)
        return
    domain = library.domain(role.domain)
    gate = {each.id for area in domain.areas if area.block == "gate" for each in area.competencies}
    known = tuple(domain.area_of)
    for number, weight in enumerate(role.weights):
        place = ("weights", number, "competency")
        if weight.competency in gate:
            found = said("{ident} is of the gate, which buys nothing", ident=weight.competency)
            yield document.error(place, found, said("take the weight out; a minimum may name it"))
        elif weight.competency not in known:
            near = nearest(weight.competency, known)
            wanted = said("use one of the framework or of {domain}{near}", domain=role.domain, near=near)
            found = said("the competency {ident!r} is unknown", ident=weight.competency)
            yield document.error(place, found, wanted)
    measurable = (*(area.id for area in domain.areas), *known)
    for number, minimum in enumerate(role.minimums):
        if minimum.of not in measurable:
            wanted = said("use an area or a competency{near}", near=nearest(minimum.of, measurable))
            found = said("the minimum is of {ident!r}, which is unknown", ident=minimum.of)
            yield document.error(("minimums", number, "of"), found, wanted)
