"""A name is one line of printable characters with something to see, in one Unicode form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessor.banks.names import name_of


@pytest.mark.parametrize(
    "name",
    [
        "Zoé Côté",
        "O’Brien-Łoś",
        "00042",
        "李小龍",
        "ᐃᓄᒃ",
        "محمد",
        "نمستے",
        "علی\u200cرضا",
        "श्री",
        "क्\u200dष",
        "sim-0001",
    ],
)
def test_names_of_everywhere_are_kept_as_they_are(name):
    assert name_of(name) == unicodedata.normalize("NFC", name)


def test_both_forms_of_a_letter_are_one_name():
    assert name_of("Zoe\u0301") == name_of("Zoé") == "Zoé"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ana\nMaria", "a line end (U+000A) - write it on one line"),
        ("Ana\u2028Maria", "a line end (U+2028)"),
        ("Ana\tMaria", "a control character (U+0009)"),
        ("Ana\x1b[31m", "a control character (U+001B)"),
        ("\u202eanA", "an invisible character (U+202E) - take it out"),
        ("Ana\u2067x", "an invisible character (U+2067)"),
        ("An\u200ba", "an invisible character (U+200B)"),
        ("An\u200ca", "an invisible character (U+200C)"),
        ("Ana\u3164", "an invisible character (U+3164)"),
        ("\ufeffAna", "an invisible character (U+FEFF)"),
        ("Ana\u00a0Roy", "a space of another kind (U+00A0) - write a plain space"),
        ("Ana\ud800", "a character that cannot be printed (U+D800)"),
        (" Ana", "begins or ends with a space - take it out"),
        ("Ana ", "begins or ends with a space"),
        ("", "no character that can be seen - give one"),
        ("\u0301", "no character that can be seen"),
        ("a" * 201, "has 201 characters - give at most 200"),
    ],
)
def test_what_is_no_name_says_what_is_wrong_and_what_would_be_right(name, said):
    with pytest.raises(ValueError) as refused:
        name_of(name)
    assert said in str(refused.value)


def read_or_refused(text):
    try:
        return name_of(text), ""
    except ValueError as refused:
        return None, str(refused)


@given(st.text(max_size=20))
def test_a_name_is_printed_on_one_line_and_reads_back(text):
    name, said = read_or_refused(text)
    if name is None:
        assert " - " in said
        assert said.isprintable()
    else:
        assert len(name.splitlines()) == 1
        assert name_of(name) == name
