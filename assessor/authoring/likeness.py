"""Items that say nearly the same, found by the runs of three words that they share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from assessor.authoring.passages import guesses, offers
from assessor.banks.prose import words
from assessor.banks.schema import Item

RUN = 3
#: Runs of three words in common, as a share of all that either text has, from which two texts are alike:
#: the shipped twins have 0.49 and more, no two other items above 0.06.
ALIKE = 0.25
FEWEST = 12  # runs: of less text nothing is said


@dataclass(frozen=True)
class Likeness:
    """Two items whose texts of one kind share so much in one language (Jaccard 1901)."""

    first: str
    second: str
    what: str
    language: str
    share: float


def likenesses(items: Iterable[Item], language: str, least: float = ALIKE) -> Iterator[Likeness]:
    """Every pair that is alike and may stand in one form: enemies, which never do, are left out."""
    there = {item.id: item for item in items if language in item.content.situation}
    for what, runs in (
        ("situation", {ident: _runs([item.content.situation[language]]) for ident, item in there.items()}),
        ("options", {ident: _runs(_offered(item, language)) for ident, item in there.items()}),
    ):
        for (first, second), shared in _shared(runs).items():
            if min(len(runs[first]), len(runs[second])) < FEWEST:
                continue
            share = shared / (len(runs[first]) + len(runs[second]) - shared)
            if share >= least and second not in there[first].book.enemies:
                yield Likeness(first, second, what, language, share)


def _offered(item: Item, language: str) -> Iterator[str]:
    """What may be picked, and what the picks answer."""
    for offer in offers(item.content):
        yield from (passage.text[language] for passage in offer.passages)
    yield from (guess.about[language] for guess in guesses(item.content) if guess.about is not None)


def _runs(texts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Every three words in a row, within one text."""
    found: set[tuple[str, ...]] = set()
    for text in texts:
        said = words(text)
        found.update(tuple(said[start : start + RUN]) for start in range(len(said) - RUN + 1))
    return frozenset(found)


def _shared(runs: Mapping[str, frozenset[tuple[str, ...]]]) -> Counter[tuple[str, str]]:
    """How many runs each pair of items has in common; pairs without any are not there."""
    holders: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for ident, said in runs.items():
        for run in said:
            holders[run].append(ident)
    return Counter(pair for idents in holders.values() for pair in combinations(sorted(idents), 2))
