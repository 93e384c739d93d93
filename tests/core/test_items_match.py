"""The ``match`` type against hand-worked cases; what holds for every type stands in the contract suite."""

from __future__ import annotations

import numpy as np
import pytest

from assessor.items import listed, match, read_content, shown_to, sigma
from assessor.items.base import ResponseError
from tests.core import items_examples as made

CONTENT = read_content(made.match("yxzyzx", "xyz"))
LONG = read_content(made.match("bdacfedb", "abcdef"))


def assignment(categories):
    return {f"p{number}": one for number, one in enumerate(categories, start=1)}


@pytest.mark.parametrize(
    ("given", "score"),
    [("yxzyzx", 1), ("yxzyzy", 3 / 4), ("xxxxxx", 0), ("zzyxyz", -1 / 2), ("yxzxyz", 1 / 4)],
)
def test_the_score_is_the_share_right_against_chance(given, score):
    assert match.score(CONTENT, assignment(given)) == pytest.approx(score, abs=1e-12)


def test_chance_is_one_in_as_many_as_there_are_categories_however_often_each_is_right():
    """Categories may be used any number of times, so every prompt is right one time in k."""
    for content in made.EXAMPLES["match"][:3]:
        right = [match.score(content, response) for response in listed(content)[0]]
        assert np.mean(right) == pytest.approx(0, abs=1e-12)


def test_too_many_assignments_are_not_listed():
    assert match.responses(LONG) is None
    with pytest.raises(ValueError, match="cannot be listed"):
        listed(LONG)


@pytest.mark.parametrize(
    ("junk", "control"),
    [
        (["x"] * 6, ""),
        (assignment("yxzyz"), ""),
        ({**assignment("yxzyzx"), "p7": "x"}, ""),
        (assignment("yxzyzw"), "p6"),
        ({**assignment("yxzyzx"), "p2": 1}, "p2"),
        ({**assignment("yxzyzx"), "p3": ["x"]}, "p3"),
    ],
)
def test_what_is_no_assignment_is_refused_at_its_control(junk, control):
    with pytest.raises(ResponseError) as refused:
        match.check(CONTENT, junk)
    assert refused.value.control == control


def test_a_prompt_cannot_be_put_into_a_prompt():
    shown = shown_to(CONTENT, "sha256:x", b"secret")
    values = match.fill(CONTENT, match.key(CONTENT), shown)
    values[shown.public["p3"]] = [shown.public["p1"]]
    with pytest.raises(ResponseError) as refused:
        match.parse(CONTENT, values, shown)
    assert refused.value.control == shown.public["p3"]


def test_prompts_are_shuffled_and_categories_are_not():
    prompts = {shown_to(CONTENT, "sha256:x", bytes([seed])).order["prompts"] for seed in range(20)}
    assert len(prompts) > 10
    shown = shown_to(CONTENT, "sha256:x", b"secret")
    for control in match.controls(CONTENT, shown, "en"):
        assert [choice.text for choice in control.choices] == ["Kind x.", "Kind y.", "Kind z."]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (made.match("xxyy", "xyz"), "prompts: putting everything into 'x' scores 0.25"),
        (made.match("aaab", "ab"), "prompts: putting everything into 'a' scores 0.50"),
        (
            made.match("xyzxyz", "xyz"),
            "prompts: the categories in turn, in the order of the file, scores 1.00",
        ),
        (made.match("yxw", "xyz"), "prompts.2.category: 'w' is no category - use one of x, y, z"),
        (made.changed(made.match(), "prompts", 1, id="p1"), "prompts: the id 'p1' stands twice"),
        (made.changed(made.match(), "prompts", 1, id="x"), "prompts: the id 'x' stands twice"),
        (made.match("ab", "ab"), "at least 3"),
    ],
)
def test_an_unsound_key_is_refused(mapping, said):
    assert said in made.refusal(mapping)


def test_a_lazy_answer_that_scores_just_what_is_allowed_is_taken():
    assert made.refusal(made.match("yxxzy", "xyz")) == ""
    content = read_content(made.match("yxxzy", "xyz"))
    assert match.score(content, assignment("xxxxx")) == pytest.approx(0.10, abs=1e-12)


def test_the_page_stays_the_same_whatever_the_key():
    other = read_content(made.match("zyxzxy", "xyz"))
    shown = shown_to(CONTENT, "sha256:same", b"secret")
    assert match.controls(CONTENT, shown, "fr") == match.controls(other, shown, "fr")


def test_wrong_answers_are_spread_over_the_other_categories():
    found = match.sample(LONG, np.full(30_000, 0.4), np.random.default_rng(4))
    chosen = [response["p1"] for response in found]
    shares = {one: chosen.count(one) / len(chosen) for one in "abcdef"}
    assert shares["b"] == pytest.approx(1 / 6 + 0.4 * 5 / 6, abs=0.012)
    for one in "acdef":
        assert shares[one] == pytest.approx((1 - shares["b"]) / 5, abs=0.008)


def test_sigma_is_the_spread_of_simulated_scores():
    for content in made.EXAMPLES["match"]:
        found = match.sample(content, np.full(20_000, 0.5), np.random.default_rng(5))
        spread = np.std([match.score(content, response) for response in found])
        assert sigma(content) == pytest.approx(spread, rel=0.03)


def test_the_category_given_and_the_right_one_stand_beside_each_prompt():
    lines = match.explain(CONTENT, assignment("yxzyzy")).lines
    assert [line.part for line in lines] == [f"p{number}" for number in range(1, 7)]
    assert [line.agrees for line in lines] == [True] * 5 + [False]
    assert (lines[5].given.ref, lines[5].keyed.ref) == ("y", "x")
    assert CONTENT.wording("y").text["en"] == "Kind y."
    assert CONTENT.wording("y").why is None
