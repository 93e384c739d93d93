"""The ``allocate`` type against hand-worked cases; what holds for every type stands in the contract suite."""

from __future__ import annotations

from itertools import product

import pytest

from assessor.items import Doubting, allocate, listed, read_content, shown_to, type_of
from assessor.items.base import ResponseError
from tests.core import items_examples as made

CONTENT = read_content(made.allocate())


def points(*given):
    return dict(zip("abcdefgh", given, strict=False))


def slow_score(bands, step, given):
    """The rule of scoring.md 1, from nothing but its words: every sheet of numbers that makes 100."""

    def outside(one):
        return sum(
            low - value if value < low else value - high if value > high else 0
            for (low, high), value in zip(bands, one, strict=True)
        )

    sheets = [one for one in product(range(0, 101, step), repeat=len(bands)) if sum(one) == 100]
    most = max(outside(one) for one in sheets)
    inside = [1 - outside(one) / most for one in sheets]
    chance = sum(inside) / len(inside)
    return (1 - outside(given) / most - chance) / (1 - chance)


@pytest.mark.parametrize(
    ("bands", "step"),
    [
        (made.BANDS, 10),
        (((80, 100), (0, 20), (0, 0), (0, 0)), 20),
        (((80, 90), (10, 20), (0, 0), (0, 0)), 10),
    ],
)
def test_the_score_is_that_of_the_rule_in_words(bands, step):
    content = read_content(made.allocate(bands, step))
    for response in listed(content)[0][::17]:
        slow = slow_score(bands, step, tuple(response.values()))
        assert allocate.score(content, response) == pytest.approx(slow, abs=1e-12)


def test_every_allocation_inside_the_bands_is_the_key():
    for given in ((50, 50, 0, 0, 0), (60, 40, 0, 0, 0)):
        assert allocate.score(CONTENT, points(*given)) == pytest.approx(1, abs=1e-12)
    assert allocate.key(CONTENT) in (points(50, 50, 0, 0, 0), points(60, 40, 0, 0, 0))


def test_all_allocations_in_steps_are_listed():
    """C(10 + n - 1, n - 1) of them for tenths, C(5 + n - 1, n - 1) for fifths."""
    assert len(listed(CONTENT)[0]) == 1001
    assert len(listed(made.EXAMPLES["allocate"][1])[0]) == 56
    assert all(sum(response.values()) == 100 for response in listed(CONTENT)[0])


@pytest.mark.parametrize(
    ("junk", "control"),
    [
        ([50, 50, 0, 0, 0], ""),
        (points(50, 50, 0, 0), ""),
        (points(50, 40, 0, 0, 0), ""),
        (points(50, 60, 0, 0, -10), "e"),
        (points(55, 45, 0, 0, 0), "a"),
        (points(50, 50.0, 0, 0, 0), "b"),
        (points(100, False, 0, 0, 0), "b"),
        (points(110, 0, 0, 0, 0), "a"),
    ],
)
def test_what_is_no_allocation_is_refused_at_its_control(junk, control):
    with pytest.raises(ResponseError) as refused:
        allocate.check(CONTENT, junk)
    assert refused.value.control == control


@pytest.mark.parametrize(
    "sent",
    [
        ("60.0", "4e1", "0,0", "-0", "0"),
        ("60,", " 40 ", "0.", "00", "0e5"),
        ("0060", "400e-1", "0", "0", "+0"),
    ],
)
def test_a_number_counts_however_it_is_written(sent):
    shown = shown_to(CONTENT, "sha256:x", b"secret")
    values = {shown.public[ident]: [value] for ident, value in zip("abcde", sent, strict=True)}
    assert allocate.parse(CONTENT, values, shown) == points(60, 40, 0, 0, 0)


def test_fields_without_anything_to_see_are_no_answer():
    shown = shown_to(CONTENT, "sha256:x", b"secret")
    blank = {shown.public[ident]: [" \u200b"] for ident in "abcde"}
    assert allocate.parse(CONTENT, blank, shown) is None


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (("50", "50", "", "0", "0"), "c"),
        (("50", "50", "\u00a0", "0", "0"), "c"),
        (("50", "50", "x", "0", "0"), "c"),
        (("50", "5e-1", "0", "0", "0"), "b"),
        (("50", "٥٠", "0", "0", "0"), "b"),
        (("50,5", "50", "0", "0", "0"), "a"),
        (("50", "55", "0", "0", "0"), "b"),
        (("50", "40", "0", "0", "0"), None),
        (("50", "60", "0", "0", "0"), None),
    ],
)
def test_a_page_is_refused_at_the_number_at_fault_or_at_its_first(sent, wrong):
    shown = shown_to(CONTENT, "sha256:x", b"secret")
    values = {shown.public[ident]: [value] for ident, value in zip("abcde", sent, strict=True)}
    with pytest.raises(ResponseError) as refused:
        allocate.parse(CONTENT, values, shown)
    at = shown.order["channels"][0] if wrong is None else wrong
    assert refused.value.control == shown.public[at]


def test_numbers_may_stand_between_spaces():
    shown = shown_to(CONTENT, "sha256:x", b"secret")
    values = {shown.public[ident]: [f" {value} "] for ident, value in points(50, 50, 0, 0, 0).items()}
    assert allocate.parse(CONTENT, values, shown) == points(50, 50, 0, 0, 0)


def test_steps_are_said_as_the_author_chose_them():
    by_fifths = made.EXAMPLES["allocate"][1]
    with pytest.raises(ResponseError, match="20"):
        allocate.check(by_fifths, points(70, 30, 0, 0))


def test_an_even_split_is_valid_but_to_be_confirmed():
    even = points(20, 20, 20, 20, 20)
    assert isinstance(type_of(CONTENT), Doubting)
    assert allocate.check(CONTENT, even) == even
    assert allocate.doubt(CONTENT, even)
    assert allocate.doubt(CONTENT, points(30, 20, 20, 20, 10)) is None
    by_fifths = made.EXAMPLES["allocate"][1]
    assert allocate.doubt(by_fifths, points(40, 20, 20, 20))
    assert allocate.doubt(by_fifths, points(40, 40, 20, 0)) is None


def test_an_even_split_and_everything_to_a_channel_taken_blindly_do_not_pay():
    for content in made.EXAMPLES["allocate"]:
        responses, scores = listed(content)
        even = [
            score
            for response, score in zip(responses, scores, strict=True)
            if allocate.doubt(content, response)
        ]
        assert sum(even) / len(even) <= 0.10
        alone = [score for response, score in zip(responses, scores, strict=True) if 100 in response.values()]
        assert sum(alone) / len(alone) <= 0


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        (made.allocate(((60, 80), (50, 60), (0, 0))), "channels: the bands take 110 to 140 points"),
        (made.allocate(((0, 30), (0, 30), (0, 30))), "channels: the bands take 0 to 90 points"),
        (made.allocate(((60, 40), (40, 50), (0, 0))), "channels.0.band: 60 to 40 is no band in steps of 10"),
        (made.allocate(((50, 60), (45, 50), (0, 0))), "channels.1.band: 45 to 50 is no band in steps of 10"),
        (
            made.allocate(((50, 60), (40, 60), (0, 0)), 20),
            "channels.0.band: 50 to 60 is no band in steps of 20",
        ),
        (made.allocate(((0, 100), (0, 100), (0, 100))), "channels: every allocation is accepted"),
        (made.allocate(((0, 100), (0, 100), (0, 40))), "channels: blind answers lie"),
        (made.allocate(((40, 60), (20, 40), (0, 20), (0, 0))), "channels: an even split scores 0.34"),
        (made.changed(made.allocate(), "channels", 1, id="a"), "channels: the id 'a' stands twice"),
        (made.allocate(((0, 110), (0, 0), (0, 0))), "less than or equal to 100"),
        (made.allocate(made.BANDS, 25), "Input should be 10 or 20"),
    ],
)
def test_an_unsound_key_is_refused(mapping, said):
    assert said in made.refusal(mapping)


def test_the_page_stays_the_same_whatever_the_key():
    other = read_content(made.allocate(((0, 0), (50, 60), (0, 0), (40, 50), (0, 0))))
    shown = shown_to(CONTENT, "sha256:same", b"secret")
    assert allocate.controls(CONTENT, shown, "fr") == allocate.controls(other, shown, "fr")


def test_points_and_bands_stand_side_by_side():
    lines = allocate.explain(CONTENT, points(30, 50, 20, 0, 0)).lines
    assert [line.part for line in lines] == ["a", "b", "c", "d", "e"]
    assert [(line.given.value, line.keyed.value, line.keyed.most) for line in lines[:3]] == [
        (30, 50, 60),
        (50, 40, 50),
        (20, 0, 0),
    ]
    assert [line.agrees for line in lines] == [False, True, False, True, True]
