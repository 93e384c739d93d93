"""A sitting on two devices, and what each way out leaves in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.checked import Browser
from tests.web.conftest import Clock
from tests.web.journeys import an_answer, answer_all, finish, start

MakeBrowser = Callable[..., Browser]
JSON = {"Accept": "application/json"}
SWEPT = '"cache", "storage"'


def taken_up(first: Browser, second: Browser) -> str:
    """A sitting that the first browser began and the second one took up by its private link."""
    ref = start(first)
    link = first.get(f"/a/{ref}/link").submit("main form").soup.select_one(".address a")
    assert link is not None
    second.get(link.get_text()[link.get_text().index("/self") :]).submit("main form")
    return ref


@pytest.mark.parametrize("path", ["", "/1", "/review", "/submit", "/link"])
def test_a_page_opened_again_takes_nothing_back_that_goes_on_elsewhere(
    browser: Browser, new_browser: MakeBrowser, path: str
) -> None:
    other = new_browser()
    ref = taken_up(browser, other)
    theirs = other.get(f"/a/{ref}/1")
    assert "goes on elsewhere" in browser.get(f"/a/{ref}{path}").text
    theirs.submit("#answer", go="next", **an_answer(theirs))
    back = browser.get(f"/a/{ref}{path}").submit(f"form[action$='/{ref}/here']")
    assert back.soup.select_one("#answer")
    late = other.get(f"/a/{ref}/2")
    assert "goes on elsewhere" in late.text


def test_an_old_form_takes_nothing_back_whatever_is_wrong_with_it(
    browser: Browser, new_browser: MakeBrowser
) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    link = browser.get(f"/a/{ref}/link").submit("main form").soup.select_one(".address a")
    assert link is not None
    new_browser().get(link.get_text()[link.get_text().index("/self") :]).submit("main form")
    for changes in ({"csrf_token": "too-old"}, {}):
        given = {**an_answer(page), **changes}
        again = page.submit("#answer", expect=400 if changes else 409, go="next", **given)
        if changes:
            again = again.submit("#answer", expect=409, go="next")
        assert "taken up somewhere else" in again.text
        assert again.soup.select_one(f"form[action$='/{ref}/here']")


def test_submitting_from_a_device_that_was_left_is_refused(
    browser: Browser, new_browser: MakeBrowser
) -> None:
    other = new_browser()
    ref = start(browser)
    page = browser.get(f"/a/{ref}/submit")
    link = browser.get(f"/a/{ref}/link").submit("main form").soup.select_one(".address a")
    assert link is not None
    other.get(link.get_text()[link.get_text().index("/self") :]).submit("main form")
    assert "goes on elsewhere" in page.submit("main form", expect=409).text
    finish(other, ref)
    assert "is submitted" in browser.get(f"/a/{ref}/review").text
    assert browser.get(f"/a/{ref}").path.endswith("/results")


def test_a_held_answer_passes_no_newer_one_and_says_nothing_of_time(browser: Browser, clock: Clock) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    held = {**page.values(page.form("#answer")), "go": "save", "held": "1", "after": "0", "seq": "5"}
    page.submit("#answer", go="next", **an_answer(page))
    late = browser.client.post(page.path, data={**held, **an_answer(page, turn=1)}, headers=JSON)
    assert (late.status_code, late.get_json()["reason"]) == (409, "newer")
    held["after"] = "1"
    clock.pass_(seconds=5)
    assert (
        browser.client.post(page.path, data={**held, **an_answer(page, turn=1)}, headers=JSON).status_code
        == 200
    )
    finish(browser, ref)
    answer = browser.get(f"/a/{ref}/data.json").reply.get_json()["answers"][0]
    assert answer["seconds"] == 0


def test_a_script_is_told_where_to_go_on(browser: Browser) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    sent = {**page.values(page.form("#answer")), **an_answer(page)}
    for step, onward in (("next", "/2"), ("review", "/review"), ("leave", "/leave"), ("save", None)):
        told = browser.client.post(page.path, data=sent | {"go": step}, headers=JSON).get_json()
        assert told["seq"] == 1
        assert told.get("onward") == (onward and f"/a/{ref}{onward}")


@pytest.mark.parametrize("way", ["close", "delete", "expiry"])
def test_every_way_out_tells_the_browser_to_empty_its_store(browser: Browser, clock: Clock, way: str) -> None:
    ref = start(browser)
    answer_all(browser, ref)
    if way == "expiry":
        clock.pass_(days=8)
        reply = browser.get(f"/a/{ref}/1", expect=404).reply
    else:
        action = "leave" if way == "close" else "delete"
        page = browser.get(f"/a/{ref}/{action}")
        reply = browser.post(f"/a/{ref}/{action}", page.values(page.form("main form")), follow=False).reply
    assert reply.headers["Clear-Site-Data"] == SWEPT
    assert ref not in browser.get("/").reply.text


def test_a_browser_with_another_sitting_keeps_what_it_holds_for_that(browser: Browser) -> None:
    first, second = start(browser), start(browser)
    page = browser.get(f"/a/{second}/leave")
    reply = browser.post(f"/a/{second}/leave", page.values(page.form("main form")), follow=False).reply
    assert "Clear-Site-Data" not in reply.headers
    home = browser.get("/").reply.text
    assert first in home
    assert second not in home
