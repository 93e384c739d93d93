"""The stylesheet for print: only what print needs, every token resolved."""

from __future__ import annotations

import pytest

from assessor.config import resource
from assessor.report.styles import SHEETS, printed


def test_print_keeps_its_rules_and_drops_those_of_the_screen() -> None:
    shown = printed(
        "a { b: c } @media screen { d { e: f } } @media print { g { h: i } } /* { */ @page { j: k }"
    )
    assert shown.split("\n") == ["a { b: c; }", "g { h: i; }", "@page { j: k }"]


def test_tokens_become_their_values_and_print_has_the_last_word() -> None:
    shown = printed(
        ":root { --one: 1px; --two: var(--one); } @media screen { :root { --one: 9px; } }",
        "a { b: var(--two) var(--one) } @media print { :root { --one: 2px; } }",
    )
    assert "a { b: 2px 2px; }" in shown
    assert "--" not in shown


def test_an_unknown_token_is_an_error() -> None:
    with pytest.raises(KeyError):
        printed("a { b: var(--none) }")


def test_braces_and_comments_in_a_string_are_text() -> None:
    shown = printed(
        "a::after { content: '} { /* '; color: red } @media screen { b { content: '}' } } c { d: e }"
    )
    assert shown.split("\n") == ['a::after { content: "} { /* "; color: red; }', "c { d: e; }"]


def test_tokens_are_found_wherever_they_stand_in_a_value() -> None:
    shown = printed(
        ":root { --one: 1px } a { b: calc((2 * var( --one )) + 1px) !important }"
        " @page { margin: var(--one); @top-left { width: var(--one) } }"
    )
    assert "a { b: calc((2 * 1px) + 1px) !important; }" in shown
    assert "@page { margin: 1px; @top-left { width: 1px } }" in shown


@pytest.mark.parametrize(
    "wrong",
    [
        "a { b: c } }",
        "a { b }",
        "a { b: c } d",
        "a { b: c; e { f: g } }",
        ":root { --x: var(--x) } a { b: var(--x) }",
    ],
)
def test_a_sheet_that_cannot_be_read_whole_gives_no_report(wrong: str) -> None:
    with pytest.raises(ValueError):
        printed(wrong)


def test_our_own_sheets_resolve_without_a_rest() -> None:
    static = resource("static")
    names = SHEETS
    shown = printed(*((static / name).read_text(encoding="utf-8") for name in names))
    assert "var(" not in shown
    assert "@media" not in shown
    assert "#fbfaf6" not in shown
    assert shown.count("{") == shown.count("}")
