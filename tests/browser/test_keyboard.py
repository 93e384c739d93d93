"""A whole sitting by keyboard alone: Tab, arrows, space and Enter reach and answer everything."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from assessor.items import ITEM_TYPES
from tests.browser.conftest import BeginSitting, EnterPage, take_up
from tests.browser.keyboard import Keyboard
from tests.browser.visitor import CONFIRMED, Visitor

pytestmark = pytest.mark.browser


def answer(one: Visitor, keys: Keyboard) -> None:
    """Answer the question by keys alone."""
    given, kind = one.an_answer(), one.kind
    for name, value in given.items():
        if kind == "rank":
            keys.pick(name, value)
        elif kind == "select":
            keys.mark(name, value)
        elif kind in ("written", "allocate"):
            keys.write(name, value)
        else:
            keys.choose(name, value)
    assert one.given() == given


def answer_turns(one: Visitor, keys: Keyboard) -> None:
    """Answer and confirm each turn by keys alone; ends on the next page."""
    here = one.page.url
    while one.page.url.partition("#")[0] == here:
        answer(one, keys)
        keys.tab_to("button[value=next]")
        keys.press("Enter")
        expect(one.page.locator("#doubt")).to_be_focused()
        keys.tab_to("#doubt button")
        keys.press("Enter")
        one.page.wait_for_function(CONFIRMED)


def test_a_whole_sitting_by_keyboard_opens_the_reasons(visitor: EnterPage) -> None:
    one = visitor("en")
    page, keys = one.page, Keyboard(one.page)
    page.goto("/")
    keys.tab_to("a.skip")
    keys.press("Enter")
    keys.enter("a.door", "/self/start$")
    for name, value in (("domain", "arts"), ("length", "short"), ("language", "en")):
        keys.choose(name, value)
    keys.enter("main button", "/self/notice")
    keys.enter("main form button", "/link$")
    keys.enter("main .button", "/practice/1$")
    keys.enter(".item-aside a", "/a/[0-9a-f]+/1$")
    while not page.url.endswith("/review"):
        answer(one, keys)
        one.expect_saved()
        here = one.number
        keys.enter("button[value=next]", "/review$" if here == one.total else f"/{here + 1}$")
    expect(page.locator(".is-empty")).to_have_count(0)
    keys.enter("main .actions .button", "/submit$")
    keys.enter("main form button", "/results$")
    keys.tab_to("details.item summary")
    keys.press("Enter")
    expect(page.locator("details.item .given").first).to_be_visible()
    keys.press("Enter")
    expect(page.locator("details.item .given").first).to_be_hidden()


def test_every_type_is_answered_by_keyboard_alone(visitor: EnterPage, sitting: BeginSitting) -> None:
    one = visitor("en", expects=("status of 422",))
    held = sitting(every_type=True)
    page, keys = take_up(one, held), Keyboard(one.page)
    page.goto(f"/a/{held.ref}/1")
    while not page.url.endswith("/review"):
        if one.kind == "scenario":
            answer_turns(one, keys)
            continue
        answer(one, keys)
        one.expect_saved()
        here = one.number
        keys.enter("button[value=next]", "/review$" if here == one.total else f"/{here + 1}$")
    expect(page.locator(".is-answered")).to_have_count(len(ITEM_TYPES))


def test_responses_are_ranked_by_buttons_and_said_aloud(visitor: EnterPage, sitting: BeginSitting) -> None:
    one = visitor("en")
    held = sitting(every_type=True)
    page, keys = take_up(one, held), Keyboard(one.page)
    kinds = [item.content.type for item in held.view().items]
    page.goto(f"/a/{held.ref}/{kinds.index('rank') + 1}")
    texts = page.locator(".ranked-text p:last-child").all_inner_texts()
    keys.tab_to(".mover[data-step='1']")
    keys.press("Enter")
    moved = page.locator(".ranked-text p:last-child").all_inner_texts()
    assert moved == [texts[1], texts[0], *texts[2:]]
    expect(page.locator(".ranking + [role=status]")).to_have_text("Now in place 2")
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused.startswith("Down: ")
    assert focused.endswith(texts[0])
    assert page.locator(".ranking select").evaluate_all("all => all.map(one => one.value)") == [
        str(place) for place in range(1, len(texts) + 1)
    ]
    one.expect_saved()


def test_enter_in_an_answer_goes_to_the_next_question(visitor: EnterPage, sitting: BeginSitting) -> None:
    """The language switch is the first button that is seen; Enter must not press it."""
    one = visitor("en")
    held = sitting(every_type=True)
    keys = Keyboard(take_up(one, held))
    kinds = [item.content.type for item in held.view().items]
    number = kinds.index("best") + 1
    one.page.goto(f"/a/{held.ref}/{number}")
    given = one.an_answer()
    for name, value in given.items():
        keys.choose(name, value)
    keys.press("Enter")
    expect(one.page).not_to_have_url(re.compile(rf"/{number}$"))
    expect(one.page.locator("html")).to_have_attribute("lang", "en-CA")
    one.page.go_back()
    assert one.given() == given


def test_a_fault_of_any_form_takes_the_focus(visitor: EnterPage, sitting: BeginSitting) -> None:
    """The forms that save nothing by themselves too: what to start, and an example."""
    one = visitor("fr")
    one.page.goto("/self/start")
    one.press("main form button")
    expect(one.page.locator("#errors")).to_be_focused()
    assert one.page.title().startswith("Erreur")
    held = sitting(every_type=True, language="fr")
    page = take_up(one, held)
    kinds = [item.content.type for item in held.view().items]
    page.goto(f"/a/{held.ref}/practice/{kinds.index('best_worst') + 1}")
    name, value = next(iter(one.an_answer().items()))
    one.give({name: value})
    one.press("#answer .moves button")
    expect(page.locator("#errors")).to_be_focused()


def test_a_fault_takes_the_focus_and_its_link_leads_to_the_field(
    visitor: EnterPage, sitting: BeginSitting
) -> None:
    one = visitor("en")
    held = sitting(every_type=True)
    page, keys = take_up(one, held), Keyboard(one.page)
    kinds = [item.content.type for item in held.view().items]
    page.goto(f"/a/{held.ref}/{kinds.index('rate') + 1}")
    name, value = next(iter(one.an_answer().items()))
    keys.choose(name, value)
    keys.tab_to("button[value=next]")
    keys.press("Enter")
    expect(page.locator("#errors")).to_be_focused()
    assert page.title().startswith("Error: ")
    keys.tab_to("#errors a")
    wanted = page.evaluate("document.activeElement.getAttribute('href')")
    keys.press("Enter")
    keys.press("Tab") if page.locator(f"{wanted}:focus").count() == 0 else None
    assert page.evaluate("document.activeElement.name").startswith("r-")
