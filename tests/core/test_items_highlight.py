"""The ``highlight`` type against cases worked by hand; what holds for all stands in the contract suite."""

from __future__ import annotations

import pytest

from assessor.items import highlight, listed, read_content, shown_to
from assessor.items.base import ResponseError
from tests.core import items_examples as made

CONTENT = read_content(made.highlight((2, 4), 6))


@pytest.mark.parametrize(
    ("response", "score"),
    [(["s2", "s4"], 1), (["s2"], 0.5), (["s1", "s2"], 0.25), (["s1", "s3", "s5", "s6"], -1)],
)
def test_the_score_is_that_of_select_over_the_spans(response, score):
    assert highlight.score(CONTENT, response) == pytest.approx(score, abs=1e-12)


def test_marking_everything_or_half_of_both_kinds_pays_nothing():
    assert highlight.score(CONTENT, [f"s{number}" for number in range(1, 7)]) == 0
    assert highlight.score(CONTENT, ["s1", "s2", "s3"]) == 0


def test_the_draft_keeps_its_order_for_everybody():
    ids = tuple(f"s{number}" for number in range(1, 7))
    for secret in (b"one", b"two", b"three"):
        shown = shown_to(CONTENT, "sha256:x", secret)
        assert shown.order["spans"] == ids
        [control] = highlight.controls(CONTENT, shown, "en")
        assert control.kind == "some"
        assert [choice.text for choice in control.choices] == [f"Say {ident}." for ident in ids]
        assert highlight.parse(CONTENT, {"marks": [shown.public["s4"], shown.public["s2"]]}, shown) == [
            "s2",
            "s4",
        ]


@pytest.mark.parametrize("junk", [[], ["s2", "s2"], ["s9"], "s2", {"s2": True}])
def test_what_lists_no_spans_is_refused(junk):
    with pytest.raises(ResponseError):
        highlight.check(CONTENT, junk)


def test_the_longest_draft_can_still_be_listed():
    longest = read_content(made.highlight((1, 8), 15))
    assert len(listed(longest)[0]) == 2**15 - 1


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (made.highlight((), 4), "spans: none is keyed"),
        (made.highlight((1, 2, 3), 3), "spans: all are keyed"),
        (made.changed(made.highlight(), "spans", 1, id="s1"), "spans: the id 's1' stands twice"),
        (made.highlight((1,), 16), "at most 15"),
        (made.changed(made.highlight(), "spans", 0, lure="geek"), "Extra inputs"),
    ],
)
def test_an_unsound_key_is_refused(mapping, said):
    assert said in made.refusal(mapping)


def test_the_page_stays_the_same_whatever_the_key():
    other = read_content(made.highlight((1, 3, 5), 6))
    shown = shown_to(CONTENT, "sha256:same", b"secret")
    assert highlight.controls(CONTENT, shown, "fr") == highlight.controls(other, shown, "fr")


def test_spans_are_explained_in_the_draft_s_order():
    lines = highlight.explain(CONTENT, ["s1", "s2"]).lines
    assert [line.part for line in lines] == [f"s{number}" for number in range(1, 7)]
    assert [line.agrees for line in lines] == [False, True, True, False, True, True]
    assert CONTENT.wording("s2").why == {"fr": "As s2. (fr)", "en": "As s2."}
