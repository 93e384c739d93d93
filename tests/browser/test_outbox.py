"""What a browser holds back: sent or named on every page, asked about before an end, gone after it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Error, Page, Route, expect
from sqlalchemy import update

from assessor.store.db import Database
from assessor.store.models import Attempt
from tests.browser.conftest import BeginSitting, EnterPage, take_up
from tests.browser.test_network import CUT, until
from tests.browser.visitor import Visitor, asked
from tests.fixtures.sittings import Held

pytestmark = pytest.mark.browser

EXPECTED = (*CUT, r"status of (403|404|409|413|429|503)")
STEPS = {"next": "/3$", "previous": "/1$", "review": "/review$", "leave": "/leave$", "language:fr": "/2$"}


@pytest.fixture
def held(sitting: BeginSitting) -> Held:
    return sitting(every_type=True)


@pytest.fixture
def one(visitor: EnterPage, held: Held) -> Visitor:
    arrived = visitor("en", expects=EXPECTED)
    take_up(arrived, held)
    return arrived


def place_of(held: Held, name: str) -> int:
    """The number of the question of a type."""
    types = [item.content.type for item in held.view(datetime.now(UTC)).items]
    return types.index(name) + 1


def kept(page: Page) -> dict[str, Any]:
    """What the browser's store holds."""
    found: dict[str, Any] = json.loads(asked(page, "localStorage.getItem('assessor-outbox') ?? '{}'"))
    return found


def response_to(held: Held, number: int) -> Any:
    view = held.view(datetime.now(UTC))
    saved = view.answers.get(view.items[number - 1].id)
    return saved.response if saved else None


def named(page: Page, kind: str) -> str:
    """The line of that kind about what is held back, once it is there."""
    line = page.locator(f"[data-when={kind}]")
    expect(line).to_be_visible()
    return line.inner_text()


def refuse(page: Page, number: int, status: int = 0) -> None:
    """From now on, no answer to that question reaches the server."""

    def instead(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
        elif status:
            route.fulfill(status=status, content_type="application/json", body='{"error": "no"}')
        else:
            route.abort()

    page.context.route(re.compile(rf"/a/[0-9a-f]+/{number}$"), instead)


def hold_back(one: Visitor, held: Held, number: int) -> None:
    """An answer given without network, on a page that is then closed; another page is opened."""
    page = one.page
    page.goto(f"/a/{held.ref}/{number}")
    one.context.set_offline(True)
    one.answer()
    one.expect_waiting()
    one.page = one.context.new_page()
    page.close()
    one.context.set_offline(False)


@pytest.mark.parametrize("step", STEPS)
def test_every_way_on_waits_for_the_network_and_goes_on_by_itself(
    one: Visitor, held: Held, step: str
) -> None:
    page = one.page
    page.goto(f"/a/{held.ref}/2")
    one.context.set_offline(True)
    given = one.answer()
    page.locator(f'button[name=go][value="{step}"]:not(.unseen)').click()
    expect(page.locator("[data-saved-word]")).to_contain_text("goes on by itself")
    assert one.given() == given
    assert response_to(held, 2) is None
    one.context.set_offline(False)
    page.wait_for_url(re.compile(STEPS[step]))
    expect(page.locator("html")).to_have_attribute("lang", "fr-CA" if step == "language:fr" else "en-CA")
    until(lambda: response_to(held, 2) is not None, page)
    assert kept(page) == {}


def test_a_server_that_does_not_answer_leaves_the_page_too(one: Visitor, held: Held) -> None:
    page = one.page
    page.goto(f"/a/{held.ref}/1")
    refuse(page, 1, 503)
    one.answer()
    one.expect_waiting()
    page.locator("button[value=next]:not(.unseen)").click()
    expect(page.locator("[data-saved-word]")).to_contain_text("goes on by itself")
    page.context.unroute_all()
    page.wait_for_url(re.compile("/2$"))
    assert response_to(held, 1) is not None


@pytest.mark.parametrize("status", [0, 503])
def test_a_server_that_dies_right_after_its_word_leaves_the_page_too(
    one: Visitor, held: Held, status: int
) -> None:
    """The browser still takes itself for online, and would show an error page of its own."""
    page, number = one.page, place_of(held, "best")
    page.goto(f"/a/{held.ref}/{number}")
    one.answer()
    one.expect_saved()
    refuse(page, number, status)
    page.locator("button[value=next]:not(.unseen)").click()
    expect(page.locator("[data-saved-word]")).to_contain_text("goes on by itself")
    page.context.unroute_all()
    page.wait_for_url(re.compile(f"/{number + 1}$"))


def test_a_turn_and_its_confirmation_wait_too(one: Visitor, held: Held) -> None:
    page, number = one.page, place_of(held, "scenario")
    page.goto(f"/a/{held.ref}/{number}")
    one.answer()
    one.press("button[value=next]:not(.unseen)")
    page.wait_for_selector("#doubt")
    one.context.set_offline(True)
    one.press("#doubt button")
    expect(page.locator("[data-saved-word]")).to_contain_text("goes on by itself")
    one.context.set_offline(False)
    page.wait_for_url(re.compile("#turn$"))
    expect(page.locator(".turn-answer")).to_have_count(1)
    assert len(response_to(held, number)) == 1


def test_a_text_that_is_left_while_it_is_written_arrives(one: Visitor, held: Held) -> None:
    page, number = one.page, place_of(held, "written")
    page.goto(f"/a/{held.ref}/{number}")
    page.locator("textarea").press_sequentially("Bonjour à tous")
    page.goto("/privacy")
    until(lambda: response_to(held, number) == "Bonjour à tous" and kept(page) == {}, page)


def test_a_choice_that_is_left_at_once_arrives(one: Visitor, held: Held) -> None:
    page = one.page
    page.goto(f"/a/{held.ref}/1")
    refuse(page, 1)
    one.answer()
    one.expect_waiting()
    one.change()
    page.goto(f"/a/{held.ref}/2")
    assert f"{held.ref}/1" in kept(page)
    page.context.unroute_all()
    until(lambda: response_to(held, 1) is not None and kept(page) == {}, page)


@pytest.mark.parametrize(
    "path", ["/", "/a/{ref}/review", "/a/{ref}/submit", "/a/{ref}/leave", "/a/{ref}/link"]
)
def test_every_page_on_the_way_sends_what_is_held_back(one: Visitor, held: Held, path: str) -> None:
    hold_back(one, held, 1)
    page = one.page
    page.goto(path.format(ref=held.ref))
    until(lambda: kept(page) == {}, page)
    assert response_to(held, 1) is not None
    expect(page.locator("[data-outbox]")).to_be_hidden()
    if path.endswith(("review", "submit", "leave")):
        expect(page.locator("body")).to_contain_text(re.compile("1 of [0-9]+ answered"))


def test_the_overview_says_what_is_not_sent_yet(one: Visitor, held: Held) -> None:
    hold_back(one, held, 1)
    page = one.page
    refuse(page, 1)
    page.goto(f"/a/{held.ref}/review")
    assert "question 1" in named(page, "waiting")
    expect(page.locator(".overview-state").first).to_have_text("not sent yet")
    page.context.unroute_all()
    expect(page.locator(".overview-state").first).to_have_text("answered")
    expect(page.locator("[data-outbox]")).to_be_hidden()


def test_an_answer_that_is_not_complete_is_named_and_can_be_removed(one: Visitor, held: Held) -> None:
    page, number = one.page, place_of(held, "rank")
    page.goto(f"/a/{held.ref}/{number}")
    name, value = next(iter(one.an_answer().items()))
    one.give({name: value})
    expect(page.locator("[data-saved-word]")).to_contain_text("not complete")
    page.goto(f"/a/{held.ref}/review")
    assert f"question {number}" in named(page, "refused")
    page.locator("[data-when=refused] [data-discard]").click()
    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert kept(page) == {}


def test_submitting_without_an_answer_that_waits_takes_a_second_press(one: Visitor, held: Held) -> None:
    hold_back(one, held, 1)
    page = one.page
    refuse(page, 1, 503)
    page.goto(f"/a/{held.ref}/submit")
    named(page, "waiting")
    page.locator("main .act button").click()
    expect(page.locator("[data-warning]")).to_be_visible()
    assert held.view(datetime.now(UTC)).state == "open"
    page.context.unroute_all()
    refuse(page, 1, 429)
    page.locator("main .act button").click()
    page.wait_for_url(re.compile("/results$"))
    page.context.unroute_all()
    page.reload()
    until(lambda: kept(page) == {}, page)


def leave_by(name: str, page: Page, held: Held, database: Database) -> None:
    """One of the ways out of a sitting."""
    if name == "close":
        page.goto(f"/a/{held.ref}/leave")
        page.get_by_role("button", name="Close on this device").click()
    elif name == "delete":
        page.goto(f"/a/{held.ref}/delete")
        page.locator("main .act button").click()
    elif name == "submit":
        page.goto(f"/a/{held.ref}/submit")
        page.locator("main .act button").click()
    else:
        with database.writing() as session:
            past = datetime.now(UTC) - timedelta(days=1)
            session.execute(update(Attempt).where(Attempt.ref == held.ref).values(expires_at=past))
            session.commit()
        page.goto(f"/a/{held.ref}/1")


@pytest.mark.parametrize("way", ["close", "delete", "submit", "expiry"])
def test_every_way_out_clears_the_browser(one: Visitor, held: Held, database: Database, way: str) -> None:
    page, number = one.page, place_of(held, "rank")
    page.goto(f"/a/{held.ref}/{number}")
    name, value = next(iter(one.an_answer().items()))
    one.give({name: value})
    expect(page.locator("[data-saved-word]")).to_contain_text("not complete")
    assert kept(page)
    leave_by(way, page, held, database)
    until(lambda: kept(page) == {}, page)


def test_a_newer_sitting_finds_nothing_of_an_older_one(one: Visitor, held: Held) -> None:
    hold_back(one, held, 1)
    one.context.clear_cookies()
    one.begin()
    assert kept(one.page) == {}


@pytest.fixture
def other(visitor: EnterPage) -> Visitor:
    """The same person on another device."""
    return visitor("en", expects=EXPECTED)


def test_a_reload_takes_nothing_back_that_goes_on_elsewhere(one: Visitor, other: Visitor, held: Held) -> None:
    hold_back(one, held, 1)
    take_up(other, held)
    page = one.page
    for path in ("1", "review", "submit", "link", ""):
        page.goto(f"/a/{held.ref}/{path}".rstrip("/"))
        expect(page.locator("h1")).to_have_text("Your test goes on elsewhere")
        assert "question 1" in named(page, "elsewhere")
    assert response_to(held, 1) is None
    other.page.goto(f"/a/{held.ref}/2")
    other.answer()
    other.expect_saved()
    page.get_by_role("button", name="Continue here").click()
    until(lambda: response_to(held, 1) is not None and kept(page) == {}, page)
    other.change()
    other.expect_locked()
    expect(other.page.get_by_role("button", name="Continue here")).to_be_visible()


def test_a_newer_answer_from_elsewhere_stands_and_the_older_is_named(
    one: Visitor, other: Visitor, held: Held
) -> None:
    hold_back(one, held, 1)
    take_up(other, held)
    other.page.goto(f"/a/{held.ref}/1")
    other.answer(turn=1)
    other.expect_saved()
    newer = response_to(held, 1)
    page = one.page
    page.goto(f"/a/{held.ref}/review")
    page.get_by_role("button", name="Continue here").click()
    page.goto(f"/a/{held.ref}/review")
    assert "question 1" in named(page, "newer")
    assert response_to(held, 1) == newer
    page.locator("[data-when=newer] a").click()
    one.expect_locked()
    assert kept(page) == {}
    assert response_to(held, 1) == newer


def test_after_a_submission_elsewhere_the_old_device_says_so(
    one: Visitor, other: Visitor, held: Held
) -> None:
    hold_back(one, held, 2)
    one.page.goto(f"/a/{held.ref}/3")
    hold_back(one, held, 1)
    one.page.goto("about:blank")
    old = one.context.new_page()
    refuse(old, 1)
    refuse(old, 2)
    old.goto(f"/a/{held.ref}/{place_of(held, 'select')}")
    take_up(other, held)
    other.page.goto(f"/a/{held.ref}/submit")
    other.page.locator("main .act button").click()
    other.page.wait_for_url(re.compile("/results$"))
    one.page = old
    one.answer()
    one.expect_locked()
    expect(old.locator("#errors")).to_contain_text("has been submitted")
    old.context.unroute_all()
    expect(old.locator("[data-when=submitted]")).to_contain_text("question 1")
    assert kept(old) == {}
    old.goto(f"/a/{held.ref}/2")
    expect(old.locator("h1")).to_have_text("Your test is submitted")


WORDS = {
    413: "Shorten it",
    404: "expired, was deleted",
    403: "expired, was deleted",
    429: "Waiting for network",
}


@pytest.mark.parametrize("status", WORDS)
def test_the_word_about_an_answer_follows_the_server_s_status(one: Visitor, held: Held, status: int) -> None:
    one.page.goto(f"/a/{held.ref}/1")
    refuse(one.page, 1, status)
    one.answer()
    expect(one.page.locator("[data-saved-word]")).to_contain_text(WORDS[status])


# Without script


Fill = Callable[[Page], None]
FILLS: dict[str, Fill] = {
    "best": lambda page: page.locator("#answer [type=radio]").last.check(force=True),
    "select": lambda page: page.locator("#answer [type=checkbox]").last.check(force=True),
    "rank": lambda page: page.locator("#answer select").first.select_option("2") and None,
    "allocate": lambda page: page.locator(".amounts input").first.fill("60"),
    "written": lambda page: page.locator("textarea").fill("Bonjour\nà tous"),
}


@pytest.mark.parametrize("kind", FILLS)
def test_without_script_and_network_back_shows_the_choice(visitor: EnterPage, held: Held, kind: str) -> None:
    one = visitor("en", expects=CUT, java_script_enabled=False)
    page = take_up(one, held)
    number = place_of(held, kind)
    page.goto(f"/a/{held.ref}/{number}")
    FILLS[kind](page)
    given = page.locator("#answer").evaluate(
        "form => [...new FormData(form)].filter(([name]) => name.startsWith('r-'))"
    )
    one.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.is_navigation_request()):
        page.locator("button[value=next]:not(.unseen)").click(no_wait_after=True)
    page.wait_for_url("chrome-error://**")
    page.go_back()
    shown = page.locator("#answer").evaluate(
        "form => [...new FormData(form)].filter(([name]) => name.startsWith('r-'))"
    )
    assert shown == given


def test_without_script_back_after_a_saving_asks_the_server(visitor: EnterPage, held: Held) -> None:
    one = visitor("en", expects=CUT, java_script_enabled=False)
    page = take_up(one, held)
    page.goto(f"/a/{held.ref}/1")
    one.answer()
    one.go("next")
    page.go_back()
    assert page.locator("[name=seq]").get_attribute("value") == "2"
    one.answer(turn=1)
    one.go("next")
    assert held.view(datetime.now(UTC)).answered == 1
    one.context.set_offline(True)
    # Nothing older is shown in its place.
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.go_back()
