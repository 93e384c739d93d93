"""Whole ways through the site in a real browser: on a phone, without JavaScript, by links and back keys."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import PHONE, BeginSitting, EnterPage, take_up
from tests.browser.visitor import Visitor, asked

pytestmark = pytest.mark.browser

#: A PDF takes a second; on a machine that does much else, many.
RENDERED_WITHIN_MS = 90_000


def has_no_sideways_scroll(one: Visitor) -> bool:
    return bool(one.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_whole_sitting_in_french_on_a_phone_ends_with_the_pdf_and_with_nothing_left(
    visitor: EnterPage,
) -> None:
    one = visitor("fr", **PHONE, accept_downloads=True)
    page = one.page
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "fr-CA")
    one.begin(domain="banking", language="fr")
    seen: set[str] = set()
    while not page.url.endswith("/review"):
        seen.add(one.kind)
        assert has_no_sideways_scroll(one), page.url
        one.answer()
        one.expect_saved()
        one.go("next")
    assert len(seen) >= 2
    expect(page.locator(".is-empty")).to_have_count(0)
    one.submit()
    expect(page.locator("h1")).to_have_text("Votre profil")
    assert has_no_sideways_scroll(one)
    results = page.url
    with page.expect_download(timeout=RENDERED_WITHIN_MS) as started:
        one.press(page.get_by_role("link", name="PDF pour moi").first)
    written = started.value.path().read_bytes()
    assert written.startswith(b"%PDF-")
    document = PdfReader(io.BytesIO(written))
    assert document.metadata is not None
    assert "profil" in str(document.metadata.title).lower()
    assert "Votre profil" in document.pages[0].extract_text()
    # A document that takes longer than a moment has a page of its own.
    if page.url != results:
        page.goto(results)
    one.leads(page.get_by_role("link", name="Tout effacer maintenant"), "/delete$")
    one.leads(page.get_by_role("button", name="Tout effacer"), "/self/goodbye$")
    expect(page.locator("h1")).to_have_text("Tout est effacé")
    assert asked(page, "localStorage.length") == 0
    one.watch.expected = ("status of 404",)
    reply = page.goto(results)
    assert reply is not None
    assert reply.status == 404


def test_a_whole_sitting_in_english_without_javascript(visitor: EnterPage) -> None:
    one = visitor("en", java_script_enabled=False)
    one.begin(domain="tourism")
    one.answer_the_rest()
    expect(one.page.locator(".is-empty")).to_have_count(0)
    one.submit()
    expect(one.page.locator("h1")).to_have_text("Your profile")
    folded = one.page.locator("details.item")
    assert folded.count() >= 5
    one.press(folded.first.locator("summary"))
    expect(folded.first.locator(".given").first).to_be_visible()


def test_a_private_link_opens_the_sitting_elsewhere_and_the_first_browser_becomes_read_only(
    visitor: EnterPage,
) -> None:
    first, second = visitor("en", expects=("status of 409",)), visitor("fr", **PHONE)
    address = first.begin()
    given = first.answer()
    first.expect_saved()
    second.page.goto(address)
    expect(second.page.locator("#answer")).to_have_count(0)
    second.leads("main form button", "/a/")
    second.page.goto(first.page.url)
    assert second.given() == given
    newer = second.answer(turn=1)
    second.expect_saved()
    first.change()
    first.expect_locked()
    first.leads(first.page.get_by_role("button", name="Continue here"), r"/a/\w+/\d+$")
    first.page.wait_for_load_state("networkidle")
    # What was held back here is older than what was given over there: the newer one stands.
    first.page.evaluate("localStorage.clear()")
    first.page.goto(second.page.url)
    assert first.given() == newer


def test_a_reload_in_the_middle_keeps_place_and_answer(visitor: EnterPage) -> None:
    one = visitor("en")
    one.begin()
    one.answer()
    one.go("next")
    given = one.answer(turn=1)
    one.expect_saved()
    one.page.reload()
    assert one.number == 2
    assert one.given() == given
    one.expect_saved()


def test_of_two_tabs_on_one_question_the_older_becomes_read_only_and_says_so(visitor: EnterPage) -> None:
    fresh = visitor("en", expects=("status of 409",))
    fresh.begin()
    stale = Visitor(fresh.context.new_page(), fresh.watch)
    stale.page.goto(fresh.page.url)
    given = fresh.answer()
    fresh.expect_saved()
    stale.answer(turn=1)
    stale.expect_locked()
    expect(stale.page.locator("#errors")).to_contain_text("newer answer")
    stale.leads(stale.page.get_by_role("link", name="Go on with the newest answers"), "/1$")
    assert stale.given() == given


def test_an_older_tab_that_is_filled_in_slowly_does_not_count_past_the_newer_answer(
    visitor: EnterPage, sitting: BeginSitting
) -> None:
    fresh = visitor("en", expects=("status of 409",))
    held = sitting(every_type=True)
    take_up(fresh, held)
    kinds = [item.content.type for item in held.view(datetime.now(UTC)).items]
    stale = Visitor(fresh.context.new_page(), fresh.watch)
    for one in (fresh, stale):
        one.page.goto(f"/a/{held.ref}/{kinds.index('rate') + 1}")
    given = fresh.answer()
    fresh.expect_saved()
    *steps, last = stale.an_answer(turn=2).items()
    for step in steps:
        stale.give(dict([step]))
        expect(stale.page.locator("[data-saved-word]")).to_contain_text("not complete")
    stale.give(dict([last]))
    stale.expect_locked()
    fresh.page.reload()
    assert fresh.given() == given


def test_the_back_key_leads_to_the_question_before_and_sends_nothing_again(visitor: EnterPage) -> None:
    one = visitor("en")
    one.begin()
    first = one.answer()
    one.go("next")
    second = one.answer(turn=1)
    one.go("next")
    one.watch.posts.clear()
    for number, given in ((2, second), (1, first)):
        one.page.go_back()
        one.page.wait_for_url(re.compile(f"/{number}$"))
        assert one.given() == given
        one.expect_saved()
    assert one.watch.posts == []


def test_another_language_between_questions_keeps_the_answer(visitor: EnterPage) -> None:
    one = visitor("en")
    one.begin()
    given = one.answer()
    one.leads('button[value="language:fr"]', "/1$")
    expect(one.page.locator("html")).to_have_attribute("lang", "fr-CA")
    expect(one.page.locator("#situation")).to_have_attribute("lang", re.compile("^fr"))
    assert one.given() == given
    one.expect_saved()
    one.go("next")
    expect(one.page.locator("#situation")).to_have_attribute("lang", re.compile("^fr"))


def test_save_and_leave_leads_back_from_the_home_page(visitor: EnterPage) -> None:
    one = visitor("en")
    one.begin()
    given = one.answer()
    one.go("leave")
    one.page.goto("/")
    one.leads("a.door >> nth=0", "/2$")
    one.go("previous")
    assert one.given() == given


def test_closed_on_a_shared_device_only_the_link_opens_it(visitor: EnterPage, sitting: BeginSitting) -> None:
    one = visitor("en", expects=("status of 404",))
    held = sitting()
    take_up(one, held)
    one.go("leave")
    one.leads(one.page.get_by_role("button", name="Close on this device"), "/$")
    expect(one.page.locator("a.door")).to_have_count(1)
    reply = one.page.goto(f"/a/{held.ref}/1")
    assert reply is not None
    assert reply.status == 404
    assert take_up(one, held).url.endswith("/1")
