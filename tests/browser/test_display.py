"""Pages as people set their screens: small, large letters, dark, without motion, in forced colours."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser import pages
from tests.browser.conftest import BeginSitting, EnterPage, take_up
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}
#: What reaches past the right edge, unless it scrolls in a frame of its own or is there for ears only.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(one => {
    const box = one.getBoundingClientRect();
    const framed = [".unseen", "svg", ".figures *", ".calendar *", ".brief *"].join();
    return box.right > width + 1 && box.width > 1 && !one.closest(framed);
  });
  return wide.slice(-4).map(one => `${one.tagName}.${one.className}`);
}"""
BODY = "document.body"


def style(page: Page, selector: str, name: str) -> str:
    return str(page.locator(selector).first.evaluate("(one, name) => getComputedStyle(one)[name]", name))


def brightness(colour: str) -> float:
    red, green, blue = (float(part) for part in colour.partition("(")[2].rstrip(")").split(",")[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def every_page(one: Visitor, sitting: BeginSitting, language: str) -> list[str]:
    """What is too wide on any page, as it is and with letters of twice the size."""
    faults = []
    for walk in (
        pages.pages_before_a_start(one),
        pages.pages_of_an_open_sitting(one, sitting, language),
        pages.pages_of_results(one, sitting, language),
    ):
        for name in walk:
            for size in ("100%", "200%"):
                one.page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
                faults += [f"{name} at {size}: {wide}" for wide in one.page.evaluate(TOO_WIDE)]
            one.page.evaluate("() => { document.documentElement.style.fontSize = ''; }")
    return faults


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_scrolls_sideways_at_320_px_even_with_letters_of_twice_the_size(
    visitor: EnterPage, sitting: BeginSitting, language: str
) -> None:
    one = visitor(language, expects=pages.EXPECTED, **SMALL)
    assert every_page(one, sitting, language) == []


def test_the_letters_follow_the_size_that_the_reader_sets(visitor: EnterPage, sitting: BeginSitting) -> None:
    one = visitor("en", **SMALL)
    page = take_up(one, sitting())
    shown = ("body", ".item-situation p", ".question legend", ".button.primary", ".where", "footer .button")
    before = [float(style(page, one, "fontSize").removesuffix("px")) for one in shown]
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    after = [float(style(page, one, "fontSize").removesuffix("px")) for one in shown]
    assert after == pytest.approx([2 * size for size in before])


def test_the_dark_theme_is_dark_everywhere_and_follows_the_reader_at_once(
    visitor: EnterPage, sitting: BeginSitting
) -> None:
    one = visitor("en", color_scheme="dark", expects=pages.EXPECTED)
    for walk in (pages.pages_before_a_start(one), pages.pages_of_results(one, sitting, "en")):
        for name in walk:
            paper, ink = (style(one.page, "body", which) for which in ("backgroundColor", "color"))
            assert brightness(paper) < 0.2 < 0.7 < brightness(ink), name
    one.page.emulate_media(color_scheme="light")
    assert brightness(style(one.page, "body", "backgroundColor")) > 0.9


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
    held = sitting()
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
