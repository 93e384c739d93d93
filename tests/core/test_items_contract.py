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
from assessor.items import ITEM_TYPES, answer, drawn, listed, read_content, shown_to, sigma, type_of
from assessor.items.base import Content, OptionContent, ResponseError, Shown
from tests.core.banks_examples import synthetic

SHIPPED = Path(__file__).parents[2] / "question_banks"
KEYS = ((2, 5, 4), (4, 1, 5, 2), (3, 1, 5, 4, 2), (3.4, 1.2, 4.8, 2.6), (1, 1, 5, 4, 2.5))
PLANNED_SIGMA = {"best": 0.65, "best_worst": 0.50, "rate": 0.44}
CONTROL_KINDS = {"one", "some", "number", "text"}


def made(kind: str) -> list[Content]:
    """The items of this type that the keys above make, where the type accepts them."""
    contents = []
    for key in KEYS:
        try:
            contents.append(synthetic(kind, key))
        except ValueError:
            continue
    return contents


MADE = {kind: made(kind) for kind in ITEM_TYPES}
CONTENTS = [item.content for item in load_library([], SHIPPED).items.values()]
CONTENTS += [content for contents in MADE.values() for content in contents]
every_item = pytest.mark.parametrize("content", CONTENTS, ids=[content.id for content in CONTENTS])


def secret_of(seed: int) -> bytes:
    return np.random.default_rng(seed).bytes(32)


def view(content: Content, seed: int) -> Shown:
    return shown_to(content, content.digest(), secret_of(seed))


def some_responses(content: Content, count: int = 20) -> list[Any]:
    rng = np.random.default_rng(7)
    responses = listed(content)[0]
    return [responses[place] for place in rng.integers(len(responses), size=count)]


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
    assert kind.check(content, key) == key
    assert kind.score(content, key) == pytest.approx(1, abs=1e-12)


@every_item
def test_blind_answers_score_zero_on_average_and_none_above_the_key(content: Content) -> None:
    scores = listed(content)[1]
    assert scores.mean() == pytest.approx(0, abs=1e-12)
    assert scores.max() == pytest.approx(1, abs=1e-12)
    assert -2 <= scores.min() < 0


@every_item
def test_every_listed_response_is_valid_and_none_stands_twice(content: Content) -> None:
    kind, responses = type_of(content), listed(content)[0]
    assert all(kind.check(content, response) == response for response in responses)
    assert len({json.dumps(response, sort_keys=True) for response in responses}) == len(responses)


@every_item
def test_reading_a_filled_page_gives_the_response_back(content: Content) -> None:
    kind = type_of(content)
    for seed, response in enumerate(some_responses(content)):
        shown = view(content, seed)
        filled = kind.fill(content, response, shown)
        assert kind.parse(content, filled, shown) == response
        controls = {control.name: control for control in kind.controls(content, shown, "fr")}
        assert set(filled) <= set(controls)
        for name, values in filled.items():
            offered = {choice.value for choice in controls[name].choices}
            assert set(values) <= offered or not offered


@every_item
def test_an_empty_page_is_no_response(content: Content) -> None:
    shown = view(content, 1)
    kind = type_of(content)
    assert kind.parse(content, {}, shown) is None
    blank = {control.name: [""] for control in kind.controls(content, shown, "en")}
    assert kind.parse(content, blank, shown) is None


@every_item
def test_a_page_with_one_control_left_out_is_refused_or_empty(content: Content) -> None:
    kind, shown = type_of(content), view(content, 2)
    filled = kind.fill(content, kind.key(content), shown)
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
        if isinstance(content, OptionContent):
            page = " ".join(c.text + " ".join(choice.text for choice in c.choices) for c in controls)
            for option in content.options:
                assert option.text[language] in page
                assert option.why[language] not in page


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


@every_item
def test_what_another_attempt_was_shown_means_nothing_here(content: Content) -> None:
    kind = type_of(content)
    here, there = view(content, 5), view(content, 6)
    assert set(here.public.values()).isdisjoint(there.public.values())
    foreign = kind.fill(content, kind.key(content), there)
    with contextlib.suppress(ResponseError):
        assert kind.parse(content, foreign, here) is None


@every_item
def test_the_explanation_covers_every_part_once(content: Content) -> None:
    kind = type_of(content)
    for response in (None, kind.key(content), *some_responses(content)):
        explanation = kind.explain(content, response)
        parts = [line.part for line in explanation.lines]
        assert sorted(parts) == sorted(author_ids(content))
        if response is None:
            assert {line.given.kind for line in explanation.lines} == {"none"}
        else:
            assert any(line.given.kind != "none" for line in explanation.lines)
    assert all(line.agrees for line in kind.explain(content, kind.key(content)).lines)
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
def test_content_survives_json_whole(content: Content) -> None:
    again = read_content(json.loads(content.canonical()))
    assert again == content
    assert again.digest() == content.digest()
    for response in some_responses(content, 5):
        assert type_of(content).check(content, json.loads(json.dumps(response))) == response


@every_item
def test_somebody_of_a_given_level_scores_it_on_average(content: Content) -> None:
    rng = np.random.default_rng(11)
    for mean in (0.0, 0.5):
        scores = listed(content)[1][drawn(content, np.full(500, mean), rng)]
        assert scores.mean() == pytest.approx(mean, abs=4 * scores.std() / np.sqrt(scores.size))
    one = answer(content, 0.9, rng)
    assert type_of(content).check(content, one) == one


@pytest.mark.parametrize("kind", PLANNED_SIGMA)
def test_sigma_is_near_its_planning_figure(kind: str) -> None:
    spreads = [sigma(content) for content in CONTENTS if content.type == kind and content in FOUR[kind]]
    assert fmean(spreads) == pytest.approx(PLANNED_SIGMA[kind], abs=0.05)


FOUR = {
    kind: [each for each in CONTENTS if isinstance(each, OptionContent) and len(each.options) == 4]
    for kind in PLANNED_SIGMA
}


@every_item
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
            assert ITEM_TYPES[kind].check(content, junk) in listed(content)[0]


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
        assert response is None or response in listed(content)[0]


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
