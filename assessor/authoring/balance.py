"""Whether the items of a bank, taken together, reward thought and not a rule (items.md). Reads no text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from assessor.authoring.passages import guesses
from assessor.banks.schema import Item
from assessor.items import is_single_decision, type_of
from assessor.messages import Said, said

FEW_ITEMS = 30
"""The items from which shares mean something, and a strategy that pays is an error."""

TINY = 5
"""Under so many items a bank is a beginning, of which nothing is asked as a whole."""

OPEN_SHARE = (0.25, 0.45)
#: Under so many items a bank fills one pool first.
BOTH_POOLS = 12
#: A share is kept to the nearest whole item.
WHOLE = 0.5


@dataclass(frozen=True)
class Imbalance:
    """What is out of balance in a set of items, and what would be right."""

    found: Said
    wanted: Said


@dataclass(frozen=True)
class Quota:
    """The share of the items for which something is to hold."""

    name: str
    holds: Callable[[Item], bool]
    low: float = 0.0
    high: float = 1.0


def _keyed(kind: str) -> Callable[[Item], bool]:
    return lambda item: kind in item.book.key_kinds


QUOTAS: tuple[Quota, ...] = (
    Quota(said("keys that break a recipe (counter_recipe)"), _keyed("counter_recipe"), low=0.15),
    Quota(said("keys that ask or escalate first (ask_first)"), _keyed("ask_first"), high=0.20),
    Quota(said("items of several decisions"), lambda item: not is_single_decision(item.content), low=0.55),
)
#: Of two kinds of key that pull apart, the least share of each in the two together.
OPPOSED = (("act_fast", "hold_back"),)
LEAST_OF_TWO = 1 / 3
#: Kinds that must both occur.
BOTH = (("with_press", "without_press"),)


def imbalances(items: Sequence[Item]) -> Iterator[Imbalance]:
    """The quotas that the items miss; shares are kept to the nearest whole item."""
    count = len(items)
    for quota in QUOTAS:
        there = sum(map(quota.holds, items))
        if not _is_within(there, count, quota.low, quota.high):
            yield Imbalance(_share(quota.name, there, count), _bounds(quota.low, quota.high))
    kinds = key_kinds(items)
    for pair in OPPOSED:
        rarer = min(pair, key=lambda kind: kinds[kind])
        if kinds[rarer] < max(1, LEAST_OF_TWO * sum(kinds[kind] for kind in pair)):
            counted = ", ".join(f"{kinds[kind]} {kind}" for kind in pair)
            found = said("too few keys are {kind}: {counted}", kind=rarer, counted=counted)
            yield Imbalance(found, said("make each at least a third of the two"))
    for pair in BOTH:
        for kind in pair:
            if not kinds[kind]:
                wanted = said("write items in which each of both is right")
                yield Imbalance(said("no key is {kind}", kind=kind), wanted)


def _is_within(there: int, count: int, low: float, high: float) -> bool:
    return low * count - WHOLE <= there <= high * count + WHOLE


def _share(name: str, there: int, count: int) -> Said:
    return said(
        "{name}: {there} of {count} ({share:.0%})", name=name, there=there, count=count, share=there / count
    )


def _bounds(low: float, high: float) -> Said:
    if high >= 1:
        return said("keep it at {low:.0%} or above", low=low)
    if low <= 0:
        return said("keep it at {high:.0%} or below", high=high)
    return said("keep it between {low:.0%} and {high:.0%}", low=low, high=high)


def key_kinds(items: Iterable[Item]) -> Counter[str]:
    """How many keys are of each kind."""
    return Counter(kind for item in items for kind in item.book.key_kinds)


def pool_imbalances(items: Sequence[Item]) -> Iterator[Imbalance]:
    """Whether about a third of the items is open to self-assessment, to the nearest whole item.

    Nothing is said of a bank too small to fill both pools.
    """
    if len(items) < BOTH_POOLS:
        return
    there = sum(item.book.pool == "open" for item in items)
    if not _is_within(there, len(items), *OPEN_SHARE):
        yield Imbalance(_share(said("open items"), there, len(items)), _bounds(*OPEN_SHARE))


def thin_competencies(own: Iterable[Item], shared: Iterable[Item]) -> Iterator[Imbalance]:
    """The competencies of a bank's items that have no open item, or rest on one type.

    ``shared`` are the items of the core, which stand in the same forms.
    """
    there: defaultdict[str, list[Item]] = defaultdict(list)
    measured = {item.content.competency for item in own}
    for item in {item.id: item for item in chain(own, shared)}.values():
        there[item.content.competency].append(item)
    for competency in sorted(measured):
        held = there[competency]
        if not any(item.book.pool == "open" for item in held):
            found = said("{competency} has no open item", competency=competency)
            yield Imbalance(found, said("open one to self-assessment"))
        kinds = {item.content.type for item in held}
        if len(kinds) == 1:
            found = said(
                "{competency} rests on one type: {kind} ({count})",
                competency=competency,
                kind=min(kinds),
                count=len(held),
            )
            yield Imbalance(found, said("add an item of another type"))


def best_places(items: Iterable[Item]) -> Mapping[str, Mapping[int, int]]:
    """Number of parts -> place of the best among them, 1 the first -> how often.

    Of picks among parts that each attempt shuffles and of which one is best.
    """
    found: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for item in items:
        groups = type_of(item.content).parts(item.content)
        shuffled = {ident for group in groups if group.shuffled for ident in group.ids}
        for guess in guesses(item.content):
            top = max(guess.worth)
            if shuffled.issuperset(guess.ids) and guess.worth.count(top) == 1:
                found[str(len(guess.ids))][guess.worth.index(top) + 1] += 1
    return {
        parts: {place: counts[place] for place in range(1, int(parts) + 1)}
        for parts, counts in sorted(found.items())
    }
