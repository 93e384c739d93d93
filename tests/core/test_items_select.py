"""The ``select`` type against hand-worked cases; what holds for every type stands in the contract suite."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assessor.items import listed, read_content, select, shown_to, sigma
from assessor.items.base import ResponseError
from tests.core import items_examples as made

CONTENT = read_content(made.select("ac", 5))


@pytest.mark.parametrize(
    ("response", "score"),
    [
        ("ac", 1),
        ("a", 1 / 2),
        ("ab", 1 / 2 - 1 / 3),
        ("bde", -1),
        ("abcde", 0),
        ("acd", 2 / 3),
        ("d", -1 / 3),
    ],
)
def test_the_score_is_the_hit_rate_minus_the_false_alarm_rate(response, score):
    assert select.score(CONTENT, list(response)) == pytest.approx(score, abs=1e-12)


def test_the_response_is_kept_in_the_author_s_order():
    assert select.check(CONTENT, ["c", "a"]) == ["a", "c"]


@pytest.mark.parametrize("junk", [[], "ac", None, ["a", "a"], ["a", "z"], ["a", 1], [["a"]], {"a": 1}])
def test_what_lists_no_options_is_refused(junk):
    with pytest.raises(ResponseError) as refused:
        select.check(CONTENT, junk)
    assert refused.value.control == "marks"


def test_an_option_sent_twice_is_refused():
    shown = shown_to(CONTENT, "sha256:x", b"secret")
    with pytest.raises(ResponseError):
        select.parse(CONTENT, {"marks": [shown.public["a"]] * 2}, shown)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (made.select("", 4), "options: none is keyed"),
        (made.select("abcd", 4), "options: all are keyed"),
        (made.changed(made.select(), "options", 1, id="a"), "options: the id 'a' stands twice"),
        (
            made.changed(made.select(), "options", 0, lure="geek"),
            "options.0.lure: 'a' applies and has a lure",
        ),
        (made.changed(made.select(), "options", 1, lure=None), "options.1: 'b' has no lure"),
        (made.changed(made.select(), "options", 1, keyed=1), "valid boolean"),
        (made.select("a", 2), "at least 3"),
    ],
)
def test_an_unsound_key_is_refused(mapping, said):
    assert said in made.refusal(mapping)


def test_the_page_stays_the_same_whatever_the_key():
    other = read_content(made.select("be", 5))
    shown = shown_to(CONTENT, "sha256:same", b"secret")
    assert shown == shown_to(other, "sha256:same", b"secret")
    assert select.controls(CONTENT, shown, "fr") == select.controls(other, shown, "fr")


def test_options_are_marked_independently_of_each_other():
    """Keyed ones with (1+m)/2, others with (1-m)/2, given that at least one is; the mean stays m."""
    content, n = read_content(made.select("b", 3)), 40_000
    found = select.sample(content, np.full(n, 0.5), np.random.default_rng(4))
    counts = {tuple(response): 0 for response in listed(content)[0]}
    for response in found:
        counts[tuple(response)] += 1
    hit, alarm = counts[("a", "b")] / counts[("b",)], counts[("a", "b", "c")] / counts[("b",)]
    odds = counts[("a", "b")] / (counts[("a", "b")] + counts[("b",)])
    assert hit**2 == pytest.approx(alarm, abs=0.02)
    # m solves m = .5 (1 - P(empty)): by hand .41965, where (1 - m) / 2 is .29.
    assert odds == pytest.approx(0.290, abs=0.012)


def test_sigma_is_the_spread_of_simulated_scores():
    for content in made.EXAMPLES["select"]:
        found = select.sample(content, np.full(40_000, 0.5), np.random.default_rng(5))
        spread = np.std([select.score(content, response) for response in found])
        assert sigma(content) == pytest.approx(spread, rel=0.02)
    assert sigma(CONTENT) == pytest.approx(0.40, abs=0.01)
    assert math.isfinite(sigma(CONTENT))


def test_the_first_people_are_the_same_however_many_follow():
    few = select.sample(CONTENT, np.full(5, 0.4), np.random.default_rng(6))
    many = select.sample(CONTENT, np.full(50, 0.4), np.random.default_rng(6))
    assert few == many[:5]


def test_what_applies_is_explained_first():
    lines = select.explain(CONTENT, ["a", "b"]).lines
    assert [line.part for line in lines] == ["a", "c", "b", "d", "e"]
    assert [line.given.kind for line in lines] == ["chosen", "none", "chosen", "none", "none"]
    assert [line.keyed.kind for line in lines] == ["chosen", "chosen", "none", "none", "none"]
    assert [line.agrees for line in lines] == [True, False, False, True, True]
