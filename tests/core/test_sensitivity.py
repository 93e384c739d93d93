"""Key sensitivity: which other keys an item has, and how far the same answers move under them."""

import json

import numpy as np
import pytest

from assessor import measurement
from assessor.items import ITEM_TYPES, read_content, type_of
from assessor.items.base import Content, Option, Part
from assessor.measurement.sensitivity import KEYS, alternative, document, key_sensitivity, rescored
from assessor.scoring.model import PLANNING, estimate, posterior
from tests.core.small_library import baker, domain_form, item, small_library, text


def keyed(content):
    return [option.effectiveness for option in content.options]


def test_a_near_miss_is_taken_for_the_best():
    one = item("one", "best", "strategy.risk").content
    other = alternative(one, "near_is_best")
    near = [option.id for option in one.options if option.lure == "near"]
    assert [type_of(other).score(other, ident) for ident in ("a", *near)] == [1.0, 1.0]
    chance = [type_of(other).score(other, option.id) for option in other.options]
    assert sum(chance) == pytest.approx(0)
    assert keyed(one) == [5.0, 3.5, 2.0, 1.5]


def test_the_differences_between_lesser_responses_are_halved():
    one = item("one", "best", "strategy.risk").content
    middle = (3.5 + 2.0 + 1.5) / 3
    wanted = [5.0, *(middle + (value - middle) / 2 for value in (3.5, 2.0, 1.5))]
    assert keyed(alternative(one, "lesser_halved")) == pytest.approx(wanted)


def test_halving_every_difference_would_change_no_score():
    """Why the second key halves the lesser differences only."""
    for kind in ("best", "best_worst", "rate", "rank"):
        one = item("one", kind, "strategy.risk").content
        options = tuple(
            o.model_copy(update={"effectiveness": 3 + (o.effectiveness - 3) / 2}) for o in one.options
        )
        half = one.model_copy(update={"options": options})
        for response in type_of(one).responses(one):
            assert type_of(one).score(half, response) == pytest.approx(type_of(one).score(one, response))


@pytest.mark.parametrize("kind", sorted(set(ITEM_TYPES) & {"best", "best_worst", "rate", "rank"}))
@pytest.mark.parametrize("key", KEYS)
def test_other_keys_keep_the_scale(kind, key):
    """1 is still reached, chance is still 0."""
    one = item("one", kind, "strategy.risk").content
    other = alternative(one, key)
    scores = [type_of(one).score(other, response) for response in type_of(one).responses(one)]
    assert max(scores) == pytest.approx(1)
    assert np.mean(scores) == pytest.approx(0, abs=1e-12)


def test_items_without_such_a_key_have_none():
    no_near = item("one", "best", "strategy.risk", lures=("geek", "promo", "silo")).content
    assert alternative(no_near, "near_is_best") is None
    all_near = item("two", "best", "strategy.risk", lures=("near", "near", "near")).content
    assert alternative(all_near, "near_is_best") is None
    even = item("three", "best", "strategy.risk", keys=(5.0, 2.0, 2.0, 2.0)).content
    assert alternative(even, "lesser_halved") is None


LIBRARY = small_library()


class Turn(Part):
    situation: str
    options: tuple[Option, ...]


class Told(Content):
    turns: tuple[Turn, ...]
    marks: tuple[str, ...] = ()
    mixed: tuple[Turn | str, ...] = ()


def test_options_are_found_wherever_a_type_keeps_them():
    options = item("one", "best", "strategy.risk").content.options
    turn = Turn(situation="first", options=options)
    told = Told(
        id="told", type="told", competency="strategy.risk", situation=text("x"),
        turns=(turn, turn), marks=("a",), mixed=(turn, "b"),
    )  # fmt: skip
    other = alternative(told, "near_is_best")
    assert [keyed(one) for one in other.turns] == [[5.0, 5.0, 2.0, 1.5]] * 2
    assert keyed(other.mixed[0]) == [5.0, 5.0, 2.0, 1.5]
    assert (other.marks, other.mixed[1]) == (("a",), "b")


def test_the_turns_of_a_scenario_are_scored_under_the_other_key():
    options = [
        one.model_dump(exclude_none=True) for one in item("o", "best", "strategy.risk").content.options
    ]
    node = {"id": "second", "text": text("then"), "options": options}
    first = node | {"id": "first", "options": [option | {"next": "second"} for option in options]}
    last = node | {"id": "third"}
    second = node | {"options": [option | {"next": "third"} for option in options]}
    told = read_content(
        {
            "id": "told",
            "type": "scenario",
            "competency": "strategy.risk",
            "situation": text("it begins"),
            "nodes": [first, second, last],
        }
    )
    score = type_of(told).score(told, ["b", "a", "a"])
    assert score < 1.0
    assert rescored(told, ["b", "a", "a"], score, "near_is_best") == pytest.approx(1.0)


def test_what_was_not_answered_keeps_its_worth():
    one = item("one", "best", "strategy.risk").content
    assert rescored(one, None, 0.0, "near_is_best") == 0.0
    assert rescored(one, "b", None, "near_is_best") is None
    assert rescored(one, "b", 0.25, "near_is_best") == 1.0
    plain = item("two", "best", "strategy.risk", lures=("geek", "promo", "silo")).content
    assert rescored(plain, "b", 0.25, "near_is_best") == 0.25


def near_or_key(content):
    near = next(option.id for option in content.options if option.lure == "near")
    return near if content.type == "best" else type_of(content).key(content)


def moved_of(items, responses, role):
    domain, _ = domain_form(small_library(), "bakery")
    scores = [
        None if response is None else type_of(one.content).score(one.content, response)
        for one, response in zip(items, responses, strict=True)
    ]
    design = measurement.design_of(items, domain, PLANNING, [score is not None for score in scores])
    found = key_sensitivity([one.content for one in items], responses, scores, design, domain, role, PLANNING)
    return domain, design, scores, found


def test_estimates_move_as_rescoring_moves_them():
    _, items = domain_form(small_library(), "bakery")
    responses = [near_or_key(one.content) for one in items]
    domain, design, scores, found = moved_of(items, responses, baker())
    known = posterior(design, PLANNING)
    weights, _ = measurement.composite_weights(domain, baker(), known.measured)
    for one in found:
        again = [
            rescored(it.content, response, score, one.key)
            for it, response, score in zip(items, responses, scores, strict=True)
        ]
        gap = 100 * (estimate(known, again, design.b) - estimate(known, scores, design.b))
        assert list(one.competencies.values()) == pytest.approx(list(gap))
        assert one.fit == pytest.approx(weights @ gap)
        assert one.items == sum(a != pytest.approx(s) for a, s in zip(again, scores, strict=True))
    near, halved = found
    assert near.items > 0
    assert halved.areas["strategy"] != 0
    assert json.loads(json.dumps(document(found), allow_nan=False)) == document(found)
    assert set(document(found)) == set(KEYS)


def test_whoever_picks_near_misses_gains_where_they_count_as_best():
    items = [item(f"i-{n}", "best", ident) for n, ident in enumerate(("strategy.risk", "audience.voice") * 3)]
    near, halved = moved_of(items, ["b"] * 6, LIBRARY.role("miller"))[-1]
    assert near.areas["strategy"] > 20
    assert near.fit > 20
    assert halved.items == 6


def test_what_is_not_measured_does_not_move():
    _, items = domain_form(small_library(), "bakery")
    responses = [None if one.content.competency == "bakery.bread" else "a" for one in items]
    responses = [
        response if response is None else type_of(one.content).key(one.content)
        for one, response in zip(items, responses, strict=True)
    ]
    role = baker().model_copy(
        update={
            "weights": tuple(w for w in baker().weights if w.competency == "bakery.bread"),
            "minimums": (),
        }
    )
    _, _, _, found = moved_of(items, responses, role)
    assert all(one.competencies["bakery.bread"] is None and one.fit is None for one in found)
    assert document(found)["near_is_best"]["fit"] is None
