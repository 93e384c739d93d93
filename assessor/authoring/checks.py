"""What an author should look at in a bank that loads: its quality. Whether it loads the loader says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from assessor.authoring.balance import FEW_ITEMS, TINY, imbalances, pool_imbalances, thin_competencies
from assessor.authoring.drawing import check_drawing
from assessor.authoring.duties import check_duties
from assessor.authoring.giveaways import Given, check_giveaways
from assessor.authoring.likeness import likenesses
from assessor.authoring.parity import check_parity
from assessor.authoring.sourcing import check_facts, check_sources
from assessor.authoring.strategies import MARGIN, outcomes
from assessor.authoring.style import check_shape, check_words
from assessor.banks.files import is_within
from assessor.banks.loader import Loaded, examine
from assessor.banks.places import Document, Finding
from assessor.banks.schema import Bank, Item, Library
from assessor.messages import Said, said


def check_report(paths: Sequence[Path], shipped: Path, today: date) -> tuple[Finding, ...]:
    """Every finding about the banks in ``paths``, or about the shipped ones where there is none.

    Quality is looked at once everything loads. What keeps anything from loading, in whichever bank, is always
    among the findings.
    """
    loaded = examine(paths, shipped)
    asked = list(paths) or [shipped]
    found = [
        finding
        for finding in loaded.findings
        if finding.severity == "error" or any(is_within(finding.path, path) for path in asked)
    ]
    return tuple(dict.fromkeys([*found, *quality(loaded, today, shipped, asked)]))


def quality(loaded: Loaded, today: date, shipped: Path, asked: Sequence[Path]) -> Iterator[Finding]:
    """What an author should look at in ``asked``, item by item, bank by bank; nothing while there are errors.

    Of practice items, which are not scored, only the words and the sources. Banks in the folder ``shipped``
    are held to the bars that are strict. The others are there to be compared with.
    """
    library = loaded.library
    if library is None:
        return

    @cache
    def is_asked(path: Path) -> bool:
        return any(is_within(path, folder) for folder in asked)

    for head, document in loaded.heads:
        if is_asked(document.path):
            yield from check_drawing(head, document)
            yield from check_duties(head, document)
    for ident, item in library.items.items():
        document = loaded.documents[ident]
        if not is_asked(document.path):
            continue
        yield from check_drawing(item.content, document)
        yield from _use(item, document, today)
        yield from check_facts(item, document)
        yield from check_words(item, document)
        yield from check_parity(item, document)
        if not library.is_practice(item):
            yield from check_shape(item, document)
    yield from (found for found in _alike(library, loaded.documents) if is_asked(found.path))
    for bank_id, path in loaded.bank_files.items():
        if not is_asked(path):
            continue
        bank = library.banks[bank_id]
        own = [item for item in library.items.values() if item.bank == bank_id]
        yield from check_sources(bank, own, path, today)
        if bank.kind != "practice":
            yield from _tricks(library, bank, own, path)
            yield from _balance(library, bank, own, path, today)
            core = _core(library) if bank.kind == "domain" else ()
            given = Given(bank_id, own, core, path, is_within(path, shipped))
            yield from check_giveaways(given, loaded.documents)
    yield from (found for found in _balance_of_all(loaded, library, today) if is_asked(found.path))


def _use(item: Item, document: Document, today: date) -> Iterator[Finding]:
    if item.is_drawable(today):
        return
    if item.book.status in {"draft", "retired"}:
        found = said("the item is {status}: no form draws it", status=item.book.status)
        wanted = said("nothing, if that is meant")
        yield document.warning(("status",), found, wanted)
    else:
        found = said("the item was to be reviewed by {day}: no form draws it", day=item.book.review_by)
        yield document.warning(("review_by",), found, said("check its facts and give a later day"))


def _alike(library: Library, documents: Mapping[str, Document]) -> Iterator[Finding]:
    """Pairs that say nearly the same, at the second of the two."""
    kept = [item for item in _measuring(library) if item.book.status != "retired"]
    for language in dict.fromkeys(language for item in kept for language in item.content.situation):
        for pair in likenesses(kept, language):
            found = said(
                "{what} of {first} and {second} share {share:.0%} in {language}",
                what=pair.what,
                first=pair.first,
                second=pair.second,
                share=pair.share,
                language=language,
            )
            wanted = said("rewrite one, or make the two enemies")
            yield documents[pair.second].warning((pair.what,), found, wanted)


def _measuring(library: Library) -> list[Item]:
    return [item for item in library.items.values() if not library.is_practice(item)]


def _core(library: Library) -> list[Item]:
    return [item for item in library.items.values() if library.banks[item.bank].kind == "core"]


def _tricks(library: Library, bank: Bank, own: Sequence[Item], path: Path) -> Iterator[Finding]:
    """The strategies that pay in a bank alone, and in a domain's together with the core."""
    groups: dict[str, list[Item]] = {bank.id: [*own]}
    if bank.kind == "domain" and len(own) >= TINY:
        groups[said("{bank} with the core", bank=bank.id)] = [*own, *_core(library)]
    for name, items in groups.items():
        for language in bank.languages:
            for outcome in outcomes(items, language):
                if not outcome.pays:
                    continue
                found = said(
                    "{bank}, {language}: choosing by {strategy!r} scores {mean:.2f} "
                    "(standard error {se:.2f}, {n} items)",
                    bank=name,
                    language=language,
                    strategy=outcome.strategy,
                    mean=outcome.mean,
                    se=outcome.se,
                    n=outcome.n,
                )
                wanted = said(
                    "vary the options until it is at most {most:.2f} and one standard error", most=MARGIN
                )
                yield Finding(path, 1, "error" if outcome.n >= FEW_ITEMS else "warning", found, wanted)


def _balance(library: Library, bank: Bank, own: Sequence[Item], path: Path, today: date) -> Iterator[Finding]:
    """What a bank lacks as a whole: of a beginning nothing, of kinds of key from thirty items on."""
    there = [item for item in own if item.is_drawable(today)]
    if len(there) < TINY:
        return
    core = [item for item in _core(library) if item.is_drawable(today)]
    found = [*pool_imbalances(there), *thin_competencies(there, core)]
    found += imbalances(there) if len(there) >= FEW_ITEMS else ()
    for each in found:
        yield Finding(path, 1, "warning", _of(bank.id, each.found), each.wanted)


def _balance_of_all(loaded: Loaded, library: Library, today: date) -> Iterator[Finding]:
    """Kinds of key over all banks, where some are too small to be judged alone; told at the core."""
    there = [item for item in _measuring(library) if item.is_drawable(today)]
    banks = [bank.id for bank in library.banks.values() if bank.kind != "practice"]
    smallest = min((sum(item.bank == ident for item in there) for ident in banks), default=0)
    if len(there) < FEW_ITEMS or smallest >= FEW_ITEMS:
        return
    found = list(imbalances(there))
    for ident in (bank.id for bank in library.banks.values() if bank.kind == "core"):
        for each in found:
            found_here = _of(said("all banks together"), each.found)
            yield Finding(loaded.bank_files[ident], 1, "warning", found_here, each.wanted)


def _of(bank: str, found: Said) -> Said:
    return said("{label}: {found}", label=bank, found=found)
