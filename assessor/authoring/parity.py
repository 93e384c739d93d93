"""Whether an item says the same in all its languages, as far as figures, lengths and cuts can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from assessor.authoring import numbers
from assessor.authoring.passages import Passage, offers, passages
from assessor.banks.places import Document, Finding
from assessor.banks.prose import paragraphs, sentences
from assessor.banks.schema import Item
from assessor.messages import said

#: Characters of the first language for one of the second; French runs a fifth longer than English.
RATIO: Mapping[tuple[str, str], tuple[float, float]] = {("fr", "en"): (0.75, 1.6)}
SHORT = 40  # characters: under that a label, of which no ratio says anything


def check_parity(item: Item, document: Document) -> Iterator[Finding]:
    """Figures, paragraphs, options' sentences and lengths that differ between two languages of a text."""
    picked = {passage.place for offer in offers(item.content) for passage in offer.passages}
    for passage in passages(item.content):
        for first, second in combinations(passage.text, 2):
            yield from _figures(passage, document, first, second)
            yield from _figures(passage, document, second, first)
            yield from _cuts(passage, document, first, second, passage.place in picked)
            yield from _ratio(passage, document, first, second)


def _figures(passage: Passage, document: Document, here: str, there: str) -> Iterator[Finding]:
    """The numbers that only ``here`` gives, in digits or, the small ones, in words."""
    if not {here, there} <= numbers.LANGUAGES:
        return
    given = numbers.figures(passage.text[here], here)
    if not given:
        return
    told = numbers.figures(passage.text[there], there) | numbers.written_out(passage.text[there], there)
    if missing := sorted(given - told):
        listed = ", ".join(f"{number:g}" for number in missing)
        found = said(
            "{part} gives {figures} in {here} and not in {there}",
            part=document.label(passage.place),
            figures=listed,
            here=here,
            there=there,
        )
        wanted = said("give both languages the same figures")
        yield document.warning((*passage.place, there), found, wanted)


def _cuts(
    passage: Passage, document: Document, first: str, second: str, is_picked: bool
) -> Iterator[Finding]:
    """Paragraphs of any text; sentences of what is picked, where a second one is a cue."""
    name, wanted = document.label(passage.place), said("cut both languages alike")
    here, there = (paragraphs(passage.text[one]) for one in (first, second))
    if here != there:
        found = said(
            "{part}: {here} paragraphs in {first}, {there} in {second}",
            part=name,
            here=here,
            first=first,
            there=there,
            second=second,
        )
        yield document.warning((*passage.place, second), found, wanted)
    here, there = (len(sentences(passage.text[one])) for one in (first, second))
    if is_picked and here != there:
        found = said(
            "{part}: {here} sentences in {first}, {there} in {second}",
            part=name,
            here=here,
            first=first,
            there=there,
            second=second,
        )
        yield document.warning((*passage.place, second), found, wanted)


def _ratio(passage: Passage, document: Document, first: str, second: str) -> Iterator[Finding]:
    for one, other in ((first, second), (second, first)):
        if (one, other) not in RATIO:
            continue
        here, there = len(passage.text[one]), len(passage.text[other])
        low, high = RATIO[one, other]
        if min(here, there) >= SHORT and not low <= here / there <= high:
            name = document.label(passage.place)
            found = said(
                "{part}: {here} characters in {first}, {there} in {second}",
                part=name,
                here=here,
                first=one,
                there=there,
                second=other,
            )
            wanted = said(
                "say as much in both ({low:g} to {high:g} times as many in {first})",
                low=low,
                high=high,
                first=one,
            )
            yield document.warning((*passage.place, one), found, wanted)
