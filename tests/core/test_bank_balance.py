"""A bank as a whole must not reward a rule: quotas of keys, pools, types and competencies."""

from __future__ import annotations

from assessor.authoring.balance import best_places, imbalances, pool_imbalances, thin_competencies
from assessor.banks.schema import Item
from assessor.items import read_content
from tests.core.items_examples import highlight, match, scenario
from tests.core.small_library import booked, item

KINDS = ("counter_recipe", "act_fast", "hold_back", "with_press", "without_press")


def bank(count: int, kind: str = "rank", **book: object) -> list[Item]:
    return [item(f"core-{number}", kind, "audience.voice", **book) for number in range(count)]


def sound() -> list[Item]:
    """Thirty items: one in six of each kind of key, twenty of several decisions, ten open."""
    ranked, picked = bank(20), [item(f"core-p{number}", "best", "audience.voice") for number in range(10)]
    return [
        booked(
            one,
            key_kinds=(KINDS[number % 6],) if number % 6 < 5 else (),
            pool="round" if number % 3 else "open",
        )
        for number, one in enumerate([*ranked, *picked])
    ]


def told(items: list[Item]) -> list[str]:
    return [each.found for each in imbalances(items)]


def test_a_balanced_bank_gives_nothing_to_say() -> None:
    assert told(sound()) == []
    assert list(pool_imbalances(sound())) == []


def test_each_quota_is_told_with_its_figure() -> None:
    items = [booked(one, key_kinds=("ask_first", "act_fast")) for one in bank(30, "best")]
    assert told(items) == [
        "keys that break a recipe (counter_recipe): 0 of 30 (0%)",
        "keys that ask or escalate first (ask_first): 30 of 30 (100%)",
        "items of several decisions: 0 of 30 (0%)",
        "too few keys are hold_back: 30 act_fast, 0 hold_back",
        "no key is with_press",
        "no key is without_press",
    ]
    assert [each.found for each in pool_imbalances(items)] == ["open items: 30 of 30 (100%)"]


def test_acting_fast_and_holding_back_need_a_third_of_the_two_each() -> None:
    kinds = ("act_fast", "act_fast", "hold_back")
    items = [
        booked(one, key_kinds=(*one.book.key_kinds, kinds[number % 3])) for number, one in enumerate(bank(30))
    ]
    assert not any("too few" in line for line in told(items))
    items[2] = booked(items[2], key_kinds=())
    assert "too few keys are hold_back: 20 act_fast, 9 hold_back" in told(items)


def test_a_share_is_kept_to_the_nearest_item() -> None:
    four_of_thirty = [
        booked(
            one,
            key_kinds=tuple(
                {*one.book.key_kinds} - {"counter_recipe"} | ({"counter_recipe"} if place < 4 else set())
            ),
        )
        for place, one in enumerate(sound())
    ]
    assert not any("recipe" in line for line in told(four_of_thirty))
    four_of_thirty[0] = booked(four_of_thirty[0], key_kinds=())
    assert any("recipe" in line for line in told(four_of_thirty))


def test_a_competency_needs_an_open_item_and_two_types_among_its_forms() -> None:
    own = [
        item("shop-1", "best", "shop.offer", "shop", pool="round"),
        item("shop-2", "rank", "audience.voice", "shop"),
    ]
    core = [item("core-1", "rate", "audience.voice")]
    assert [each.found for each in thin_competencies(own, core)] == [
        "shop.offer has no open item",
        "shop.offer rests on one type: best (1)",
    ]


def test_the_best_is_counted_by_its_place_where_places_are_free() -> None:
    contents = [read_content(made) for made in (scenario(), highlight(), match())]
    others = [Item(content, content.digest(), "core", bank(1)[0].book) for content in contents]
    assert best_places([*bank(2, "best"), *others]) == {
        "3": {1: 1, 2: 2, 3: 0},
        "4": {1: 2, 2: 0, 3: 1, 4: 1},
    }
