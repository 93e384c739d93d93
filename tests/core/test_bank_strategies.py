"""What a trick earns is measured over everything that can be picked, whatever the item's type."""

from __future__ import annotations

from typing import Any

import pytest

from assessor.authoring.strategies import STRATEGIES, Sheet, gains, outcomes
from assessor.banks.schema import Bookkeeping, Item
from assessor.items import read_content, type_of
from assessor.items._abilities import Guessable
from assessor.items.base import Content
from tests.core.banks_examples import synthetic
from tests.core.items_examples import EXAMPLES, allocate, chain, highlight, match, select

BOOK = Bookkeeping.model_validate(
    {"minutes": 1, "pool": "open", "status": "author-keyed", "as_of": "2026-11-22"}
)


def picks(content: Content) -> list[dict[str, float]]:
    kind = type_of(content)
    assert isinstance(kind, Guessable)
    return [dict(zip(guess.ids, guess.worth, strict=True)) for guess in kind.guesses(content)]


@pytest.mark.parametrize(
    ("language", "options", "picked"),
    [
        ("en", ("Post it now", "Ask the lawyer first", "Wait for noon"), [1]),
        ("en", ("Look it up in the directory", "Take the other direction", "Call your colleague"), [2]),
        ("en", ("Ask your boss", "Ask legal", "Post it"), [0, 1, 2]),
        ("fr", ("Publier tout de suite", "Attendre midi", "Transmettre au service juridique"), [2]),
        ("fr", ("Consulter l’annuaire", "En parler à une collègue", "Publier"), [1]),
        ("de", ("Die Kollegin fragen", "Warten"), [0, 1]),
    ],
)
def test_who_looks_for_the_one_colleague_or_lawyer_picks_that_option(
    language: str, options: tuple[str, ...], picked: list[int]
) -> None:
    found = STRATEGIES["lone_colleague"](Sheet(language, "", options))
    assert [place for place, figure in enumerate(found) if figure == max(found)] == picked


def test_a_pick_is_worth_what_the_type_scores_it() -> None:
    for content in (read_content(select()), read_content(highlight())):
        [worth] = picks(content)
        assert worth == {ident: type_of(content).score(content, [ident]) for ident in worth}
    best = synthetic("best", (2, 5, 4, 1))
    assert picks(best) == [{ident: type_of(best).score(best, ident) for ident in "abcd"}]
    shared = read_content(allocate())
    assert picks(shared)[0]["a"] == type_of(shared).score(shared, {"a": 100, "b": 0, "c": 0, "d": 0, "e": 0})


def test_picking_the_same_category_everywhere_earns_what_the_type_gives_for_it() -> None:
    content = read_content(match("yxzyzxyx"))
    everything_in_y = {f"p{number}": "y" for number in range(1, 9)}
    mean = sum(worth["y"] for worth in picks(content)) / 8
    assert mean == pytest.approx(type_of(content).score(content, everything_in_y))


def test_an_item_of_several_picks_counts_once() -> None:
    content = read_content(chain((5, 1, 4), (5, 1, 3, 2), (1, 3, 5, 4)))
    found = gains(content, "en")
    first = [next(iter(worth.values())) for worth in picks(content)]
    assert found["first"] == pytest.approx(sum(first) / 3)
    items = [Item(content, content.digest(), "core", BOOK)] * 3
    assert {outcome.n for outcome in outcomes(items, "en")} == {3}


def test_sharing_points_blindly_is_chance_though_no_sane_answer_gives_all_to_one() -> None:
    content = read_content(allocate())
    assert sum(picks(content)[0].values()) < 0
    assert gains(content, "fr")["hedged"] == pytest.approx(0)
    assert gains(content, "fr")["first"] > 0.5


def test_words_shared_with_a_prompt_are_a_cue_of_that_prompt() -> None:
    made: dict[str, Any] = match("yxzyzx")
    for place, ident in enumerate("xyz"):
        made["categories"][place]["text"] = {"fr": f"Le bureau {ident * 5}", "en": f"The {ident * 5} desk"}
    plain = gains(read_content(made), "en")["echo"]
    for prompt in made["prompts"]:
        prompt["text"] = {"fr": "Un cas", "en": f"A case for {prompt['category'] * 5}"}
    assert plain == pytest.approx(0)
    assert gains(read_content(made), "en")["echo"] == pytest.approx(1)


def test_where_nothing_is_picked_no_trick_is_measured() -> None:
    content = EXAMPLES["written"][0]
    assert gains(content, "en") == {}
    assert outcomes([Item(content, content.digest(), "core", BOOK)] * 4, "en") == ()
