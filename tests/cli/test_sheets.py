"""banks sheet and banks read: nothing on a sheet tells, and the answers come back as what they are worth."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assessor.authoring.passages import passages as passages_of
from assessor.authoring.recipes import families
from assessor.banks.loader import load_library
from assessor.banks.schema import Item, Library
from assessor.config import resource
from assessor.items import ITEM_TYPES, OnPaper, Unfolding, type_of
from tests.cli.conftest import Run

LETTER = re.compile(r"^- \*\*([A-Z]|[0-9])\*\* (.*?)(?: → [0-9]+)?$", re.MULTILINE)


@cache
def library() -> Library:
    return load_library((), resource("question_banks"))


@cache
def best_family() -> tuple[Item, ...]:
    """The siblings of a shipped family of which each asks for the best response."""
    for found in families(library().items.values()):
        if found.kind == "best":
            return found.items
    raise AssertionError("no shipped family is of the type best")


def entries(sheet: str) -> dict[str, str]:
    """Number -> what the sheet shows of it, with its code."""
    pieces = re.split(r"^## ([0-9]+) · ", sheet, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def told(text: str) -> str:
    return " ".join(text.split())


def texts(item: Item, language: str) -> dict[str, str]:
    """Every part's words -> its id, as a response names it."""
    found = {}
    for group in type_of(item.content).parts(item.content):
        for ident in group.ids:
            found[told(item.content.wording(ident).text[language])] = ident.rpartition(".")[2]
    return found


def item_of(shown: str, language: str) -> Item:
    """The item that a sheet shows: its situation, its responses, its figures."""
    flat = told(shown)
    there = [
        item
        for item in library().items.values()
        if told(item.content.situation[language]) in flat
        and all(text in flat for text in texts_of(item, language))
        and flat.endswith(f"`{shape_of(item)}`")
    ]
    assert len(there) == 1, [item.id for item in there]
    return there[0]


def shape_of(item: Item) -> str:
    kind = type_of(item.content)
    return '"B"' if isinstance(kind, Unfolding) else getattr(kind, "SHAPE", "")


def texts_of(item: Item, language: str) -> list[str]:
    """The words of what is shown whatever is answered, and of the artefact's lines."""
    kind = type_of(item.content)
    groups = kind.parts(item.content)[: 1 if isinstance(kind, Unfolding) else None]
    offered = [told(item.content.wording(ident).text[language]) for group in groups for ident in group.ids]
    passages = [each for each in passages_of(item.content) if each.place[0] == "stimulus"]
    figures = getattr(item.content.stimulus, "rows", ())
    cells = [f"| {cell} |" for row in figures for cell in row if isinstance(cell, int) and cell < 1000]
    return [*offered, *(told(each.text[language]) for each in passages), *cells]


def in_letters(value: Any, letters: dict[str, str]) -> Any:
    if isinstance(value, str):
        return letters[value]
    if isinstance(value, list):
        return [in_letters(one, letters) for one in value]
    if isinstance(value, dict):
        return {letters.get(key, key): in_letters(one, letters) for key, one in value.items()}
    return value


def key_of(shown: str, language: str) -> Any:
    """The key of the item that a sheet shows, in the sheet's letters; of what unfolds, of its first turn."""
    item = item_of(shown, language)
    kind, ids = type_of(item.content), texts(item, language)
    letters = {ids[told(text)]: letter for letter, text in LETTER.findall(shown) if told(text) in ids}
    key = kind.key(item.content)
    return in_letters(key[0] if isinstance(kind, Unfolding) else key, letters)


def written(run: Run, folder: Path, *options: str) -> str:
    assert run("banks", "sheet", "-o", str(folder / "sheet.md"), *options).code == 0
    return (folder / "sheet.md").read_text("utf-8")


def answered(run: Run, folder: Path, answers: dict[str, Any], *options: str) -> Any:
    (folder / "answers.json").write_text(json.dumps(answers), "utf-8")
    return run("banks", "read", str(folder / "answers.json"), str(folder / "sheet.md"), *options)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_key_in_the_letters_of_a_sheet_scores_one_in_every_type(
    run: Run, tmp_path: Path, language: str
) -> None:
    shown = entries(written(run, tmp_path, "practice", "core", "--lang", language, "--seed", "7"))
    assert len(shown) == sum(
        item.bank in ("core", "practice") and isinstance(type_of(item.content), OnPaper)
        for item in library().items.values()
    )
    answers = {number: key_of(text, language) for number, text in shown.items()}
    found = json.loads(answered(run, tmp_path, answers, "--json").out)
    assert set(found["types"]) == {name for name, kind in ITEM_TYPES.items() if isinstance(kind, OnPaper)}
    assert found["whole"] == {"mean": 1.0, "n": len(shown)}
    assert set(found["banks"]) == {"core", "practice"}
    assert found["below_half"] == found["unanswered"] == found["changed_since"] == []


def test_nothing_on_a_sheet_names_an_item_a_key_or_a_reason(run: Run, tmp_path: Path) -> None:
    for options in ((), ("--responses-only",), ("--open",)):
        sheet = written(run, tmp_path, "core", "--seed", "7", *options)
        for item in library().items.values():
            assert item.id not in sheet
            assert item.digest not in sheet
            for group in type_of(item.content).parts(item.content):
                whys = [item.content.wording(ident).why for ident in group.ids]
                assert not [why for why in whys if why is not None and why["en"] in sheet]


def test_letters_order_and_codes_follow_the_seed_and_nothing_else(run: Run, tmp_path: Path) -> None:
    one, again, other = (
        written(run, tmp_path, "core", "--limit", "9", "--seed", seed) for seed in ("7", "7", "8")
    )
    assert one == again
    assert not set(re.findall(r"· ([a-z2-7]{8})$", one, re.MULTILINE)) & set(
        re.findall(r"· ([a-z2-7]{8})$", other, re.MULTILINE)
    )
    assert len(entries(one)) == 9
    places = []
    for number, text in entries(written(run, tmp_path, "core", "--seed", "7")).items():
        item = item_of(text, "en")
        if item.content.type == "best":
            places.append(key_of(text, "en"))
        assert number.isdecimal()
    assert len(set(places)) >= 3


def test_without_a_seed_a_sheet_is_drawn_by_lot(run: Run, tmp_path: Path) -> None:
    assert written(run, tmp_path, "core", "--limit", "3") != written(run, tmp_path, "core", "--limit", "3")


def test_siblings_are_one_set_of_responses_and_scored_at_each(run: Run, tmp_path: Path) -> None:
    family = best_family()
    sheet = written(run, tmp_path, family[0].bank, "--responses-only", "--seed", "3")
    first = told(family[0].content.options[0].text["en"])  # type: ignore[attr-defined]
    (number,) = (number for number, text in entries(sheet).items() if first in told(text))
    assert all(told(item.content.situation["en"]) not in told(sheet) for item in family)
    ids = texts(family[0], "en")
    letters = {ids[told(text)]: letter for letter, text in LETTER.findall(entries(sheet)[number])}
    found = json.loads(answered(run, tmp_path, {number: letters["a"]}, "--json").out)
    scores = [type_of(item.content).score(item.content, "a") for item in family]
    assert found["items"][0]["ids"] == [item.id for item in sorted(family, key=lambda item: item.id)]
    assert found["whole"]["n"] == len(family)
    assert found["whole"]["mean"] == pytest.approx(sum(map(float, scores)) / len(family), abs=1e-4)  # type: ignore[arg-type]


def test_a_scale_and_steps_stand_on_the_sheet_where_the_item_has_a_task_of_its_own(
    run: Run, tmp_path: Path
) -> None:
    shown = entries(written(run, tmp_path, "practice", "--seed", "3")).values()
    for kind, words in (("allocate", "in steps of 20"), ("rate", "from 1 (very ineffective) to 5")):
        (item,) = (
            item for item in library().items.values() if item.bank == "practice" and item.content.type == kind
        )
        assert item.content.task is not None
        (text,) = (text for text in shown if item_of(text, "en") == item)
        assert item.content.task["en"] in text
        assert words.replace("20", str(getattr(item.content, "step", 20))) in text


def test_one_of_each_family_stands_on_a_sheet_that_asks_for_it(run: Run, tmp_path: Path) -> None:
    family = best_family()
    for options, most in (((), len(family)), (("--one-each",), 1)):
        sheet = told(written(run, tmp_path, family[0].bank, "--seed", "3", *options))
        offered = told(family[0].content.options[0].text["en"])  # type: ignore[attr-defined]
        assert sheet.count(offered) == most


def test_every_turn_of_a_scenario_can_be_asked(run: Run, tmp_path: Path) -> None:
    sheet = written(run, tmp_path, "practice", "--seed", "3", "--all-turns")
    (number,) = (number for number, text in entries(sheet).items() if "### Turn 2" in text)
    item = library().items["practice-scenario"]
    ids = texts(item, "en")
    found = []
    turns = re.split(r"^### Turn [0-9]+$", entries(sheet)[number], flags=re.MULTILINE)[1:]
    for turn, best in zip(turns, type_of(item.content).key(item.content), strict=True):
        found += [letter for letter, text in LETTER.findall(turn) if ids[told(text)] == best]
    read = json.loads(answered(run, tmp_path, {number: found}, "--json").out)
    assert read["items"][0]["score"] == pytest.approx(1)


def test_the_tables_say_means_and_what_fell_below_one_half(run: Run, tmp_path: Path) -> None:
    shown = entries(written(run, tmp_path, "practice", "--lang", "fr", "--seed", "7"))
    answers = {number: key_of(text, "fr") for number, text in shown.items()}
    number = next(n for n, text in shown.items() if item_of(text, "fr").content.type == "rank")
    answers[number] = answers[number][::-1]
    del answers[next(each for each in answers if each != number)]
    ran = answered(run, tmp_path, answers, "--lang", "fr")
    assert ran.code == 0
    assert "practice-rank" in ran.out
    assert "-1,00" in ran.out
    assert "1,00" in ran.out


def test_answers_that_cannot_be_are_told_by_number_and_the_others_still_read(
    run: Run, tmp_path: Path
) -> None:
    shown = entries(written(run, tmp_path, "practice", "--seed", "7"))
    answers: dict[str, Any] = {number: key_of(text, "en") for number, text in shown.items()}
    kinds = {item_of(text, "en").content.type: number for number, text in shown.items()}
    answers[kinds["best"]] = "Z"
    answers[kinds["best_worst"]] = {"best": "A", "worst": "A"}
    answers[kinds["scenario"]] = [7]
    answers["99"] = "A"
    ran = answered(run, tmp_path, answers)
    assert ran.code == 1
    for number in (kinds["best"], kinds["best_worst"], kinds["scenario"], "99"):
        assert f"answers.json: {number}: " in ran.err
    assert f"(situations: {len(shown) - 3})" in ran.out


@pytest.mark.parametrize(
    ("sheet", "answers", "said"),
    [
        ("# A letter\n", "{}", "this is no sheet"),
        ("", "{}", "this is no sheet"),
        (None, "[1]", "this is no mapping of answers"),
        (None, "{", "this is no JSON"),
    ],
)
def test_files_that_are_none_are_refused(
    run: Run, tmp_path: Path, sheet: str | None, answers: str, said: str
) -> None:
    written(run, tmp_path, "practice")
    if sheet is not None:
        (tmp_path / "sheet.md").write_text(sheet, "utf-8")
    (tmp_path / "answers.json").write_text(answers, "utf-8")
    ran = run("banks", "read", str(tmp_path / "answers.json"), str(tmp_path / "sheet.md"))
    assert ran.code == 1
    assert said in ran.err


def test_unknown_banks_and_languages_are_usage_errors(run: Run, tmp_path: Path) -> None:
    out = ("-o", str(tmp_path / "sheet.md"))
    assert run("banks", "sheet", "nowhere", *out).code == 2
    assert run("banks", "sheet", "--lang", "xx", *out).code == 2
    assert run("banks", "sheet", "--open", "--responses-only", *out).code == 2


def test_a_bank_in_a_folder_is_read_by_its_folder(run: Run, tmp_path: Path) -> None:
    folder = Path(__file__).parents[1] / "banks" / "libraries"
    shown = entries(written(run, tmp_path, str(folder), "--seed", "2"))
    assert shown
    number = next(iter(shown))
    gone = answered(run, tmp_path, {number: "A"})
    assert gone.code == 0
    assert "Not in these banks" in gone.out
    known = answered(run, tmp_path, {}, str(folder))
    assert "Not in these banks" not in known.out


def test_open_answers_stand_beside_what_could_be_chosen(run: Run, tmp_path: Path) -> None:
    shown = entries(written(run, tmp_path, "practice", "--open", "--seed", "2"))
    assert not any(LETTER.findall(text.partition("**")[2]) for text in shown.values())
    number = next(iter(shown))
    found = json.loads(answered(run, tmp_path, {number: "I would wait."}, "--json").out)
    assert [one["answer"] for one in found] == ["I would wait."]
    assert found[0]["responses"]
    assert "I would wait." in answered(run, tmp_path, {number: "I would wait."}).out
