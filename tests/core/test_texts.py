"""What people write: line ends, words, numbers, what is blank. The page is held to the same examples."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assessor.language import texts
from tests.core import texts_examples as made

LINE_ENDS = "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
anything = st.text(st.characters(exclude_categories=()) | st.sampled_from(LINE_ENDS + "\t\x1f\u3164\u200b"))


@pytest.mark.parametrize(("text", "count"), made.WORDS.items())
def test_words_are_what_stands_between_spaces_and_holds_a_letter_or_digit_to_see(text, count):
    assert texts.word_count(text) == count


@pytest.mark.parametrize(("text", "number"), made.NUMBERS.items())
def test_a_whole_number_is_one_however_it_is_written(text, number):
    assert texts.whole_number(text) == number


@pytest.mark.parametrize("text", made.BLANK)
def test_a_text_with_nothing_to_see_is_blank(text):
    assert texts.is_blank(text)
    assert texts.tidied(text) == ""
    assert texts.lines(text) == []
    assert texts.word_count(text) == 0


@pytest.mark.parametrize("text", made.SEEN)
def test_a_text_with_anything_to_see_is_not_blank(text):
    assert not texts.is_blank(text)
    assert texts.tidied(text)


@pytest.mark.parametrize(("text", "kept"), made.KEPT.items())
def test_a_text_is_kept_in_one_form(text, kept):
    assert texts.tidied(text) == kept


@given(anything)
@example("a\x1cb\x07c")
def test_keeping_a_text_changes_no_count_and_nothing_twice(text):
    kept = texts.tidied(text)
    assert texts.tidied(kept) == kept
    assert texts.word_count(kept) == texts.word_count(text)
    assert texts.is_blank(kept) == texts.is_blank(text)
    assert texts.is_blank(text) or texts.lines(kept)


@given(
    st.lists(st.from_regex(r"[a-zé]{1,8}", fullmatch=True), min_size=1), st.sampled_from([*LINE_ENDS, "\r\n"])
)
def test_no_line_end_glues_two_lines(written, end):
    text = end.join(written)
    assert texts.lines(text) == written
    assert texts.tidied(text).split("\n") == written
    assert texts.word_count(text) == len(written)


@given(st.integers(-999_999, 999_999), st.sampled_from(["{}", "{}.0", "{},0", "{}.", " {} ", "{}e0"]))
def test_every_way_to_write_a_whole_number_is_that_number(number, shape):
    assert texts.whole_number(shape.format(number)) == number
