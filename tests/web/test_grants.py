"""Leaving means leaving: what was kept of a browser, or of an old link, opens nothing afterwards (SE15)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from assessor.services import grants
from assessor.services.actors import JOB
from assessor.services.sittings import retention
from assessor.store.db import Database, Unavailable, WriteSession
from tests.web.checked import Browser
from tests.web.conftest import Clock
from tests.web.journeys import an_answer, chosen, finish, ref_of, start

MakeBrowser = Callable[..., Browser]
COOKIE = "assessor"
JSON = {"Accept": "application/json"}


def copied(victim: Browser, thief: Browser) -> Browser:
    """The thief's browser with the cookie that the victim's has now."""
    cookie = victim.client.get_cookie(COOKIE)
    assert cookie is not None
    thief.client.set_cookie(COOKIE, cookie.value)
    return thief


def link_of(browser: Browser, ref: str) -> str:
    """The private link that the browser is shown now, or a new one that it makes."""
    page = browser.get(f"/a/{ref}/link")
    if page.soup.select_one(".address a") is None:
        page = page.submit("main form")
    shown = page.soup.select_one(".address a")
    assert shown is not None
    return str(shown["href"])


def leave(browser: Browser, ref: str) -> None:
    browser.get(f"/a/{ref}/leave").submit("main form")


def kept(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM access_grant")).scalar_one())


def test_a_copied_cookie_opens_nothing_once_the_sitting_is_closed(
    browser: Browser, new_browser: MakeBrowser
) -> None:
    ref = start(browser)
    thieves = [copied(browser, new_browser()) for _ in range(7)]
    assert thieves[0].get(f"/a/{ref}/1").soup.select_one("#answer")
    leave(browser, ref)
    paths = ("", "/1", "/review", "/link", "/results", "/data.json", "/profile.pdf")
    for thief, path in zip(thieves, paths, strict=True):
        thief.get(f"/a/{ref}{path}", expect=404)


def test_a_copied_cookie_saves_and_deletes_nothing_once_the_sitting_is_closed(
    browser: Browser, new_browser: MakeBrowser
) -> None:
    ref = start(browser)
    thief = copied(browser, new_browser())
    page = thief.get(f"/a/{ref}/1")
    deletion = thief.get(f"/a/{ref}/delete")
    again = new_browser()
    copied(thief, again)
    link = link_of(browser, ref)
    leave(browser, ref)
    sent = page.values(page.form("#answer")) | an_answer(page) | {"go": ["save"]}
    assert thief.client.post(page.path, data=sent, headers=JSON).status_code == 404
    deletion.browser = again
    deletion.submit("main form", expect=404)
    browser.get(link).submit("main form")
    assert browser.get(f"/a/{ref}/1").soup.select_one("#answer")


def test_a_copied_cookie_shows_nothing_of_a_closed_sitting_on_the_home_page(
    browser: Browser, new_browser: MakeBrowser
) -> None:
    ref = start(browser)
    thief = copied(browser, new_browser())
    leave(browser, ref)
    assert ref not in thief.get("/").soup.select_one("main").decode()  # type: ignore[union-attr]


def test_a_new_link_evicts_whoever_came_by_the_old_one(
    browser: Browser, new_browser: MakeBrowser, clock: Clock
) -> None:
    stranger, copy = new_browser(), new_browser()
    ref = start(browser)
    old = link_of(browser, ref)
    stranger.get(old).submit("main form")
    browser.get(f"/a/{ref}").submit(f"form[action$='/{ref}/here']")
    copied(browser, copy)
    new = link_of(browser, ref)
    assert new != old
    stranger.get(f"/a/{ref}", expect=404)
    stranger.get(old, expect=404)
    assert browser.get(f"/a/{ref}/1").soup.select_one("#answer")
    clock.pass_(seconds=grants.LATE_FOR.total_seconds() + 1)
    copy.get(f"/a/{ref}/1", expect=404)
    assert browser.get(f"/a/{ref}/1").soup.select_one("#answer")
    friend = new_browser()
    friend.get(new).submit("main form")
    assert friend.get(f"/a/{ref}/1").soup.select_one("#answer")
    assert "goes on elsewhere" in browser.get(f"/a/{ref}/1").text


def test_a_new_link_whose_reply_was_lost_can_be_asked_for_again(
    browser: Browser, new_browser: MakeBrowser, clock: Clock
) -> None:
    """The old link is gone by then: a browser without its new cookie would have lost the sitting."""
    ref = start(browser)
    browser.get(f"/a/{ref}/link")
    page = browser.get(f"/a/{ref}/link")
    there = copied(browser, new_browser())
    page.submit("main form", follow=False)
    clock.pass_(seconds=60)
    page.browser = there
    assert page.submit("main form").soup.select_one(".address a")
    clock.pass_(days=1)
    assert there.get(f"/a/{ref}/1").soup.select_one("#answer")
    browser.get(f"/a/{ref}/1", expect=404)


def test_closing_ends_what_a_new_link_has_left_for_a_moment(
    browser: Browser, new_browser: MakeBrowser, database: Database
) -> None:
    ref = start(browser)
    browser.get(f"/a/{ref}/link")
    thief = copied(browser, new_browser())
    link_of(browser, ref)
    leave(browser, ref)
    thief.get(f"/a/{ref}/1", expect=404)
    assert kept(database) == 0


def test_a_browser_that_is_evicted_in_this_moment_cannot_make_a_link_of_its_own(
    browser: Browser, new_browser: MakeBrowser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = new_browser()
    ref = start(browser)
    stranger.get(link_of(browser, ref)).submit("main form")
    page = stranger.get(f"/a/{ref}/link")
    # Let in before the eviction has committed, it goes on behind it.
    monkeypatch.setattr(grants, "is_given", lambda *_given, **_named: True)
    browser.get(f"/a/{ref}").submit(f"form[action$='/{ref}/here']")
    link = link_of(browser, ref)
    stranger.get(f"/a/{ref}").submit(f"form[action$='/{ref}/here']")
    page.submit("main form", expect=404)
    assert new_browser().get(link).form("main form")


def planted(browser: Browser, victim: Browser) -> str:
    """The cookie of one browser, planted in another; the form token that goes with it."""
    page = browser.get("/")
    copied(browser, victim)
    return str(page.soup.select("input[name=csrf_token]")[0]["value"])


@pytest.mark.parametrize("way", ["start", "link"])
def test_whoever_planted_a_cookie_gains_nothing_of_what_its_browser_gains(
    browser: Browser, new_browser: MakeBrowser, way: str
) -> None:
    attacker, victim = new_browser(), browser
    known = planted(attacker, victim)
    if way == "start":
        ref = start(victim)
    else:
        owner = new_browser()
        ref = start(owner)
        victim.get(link_of(owner, ref)).submit("main form")
    assert victim.get(f"/a/{ref}/1").soup.select_one("#answer")
    attacker.get(f"/a/{ref}/1", expect=404)
    forged = victim.client.post(f"/a/{ref}/delete", data={"csrf_token": known})
    assert forged.status_code == 400
    assert victim.get(f"/a/{ref}/1").soup.select_one("#answer")


def test_what_a_browser_held_of_a_sitting_ends_when_it_comes_by_the_link(
    browser: Browser, new_browser: MakeBrowser, clock: Clock
) -> None:
    ref = start(browser)
    link = link_of(browser, ref)
    thief = copied(browser, new_browser())
    browser.get(link).submit("main form")
    clock.pass_(seconds=grants.LATE_FOR.total_seconds() + 1)
    thief.get(f"/a/{ref}/1", expect=404)
    browser.get(f"/a/{ref}/1")


def test_a_page_from_before_keeps_its_answer_when_the_form_token_changes(browser: Browser) -> None:
    first = start(browser)
    page = browser.get(f"/a/{first}/1")
    start(browser)
    again = page.submit("#answer", expect=400, go="next", **an_answer(page))
    assert again.submit("#answer", go="next").path.endswith("/2")
    sent = page.values(page.form("#answer")) | an_answer(page, turn=1) | {"go": ["save"], "seq": ["2"]}
    told = browser.client.post(page.path, data=sent, headers=JSON)
    assert told.status_code == 400
    sent["csrf_token"] = told.get_json()["csrf_token"]
    assert browser.client.post(page.path, data=sent, headers=JSON).status_code == 200


def test_a_list_of_sittings_from_an_earlier_version_opens_nothing(
    app: Flask, browser: Browser, new_browser: MakeBrowser
) -> None:
    ref = start(browser)
    old = new_browser()
    with old.client.session_transaction() as session:
        session["sittings"] = [(ref, 1)]
    old.get(f"/a/{ref}/1", expect=404)
    old.get("/")


@pytest.mark.parametrize("way", ["delete", "sweep"])
def test_grants_end_with_their_sitting(
    browser: Browser, new_browser: MakeBrowser, database: Database, clock: Clock, way: str
) -> None:
    other = new_browser()
    ref = start(browser)
    other.get(link_of(browser, ref)).submit("main form")
    # Two browsers, and what the new link has left for a moment.
    assert kept(database) == 3
    if way == "delete":
        other.get(f"/a/{ref}/delete").submit("main form")
    else:
        clock.pass_(days=8)
    browser.get(f"/a/{ref}/1", expect=404)
    if way != "delete":
        with database.writing() as session:
            assert retention.sweep(session, JOB, now=clock.at) == 1
    assert kept(database) == 0


def test_a_grant_ends_after_ninety_days_and_the_link_does_not(
    browser: Browser, new_browser: MakeBrowser, database: Database, clock: Clock
) -> None:
    ref = start(browser)
    link = link_of(browser, ref)
    results = finish(browser, ref)
    results.browser.post(
        f"/a/{ref}/keep", results.values(results.form("form[action$='/keep']")) | {"days": "365"}
    )
    clock.pass_(days=grants.HELD_FOR.days + 1)
    browser.get(f"/a/{ref}/results", expect=404)
    with database.writing() as session:
        grants.forget(session, now=clock.at)
    assert kept(database) == 0
    new_browser().get(link).submit("main form")


def test_a_sitting_that_a_browser_has_no_place_for_is_closed_there(
    browser: Browser, new_browser: MakeBrowser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessor.web.plumbing.security.MOST_SITTINGS", 2)
    first = start(browser)
    thief = copied(browser, new_browser())
    start(browser)
    start(browser)
    thief.get(f"/a/{first}/1", expect=404)
    assert kept(database) == 2


def full(_self: WriteSession) -> None:
    raise Unavailable("disk full")


def test_a_sitting_that_could_not_be_closed_on_the_server_is_not_closed_in_the_browser(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/leave")
    with monkeypatch.context() as broken:
        broken.setattr(WriteSession, "commit", full)
        failed = page.submit("main form", expect=503)
    assert "Clear-Site-Data" not in failed.reply.headers
    assert browser.get(f"/a/{ref}/1").soup.select_one("#answer")
    page.submit("main form")
    browser.get(f"/a/{ref}/1", expect=404)


def test_a_start_that_could_not_be_kept_leaves_forms_that_work(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = chosen(browser)
    with monkeypatch.context() as broken:
        broken.setattr(WriteSession, "commit", full)
        failed = page.submit("main form", expect=503)
    failed.submit("form.language", language="en")
    assert ref_of(page.submit().path)


def test_a_database_that_is_down_refuses_and_forgets_nobody(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = start(browser)

    def down(*_given: Any, **_named: Any) -> bool:
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(grants, "is_given", down)
        browser.get(f"/a/{ref}/1", expect=503)
    browser.get(f"/a/{ref}/1")


def test_no_grant_can_be_read_back_from_the_database(browser: Browser, database: Database) -> None:
    start(browser)
    with browser.client.session_transaction() as session:
        ((_, _, secret),) = session["grants"]
    with database.reading() as reading:
        rows = reading.execute(text("SELECT * FROM access_grant")).mappings().all()
    assert [sorted(row) for row in rows] == [["attempt_id", "ends_at", "given_at", "id", "secret_hash"]]
    assert secret not in str(rows)
