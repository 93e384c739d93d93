"""Pages as people set their screens: small, large letters, dark, without motion, in forced colours."""

from __future__ import annotations

from datetime import UTC, datetime
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_the_dot_can_be_told_from_its_bar(
    visitor: EnterPage, sitting: BeginSitting, scheme: str
) -> None:
    one = visitor("fr", forced_colors="active", color_scheme=scheme)
    held = sitting(language="fr")
    held.answer_all(datetime.now(UTC))
    held.finish(datetime.now(UTC))
    page = take_up(one, held)
    for path in ("/self/start", f"/a/{held.ref}/results"):
        page.goto(path)
        dot, bar, edge = (
            style(page, ".plot-dot", "fill"),
            style(page, ".plot-bar", "fill"),
            style(page, ".plot-bar", "stroke"),
        )
        behind = style(page, "body", "backgroundColor")
        assert dot == edge != bar == behind
        assert style(page, ".plot-line", "stroke") != behind


def test_in_forced_colours_the_way_gone_can_be_told(visitor: EnterPage, sitting: BeginSitting) -> None:
    one = visitor("en", forced_colors="active")
    page = take_up(one, sitting())
    bar = page.locator(".progress")
    begun = bar.screenshot()
    bar.evaluate("one => { one.value = one.max; }")
    assert bar.screenshot() != begun


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
