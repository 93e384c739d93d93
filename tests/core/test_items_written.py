"""The ``written`` type against hand-worked cases; what holds for every type stands in the contract suite."""

from __future__ import annotations

import numpy as np
import pytest

from assessor.items import Rated, answered, read_content, sigma, type_of, written
from assessor.items.base import ResponseError
from tests.core import items_examples as made
from tests.core import texts_examples as examples
from tests.core.banks_examples import text

CONTENT = read_content(made.written((3, 4, 2), least=5, most=12))


def rating(*points):
    return {f"c{number}": given for number, given in enumerate(points, start=1)}


def test_a_text_has_no_score_until_it_is_rated():
    assert written.score(CONTENT, "A text.") is None
    assert written.responses(CONTENT) is None
    assert isinstance(type_of(CONTENT), Rated)


@pytest.mark.parametrize(
    ("ratings", "score"),
    [
        ([rating(3, 4, 2)], 1),
        ([rating(0, 0, 0)], 0),
        ([rating(1, 2, 0)], 1 / 3),
        ([rating(3, 4, 2), rating(0, 0, 0)], 1 / 2),
        ([rating(3, 4, 1), rating(3, 4, 2), rating(2, 4, 2)], 25 / 27),
    ],
)
def test_the_score_is_points_out_of_the_most_and_the_mean_over_raters(ratings, score):
    assert written.rated_score(CONTENT, ratings) == pytest.approx(score, abs=1e-12)


@pytest.mark.parametrize(
    ("ratings", "said"),
    [
        ([], "no rating yet"),
        ([rating(1, 2)], "a rating is of c1, c2"),
        ([rating(1, 2, 0), rating(1, 2, 0, 0)], "a rating is of c1, c2, c3, c4"),
        ([rating(4, 2, 0)], "c1: 4 is no number of points from 0 to 3"),
        ([rating(-1, 2, 0)], "c1: -1"),
        ([rating(1, 2, 1.0)], "c3: 1.0"),
        ([rating(True, 2, 1)], "c1: True"),
    ],
)
def test_an_unsound_rating_is_refused(ratings, said):
    with pytest.raises(ValueError, match=said):
        written.rated_score(CONTENT, ratings)


def test_a_text_at_the_limit_is_taken_and_a_longer_one_is_not():
    assert written.check(CONTENT, "mot " * 12) == ("mot " * 12).strip()
    for longer in ("mot " * 13, "m" * 20_001):
        with pytest.raises(ResponseError) as refused:
            written.check(CONTENT, longer)
        assert refused.value.control == "text"


def test_a_text_that_is_still_too_short_is_kept():
    assert written.check(CONTENT, "Begun") == "Begun"


@pytest.mark.parametrize("junk", [None, 3, ["text"], "", " \r\n ", "\x00"])
def test_what_is_no_text_is_refused(junk):
    with pytest.raises(ResponseError):
        written.check(CONTENT, junk)


@pytest.mark.parametrize(("sent", "kept"), [(sent, kept) for sent, kept in examples.KEPT.items() if kept])
def test_a_text_is_kept_in_one_form(sent, kept):
    assert written.check(CONTENT, sent) == kept
    assert written.parse(CONTENT, {"text": [sent]}, None) == kept


@pytest.mark.parametrize("blank", examples.BLANK)
def test_a_text_with_nothing_to_see_is_no_answer(blank):
    assert written.parse(CONTENT, {"text": [blank]}, None) is None
    with pytest.raises(ResponseError):
        written.check(CONTENT, blank)


def test_a_page_without_words_is_no_answer():
    shown = None
    assert written.parse(CONTENT, {"text": [" \n\x00 "]}, shown) is None
    assert written.parse(CONTENT, {"text": [" Words. "]}, shown) == "Words."


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (made.written((3, 3)), "at least 3"),
        (made.written((3, 3, 3, 3, 3)), "at most 4"),
        (made.written((3, 3, 1)), "at least 3"),
        (made.changed(made.written(), "rubric", 0, anchors=None), "valid tuple"),
        (made.changed(made.written(), "rubric", 0, anchors=[text("Low"), {}, text("High")]), "no language"),
        (made.changed(made.written(), "rubric", 1, id="c1"), "rubric: the id 'c1' stands twice"),
        (made.written(least=40, most=40), "words: the most is not above the least"),
        (made.written(least=0), "greater than or equal to 1"),
        (made.written(most=601), "less than or equal to 600"),
    ],
)
def test_an_unsound_rubric_is_refused(mapping, said):
    assert said in made.refusal(mapping)


def test_a_criterion_without_anchors_is_refused():
    mapping = made.written()
    del mapping["rubric"][1]["anchors"]
    assert "anchors" in made.refusal(mapping)


def test_simulated_ratings_have_the_mean_asked_for():
    n = 20_000
    for mean in (0.0, 0.4, 0.9):
        scores = answered(CONTENT, np.full(n, mean), np.random.default_rng(4))[1]
        assert scores.mean() == pytest.approx(mean, abs=0.006)
    points = written.sample_ratings(CONTENT, np.full(n, 0.4), np.random.default_rng(5))
    assert np.mean([one["c2"] for one in points]) == pytest.approx(1.6, abs=0.03)
    assert np.var([one["c2"] for one in points]) == pytest.approx(4 * 0.4 * 0.6, abs=0.03)


def test_the_planning_sd_is_that_of_the_design():
    assert sigma(CONTENT) == 0.30


def test_criteria_stand_in_the_explanation_with_their_points():
    lines = written.explain(CONTENT, "A text.").lines
    assert [(line.part, line.given.kind, line.keyed.value) for line in lines] == [
        ("c1", "text", 3),
        ("c2", "text", 4),
        ("c3", "text", 2),
    ]
    assert CONTENT.wording("c1").text["en"] == "Criterion 1"
