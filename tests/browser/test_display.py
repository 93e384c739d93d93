"""Pages as people set their screens: small, large letters, dark, without motion, in forced colours."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import pages
from tests.browser.conftest import BeginSitting, EnterPage, take_up

pytestmark = pytest.mark.browser

SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}


def style(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate("(one, name) => getComputedStyle(one)[name]", name))


def test_the_letters_follow_the_size_that_the_reader_sets(visitor: EnterPage, sitting: BeginSitting) -> None:
    one = visitor("en", **SMALL)
    page = take_up(one, sitting())
    shown = ("body", ".item-situation p", ".question legend", ".button.primary", ".where", "footer .button")
    before = [float(style(page, one, "fontSize").removesuffix("px")) for one in shown]
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    after = [float(style(page, one, "fontSize").removesuffix("px")) for one in shown]
    assert after == pytest.approx([2 * size for size in before])


def test_nothing_moves_for_those_who_want_no_motion(visitor: EnterPage) -> None:
    one = visitor("en", reduced_motion="reduce")
    one.page.goto("/self/start")
    moving = one.page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).transitionDuration"
        ".split(', ').some(time => time !== '0s') || getComputedStyle(one).animationName !== 'none').length"
    )
    assert moving == 0


def test_in_forced_colours_what_is_chosen_can_be_told(visitor: EnterPage, sitting: BeginSitting) -> None:
    one = visitor("en", forced_colors="active")
    held = sitting(every_type=True)
    page = take_up(one, held)
    kinds = [item.content.type for item in held.view().items]
    page.goto(f"/a/{held.ref}/{kinds.index('rate') + 1}")
    one.answer()
    chosen = style(page, "input:checked + label", "backgroundColor")
    assert chosen != style(page, "input:not(:checked) + label", "backgroundColor")


def test_answers_can_be_hit_with_a_finger(visitor: EnterPage, sitting: BeginSitting) -> None:
    """Answers 44 px, everything else 24 px (AX2)."""
    one = visitor("fr", **SMALL)
    held = sitting(language="fr")
    take_up(one, held)
    for number in pages.questions_that_differ(held):
        one.page.goto(f"/a/{held.ref}/{number}")
        small = one.page.locator(".choice label, select, .mover, main .button:not(.unseen)").evaluate_all(
            "all => all.filter(one => one.offsetParent && (one.offsetHeight < 44 || one.offsetWidth < 44))"
            ".map(one => one.outerHTML.slice(0, 90))"
        )
        assert small == [], number
