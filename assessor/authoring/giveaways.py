"""What a bank's items give away together, as findings: each figure beside its bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from assessor.authoring.bars import BARS, FEW, Bar, BarId
from assessor.authoring.recipes import FEW_ACTS, Family, ceilings, families, key_sizes, of_options, tastes
from assessor.banks.places import Document, Finding, Severity
from assessor.banks.schema import Item
from assessor.items import type_of
from assessor.messages import Said, said

#: Situations of a family from which it counts as one of many.
MANY = 3
#: From so many items of a type the sizes of its keys say something.
FEW_SIZES = 6


@dataclass(frozen=True)
class Given:
    """A bank's own items, those that stand in the same forms, its file, and whether it is a shipped one."""

    bank: str
    own: Sequence[Item]
    core: Sequence[Item]
    path: Path
    is_shipped: bool

    def severity(self, bar: Bar) -> Severity:
        """Error where a shipped bank misses a strict bar."""
        return "error" if bar.strict and self.is_shipped else "warning"

    def finding(self, bar: BarId, found: Said, wanted: Said) -> Finding:
        """What is told of the bank as a whole."""
        told = said("{label}: {found}", label=self.bank, found=found)
        return Finding(self.path, 1, self.severity(BARS[bar]), told, wanted)


def check_giveaways(given: Given, documents: Mapping[str, Document]) -> Iterator[Finding]:
    """The bars that a bank misses: of each family, then of the bank as a whole."""
    found = families(given.own)
    for family in found:
        yield from _family(given, family, documents[family.items[0].id])
    if len(given.own) < FEW:
        return
    groups = {given.bank: [*given.own]}
    if given.core:
        groups[said("{bank} with the core", bank=given.bank)] = [*given.own, *given.core]
    for name, items in groups.items():
        yield from _whole(Given(name, items, (), given.path, given.is_shipped))
    yield from _threes(given, found)
    yield from _sizes(given)


def _at(given: Given, bar: BarId, document: Document, found: Said, wanted: Said) -> Finding:
    line = document.line(("family",))
    return Finding(document.path, line, given.severity(BARS[bar]), found, wanted)


def _family(given: Given, family: Family, document: Document) -> Iterator[Finding]:
    is_draft = not type_of(family.items[0].content).parts(family.items[0].content)[0].shuffled
    bar: BarId = "pair_of_drafts" if is_draft and len(family.items) < MANY else "family"
    if not BARS[bar].holds(family.ceiling):
        found = said(
            "{family}: one and the same response scores {value:.2f} over the situations",
            family=family.name,
            value=family.ceiling,
        )
        wanted = said(
            "let another response be right in each until it is at most {most:.2f}", most=BARS[bar].most
        )
        yield _at(given, bar, document, found, wanted)
    if family.memory is None:
        return
    wanted = said(
        "make the keys less related until it is at most {most:.2f}", most=BARS["family_memory"].most
    )
    for value, found in _remembered(family.name, family.memory.repeated, family.memory.avoided):
        if not BARS["family_memory"].holds(value):
            yield _at(given, "family_memory", document, found, wanted)


def _remembered(name: str, repeated: float, avoided: float) -> Iterator[tuple[float, Said]]:
    yield (
        repeated,
        said(
            "{family}: repeating the keys of the open situations scores {value:.2f} on the round ones",
            family=name,
            value=repeated,
        ),
    )
    yield (
        avoided,
        said(
            "{family}: avoiding the keys of the open situations scores {value:.2f} on the round ones",
            family=name,
            value=avoided,
        ),
    )


def _whole(given: Given) -> Iterator[Finding]:
    """The bars of a bank, alone or with the core."""
    optioned = [item for item in given.own if of_options(item)]
    found = ceilings(optioned)
    count = sum(n for _, n in found.values())
    value = sum(mean * n for mean, n in found.values()) / count if count else 0.0
    if not BARS["bank"].holds(value):
        told = said(
            "one fixed response to each family scores {value:.2f} over {n} items with options",
            value=value,
            n=count,
        )
        wanted = said(
            "write families until it is at most {most:.2f}: an item alone counts 1", most=BARS["bank"].most
        )
        yield given.finding("bank", told, wanted)
    if memories := [family.memory for family in families(given.own) if family.memory is not None]:
        repeated, avoided = fmean(one.repeated for one in memories), fmean(one.avoided for one in memories)
        wanted = said("make the keys less related until it is at most {most:.2f}", most=BARS["memory"].most)
        for value, each in _remembered(given.bank, repeated, avoided):
            if not BARS["memory"].holds(value):
                yield Finding(given.path, 1, given.severity(BARS["memory"]), each, wanted)
    bar = BARS["taste"]
    for taste in tastes(given.own):
        if taste.n >= FEW_ACTS and not bar.holds(taste.mean):
            told = said(
                "choosing {act} is worth {mean:.2f} over {n} items",
                act=taste.act,
                mean=taste.mean,
                n=taste.n,
            )
            wanted = said(
                "let it be right and wrong until it is between {low:.2f} and {high:.2f}",
                low=bar.least,
                high=bar.most,
            )
            yield given.finding("taste", told, wanted)


def _threes(given: Given, found: Sequence[Family]) -> Iterator[Finding]:
    many = sum(len(family.items) >= MANY for family in found)
    if found and not BARS["threes"].holds(many / len(found)):
        told = said(
            "{many} of {count} families have {least} situations or more",
            many=many,
            count=len(found),
            least=MANY,
        )
        yield given.finding("threes", told, said("add situations until it is a third of them"))


def _sizes(given: Given) -> Iterator[Finding]:
    for kind, sizes in key_sizes(given.own).items():
        count, size = sum(sizes.values()), max(sizes, key=lambda one: sizes[one])
        if count >= FEW_SIZES and not BARS["sizes"].holds(sizes[size] / count):
            told = said(
                "{n} of {count} keys of the type {kind} have the size {size}",
                n=sizes[size],
                count=count,
                kind=kind,
                size=size,
            )
            yield given.finding("sizes", told, said("vary how much is right"))
