"""Whether items name what they lean on, and whether what a bank relies on is used and still fresh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from datetime import date
from pathlib import Path

from assessor.banks.places import Document, Finding, read_document
from assessor.banks.schema import Bank, Item
from assessor.messages import Said, said

STALE_YEARS = 2


def check_sources(bank: Bank, items: Iterable[Item], path: Path, today: date) -> Iterator[Finding]:
    """The bank's sources that no item uses, and those last checked over two years ago.

    ``path`` is the bank's file; ``items`` are the bank's own.
    """
    used = {fact for item in items for fact in item.book.facts}
    doubts = [(ident, *doubt) for ident in bank.sources for doubt in _doubts(bank, ident, used, today)]
    document = read_document(path)[0] if doubts else None
    for ident, found, wanted in doubts:
        line = 1 if document is None else document.line(("sources", ident))
        yield Finding(
            path, line, "warning", said("the source {ident}: {found}", ident=ident, found=found), wanted
        )


def _doubts(bank: Bank, ident: str, used: Set[str], today: date) -> Iterator[tuple[Said, Said]]:
    """What is wrong with a source, and what would be right."""
    checked = bank.sources[ident].checked
    if ident not in used:
        yield said("no item uses it"), said("name it in an item’s facts, or take it out")
    if _is_stale(checked, today):
        found = said("last checked on {day}, over {years} years ago", day=checked, years=STALE_YEARS)
        yield found, said("read it again and give the day")


def _is_stale(checked: date, today: date) -> bool:
    """Whether two years have passed; of a 29 February, on the 1 March after."""
    return (checked.year + STALE_YEARS, checked.month, checked.day) < (today.year, today.month, today.day)


def check_facts(item: Item, document: Document) -> Iterator[Finding]:
    """A key that the law of a place decides, and no fact that says so."""
    if item.content.jurisdiction is not None and not item.book.facts:
        found = said("the key is for the law of {place} and names no fact", place=item.content.jurisdiction)
        wanted = said("add facts, from the sources in bank.yaml")
        yield document.warning(("jurisdiction",), found, wanted)
