"""A family's file: siblings that are plain items below, and every slip told at its line of the file."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.banks.families import is_family, read_family, sibling_ids
from assessor.banks.loader import examine, load_library, open_library
from assessor.banks.places import Document, Finding
from assessor.banks.schema import Bookkeeping
from assessor.banks.shapes import family_models
from assessor.banks.wording import validated
from assessor.items import ITEM_TYPES, Familial, read_content
from tests.core.banks_examples import CORE, FILES, dumped, written
from tests.core.families_examples import as_file, family, of_options, siblings

FILE = "core/items/core-family.yaml"
SHIPPED = Path(__file__).parents[2] / "question_banks"
TWINS = Path(__file__).parents[1] / "fixtures" / "families"
KINDS = [name for name, kind in ITEM_TYPES.items() if isinstance(kind, Familial)]
THREE = of_options("best", (2, 1, 5, 4), (4, 5, 1, 3), (5, 2, 2, 1))


def findings_of(folder: Path, content: str) -> list[Finding]:
    """The findings, each in the family's file."""
    files = {name: text for name, text in FILES.items() if "core-two" not in name}
    files["core/items/core-one.yaml"] = FILES["core/items/core-one.yaml"].replace("enemies: [core-two]\n", "")
    found = examine((), written(folder, {**files, FILE: content})).findings
    assert {finding.path for finding in found} <= {folder / FILE}
    return list(found)


@pytest.mark.parametrize("kind", KINDS)
def test_siblings_are_the_items_that_they_would_be_alone(kind: str, tmp_path: Path) -> None:
    items = siblings(kind)
    library = load_library((), written(tmp_path, {**FILES, FILE: as_file(items)}))
    for item in items:
        found = library.items[item["id"]]
        assert found.digest == read_content(item).digest()
        assert found.book.family == "core-family"
        assert bool(found.book.acts) is ITEM_TYPES[kind].FAMILY.acts  # type: ignore[attr-defined]
        others = {other["id"] for other in items} - {item["id"]}
        assert set(found.book.enemies) == others


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_for_editors_takes_a_family_and_refuses_a_stranger_in_it(kind: str) -> None:
    (model,) = (each for each in family_models() if each.model_fields["type"].annotation.__args__ == (kind,))
    value = family(siblings(kind))
    model.model_validate(value)
    with pytest.raises(ValueError, match="Extra inputs"):
        model.model_validate({**value, "options": []})


def test_twins_that_became_a_family_kept_their_digests(tmp_path: Path) -> None:
    files = {f"core/items/{path.name}": path.read_text("utf-8") for path in TWINS.glob("*.yaml")}
    alone = {f"core/items/{path.name}": path.read_text("utf-8") for path in TWINS.glob("alone/*.yaml")}
    head = dumped({**CORE, "sources": {"CO-10": deepcopy(CORE["sources"]["CO-01"]), **CORE["sources"]}})
    one, two = (
        load_library((), written(tmp_path / name, {**FILES, "core/bank.yaml": head, **each}))
        for name, each in (("family", files), ("alone", alone))
    )
    assert len(alone) == 2
    for ident in (Path(name).stem for name in alone):
        before, after = two.items[ident], one.items[ident]
        assert after.digest == before.digest
        assert after.content.canonical() == before.content.canonical()
        assert after.book == before.book.model_copy(
            update={"family": "core-schoolbag", "acts": after.book.acts}
        )


def test_every_shipped_sibling_is_the_item_that_it_would_be_alone() -> None:
    loaded = examine((), SHIPPED)
    assert loaded.library is not None
    kept = [item for item in loaded.library.items.values() if item.book.family is not None]
    assert kept
    for item in kept:
        value = loaded.documents[item.id].value
        alone = {key: held for key, held in value.items() if key not in Bookkeeping.model_fields}
        assert read_content(alone).digest() == item.digest


def test_acts_are_named_as_explanations_name_the_parts(tmp_path: Path) -> None:
    content = as_file(siblings("scenario"))
    library = load_library((), written(tmp_path, {**FILES, FILE: content}))
    item = library.items["core-family-1"]
    assert item.book.acts == {"n1.a": "wait", "n1.b": "answer-public", "n1.c": "hide"}
    assert [item.content.wording(ident).text["en"] for ident in item.book.acts] == [
        "Do a at n1.",
        "Do b at n1.",
        "Do c at n1.",
    ]


def test_one_sibling_may_have_what_is_usual_otherwise(tmp_path: Path) -> None:
    value = family(THREE)
    value["situations"][1] |= {"minutes": 3.5, "status": "draft", "type": "best_worst"}
    value["situations"][1]["keys"]["d"]["effectiveness"] = 3.5
    library = load_library((), written(tmp_path, {**FILES, FILE: dumped(value)}))
    first, second, third = (library.items[f"core-family-{number}"] for number in (1, 2, 3))
    assert (first.book.minutes, second.book.minutes, third.book.minutes) == (2.0, 3.5, 2.0)
    assert (first.book.status, second.book.status) == ("author-keyed", "draft")
    assert (first.content.type, second.content.type) == ("best", "best_worst")


def spoil(change: str) -> str:
    """The family of three, spoilt by ``old -> new``, each in the given place of several if ``@n`` follows."""
    old, _, new = change.partition(" -> ")
    new, _, place = new.partition(" @")
    text = as_file(THREE)
    pieces = text.split(old)
    assert len(pieces) > 1, old
    number = int(place or 1)
    return old.join(pieces[:number]) + new + old.join(pieces[number:])


SECOND = "situations.core-family-2"
CASES: dict[str, tuple[str, str, str, str]] = {
    "a key off the scale": (
        "effectiveness: 1 -> effectiveness: 9 @2",
        "effectiveness: 9",
        f"{SECOND}.keys.c.effectiveness is 9.0, off the scale",
        "give a number from 1 to 5",
    ),
    "an unknown id among the keys": (
        "\n    b:\n -> \n    x:\n @2",
        "    x:\n",
        f"{SECOND}.keys.x is the key of no part",
        "use one of a, b, c, d",
    ),
    "a missing key": (
        "\n    b:\n -> \n    x:\n @2",
        "  keys:\n@2",
        f"{SECOND}.keys.b is missing",
        "add its key",
    ),
    "a key without lure": (
        "      lure: geek\n ->  @4",
        "    a:\n@2",
        f"{SECOND}.keys.a: 'a' has no lure",
        "name its kind of miss",
    ),
    "a key without why": (
        "      why:\n        fr: Because 0. (fr)\n        en: Because 0.\n ->  @2",
        "    a:\n@2",
        f"{SECOND}.keys.a.why is missing",
        "say why the option is as good as it is",
    ),
    "two bests": (
        "effectiveness: 4 -> effectiveness: 5 @2",
        "  keys:\n@2",
        f"{SECOND}.keys: 2 options share the best effectiveness",
        "keep one best",
    ),
    "a shared text with a hole": (
        "    en: Do 1. ->     de: Do 1.",
        "  text:\n@2",
        "responses.b.text: the text lacks en",
        "write it in fr, en",
    ),
    "a shared part without a text": (
        "  text:\n    fr: Do 1. (fr)\n    en: Do 1.\n -> ",
        "- id: b",
        "responses.b.text is missing",
        "add it",
    ),
    "parts that read alike": (
        "en: Do 1. -> en: Do 0.",
        "en: Do 0.\n@2",
        "a and b read alike in en",
        "say in",
    ),
    "no act": ("  act: hide\n -> ", "- id: c", "responses.c.act is missing", "say what kind of act"),
    "an unknown act": (
        "act: hide -> act: hides",
        "act: hides",
        "responses.c.act is 'hides'",
        "(did you mean hide?)",
    ),
    "a key among what is shared": (
        "  act: hide\n ->   act: hide\n  effectiveness: 3\n",
        "  effectiveness: 3",
        "responses.c.effectiveness is not shared",
        "move it to keys.c of each situation",
    ),
    "a text among the keys": (
        "\n    b:\n -> \n    b:\n      text: no\n @3",
        "      text: no",
        "situations.core-family-3.keys.b.text is shared by all siblings",
        "keep it in responses",
    ),
    "another competency": (
        "- id: core-family-2\n -> - id: core-family-2\n  competency: audience.publics\n",
        "  competency: audience.publics",
        f"{SECOND}.competency is shared by all siblings",
        "take it out here",
    ),
    "an unknown competency": (
        "audience.voice -> audience.voise",
        "competency: audience.voise",
        "'audience.voise' is unknown",
        "did you mean audience.voice?",
    ),
    "another shape": (
        "- id: core-family-2\n -> - id: core-family-2\n  type: match\n",
        "  type: match",
        f"{SECOND}.type shares no responses",
        "give all siblings one type",
    ),
    "no type": ("type: best\n -> ", "", "type is missing", "use one of allocate, best,"),
    "an unknown type": (
        "type: best\n -> type: bets\n",
        "type: bets",
        "'bets' is unknown",
        "did you mean best?",
    ),
    "a type without families": (
        "type: best\n -> type: written\n",
        "type: written",
        "the type 'written' has no families",
        "use one of",
    ),
    "no family": ("family: core-family\n -> ", "", "family is missing", "add the file’s name"),
    "another name": (
        "family: core-family\n -> family: core-other\n",
        "family: core-other",
        "the family 'core-other' is not the file's name",
        "use core-family",
    ),
    "a key of an item": (
        "responses:\n -> pool: open\nresponses:\n",
        "pool: open",
        "pool is no key of a family",
        "each sit",
    ),
    "a stranger": (
        "responses:\n -> statu: draft\nresponses:\n",
        "statu: draft",
        "statu is no key",
        "mean status?",
    ),
    "no situation": (
        "  situation:\n    fr: The situation core-family-2. (fr)\n    en: The situation core-family-2.\n -> ",
        "- id: core-family-2",
        f"{SECOND}.situation is missing",
        "add it",
    ),
    "no status anywhere": (
        "status: author-keyed\n -> ",
        "- id: core-family-1",
        "situations.core-family-1.status is missing",
        "add author-keyed",
    ),
    "an id that is taken": (
        "- id: core-family-2 -> - id: core-family-1",
        "- id: core-family-1\n@2",
        "'core-family-1' is taken by",
        "id of its own",
    ),
    "an unknown fact": (
        "- id: core-family-2\n -> - id: core-family-2\n  facts: [CO-09]\n",
        "  facts: [CO-09]",
        "'CO-09' is not among",
        "add it",
    ),
    "no list of responses": (
        "responses:\n -> responses: 3\nother:\n",
        "responses: 3",
        "responses is 3",
        "give a list",
    ),
    "a response that is none": (
        "- id: c\n -> - c\n- id: z\n",
        "- c",
        "responses.3 is 'c'",
        "a mapping of keys",
    ),
    "an alias": ("effectiveness: 5.0 -> effectiveness: *x @2", "*x", "an alias (*x)", "write the value out"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_slip_is_told_once_at_its_line(name: str, tmp_path: Path) -> None:
    change, line, found, wanted = CASES[name]
    content = spoil(change)
    told = [each for each in findings_of(tmp_path, content) if found in each.found and wanted in each.wanted]
    listed = "\n".join(str(each) for each in findings_of(tmp_path, content))
    assert len(told) == 1, listed
    shown, _, place = line.partition("@")
    number = -1
    for _ in range(int(place or 1)):
        number = content.index(shown, number + 1)
    assert told[0].line == (content[:number].count("\n") + 1 if line else 1), listed


#: Slips of which one says more than one thing, or that every sibling shows.
SEVERAL = {
    "two bests",
    "no list of responses",
    "no status anywhere",
    "an unknown id among the keys",
    "a missing key",
    "an alias",
}


def test_a_slip_brings_no_second_finding(tmp_path: Path) -> None:
    for number, (name, (change, *_)) in enumerate(CASES.items()):
        found = findings_of(tmp_path / str(number), spoil(change))
        assert len(found) == 1 or name in SEVERAL, f"{name}\n" + "\n".join(map(str, found))


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in the file's values."""
    inner = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for step, held in inner:
        yield (*place, step)
        yield from places(held, (*place, step))


def with_value(place: tuple[Any, ...], value: Any, whole: Any) -> Any:
    """The file's values with another at that place."""
    whole = deepcopy(whole)
    holder = whole
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return whole


@pytest.mark.parametrize("kind", ["best", "match", "scenario"])
def test_reading_a_family_never_crashes_on_any_value_at_any_place(kind: str) -> None:
    whole = family(siblings(kind))
    for place in places(whole):
        for value in (None, True, 3, "x", [], {}, [[]], [{"id": []}], {"a": {"b": []}}):
            document = Document(Path("x.yaml"), with_value(place, value, whole), {(): 1})
            if not is_family(document.value):
                continue
            read, findings = read_family(document)
            list(sibling_ids(document.value))
            for sibling in read:
                kinds = ITEM_TYPES.get(str(sibling.value.get("type")))
                for model in (Bookkeeping, *(() if kinds is None else (kinds.Schema,))):
                    values = {key: held for key, held in sibling.value.items() if key in model.model_fields}
                    _, problems = validated(model, values, None, sibling.label)
                    assert all(sibling.line(problem.place) >= 1 for problem in problems)
            assert all(finding.found and finding.wanted for finding in findings)


@pytest.mark.parametrize(
    ("value", "found", "wanted"),
    [
        ([], "the family has 0 situations", "give it 2 at least"),
        (family(THREE)["situations"][:1], "the family has 1 situation", "give it 2 at least"),
        (None, "situations is nothing", "give a list"),
        ("x", "situations is 'x'", "give a list"),
        (["x", "y"], "situations.1 is 'x'", "give a mapping of keys"),
    ],
)
def test_a_family_has_situations(value: Any, found: str, wanted: str, tmp_path: Path) -> None:
    findings = findings_of(tmp_path, as_file(THREE, situations=value))
    assert any(found in each.found and wanted in each.wanted for each in findings), findings


def test_two_families_of_one_name_are_told(tmp_path: Path) -> None:
    other = as_file(THREE).replace("core-family-", "shop-family-")
    files = {**FILES, FILE: as_file(THREE), "shop/items/core-family.yaml": other}
    found = [each for each in examine((), written(tmp_path, files)).findings if each.severity == "error"]
    assert [each.found.partition(" by ")[0] for each in found] == ["the family 'core-family' is taken"]


def test_an_item_may_name_a_sibling_of_another_family_as_its_enemy(tmp_path: Path) -> None:
    one = FILES["core/items/core-one.yaml"].replace("[core-two]", "[core-two, core-family-2]")
    files = {**FILES, FILE: as_file(THREE), "core/items/core-one.yaml": one}
    loaded = examine((), written(tmp_path, files))
    assert [each.severity for each in loaded.findings] == ["warning"]
    assert loaded.library is not None
    assert set(loaded.library.items["core-family-2"].book.enemies) == {
        "core-one",
        "core-family-1",
        "core-family-3",
    }


def test_siblings_of_a_bank_that_is_left_out_are_still_known(tmp_path: Path) -> None:
    taker = (
        FILES["core/items/core-one.yaml"].replace("core-one", "shop-two").replace("[core-two]", "[wood-1]")
    )
    taker = taker.replace("audience.voice", "shop.offer")
    broken = (
        as_file(THREE)
        .replace("core-family-", "wood-")
        .replace("core-family", "wood")
        .replace("act: hide", "act: no")
    )
    wood = {
        name.replace("shop", "wood"): text.replace("shop", "wood")
        for name, text in FILES.items()
        if "shop/" in name
    }
    shipped = written(tmp_path / "shipped", FILES)
    more = written(tmp_path / "more", {**wood, "wood/items/wood.yaml": broken})
    garden = {
        name.replace("shop", "garden"): text.replace("shop", "garden")
        for name, text in FILES.items()
        if "shop/" in name
    }
    garden["garden/items/garden-two.yaml"] = taker.replace("shop", "garden")
    other = written(tmp_path / "other", garden)
    opened = open_library([more, other], shipped)
    assert list(opened.left_out) == [more / "wood"]
    assert "garden-two" in opened.library.items


def test_acts_of_an_item_alone_are_of_its_parts(tmp_path: Path) -> None:
    one = FILES["core/items/core-one.yaml"] + "acts: {a: wait, x: hide}\n"
    (found,) = examine((), written(tmp_path, {**FILES, "core/items/core-one.yaml": one})).findings
    assert (found.found, found.wanted) == ("the act is of 'x', which is no part", "use one of a, b, c")
    assert found.line == one.count("\n")


def test_what_is_known_of_items_of_before_families_still_reads() -> None:
    book = Bookkeeping.model_validate(
        {"minutes": 2, "pool": "open", "status": "draft", "as_of": "2026-11-22"}
    )
    assert (book.family, book.acts) == (None, {})


def test_the_file_of_a_family_is_yaml_that_a_person_would_write() -> None:
    assert yaml.safe_load(as_file(THREE)) == family(THREE)
