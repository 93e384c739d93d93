"""A network that fails: "Saved" is said only on the server's word, and nothing given is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, BeginSitting, EnterPage, take_up
from tests.browser.visitor import SAVED, Visitor, asked
from tests.fixtures.sittings import Held

pytestmark = pytest.mark.browser

CUT = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")


def until(done: Callable[[], bool], page: Page) -> None:
    """Wait for what no locator shows; the page's policy forbids the waiting of Playwright's own."""
    latest = time.monotonic() + PATIENCE_MS / 1000
    while not done():
        assert time.monotonic() < latest
        page.wait_for_timeout(50)


@pytest.fixture
def held(sitting: BeginSitting) -> Held:
    return sitting()


@pytest.fixture
def one(visitor: EnterPage, held: Held) -> Visitor:
    """Somebody at the first question."""
    arrived = visitor("en", expects=CUT)
    take_up(arrived, held)
    return arrived


def answers(held: Held) -> int:
    """How many answers the server keeps."""
    return held.view(datetime.now(UTC)).answered


def test_without_network_an_answer_waits_and_is_saved_when_it_returns(one: Visitor, held: Held) -> None:
    one.context.set_offline(True)
    one.answer()
    one.expect_waiting()
    expect(one.page.locator("[data-saved-word]")).not_to_have_text(SAVED)
    assert answers(held) == 0
    one.context.set_offline(False)
    one.expect_saved()
    assert answers(held) == 1


def test_an_answer_that_waits_survives_a_reload(one: Visitor, held: Held) -> None:
    page = one.page
    page.route(
        "**/a/*/1", lambda route: route.abort() if route.request.method == "POST" else route.fallback()
    )
    given = one.answer(turn=1)
    one.expect_waiting()
    page.reload()
    one.expect_waiting()
    assert one.given() == given
    assert answers(held) == 0
    page.unroute_all()
    page.reload()
    one.expect_saved()
    assert one.given() == given
    assert answers(held) == 1
    assert asked(page, "localStorage.length") == 0


def test_an_answer_that_waits_is_sent_from_the_next_question_too(one: Visitor, held: Held) -> None:
    page = one.page
    page.route(
        "**/a/*/1", lambda route: route.abort() if route.request.method == "POST" else route.fallback()
    )
    one.answer()
    one.expect_waiting()
    page.unroute_all()
    page.goto(page.url.removesuffix("1") + "2")
    until(lambda: asked(page, "localStorage.length") == 0, page)
    assert answers(held) == 1


def test_a_server_that_cannot_save_makes_the_page_wait(one: Visitor) -> None:
    one.watch.expected = ("status of 503",)
    one.page.route(
        "**/a/*/1",
        lambda route: (
            route.fulfill(status=503, content_type="application/json", body='{"error": "no disk"}')
            if route.request.method == "POST"
            else route.fallback()
        ),
    )
    one.answer()
    one.expect_waiting()
    one.page.unroute_all()
    one.expect_saved()
