"""The contract of every item type, over shipped items and small made ones: a new member is tested unasked."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.banks.loader import load_library
from assessor.items import (
    ITEM_TYPES,
    Guessable,
    Rated,
    Unfolding,
    answer,
    answered,
    is_single_decision,
    listed,
    lowest,
    read_content,
    shown_to,
    sigma,
    type_of,
)
from assessor.items.base import Content, OptionContent, ResponseError, Shown
from tests.core.asked import asked_of
from tests.core.banks_examples import synthetic
from tests.core.items_examples import EXAMPLES

SHIPPED = Path(__file__).parents[2] / "question_banks"
KEYS = ((2, 5, 4), (4, 1, 5, 2), (3, 1, 5, 4, 2), (3.4, 1.2, 4.8, 2.6), (1, 1, 5, 4, 2.5))
PLANNED_SIGMA = {"best": 0.65, "best_worst": 0.50, "rate": 0.44}
CONTROL_KINDS = {"one", "some", "number", "text"}
BLIND = 200_000


def made(kind: str) -> list[Content]:
    """The items of this type that the keys above make, where the type accepts them, and the examples."""
    contents = list(EXAMPLES.get(kind, ()))
    for key in KEYS:
        try:
            contents.append(synthetic(kind, key))
        except ValueError:
            continue
    return contents


MADE = {kind: made(kind) for kind in ITEM_TYPES}
ITEMS = list(load_library([], SHIPPED).items.values())
#: Situations of one family share their parts: what hangs on those alone is asked of one of them.
HEADS = list({item.book.family or item.id: item.content for item in ITEMS}.values())
EXAMPLE = [content for contents in MADE.values() for content in contents]
CONTENTS = [item.content for item in ITEMS] + EXAMPLE
every_item = asked_of(CONTENTS)
every_set_of_parts = asked_of(HEADS + EXAMPLE)
every_unfolding_item = asked_of([each for each in HEADS + EXAMPLE if isinstance(type_of(each), Unfolding)])


def secret_of(seed: int) -> bytes:
    return np.random.default_rng(seed).bytes(32)


def view(content: Content, seed: int, so_far: Any = None) -> Shown:
    return shown_to(content, content.digest(), secret_of(seed), so_far)


def can_be_listed(content: Content) -> bool:
    return type_of(content).responses(content) is not None


def some_responses(content: Content, count: int = 20) -> list[Any]:
    rng = np.random.default_rng(7)
    if not can_be_listed(content):
        return [answer(content, 0.0, rng) for _ in range(count)]
    responses = listed(content)[0]
    return [responses[place] for place in rng.integers(len(responses), size=count)]


def a_response(content: Content) -> Any:
    """The key, or some response of a type that has none."""
    key = type_of(content).key(content)
    return some_responses(content, 1)[0] if key is None else key


def is_valid(content: Content, response: Any) -> bool:
    """Whether it is among the responses that the type lists, or begins one where an item unfolds."""
    if not can_be_listed(content):
        return bool(type_of(content).check(content, response) == response)
    if isinstance(type_of(content), Unfolding):
        return any(other[: len(response)] == response for other in listed(content)[0])
    return response in listed(content)[0]


def author_ids(content: Content) -> set[str]:
    return {ident for group in type_of(content).parts(content) for ident in group.ids}


@pytest.mark.parametrize("kind", ITEM_TYPES)
def test_every_type_has_items_to_be_tested_on(kind: str) -> None:
    assert len(MADE[kind]) >= 2
    assert ITEM_TYPES[kind].RULE.startswith(f"{kind}/")


@every_item
def test_the_key_scores_one_and_is_a_valid_response(content: Content) -> None:
    kind = type_of(content)
    key = kind.key(content)
    if isinstance(kind, Rated):
        full = {criterion.id: criterion.most for criterion in kind.rubric(content)}
        assert key is None
        assert kind.rated_score(content, [full]) == pytest.approx(1, abs=1e-12)
        assert kind.rated_score(content, [dict.fromkeys(full, 0)]) == 0
        return
    assert kind.check(content, key) == key
    assert kind.score(content, key) == pytest.approx(1, abs=1e-12)


@every_item
def test_blind_answers_score_zero_on_average_and_none_above_the_key(content: Content) -> None:
    """Exact where responses can be listed, else by seeded draws within four standard errors."""
    if isinstance(type_of(content), Rated):
        pytest.skip("nobody guesses a text: a blank one scores 0")
    if can_be_listed(content):
        scores = listed(content)[1]
        assert scores.mean() == pytest.approx(0, abs=1e-12)
        assert scores.max() == pytest.approx(1, abs=1e-12)
    else:
        scores = answered(content, np.zeros(BLIND), np.random.default_rng(3))[1]
        assert scores.mean() == pytest.approx(0, abs=4 * scores.std() / np.sqrt(BLIND))
        assert scores.max() <= 1 + 1e-12
    assert -2 <= scores.min() < 0


@every_set_of_parts
def test_every_listed_response_is_valid_and_none_stands_twice(content: Content) -> None:
    if not can_be_listed(content):
        pytest.skip("there are too many")
    kind, responses = type_of(content), listed(content)[0]
    assert all(kind.check(content, response) == response for response in responses)
    assert len({json.dumps(response, sort_keys=True) for response in responses}) == len(responses)


@every_set_of_parts
def test_reading_a_filled_page_gives_the_response_back(content: Content) -> None:
    kind = type_of(content)
    pages = kind.turns(content) if isinstance(kind, Unfolding) else 1
    for seed, response in enumerate(some_responses(content)):
        read = None
        for _ in range(pages):
            shown = view(content, seed, read)
            filled = kind.fill(content, response, shown)
            read = kind.parse(content, filled, shown)
            controls = {control.name: control for control in kind.controls(content, shown, "fr")}
            assert set(filled) <= set(controls)
            for name, values in filled.items():
                offered = {choice.value for choice in controls[name].choices}
                assert set(values) <= offered or not offered
        assert read == response


@every_unfolding_item
def test_an_item_that_unfolds_asks_one_turn_after_the_other(content: Content) -> None:
    kind = type_of(content)
    assert isinstance(kind, Unfolding)
    for seed, response in enumerate(some_responses(content)):
        names = []
        for done in range(kind.turns(content)):
            so_far, longer = response[:done] or None, response[: done + 1]
            assert kind.next_turn(content, so_far) == done + 1
            assert len(kind.past(content, so_far)) == done
            assert kind.check(content, longer) == longer
            names += [control.name for control in kind.controls(content, view(content, seed, so_far), "en")]
        assert len(set(names)) == len(names) == kind.turns(content)
        assert kind.next_turn(content, response) is None
        done_with = view(content, seed, response)
        assert kind.controls(content, done_with, "en") == ()
        assert kind.fill(content, response, done_with) == {}


@every_unfolding_item
def test_an_item_that_unfolds_takes_no_turn_back(content: Content) -> None:
    kind = type_of(content)
    assert isinstance(kind, Unfolding)
    others = some_responses(content, 8)
    for seed, response in enumerate(others):
        for done in range(1, kind.turns(content) + 1):
            so_far = response[:done]
            for other in others:
                stale = kind.fill(content, other, view(content, seed))
                assert kind.parse(content, stale, view(content, seed, so_far)) == so_far
                assert kind.may_replace(content, so_far, other) == (other[:done] == so_far)
            assert not kind.may_replace(content, so_far, None)
            assert kind.may_replace(content, None, so_far)


@every_set_of_parts
def test_an_empty_page_is_no_response(content: Content) -> None:
    shown = view(content, 1)
    kind = type_of(content)
    assert kind.parse(content, {}, shown) is None
    blank = {control.name: [""] for control in kind.controls(content, shown, "en")}
    assert kind.parse(content, blank, shown) is None


@every_set_of_parts
def test_a_page_with_one_control_left_out_is_refused_or_empty(content: Content) -> None:
    kind, shown = type_of(content), view(content, 2)
    filled = kind.fill(content, a_response(content), shown)
    for name in filled:
        rest = {other: values for other, values in filled.items() if other != name}
        if not rest:
            continue
        with pytest.raises(ResponseError) as refused:
            kind.parse(content, rest, shown)
        assert refused.value.control in filled


@every_item
def test_a_page_shows_every_part_and_nothing_of_the_key(content: Content) -> None:
    kind = type_of(content)
    for language in content.situation:
        shown = view(content, 3)
        controls = kind.controls(content, shown, language)
        assert {control.kind for control in controls} <= CONTROL_KINDS
        names = [control.name for control in controls]
        values = {choice.value for control in controls for choice in control.choices}
        assert len(set(names)) == len(names)
        assert not author_ids(content) & (values | set(names))
        assert set(shown.public.values()).isdisjoint(author_ids(content))
        page = " ".join(c.text + " ".join(choice.text for choice in c.choices) for c in controls)
        for ident in author_ids(content):
            wording = content.wording(ident)
            assert wording.why is None or wording.why[language] not in page
            assert wording.text[language] in page or isinstance(kind, Unfolding | Rated)
    with pytest.raises(KeyError):
        content.wording("nothing")


@every_item
def test_the_page_stays_the_same_whatever_the_key(content: Content) -> None:
    if not isinstance(content, OptionContent):
        pytest.skip("only options carry effectiveness")
    keys = [(option.effectiveness, option.lure) for option in content.options]
    for turn in range(1, len(keys)):
        turned = keys[turn:] + keys[:turn]
        options = tuple(
            option.model_copy(update={"effectiveness": value, "lure": lure, "why": {"fr": "x", "en": "x"}})
            for option, (value, lure) in zip(content.options, turned, strict=True)
        )
        other = content.model_copy(update={"options": options, "principle": None})
        shown = shown_to(content, "sha256:same", secret_of(4))
        kind = type_of(content)
        assert shown == shown_to(other, "sha256:same", secret_of(4))
        assert kind.controls(other, shown, "fr") == kind.controls(content, shown, "fr")


@every_set_of_parts
def test_what_another_attempt_was_shown_means_nothing_here(content: Content) -> None:
    kind = type_of(content)
    here, there = view(content, 5), view(content, 6)
    assert set(here.public.values()).isdisjoint(there.public.values())
    foreign = kind.fill(content, a_response(content), there)
    if not {*foreign, *(value for values in foreign.values() for value in values)} & {*there.public.values()}:
        pytest.skip("what is answered names no part")
    with contextlib.suppress(ResponseError):
        assert kind.parse(content, foreign, here) is None


@every_item
def test_the_explanation_covers_every_part_once(content: Content) -> None:
    kind = type_of(content)
    for response in (None, kind.key(content), *some_responses(content)):
        explanation = kind.explain(content, response)
        parts = {line.part for line in explanation.lines}
        assert len(parts) == len(explanation.lines)
        assert parts <= author_ids(content)
        # A group is explained whole, or not at all: what the other parts are put into.
        groups = [set(group.ids) for group in kind.parts(content)]
        assert all(group <= parts or group.isdisjoint(parts) for group in groups)
        marks = [mark for line in explanation.lines for mark in (line.given, line.keyed)]
        assert {mark.ref for mark in marks} <= (author_ids(content) - parts) | {None}
        if response is None:
            assert {line.given.kind for line in explanation.lines} == {"none"}
        else:
            assert any(line.given.kind != "none" for line in explanation.lines)
    agreed = [line.agrees for line in kind.explain(content, kind.key(content)).lines]
    assert all(agreed) != isinstance(kind, Rated)
    keyed = [line.keyed for line in kind.explain(content, None).lines]
    assert any(mark.kind != "none" for mark in keyed)


@every_item
def test_the_preferred_option_is_an_option_or_none(content: Content) -> None:
    kind = type_of(content)
    for response in some_responses(content):
        assert kind.preferred(content, response) in author_ids(content) | {None}
    if isinstance(content, OptionContent):
        top = max(content.options, key=lambda option: option.effectiveness).id
        assert kind.preferred(content, kind.key(content)) == top


@every_item
def test_a_blind_pick_is_among_parts_with_words_and_can_be_right_or_wrong(content: Content) -> None:
    kind = type_of(content)
    if not isinstance(kind, Guessable):
        pytest.skip("there is nothing to pick")
    for guess in kind.guesses(content):
        assert len(set(guess.ids)) == len(guess.ids) == len(guess.worth)
        assert set(guess.ids) <= author_ids(content)
        assert all(content.wording(ident).text for ident in guess.ids)
        assert min(guess.worth) < fmean(guess.worth) < max(guess.worth) <= 1 + 1e-12


@pytest.mark.parametrize("kind", ITEM_TYPES)
def test_one_decision_is_one_pick_asked_once(kind: str) -> None:
    for content in MADE[kind]:
        controls = ITEM_TYPES[kind].controls(content, view(content, 10), "fr")
        asked = [control.kind for control in controls]
        is_asked_again = isinstance(ITEM_TYPES[kind], Unfolding)
        assert is_single_decision(content) == (asked == ["one"] and not is_asked_again)


@every_item
def test_content_survives_json_whole(content: Content) -> None:
    again = read_content(json.loads(content.canonical()))
    assert again == content
    assert again.digest() == content.digest()
    for response in some_responses(content, 5):
        assert type_of(content).check(content, json.loads(json.dumps(response))) == response


@every_set_of_parts
def test_somebody_of_a_given_level_scores_it_on_average(content: Content) -> None:
    rng, kind = np.random.default_rng(11), type_of(content)
    for mean in (0.0, 0.5):
        responses, scores = answered(content, np.full(500, mean), rng)
        assert scores.mean() == pytest.approx(mean, abs=4 * scores.std() / np.sqrt(scores.size))
        if not isinstance(kind, Rated):
            assert [kind.score(content, response) for response in responses] == scores.tolist()
    one = answer(content, 0.9, rng)
    assert type_of(content).check(content, one) == one


@every_set_of_parts
def test_sigma_is_that_of_one_answer(content: Content) -> None:
    assert 0.15 < sigma(content) < 0.9


@every_item
def test_no_response_scores_less_than_the_lowest_and_one_scores_it(content: Content) -> None:
    if isinstance(type_of(content), Rated):
        assert lowest(content) == 0
    elif can_be_listed(content):
        assert lowest(content) == pytest.approx(listed(content)[1].min(), abs=1e-12)
    assert lowest(content) <= 0


@pytest.mark.parametrize("kind", PLANNED_SIGMA)
def test_sigma_is_near_its_planning_figure(kind: str) -> None:
    spreads = [sigma(content) for content in CONTENTS if content.type == kind and content in FOUR[kind]]
    assert fmean(spreads) == pytest.approx(PLANNED_SIGMA[kind], abs=0.05)


FOUR = {
    kind: [each for each in CONTENTS if isinstance(each, OptionContent) and len(each.options) == 4]
    for kind in PLANNED_SIGMA
}


@every_set_of_parts
def test_the_order_shown_says_nothing_of_the_key(content: Content) -> None:
    """Each part comes first about as often as any other: chi-square under its 0.9999 point, seeded."""
    [group] = [group for group in type_of(content).parts(content) if group.shuffled][:1] or [None]
    if group is None:
        pytest.skip("the order of this type's parts is part of the item")
    digest, attempts = content.digest(), 600
    firsts = dict.fromkeys(group.ids, 0)
    for seed in range(attempts):
        secret = f"attempt {seed}".encode()
        firsts[shown_to(content, digest, secret).order[group.name][0]] += 1
    expected = attempts / len(group.ids)
    chi_square = sum((count - expected) ** 2 / expected for count in firsts.values())
    assert chi_square < 2 * len(group.ids) + 20


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.sampled_from("abcde"),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["a", "b", "c", "d", "best", "worst"]), inner, max_size=5)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", ITEM_TYPES)
@given(junk=JUNK)
def test_a_response_that_is_none_is_refused_and_never_crashes(kind: str, junk: Any) -> None:
    for content in MADE[kind]:
        with contextlib.suppress(ResponseError):
            assert is_valid(content, ITEM_TYPES[kind].check(content, junk))


@pytest.mark.parametrize("kind", ITEM_TYPES)
@given(data=st.data())
def test_a_page_of_junk_is_refused_and_never_crashes(kind: str, data: st.DataObject) -> None:
    content = MADE[kind][0]
    shown = view(content, 8)
    names = [control.name for control in ITEM_TYPES[kind].controls(content, shown, "fr")]
    offered = st.sampled_from([*shown.public.values(), "", "0", "1", "2", "3", "4", "5", "a", "b"])
    value = st.lists(offered | st.text(max_size=3), max_size=2)
    page = data.draw(st.dictionaries(st.sampled_from([*names, "a", "csrf"]), value))
    with contextlib.suppress(ResponseError):
        response = ITEM_TYPES[kind].parse(content, page, shown)
        assert response is None or is_valid(content, response)


@pytest.mark.parametrize(
    ("kind", "junk", "control"),
    [
        ("best", "z", "pick"),
        ("best_worst", ["b", "a"], "best"),
        ("best_worst", {"best": "b", "worst": "a", "second": "c"}, "best"),
        ("best_worst", {"worst": "a"}, "best"),
        ("best_worst", {"best": "a"}, "worst"),
        ("best_worst", {"best": "b", "worst": "b"}, "worst"),
        ("best_worst", {"best": "b", "worst": ["a"]}, "worst"),
        ("rank", "abc", ""),
        ("rank", ["a", "b", 3], ""),
        ("rank", ["a", "b", "b"], ""),
        ("rate", ["a"], ""),
        ("rate", {"a": 1, "b": 2}, ""),
        ("rate", {"a": 1, "b": 2, "c": 3, "d": 6}, "d"),
        ("rate", {"a": True, "b": 2, "c": 3, "d": 5}, "a"),
        ("rate", {"a": 1.0, "b": 2, "c": 3, "d": 5}, "a"),
    ],
)
def test_a_wrong_response_is_refused_at_its_control(kind: str, junk: Any, control: str) -> None:
    content = synthetic(kind, (4, 1, 5, 2) if kind == "rate" else (4, 1, 5))
    with pytest.raises(ResponseError) as refused:
        ITEM_TYPES[kind].check(content, junk)
    assert refused.value.control == control
    assert refused.value.message


@pytest.mark.parametrize(
    ("kind", "values", "wrong"),
    [("rank", ["1", "2", "4"], 2), ("rank", ["1", "1", "2"], 1), ("rate", ["1", "2", "6", "4"], 2)],
)
def test_a_place_or_rating_off_the_scale_is_refused_at_its_control(
    kind: str, values: list[str], wrong: int
) -> None:
    content = synthetic(kind, (4, 1, 5, 2)[: len(values)])
    shown = view(content, 9)
    names = [shown.public[ident] for ident in shown.order["options"]]
    with pytest.raises(ResponseError) as refused:
        ITEM_TYPES[kind].parse(content, dict(zip(names, [[value] for value in values], strict=True)), shown)
    assert refused.value.control == names[wrong]
