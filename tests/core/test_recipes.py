"""What a family gives away: exact ceilings, memory both ways, taste of acts, sizes of keys; and the bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest

from assessor.authoring.bars import BARS
from assessor.authoring.checks import check_report
from assessor.authoring.figures import stats
from assessor.authoring.recipes import ceilings, families, key_sizes, tastes
from assessor.banks.loader import load_library
from assessor.banks.schema import Item
from assessor.cli.giveaways import tables
from assessor.items import ITEM_TYPES, Familial, ceiling, listed, read_content, shared_score, type_of
from assessor.items.base import Content
from assessor.language.figures import fixed as shown
from tests.core import items_examples as made
from tests.core.banks_examples import FILES, ITEM, dumped, written
from tests.core.families_examples import as_file, family, named, of_options, siblings
from tests.core.test_loader import TODAY

KINDS = [name for name, kind in ITEM_TYPES.items() if isinstance(kind, Familial)]


def contents(kind: str) -> list[Content]:
    return [read_content(item) for item in siblings(kind)]


def fixed(contents: Sequence[Content]) -> float:
    """The highest mean over every valid response, one by one; of what unfolds, over its first turns."""
    responses: Any = listed(contents[0])[0]
    if contents[0].type == "scenario":
        responses = [[option.id] for option in contents[0].nodes[0].options]  # type: ignore[attr-defined]
    return max(fmean(shared_score(each, response) for each in contents) for response in responses)


@pytest.mark.parametrize("kind", KINDS)
def test_a_ceiling_is_what_the_best_of_all_responses_reaches(kind: str) -> None:
    pair = contents(kind)
    assert ceiling(pair) == pytest.approx(fixed(pair))
    assert ceiling(pair) < 1
    assert ceiling(pair[:1]) == pytest.approx(1)
    assert ceiling([pair[0], pair[0]]) == pytest.approx(1)
    assert ceiling([*pair, pair[0]]) == pytest.approx(fixed([*pair, pair[0]]))


def test_ceilings_of_ratings_are_exact_for_fractions_and_for_eight_options() -> None:
    thirds = [read_content(item) for item in of_options("rate", (1.5, 5, 2, 4.5), (4, 1, 4.5, 2))]
    assert ceiling(thirds) == pytest.approx(fixed(thirds))
    long = [
        read_content(item) for item in of_options("rate", (1, 2, 3, 5, 4, 2, 1, 3), (5, 3, 1, 2, 4, 4, 1, 2))
    ]
    keyed = np.array([list(each.effectiveness().values()) for each in long])  # type: ignore[attr-defined]
    sheets = np.array(list(product(range(1, 6), repeat=8)), dtype=float)
    sheets = sheets[sheets.std(axis=1) > 0]
    z = [
        (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)
        for rows in (sheets, keyed)
    ]
    assert ceiling(long) == pytest.approx(float((z[0] @ z[1].T / 8).mean(axis=1).max()))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("best", ["d"]),
        ("best_worst", [{"best": "d", "worst": "a"}]),
        ("rank", [["c", "a", "d", "b"]]),
        ("rate", [{"a": 4, "b": 1, "c": 5, "d": 3}]),
        ("select", [["b", "d", "e"]]),
        ("highlight", [["s1", "s3", "s5", "s6"]]),
        ("scenario", [["c"]]),
        ("allocate", [{"a": 0, "b": 0, "c": 0, "d": 40, "e": 60}]),
    ],
)
def test_who_avoids_a_key_answers_otherwise(kind: str, expected: list[Any]) -> None:
    content = contents(kind)[0]
    module = type_of(content)
    assert isinstance(module, Familial)
    avoided = list(module.avoided(content))
    if kind == "allocate":
        given = avoided[0]
        assert sorted(given.values()) == sorted(module.key(content).values())  # type: ignore[attr-defined]
        assert shared_score(content, given) < 0
    else:
        assert avoided == expected


def test_who_avoids_categories_tries_all_the_others() -> None:
    content = contents("match")[0]
    module = type_of(content)
    assert isinstance(module, Familial)
    avoided = module.avoided(content)
    assert len(avoided) == 2
    key = module.key(content)  # type: ignore[attr-defined]
    assert all(given[ident] != key[ident] for given in avoided for ident in key)
    assert all({given[ident] for given in avoided} == {"x", "y", "z"} - {key[ident]} for ident in key)


@pytest.mark.parametrize("kind", KINDS)
def test_every_avoiding_answer_is_valid(kind: str) -> None:
    for content in contents(kind):
        module = type_of(content)
        assert isinstance(module, Familial)
        for given in module.avoided(content):
            assert module.check(content, given) == given  # type: ignore[attr-defined]


def items(folder: Path, *files: str) -> list[Item]:
    """The items of the core and of these families."""
    more = {f"core/items/core-family{n or ''}.yaml": text for n, text in enumerate(files)}
    library = load_library((), written(folder, {**FILES, **more}))
    return [item for item in library.items.values() if item.bank == "core"]


def test_memory_is_of_open_keys_at_round_siblings_both_ways(tmp_path: Path) -> None:
    value = family(of_options("best", (2, 1, 5, 4), (4, 5, 1, 3), (5, 2, 2, 1)))
    value["situations"][0]["pool"] = "open"
    (found,) = families(items(tmp_path, dumped(value)))
    second, third = (one.content for one in found.items if one.book.pool == "round")
    assert found.memory is not None
    assert found.memory.pairs == 2
    worth = [shared_score(each, pick) for pick in ("c", "d") for each in (second, third)]
    assert found.memory.repeated == pytest.approx(fmean(worth[:2]))
    assert found.memory.avoided == pytest.approx(fmean(worth[2:]))


def test_a_family_in_one_pool_has_nothing_to_remember(tmp_path: Path) -> None:
    (found,) = families(items(tmp_path, as_file(siblings("rank"))))
    assert found.memory is None
    assert found.ceiling == pytest.approx(ceiling(contents("rank")))


def test_a_family_of_two_types_is_measured_by_its_picks_of_the_best(tmp_path: Path) -> None:
    value = family(of_options("best", (1, 2, 5, 4), (4, 5, 1, 3)))
    value["situations"][1] |= {"type": "rate", "pool": "open"}
    (found,) = families(items(tmp_path, dumped(value)))
    by_pick = [
        fmean(
            shared_score(each, pick)
            for each in map(read_content, of_options("best", (1, 2, 5, 4), (4, 5, 1, 3)))
        )
        for pick in "abcd"
    ]
    assert found.kind == "best/rate"
    assert found.ceiling == pytest.approx(max(by_pick))
    assert found.memory is not None
    # The open sibling's best is b, worth (2 - 3) / (5 - 3) at the round one.
    assert found.memory.repeated == pytest.approx(-0.5)


def test_who_avoids_a_rating_that_leaves_no_best_one_picks_blindly(tmp_path: Path) -> None:
    value = family(of_options("best", (1, 2, 5, 4), (4, 5, 1, 1)))
    value["situations"][1] |= {"type": "rate", "pool": "open"}
    (found,) = families(items(tmp_path, dumped(value)))
    assert found.memory is not None
    assert found.memory.avoided == 0


def test_an_item_alone_counts_one_and_rated_ones_do_not_count(tmp_path: Path) -> None:
    rated = named(made.written(), "core-text") | {
        "minutes": 5,
        "pool": "round",
        "status": "author-keyed",
        "as_of": "2026-11-22",
    }
    folder = written(tmp_path, {**FILES, "core/items/core-text.yaml": dumped(rated)})
    library = load_library((), folder)
    core = [item for item in library.items.values() if item.bank == "core"]
    assert ceilings(core) == {"best": (1.0, 2)}


def test_retired_siblings_count_nowhere(tmp_path: Path) -> None:
    there = items(tmp_path, as_file(siblings("select")))
    retired = [
        replace(item, book=item.book.model_copy(update={"status": "retired"}))
        if item.id == "core-family-2"
        else item
        for item in there
    ]
    assert [len(found.items) for found in families(retired)] == [1]
    assert key_sizes(retired)["select"] == {"2": 1}
    assert sum(taste.n for taste in tastes(retired)) == 5


def test_taste_is_the_mean_worth_of_choosing_an_act(tmp_path: Path) -> None:
    found = {taste.act: taste for taste in tastes(items(tmp_path, as_file(siblings("best"))))}
    pair = contents("best")
    assert found["wait"].n == 2
    assert found["wait"].mean == pytest.approx(fmean(shared_score(each, "a") for each in pair))
    assert list(found) == sorted(found, key=lambda act: -found[act].mean)


def test_sizes_of_keys_are_counted(tmp_path: Path) -> None:
    there = items(
        tmp_path,
        *(
            as_file(
                [named(one, f"core-{n}{one['id'][4:]}") for one in siblings(kind)],
                name=f"core-family{n or ''}",
            )
            for n, kind in enumerate(("highlight", "match", "select"))
        ),
    )
    assert key_sizes(there) == {
        "highlight": {"2": 1, "3": 1},
        "match": {"2+2+2": 2},
        "select": {"2": 1, "3": 1},
    }


def told(folder: Path, files: dict[str, str]) -> list[tuple[str, str, int]]:
    folder = written(folder, {**FILES, **files})
    return [
        (finding.severity, str(finding.found), finding.line)
        for finding in check_report((), folder, TODAY)
        if any(
            word in finding.found
            for word in ("response scores", "one fixed response", "keys of the", "families have", "choosing")
        )
        and "strategy" not in finding.found
        and "choosing by" not in finding.found
    ]


def test_a_family_with_a_recipe_is_told_at_its_file_with_the_figure(tmp_path: Path) -> None:
    alike = as_file(of_options("best", (2, 1, 5, 4), (2, 1, 5, 3)))
    found = told(tmp_path, {"core/items/core-family.yaml": alike})
    assert found == [("error", "core-family: one and the same response scores 1.00 over the situations", 1)]


def test_bars_are_errors_in_shipped_banks_and_advice_in_others(tmp_path: Path) -> None:
    assert all(bar.strict for bar in BARS.values())
    alike = as_file(of_options("best", (2, 1, 5, 4), (2, 1, 5, 3)))
    assert [one[0] for one in told(tmp_path, {"core/items/core-family.yaml": alike})] == ["error"]
    garden = {
        name.replace("shop", "garden"): text.replace("shop", "garden")
        for name, text in FILES.items()
        if "shop/" in name
    }
    garden["garden/items/family.yaml"] = (
        alike.replace("core-family", "garden-family")
        .replace("family: garden-family", "family: family")
        .replace("audience.voice", "garden.offer")
    )
    more = written(tmp_path / "more", garden)
    found = check_report([more], written(tmp_path / "shipped", FILES), TODAY)
    assert [one.severity for one in found if "one and the same" in one.found] == ["warning"]


def test_memory_in_a_family_is_told(tmp_path: Path) -> None:
    value = family(of_options("rate", (2, 1, 5, 4), (4, 5, 1, 2)))
    value["situations"][0]["pool"] = "open"
    found = told(tmp_path, {"core/items/core-family.yaml": dumped(value)})
    assert [one[1] for one in found] == [
        "core-family: avoiding the keys of the open situations scores 1.00 on the round ones"
    ]


def test_a_bank_of_items_alone_is_told_its_ceiling_once_it_is_large_enough(tmp_path: Path) -> None:
    def many(count: int) -> dict[str, str]:
        one = ITEM.replace("enemies: [core-two]\n", "")
        return {f"core/items/core-n{n}.yaml": one.replace("core-one", f"core-n{n}") for n in range(count)}

    assert told(tmp_path / "few", many(5)) == []
    found = told(tmp_path / "many", many(12))
    assert [one[1] for one in found] == [
        "core: one fixed response to each family scores 1.00 over 14 items with options"
    ]


def test_shipped_figures_are_in_the_statistics_and_the_tables_of_both_languages() -> None:
    library = load_library((), Path(__file__).parents[2] / "question_banks")
    found = stats(library, TODAY)["giveaways"]
    assert set(found) == {
        "core",
        *(each for ident in library.domain_ids for each in (ident, f"{ident}+core")),
    }
    for name, one in found.items():
        own = [
            item
            for item in library.items.values()
            if item.bank == name or (item.bank == "core" and "+" in name)
        ]
        if "+" not in name:
            assert one["alone"] + sum(len(each["items"]) for each in one["families"].values()) == len(own)
    name, one = next((name, one) for held in found.values() for name, one in held["families"].items())
    for language, sign in (("fr", ","), ("en", ".")):
        (line,) = (line for line in tables(found, language) if line.startswith(f"{name} "))
        assert shown(one["ceiling"], 2).replace(".", sign) in line
