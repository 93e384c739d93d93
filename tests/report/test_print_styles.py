"""The stylesheet for print: only what print needs, every token resolved."""

from __future__ import annotations

import pytest

from assessor.config import resource
from assessor.report.styles import SHEETS, printed


def test_print_keeps_its_rules_and_drops_those_of_the_screen() -> None:
    shown = printed(
        "a { b: c } @media screen { d { e: f } } @media print { g { h: i } } /* { */ @page { j: k }"
    )
    assert shown.split("\n") == ["a { b: c }", "g { h: i }", "@page { j: k }"]


def test_tokens_become_their_values_and_print_has_the_last_word() -> None:
    shown = printed(
        ":root { --one: 1px; --two: var(--one); } @media screen { :root { --one: 9px; } }",
        "a { b: var(--two) var(--one) } @media print { :root { --one: 2px; } }",
    )
    assert "a { b: 2px 2px }" in shown
    assert "--" not in shown


def test_an_unknown_token_is_an_error() -> None:
    with pytest.raises(KeyError):
        printed("a { b: var(--none) }")


def test_our_own_sheets_resolve_without_a_rest() -> None:
    static = resource("static")
    names = SHEETS
    shown = printed(*((static / name).read_text(encoding="utf-8") for name in names))
    assert "var(" not in shown
    assert "@media" not in shown
    assert "#fbfaf6" not in shown
    assert shown.count("{") == shown.count("}")
