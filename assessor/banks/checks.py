"""What an author should look at in a bank that loads: its quality. Whether it loads the loader says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Any

from assessor.banks.loader import Loaded, examine, is_drawable
from assessor.banks.places import Document, Finding
from assessor.banks.schema import Item, Library
from assessor.banks.strategies import MARGIN, outcomes, words
from assessor.items import Rated, Unfolding, shown_to, type_of
from assessor.items.base import Control, OptionContent

FEW_ITEMS = 30
SITUATION_WORDS = (50, 110)
LENGTH_TOLERANCE = 0.20
FASTEST, SLOWEST = 260, 40  # words a minute that an item's minutes may ask of its reader

_ABSOLUTE: Mapping[str, str] = {
    "en": r"\b(always|never|absolutely|completely|totally|at all costs|under no circumstances)\b",
    "fr": r"\b(toujours|jamais|absolument|complètement|totalement|à tout prix|en aucun cas)\b",
}


def check_report(paths: Sequence[Path], shipped: Path, today: date) -> tuple[Finding, ...]:
    """Every finding about the banks in ``paths``, or about the shipped ones where there is none.

    Quality is looked at once everything loads. Errors anywhere are always among the findings.
    """
    loaded = examine(paths, shipped)
    findings = [*loaded.findings, *quality(loaded, today)]
    asked = [path.resolve() for path in paths] or [shipped.resolve()]
    return tuple(
        finding
        for finding in findings
        if finding.severity == "error" or any(finding.path.resolve().is_relative_to(path) for path in asked)
    )


def quality(loaded: Loaded, today: date) -> Iterator[Finding]:
    """What an author should look at, item by item and bank by bank; nothing while there are errors."""
    if loaded.library is None:
        return
    for ident, item in loaded.library.items.items():
        document = loaded.documents[ident]
        yield from _use(item, document, today)
        for language in item.content.situation:
            yield from _length(item, document, language)
            yield from _options(item, document, language)
    for bank_id, path in loaded.bank_files.items():
        yield from _tricks(loaded.library, bank_id, path)


def _use(item: Item, document: Document, today: date) -> Iterator[Finding]:
    if is_drawable(item, today):
        return
    if item.book.status in {"draft", "retired"}:
        found, wanted = f"the item is {item.book.status}: no form draws it", "nothing, if that is meant"
        yield document.warning(("status",), found, wanted)
    else:
        found = f"the item was to be reviewed by {item.book.review_by}: no form draws it"
        yield document.warning(("review_by",), found, "check its facts and give a later day")


def _length(item: Item, document: Document, language: str) -> Iterator[Finding]:
    low, high = SITUATION_WORDS
    count = len(words(item.content.situation[language]))
    if not low <= count <= high:
        found = f"the situation has {count} words in {language}"
        yield document.warning(("situation", language), found, f"give it {low} to {high}")
    read = sum(len(words(text)) for text in _texts(item, language))
    speed = read / item.book.minutes
    if not SLOWEST <= speed <= FASTEST:
        found = f"{item.book.minutes:g} minutes for {read} words in {language} are {speed:.0f} words a minute"
        yield document.warning(("minutes",), found, f"give minutes that make it {SLOWEST} to {FASTEST}")


def _texts(item: Item, language: str) -> Iterator[str]:
    """Everything that a candidate reads of the item in this language; of turns, those on the key's way."""
    content = item.content
    yield from dict.fromkeys(text for control in _asked(item, language) for text in _labels(control) if text)
    waiting: list[Any] = [content.model_dump(include={"situation", "stimulus", "task"}, exclude_none=True)]
    kind = type_of(content)
    if isinstance(kind, Rated):
        waiting += [criterion.name for criterion in kind.rubric(content)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            waiting += [value[language]] if language in value else list(value.values())
        elif isinstance(value, list | tuple):
            waiting += list(value)


def _asked(item: Item, language: str) -> Iterator[Control]:
    content, kind = item.content, type_of(item.content)
    key = kind.key(content) if isinstance(kind, Unfolding) else ()
    stands = [key[:turn] for turn in range(len(key))] or [None]
    for so_far in stands:
        yield from kind.controls(content, shown_to(content, item.digest, b"", so_far), language)


def _labels(control: Control) -> Iterator[str]:
    yield control.text
    yield from (choice.text for choice in control.choices)


def _options(item: Item, document: Document, language: str) -> Iterator[Finding]:
    content = item.content
    if not isinstance(content, OptionContent):
        return
    usual = fmean(len(option.text[language]) for option in content.options)
    pattern = _ABSOLUTE.get(language)
    for number, option in enumerate(content.options):
        place = ("options", number, "text", language)
        text = option.text[language]
        off = len(text) / usual - 1
        if abs(off) > LENGTH_TOLERANCE:
            found = f"options.{option.id}: {len(text)} characters in {language}, {off:+.0%} from the mean"
            yield document.warning(
                place, found, f"keep options within {LENGTH_TOLERANCE:.0%} of their mean length"
            )
        if pattern and (absolute := re.search(pattern, text, re.IGNORECASE)):
            found = f"options.{option.id} says {absolute.group()!r}"
            yield document.warning(place, found, "leave absolute words out: they give the key away")


def _tricks(library: Library, bank_id: str, path: Path) -> Iterator[Finding]:
    """The strategies that pay in a bank alone, and in a domain's together with the core."""
    bank = library.banks[bank_id]
    alone = [item for item in library.items.values() if item.bank == bank_id]
    groups = {bank_id: alone}
    if bank.kind == "domain":
        core = [item for item in library.items.values() if library.banks[item.bank].kind == "core"]
        groups[f"{bank_id} with the core"] = alone + core
    for name, items in groups.items():
        for language in bank.languages:
            for outcome in outcomes(items, language):
                if not outcome.pays:
                    continue
                found = (
                    f"{name}, {language}: choosing by {outcome.strategy!r} scores {outcome.mean:.2f} "
                    f"(standard error {outcome.se:.2f}, {outcome.n} items)"
                )
                wanted = f"vary the options until it is at most {MARGIN:.2f} and one standard error"
                yield Finding(path, 1, "error" if outcome.n >= FEW_ITEMS else "warning", found, wanted)
