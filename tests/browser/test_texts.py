"""The page reads texts and numbers as the server does, and no wheel changes an answer."""

from __future__ import annotations

import random
import unicodedata
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from assessor.language import texts
from tests.browser.conftest import BeginSitting, EnterPage, take_up
from tests.browser.serving import Server
from tests.browser.visitor import Visitor
from tests.core import texts_examples as made

pytestmark = pytest.mark.browser

PARTS = (
    *"aé1½٣你—« »…",
    "\u3164",
    "\u2800",
    "\u200b",
    "\ufeff",
    "\u00a0",
    "\u202f",
    "\u0301",
    "👍",
    "\x07",
    "\t",
)
LINE_ENDS = ("\n", "\v", "\f", "\r", "\x1c", "\x1f", "\x85", "\u2028", "\u2029")
WRITTEN = (*"0123456789", ".", ",", "e", "E", "+", "-", " ", "\u2212", "\u00a0", "x")


@pytest.fixture
def page(visitor: EnterPage) -> Page:
    one = visitor("en")
    one.page.goto("/privacy")
    return one.page


def asked(page: Page, name: str, given: list[str]) -> list[int | None]:
    """What a function of the page's own module answers to each text."""
    found: list[int | None] = page.evaluate(
        "async ([name, given]) => { const rules = await import('/scripts/any/texts.js');"
        " return given.map((one) => rules[name](one)); }",
        [name, given],
    )
    return found


def test_the_page_counts_words_as_the_server_does(page: Page) -> None:
    drawn = random.Random(8)
    made_up = ["".join(drawn.choices(PARTS + LINE_ENDS, k=drawn.randint(1, 12))) for _ in range(2000)]
    known = [chr(code) for code in range(0x3000) if unicodedata.category(chr(code)) not in {"Cn", "Cs"}]
    given = [*made.WORDS, *made.BLANK[:-5], *made_up, *known]
    assert asked(page, "wordCount", given) == [texts.word_count(text) for text in given]


def test_the_page_reads_numbers_as_the_server_does(page: Page) -> None:
    drawn = random.Random(9)
    given = [*made.NUMBERS, *("".join(drawn.choices(WRITTEN, k=drawn.randint(1, 6))) for _ in range(3000))]
    assert asked(page, "wholeNumber", given) == [texts.whole_number(text) for text in given]


@pytest.fixture
def allocating(visitor: EnterPage, sitting: BeginSitting, server: Server) -> Visitor:
    """Somebody at a question that shares out points."""
    one = visitor("en")
    held = sitting(every_type=True)
    take_up(one, held)
    types = [item.content.type for item in held.view(datetime.now(UTC)).items]
    one.page.goto(f"/a/{held.ref}/{types.index('allocate') + 1}")
    return one


def test_a_number_that_the_page_adds_up_is_one_that_the_server_takes(allocating: Visitor) -> None:
    page = allocating.page
    fields, total = page.locator(".amounts input"), page.locator(".live-count")
    for place in range(fields.count()):
        fields.nth(place).fill(["60,0", "4e1"][place] if place < 2 else "0.0")
    expect(total).to_have_text("Shared out: 100 of 100")
    allocating.expect_saved()
    fields.nth(0).fill("55")
    expect(total).to_contain_text("Shared out: 40 of 100, without")
    fields.nth(0).fill("sixty")
    expect(total).to_contain_text("Shared out: 40 of 100, without")


def test_the_wheel_changes_no_number(allocating: Visitor) -> None:
    field = allocating.page.locator(".amounts input").first
    field.fill("60")
    field.focus()
    field.hover()
    for way in (-120, 120, 240):
        allocating.page.mouse.wheel(0, way)
    allocating.page.wait_for_timeout(200)
    assert field.input_value() == "60"
