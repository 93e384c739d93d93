"""Counts of what the banks hold, as plain JSON values. Item statistics from answers belong to scoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from assessor.authoring.balance import best_places, key_kinds
from assessor.authoring.giveaways import MANY
from assessor.authoring.recipes import Family, ceilings, families, key_sizes, of_options, tastes
from assessor.authoring.strategies import outcomes
from assessor.banks.schema import Item, Library
from assessor.items import is_single_decision

SOON = timedelta(days=90)


def stats(library: Library, today: date) -> dict[str, Any]:
    """Counts over all banks and for each, what test-wise strategies score, what expires within 90 days.

    Practice items, which measure nothing, are counted in their bank only.
    """
    items = list(library.items.values())
    limit = today + SOON
    dated = [(item.book.review_by, item) for item in items if item.book.review_by is not None]
    return {
        "all": _counts([item for item in items if not library.is_practice(item)], today),
        "banks": {ident: _bank(library, ident, today) for ident in sorted(library.banks)},
        "giveaways": {name: _giveaways(items) for name, items in _judged(library)},
        "competencies_without_items": _without_items(library),
        "expires": [
            {"id": item.id, "review_by": day.isoformat(), "expired": day < today}
            for day, item in sorted(dated, key=lambda pair: (pair[0], pair[1].id))
            if day <= limit
        ],
        "roles": sorted(library.roles),
    }


def _bank(library: Library, bank_id: str, today: date) -> dict[str, Any]:
    items = [item for item in library.items.values() if item.bank == bank_id]
    measuring = [item for item in items if not library.is_practice(item)]
    strategies = {
        language: {
            outcome.strategy: {
                "mean": round(outcome.mean, 4),
                "se": round(outcome.se, 4),
                "n": outcome.n,
                "pays": outcome.pays,
            }
            for outcome in outcomes(measuring, language)
        }
        for language in library.banks[bank_id].languages
    }
    return {**_counts(items, today), "version": library.banks[bank_id].version, "strategies": strategies}


def _judged(library: Library) -> Iterator[tuple[str, list[Item]]]:
    """Each bank that measures, and each domain with the core, whose items stand in the same forms."""
    core = [item for item in library.items.values() if library.banks[item.bank].kind == "core"]
    for ident in sorted(library.banks):
        own = [item for item in library.items.values() if item.bank == ident]
        if library.banks[ident].kind != "practice":
            yield ident, own
        if library.banks[ident].kind == "domain" and core:
            yield f"{ident}+core", [*own, *core]


def _giveaways(items: Sequence[Item]) -> dict[str, Any]:
    """What somebody scores who has not read the situation (``recipes``), each figure with its number."""
    found = families(items)
    optioned = ceilings(item for item in items if of_options(item)).values()
    memories = [family.memory for family in found if family.memory is not None]
    return {
        "families": {family.name: _family(family) for family in found},
        "alone": sum(item.book.family is None for item in items),
        "three_or_more": sum(len(family.items) >= MANY for family in found),
        "ceiling": {kind: _mean(value, n) for kind, (value, n) in ceilings(items).items()},
        "ceiling_of_options": _pooled(optioned),
        "repeated": _over([memory.repeated for memory in memories]),
        "avoided": _over([memory.avoided for memory in memories]),
        "acts": {taste.act: _mean(taste.mean, taste.n) for taste in tastes(items)},
        "key_sizes": key_sizes(items),
    }


def _family(family: Family) -> dict[str, Any]:
    memory = family.memory
    return {
        "type": family.kind,
        "items": [item.id for item in family.items],
        "ceiling": round(family.ceiling, 4),
        "repeated": None if memory is None else round(memory.repeated, 4),
        "avoided": None if memory is None else round(memory.avoided, 4),
    }


def _mean(value: float, n: int) -> dict[str, float]:
    return {"mean": round(value, 4), "n": n}


def _over(values: Sequence[float]) -> dict[str, float] | None:
    return _mean(fmean(values), len(values)) if values else None


def _pooled(means: Iterable[tuple[float, int]]) -> dict[str, float] | None:
    """The mean of several means, each over so many."""
    listed = list(means)
    count = sum(n for _, n in listed)
    return _mean(sum(value * n for value, n in listed) / count, count) if count else None


def _counts(items: Iterable[Item], today: date) -> dict[str, Any]:
    listed = list(items)
    return {
        "items": len(listed),
        "drawable": sum(item.is_drawable(today) for item in listed),
        "minutes": round(sum(item.book.minutes for item in listed), 2),
        "competency": _by(listed, lambda item: [item.content.competency]),
        "type": _by(listed, lambda item: [item.content.type]),
        "language": _by(listed, lambda item: item.content.situation),
        "status": _by(listed, lambda item: [item.book.status]),
        "pool": _by(listed, lambda item: [item.book.pool]),
        "stimulus": _by(listed, _stimulus),
        "twins": _pairs(listed),
        "key_kinds": {kind: _part(count, listed) for kind, count in sorted(key_kinds(listed).items())},
        "several_decisions": _part(sum(not is_single_decision(item.content) for item in listed), listed),
        "best_places": {
            parts: {str(place): count for place, count in places.items()}
            for parts, places in best_places(listed).items()
        },
    }


def _stimulus(item: Item) -> Iterable[str]:
    stimulus = item.content.stimulus
    return ["none" if stimulus is None else stimulus.kind]


def _pairs(items: Iterable[Item]) -> int:
    """How many pairs among the items may never stand in one form: an item and its twin."""
    enemies = {item.id: item.book.enemies for item in items}
    return len(
        {frozenset((ident, other)) for ident in enemies for other in enemies[ident] if other in enemies}
    )


def _part(count: int, items: Sequence[Item]) -> dict[str, float]:
    return {"items": count, "share": round(count / len(items), 4) if items else 0.0}


def _by(items: Iterable[Item], labels: Callable[[Item], Iterable[str]]) -> dict[str, int]:
    return dict(sorted(Counter(label for item in items for label in labels(item)).items()))


def _without_items(library: Library) -> list[str]:
    measured = {item.content.competency for item in library.items.values()}
    own = [competency.id for bank in library.banks.values() for competency in bank.competencies]
    shared = [competency.id for area in library.framework.areas for competency in area.competencies]
    return sorted(set(shared + own) - measured)
