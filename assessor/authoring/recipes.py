"""What somebody scores without the situation: by a fixed response, by memory, by taste. Reads no text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from assessor.authoring.passages import guesses
from assessor.banks.schema import Item
from assessor.items import Familial, Guess, Sized, ceiling, is_rated, shared_score, type_of
from assessor.items.base import Response

#: From so many appearances the mean worth of an act says something.
FEW_ACTS = 8


@dataclass(frozen=True)
class Memory:
    """What a family's round siblings are worth to who knows the keys of its open ones, over so many pairs.

    ``repeated``: by giving the same answers again. ``avoided``: by taking them for wrong now.
    """

    repeated: float
    avoided: float
    pairs: int


@dataclass(frozen=True)
class Family:
    """What can be known of a family's responses without a situation.

    ``ceiling`` is the highest mean score over the siblings that one response can reach, exact where all are
    of one type; else that of the pick of the best alone. ``memory`` is None where one pool has no sibling.
    """

    name: str
    items: tuple[Item, ...]
    ceiling: float
    memory: Memory | None

    @property
    def kind(self) -> str:
        """The siblings' type, or types."""
        return "/".join(dict.fromkeys(item.content.type for item in self.items))


@dataclass(frozen=True)
class Taste:
    """What choosing an act is worth, the mean over all appearances: 0 is chance, 1 the key."""

    act: str
    mean: float
    n: int


def families(items: Iterable[Item]) -> tuple[Family, ...]:
    """The families among the items, in the order of their names; retired siblings do not count."""
    found: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.book.family is not None and item.book.status != "retired":
            found[item.book.family].append(item)
    return tuple(_family(name, tuple(found[name])) for name in sorted(found))


def _family(name: str, items: tuple[Item, ...]) -> Family:
    return Family(name, items, _ceiling(items), _memory(items))


def _ceiling(items: Sequence[Item]) -> float:
    if len({item.content.type for item in items}) == 1:
        return ceiling([item.content for item in items])
    picks = [_pick(item) for item in items]
    return max(fmean(pick[ident] for pick in picks) for ident in picks[0])


def _pick(item: Item) -> Mapping[str, float]:
    """Part -> what picking it as the best is worth, in a type in which one may be."""
    (guess, *_) = guesses(item.content)
    return dict(zip(guess.ids, guess.worth, strict=True))


def _memory(items: Sequence[Item]) -> Memory | None:
    opened, closed = ([item for item in items if item.book.pool == pool] for pool in ("open", "round"))
    pairs = [(known, met) for known in opened for met in closed]
    if not pairs:
        return None
    repeated = fmean(_carried(known, met, lambda one: [_key(one)]) for known, met in pairs)
    avoided = fmean(_carried(known, met, _avoided) for known, met in pairs)
    return Memory(repeated, avoided, len(pairs))


def _key(item: Item) -> Response:
    return type_of(item.content).key(item.content)


def _avoided(item: Item) -> Sequence[Response]:
    kind = type_of(item.content)
    assert isinstance(kind, Familial)
    return kind.avoided(item.content)


def _carried(known: Item, met: Item, answers: Callable[[Item], Sequence[Response]]) -> float:
    """What answers from the one sibling are worth at the other; between types, their picks of the best."""
    given = answers(known)
    if known.content.type == met.content.type:
        return fmean(shared_score(met.content, response) for response in given)
    worth = _pick(met)
    picks = [type_of(known.content).preferred(known.content, response) for response in given]
    # Who was left without a best one picks blindly there.
    return fmean(0.0 if pick is None else worth[pick] for pick in picks)


def ceilings(items: Iterable[Item]) -> Mapping[str, tuple[float, int]]:
    """Type -> the mean recipe ceiling of its items, and their number: 1 for each that stands alone.

    Without what people rate, which has no fixed key, and without retired items.
    """
    kept = [item for item in items if item.book.status != "retired" and not is_rated(item.content)]
    of = {family.name: family.ceiling for family in families(kept)}
    found: defaultdict[str, list[float]] = defaultdict(list)
    for item in kept:
        found[item.content.type].append(1.0 if item.book.family is None else of[item.book.family])
    return {kind: (fmean(found[kind]), len(found[kind])) for kind in sorted(found)}


def of_options(item: Item) -> bool:
    """Whether the item is of a type in which each response is an option with a key of its own."""
    kind = type_of(item.content)
    return isinstance(kind, Familial) and kind.FAMILY.place == ("options",)


def tastes(items: Iterable[Item]) -> tuple[Taste, ...]:
    """Each act that is named among the items, the one most worth first."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for item in items:
        if item.book.status == "retired":
            continue
        worth = {ident: value for guess in guesses(item.content) for ident, value in _worths(guess)}
        for ident, act in item.book.acts.items():
            if ident in worth:
                found[act].append(worth[ident])
    made = [Taste(act, fmean(worths), len(worths)) for act, worths in found.items()]
    return tuple(sorted(made, key=lambda taste: (-taste.mean, taste.act)))


def _worths(guess: Guess) -> Iterable[tuple[str, float]]:
    return zip(guess.ids, guess.worth, strict=True)


def key_sizes(items: Iterable[Item]) -> Mapping[str, Mapping[str, int]]:
    """Type -> the size of its keys -> how often: how much is marked, or how prompts divide over categories.

    A size that most items of a type have could be learnt. Of types whose keys have no size, nothing.
    """
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        kind = type_of(item.content)
        if item.book.status != "retired" and isinstance(kind, Sized):
            found[item.content.type][kind.key_size(item.content)] += 1
    return {kind: dict(sorted(counts.items())) for kind, counts in sorted(found.items())}
