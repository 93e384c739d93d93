"""What a bank's texts give away or lose between languages is told at its line, and nothing else is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assessor.authoring.checks import check_report
from assessor.authoring.likeness import likenesses
from assessor.banks.schema import Bookkeeping, Item
from assessor.items import read_content
from tests.core.banks_examples import CORE, FILES, ITEM, dumped, text, written
from tests.core.items_examples import scenario, select

TODAY = date(2026, 11, 22)
BOOK_VALUES = {"minutes": 1, "pool": "open", "status": "author-keyed", "as_of": "2026-11-22"}
BOOK = Bookkeeping.model_validate(BOOK_VALUES)


def told(folder: Path, item: str = ITEM, bank: str | None = None, today: date = TODAY) -> list[str]:
    """The findings about the item core-one and the core's bank file, as ``line: found``."""
    files = {**FILES, "core/items/core-one.yaml": item}
    files |= {} if bank is None else {"core/bank.yaml": bank}
    report = check_report([], written(folder, files), today)
    kept = [
        found for found in report if found.path.name == "core-one.yaml" or found.path.parent.name == "core"
    ]
    assert {found.severity for found in kept} == {"warning"}
    return [f"{found.line}: {found.found}" for found in kept]


FULL = "{fr: La salle est pleine, en: The room is full}"
LONG = "{fr: " + "plein " * 20 + ", en: " + "crowded " * 6 + "}"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("Stream the reading", "Stream 2 readings", "25: options.b.text gives 2 in en and not in fr"),
        ("Stream the reading", "Stream two readings", ""),
        ("Boost the post", "Boost. Then post", "29: options.c.text: 1 sentences in fr, 2 in en"),
        (FULL, LONG, "32: options.c.why: 119 characters in fr, 47 in en"),
    ],
)
def test_languages_that_say_unlike_things_are_told(tmp_path: Path, old: str, new: str, found: str) -> None:
    lines = told(tmp_path, ITEM.replace(old, new))
    assert found in lines or not found
    assert bool(found) == any("options." in line and "from the mean" not in line for line in lines)


def test_paragraphs_are_cut_alike(tmp_path: Path) -> None:
    cut = ITEM.replace(
        "  en: A bookshop announces a reading and the room is already full.",
        "  en: |\n    A bookshop announces a reading.\n    The room is already full.",
    )
    assert "9: situation: 1 paragraphs in fr, 2 in en" in told(tmp_path, cut)


def test_what_reads_too_hard_is_told_with_its_figures(tmp_path: Path) -> None:
    heavy = "Organizational communications professionals systematically underestimate misunderstandings."
    item = ITEM.replace("A bookshop announces a reading and the room is already full.", f"{heavy} " * 10)
    assert any("9: the item reads hard in en: LIX " in line for line in told(tmp_path, item))
    wordy = ITEM.replace("A bookshop announces", "A bookshop " + "and a café " * 16 + "announces")
    assert any("words on average in en" in line for line in told(tmp_path / "wordy", wordy))


def test_an_option_may_name_a_public_that_the_situation_has_named(tmp_path: Path) -> None:
    singled = ITEM.replace("Offer the waiting list", "Offer seniors a list")
    assert "20: options.a singles people out by age: 'seniors'" in told(tmp_path, singled)
    known = singled.replace("A bookshop announces a reading", "A bookshop announces a reading for seniors")
    assert not any("singles" in line for line in told(tmp_path / "known", known))


def test_sources_that_are_missing_unused_or_old_are_told(tmp_path: Path) -> None:
    bank = FILES["core/bank.yaml"].replace(
        "  CO-01:",
        "  CO-00:\n    what: {fr: Un, en: One}\n    source: A book\n    checked: 2026-11-22\n  CO-01:",
    )
    item = ITEM.replace("facts: [CO-01]\n", "jurisdiction: ca-qc\n")
    line = bank.splitlines().index("  CO-00:") + 1
    assert f"{line}: the source CO-00: no item uses it" in told(tmp_path, bank=bank)
    assert any(
        "the key is for the law of ca-qc and names no fact" in one for one in told(tmp_path / "law", item)
    )
    on_the_day, after = date(2028, 11, 22), date(2028, 11, 23)
    assert not any("last checked" in one for one in told(tmp_path / "day", today=on_the_day))
    assert any(
        "CO-01: last checked on 2026-11-22, over 2 years ago" in one
        for one in told(tmp_path / "old", today=after)
    )


def test_two_items_that_say_nearly_the_same_are_told_unless_they_are_enemies() -> None:
    said = (
        "The bus line closes in March and two hundred people write to you about the last trip home tonight."
    )

    def made(ident: str, words: str, *enemies: str) -> Item:
        content = read_content({**select(), "id": ident, "situation": text(words)})
        book = BOOK.model_copy(update={"enemies": enemies})
        return Item(content, content.digest(), "core", book)

    one, other = made("core-a", said), made("core-b", said.replace("March", "May"))
    third = made(
        "core-c", "A museum opens a room about rivers and nobody in the town has heard of it at all yet."
    )
    [pair] = likenesses([one, other, third], "en")
    assert (pair.first, pair.second, pair.what) == ("core-a", "core-b", "situation")
    assert pair.share == pytest.approx(14 / 20)
    assert list(likenesses([made("core-a", said, "core-b"), other], "en")) == []


def test_options_of_every_type_are_held_to_one_length_and_to_no_absolutes(tmp_path: Path) -> None:
    made = scenario()
    made["nodes"][2]["options"][1]["text"] = text("Never answer anybody who wrote to the page last night")
    item = dumped({**made, "id": "core-one", **BOOK_VALUES})
    lines = [line.split(": ", 1)[1] for line in told(tmp_path, item)]
    assert "nodes.n3.options.b says 'Never'" in lines
    assert any("nodes.n3.options.b: 53 characters in en, +" in line for line in lines)


def test_of_practice_items_only_the_words_are_looked_at(tmp_path: Path) -> None:
    bank = dumped({**CORE, "id": "practice", "kind": "practice", "sources": {}})
    item = ITEM.replace("core-one", "practice-best").replace("audience.voice", "practice.answering")
    item = item.replace("facts: [CO-01]\n", "").replace("enemies: [core-two]\n", "")
    item = item.replace("Stream the reading", "Always stream 2 readings")
    files = {**FILES, "practice/bank.yaml": bank, "practice/items/practice-best.yaml": item}
    report = check_report([], written(tmp_path, files), TODAY)
    found = [each.found for each in report if "practice" in each.path.as_posix().removeprefix(str(tmp_path))]
    assert found == ["options.b.text gives 2 in en and not in fr"]
