"""No-break spaces, signs that the faces lack, small letters within a sentence."""

from __future__ import annotations

from assessor.language.typography import lowered, typeset


def test_french_gets_its_no_break_spaces_and_english_none() -> None:
    assert typeset("Il dit : « non » à 12 h 30, 1 200 $; 5 %", "fr") == (
        "Il dit\u00a0: «\u00a0non\u00a0» à 12\u00a0h\u00a030, 1\u00a0200\u00a0$; 5\u00a0%"
    )
    assert typeset("At 12 h : so", "en") == "At 12 h : so"
    assert typeset("a\u202fb\u2011c", "en") == "a\u00a0b-c"


def test_names_are_lowered_inside_a_sentence_unless_they_are_acronyms() -> None:
    assert [lowered(name) for name in ("Audience", "RH et paie", "X", "")] == [
        "audience",
        "RH et paie",
        "x",
        "",
    ]
