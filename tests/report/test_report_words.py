"""Numbers in words, and the interval drawn."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.items.base import NO_MARK, Mark
from assessor.report import plots
from assessor.report.words import Words, nearest_chances, whole

EN, FR = Words("en"), Words("fr")
CUTS = (25.0, 50.0, 75.0)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.0, "less than 1 chance in 20"),
        (0.05, "1 chance in 20"),
        (0.5, "1 chance in 2"),
        (0.78, "4 chances in 5"),
        (0.95, "19 chances in 20"),
        (1.0, "more than 19 chances in 20"),
    ],
)
def test_probabilities_become_chances_and_never_certainty(p: float, words: str) -> None:
    assert EN.chances(p) == words


@given(st.floats(0.025, 0.975))
def test_said_chances_are_within_a_twentieth_of_the_probability(p: float) -> None:
    n, d = nearest_chances(p)
    assert 0 < n < d
    assert abs(n / d - p) <= 0.051


def test_points_are_whole_and_clipped_to_the_scale() -> None:
    assert [whole(value) for value in (-8.2, 0.4, 42.5, 99.6, 107)] == [0, 0, 43, 100, 100]
    assert EN.interval(-3, 43.4) == "from 0 to 43"


def test_an_interval_that_is_all_beyond_the_scale_claims_no_certainty() -> None:
    assert EN.interval(-60, -8) == "range below 0"
    assert EN.interval(104, 130) == "range above 100"
    assert FR.interval(-60, -8) == "fourchette sous 0"
    assert EN.interval(-60, 0.6) == "from 0 to 1"
    assert EN.interval(99.4, 130) == "from 99 to 100"


def test_dates_and_figures_follow_the_language() -> None:
    moment = datetime(2026, 11, 18, 14, 2, tzinfo=UTC)
    assert FR.date(moment) == "18\u00a0novembre 2026"
    assert EN.date(moment) == "November\u00a018, 2026"
    assert FR.figure(20000) == "20\u00a0000"
    assert FR.figure(2.5) == "2,5"
    assert EN.figure(20000) == "20,000"


def test_marks_of_every_kind_have_words() -> None:
    marks = (Mark("best"), Mark("worst"), Mark("place", 2), Mark("rating", 4), Mark("rating", 4.3), NO_MARK)
    said = ["most effective", "least effective", "place 2", "4 of 5", "4.3 of 5", ""]
    assert [EN.mark(mark) for mark in marks] == said


def drawn(estimate: float, low: float, high: float, minimum: float | None = None) -> ElementTree.Element:
    markup = plots.interval(
        estimate,
        low,
        high,
        title="A & <b>",
        description="d",
        cuts=CUTS,
        minimum=minimum,
        minimum_label="minimum 40",
    )
    return ElementTree.fromstring(str(markup))


NS = "{http://www.w3.org/2000/svg}"


@given(st.floats(-150, 250), st.floats(0, 80), st.none() | st.floats(0, 100))
def test_every_drawing_stays_inside_its_frame(estimate: float, half: float, minimum: float | None) -> None:
    root = drawn(estimate, estimate - half, estimate + half, minimum)
    assert root[0].tag == f"{NS}title"
    assert root[0].text == "A & <b>"
    assert root[1].tag == f"{NS}desc"
    for element in root.iter():
        for name in ("x", "cx", "x1", "x2"):
            value = element.get(name)
            assert value is None or 0 <= float(value.rstrip("%")) <= 100
        assert "style" not in element.attrib
    bar = root.find(f"{NS}rect")
    if bar is not None:
        assert float(bar.get("x", "").rstrip("%")) + float(bar.get("width", "").rstrip("%")) <= 100.01


def test_an_interval_beyond_the_scale_is_drawn_open_and_a_minimum_is_labelled() -> None:
    classes = [element.get("class") for element in drawn(3, -20, 26, minimum=40).iter()]
    assert classes.count("plot-open") == 1
    assert "plot-minimum" in classes
    assert "plot-label" in classes
    assert "plot-open" not in [element.get("class") for element in drawn(50, 40, 60).iter()]


def test_text_in_a_drawing_is_at_least_eight_and_a_half_points() -> None:
    assert plots.TEXT_PX * 0.75 >= 8.5


def test_the_drawing_uses_the_colours_of_the_tokens() -> None:
    from assessor.config import resource

    light = (resource("static") / "tokens.css").read_text(encoding="utf-8").split("@media")[0]
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", light))
    assert colours["ink"] == plots.INK
    assert colours["accent"] == plots.DOT
    assert colours["accent-bar"] == plots.BAR
    assert colours["ink-soft"] == plots.INK_SOFT
