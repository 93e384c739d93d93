"""An author is told what a bank gives away, what is too long or expired, and what the banks hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from assessor.authoring.checks import check_report
from assessor.authoring.figures import stats
from assessor.authoring.strategies import STRATEGIES, Sheet, outcomes
from assessor.banks.loader import load_library
from assessor.banks.schema import Bookkeeping, Item
from tests.core.banks_examples import FILES, ITEM, synthetic, written

TODAY = date(2026, 11, 22)
SHEET = Sheet(
    "en",
    "A bookshop announces a reading.",
    (
        "Perhaps ask, check, and listen",
        "Boost the reading",
        "Give 20 more seats to the readers who wait at the door",
        "Stop it",
    ),
)
BOOK = Bookkeeping.model_validate(
    {"minutes": 1, "pool": "open", "status": "author-keyed", "as_of": "2026-11-22"}
)


def warnings_of(files: dict[str, str], folder: Path, today: date = TODAY) -> list[str]:
    report = check_report([], written(folder, files), today)
    return [f"{finding.line}: {finding.severity}: {finding.found}" for finding in report]


@pytest.mark.parametrize(
    ("strategy", "picked"),
    [
        ("longest", [2]),
        ("shortest", [3]),
        ("first", [0]),
        ("last", [3]),
        ("middle", [1, 2]),
        ("hedged", [0]),
        ("cautious", [0]),
        ("echo", [1]),
        ("lone_number", [2]),
        ("commas", [0]),
    ],
)
def test_each_strategy_picks_by_its_cue(strategy: str, picked: Sequence[int]) -> None:
    figures = STRATEGIES[strategy](SHEET)
    assert [place for place, figure in enumerate(figures) if figure == max(figures)] == picked


def test_a_language_without_word_lists_has_no_cue() -> None:
    sheet = Sheet("de", SHEET.situation, SHEET.options)
    assert set(STRATEGIES["hedged"](sheet)) == {0.0}


def made(count: int, key: tuple[float, ...]) -> list[Item]:
    content = synthetic("best", key)
    return [Item(content, content.digest(), "core", BOOK)] * count


def test_a_strategy_that_always_finds_the_key_scores_one_and_pays() -> None:
    found = {outcome.strategy: outcome for outcome in outcomes(made(4, (5, 2, 4)), "fr")}
    assert found["first"].mean == pytest.approx(1)
    assert found["first"].pays
    assert found["hedged"].mean == pytest.approx(0)
    assert not found["hedged"].pays
    assert outcomes(made(1, (5, 2, 4)), "fr") == ()
    assert outcomes(made(4, (5, 2, 4)), "de") == ()


def many(count: int, in_shop: int = 1) -> dict[str, str]:
    """A core of so many items whose best option stands first, and some of the same in the shop's bank."""
    first = ITEM.replace("effectiveness: 4\n    lure: near", "effectiveness: 5").replace(
        "effectiveness: 5\n    why: {fr: Chacun", "effectiveness: 4\n    lure: near\n    why: {fr: Chacun"
    )
    numbered = {
        f"core/items/core-n{number}.yaml": first.replace("core-one", f"core-n{number}").replace(
            "enemies: [core-two]\n", ""
        )
        for number in range(count)
    }
    numbered |= {
        f"shop/items/shop-n{number}.yaml": first.replace("core-one", f"shop-n{number}").replace(
            "enemies: [core-two]\n", ""
        )
        for number in range(in_shop)
    }
    return {**{name: text for name, text in FILES.items() if "/items/" not in name}, **numbered}


def test_a_trick_that_pays_is_a_warning_in_a_small_bank_and_an_error_from_thirty_items(
    tmp_path: Path,
) -> None:
    small = warnings_of(many(10), tmp_path / "small")
    large = warnings_of(many(30, in_shop=5), tmp_path / "large")
    assert "1: warning: core, fr: choosing by 'first' scores 1.00 (standard error 0.00, 10 items)" in small
    assert "1: error: core, fr: choosing by 'first' scores 1.00 (standard error 0.00, 30 items)" in large
    assert any("1: error: shop with the core, en: choosing by 'first'" in line for line in large)
    assert not any("shop with the core" in line for line in small), "the core’s fault is told at the core"


def test_lengths_absolutes_and_minutes_are_told_at_their_line(tmp_path: Path) -> None:
    item = ITEM.replace("Boost the post", "Always boost the post to everybody in town").replace("1.5", "0.1")
    found = warnings_of({**FILES, "core/items/core-one.yaml": item}, tmp_path)
    for told in (
        "9: warning: the situation has 11 words in en",
        "4: warning: 0.1 minutes for 28 words in fr are 280 words a minute",
        "29: warning: options.c says 'Always'",
        "29: warning: options.c: 42 characters in en, +45% from the mean",
    ):
        assert told in found, "\n".join(found)


def test_what_no_form_draws_is_told(tmp_path: Path) -> None:
    files = {**FILES, "core/items/core-one.yaml": ITEM.replace("author-keyed", "draft")}
    found = warnings_of(files, tmp_path, date(2028, 1, 1))
    assert "6: warning: the item is draft: no form draws it" in found
    assert "36: warning: the item was to be reviewed by 2027-05-22: no form draws it" in found


def test_a_report_about_one_bank_keeps_to_it_but_for_errors(tmp_path: Path) -> None:
    shipped = written(tmp_path, FILES)
    assert {finding.path.parts[-3] for finding in check_report([shipped / "shop"], shipped, TODAY)} <= {
        "shop",
        tmp_path.name,
    }
    written(tmp_path, {"core/items/core-one.yaml": "id: ["})
    [finding] = check_report([shipped / "shop"], shipped, TODAY)
    assert finding.path == shipped / "core/items/core-one.yaml"


def test_what_another_bank_gives_away_is_no_matter_of_the_bank_that_is_asked_about(tmp_path: Path) -> None:
    shipped = written(tmp_path, many(30, in_shop=5))
    assert any(finding.path == shipped / "core/bank.yaml" for finding in check_report([], shipped, TODAY))
    found = check_report([shipped / "shop"], shipped, TODAY)
    assert found
    assert all(finding.path.is_relative_to(shipped / "shop") for finding in found)


def test_the_counts_are_plain_and_whole(tmp_path: Path) -> None:
    library = load_library([], written(tmp_path, FILES))
    counted = json.loads(json.dumps(stats(library, date(2027, 3, 1))))
    assert counted["all"]["items"] == counted["all"]["drawable"] == 3
    assert counted["all"]["language"] == {"en": 3, "fr": 3}
    assert counted["banks"]["core"]["competency"] == {"audience.voice": 2}
    assert counted["banks"]["core"]["strategies"]["fr"]["longest"]["n"] == 2
    assert counted["banks"]["shop"]["strategies"]["fr"] == {}
    assert counted["competencies_without_items"] == [
        "audience.publics", "domain.learning", "platform.search", "strategy.organisation", "strategy.risk",
    ]  # fmt: skip
    assert [line["id"] for line in counted["expires"]] == ["core-one", "core-two", "shop-one"]
    assert counted["expires"][0] == {"id": "core-one", "review_by": "2027-05-22", "expired": False}
    assert counted["all"]["stimulus"] == {"table": 3}
    assert counted["all"]["twins"] == 1
    assert counted["all"]["key_kinds"] == {}
    assert counted["all"]["several_decisions"] == {"items": 0, "share": 0}
    assert counted["banks"]["core"]["best_places"] == {"3": {"1": 0, "2": 2, "3": 0}}
    assert stats(library, TODAY)["expires"] == []
    assert stats(library, date(2028, 1, 1))["expires"][0]["expired"] is True


def test_a_readable_item_of_honest_length_gives_no_warning_of_its_own(tmp_path: Path) -> None:
    fr, en = " ".join(["Un mot court suffit."] * 15), " ".join(["A short word does."] * 15)
    item = (
        ITEM.replace("Une librairie annonce une lecture et la salle est déjà pleine.", fr)
        .replace("A bookshop announces a reading and the room is already full.", en)
        .replace(
            "{fr: Relancer la publication, en: Boost the post}",
            "{fr: Relancer la publication, en: Boost this post now}",
        )
    )
    report = check_report([], written(tmp_path, {**FILES, "core/items/core-one.yaml": item}), TODAY)
    assert [str(finding) for finding in report if finding.path.name == "core-one.yaml"] == []


def test_texts_in_a_language_without_word_lists_are_checked_for_length_alone(tmp_path: Path) -> None:
    german = {name: text.replace("en:", "de:").replace("- en\n", "- de\n") for name, text in FILES.items()}
    found = warnings_of(german, tmp_path)
    assert "9: warning: the situation has 11 words in de" in found
    assert not any("says" in line for line in found)
