"""What is said to be saved is saved; what is refused leaves nothing; reading changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from assessor.assembly import TestForm
from assessor.services.sittings import self_assessment
from assessor.store.db import Database, Unavailable, WriteSession
from assessor.store.models import Base
from tests.web.checked import Browser, Page
from tests.web.conftest import Clock
from tests.web.journeys import an_answer, answer_all, finish, start

MakeBrowser = Callable[..., Browser]
JSON = {"Accept": "application/json"}


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has; counts of attempts to begin outlive a refusal on purpose."""
    with database.reading() as session:
        return {
            table.name: session.execute(text(f"SELECT count(*) FROM {table.name}")).scalar_one()
            for table in Base.metadata.sorted_tables
            if table.name != "tally"
        }


@pytest.fixture
def written(database: Database) -> Iterator[list[str]]:
    """Every statement that would change something."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def incomplete(browser: Browser, ref: str) -> tuple[Page, str, str]:
    """A page whose item needs more than one value, with one of them."""
    page = browser.get(f"/a/{ref}/1")
    while not page.soup.select_one(".pair, .scale, .ranking"):
        page = page.submit("#answer", go="next")
    name = str(page.form("#answer").select("[name^=r-]")[0]["name"])
    return page, name, page.choices(name, "#answer")[0]


def test_reading_changes_nothing(browser: Browser, written: list[str]) -> None:
    ref = start(browser)
    answer_all(browser, ref)
    open_pages = ["", "/1", "/review", "/submit", "/leave", "/link", "/delete"]
    written.clear()
    for path in ["/", "/privacy", "/self/start", "/readyz", *(f"/a/{ref}{page}" for page in open_pages)]:
        browser.get(path)
        browser.client.head(path)
    assert written == []
    finish(browser, ref)
    written.clear()
    for path in (f"/a/{ref}", f"/a/{ref}/results", f"/a/{ref}/data.json"):
        browser.get(path)
    assert written == []


def test_half_an_answer_is_422_says_where_and_saves_nothing(browser: Browser, database: Database) -> None:
    ref = start(browser)
    page, name, value = incomplete(browser, ref)
    before = rows(database)
    again = page.submit("#answer", expect=422, go="next", **{name: value})
    assert rows(database) == before
    assert again.soup.title is not None
    assert again.soup.title.get_text().startswith("Error: ")
    assert again.soup.select("#errors a[href^='#r-']")
    assert again.values(again.form("#answer"))[name] == [value]
    assert again.soup.select(".onward a")


def test_choices_that_are_not_offered_are_422_and_start_nothing(browser: Browser, database: Database) -> None:
    before = rows(database)
    page = browser.get("/self/start")
    for changes in ({}, {"domain": "no-such"}, {"domain": "arts", "length": "endless"}):
        again = page.submit(expect=422, **{"language": "en", **changes})
        assert again.soup.select("#errors a")
    forged = browser.get("/self/start").submit(domain="arts", length="short", language="en")
    forged.submit(expect=422, language="tlh")
    assert rows(database) == before


def test_a_response_that_the_page_never_offered_is_refused(browser: Browser, database: Database) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    given = dict.fromkeys(an_answer(page), "a")
    before = rows(database)
    page.submit("#answer", expect=422, go="next", **given)
    assert rows(database) == before


def test_an_answer_is_saved_while_somebody_else_s_form_is_drawn(
    new_browser: MakeBrowser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A form takes its time: as long as it is drawn, its request holds neither the turn nor a snapshot."""
    saver, starter = new_browser(), new_browser()
    page = saver.get(f"/a/{start(saver)}/1")
    draw, saved = self_assessment.draw, list[Page]()

    def drawn_slowly(*given: Any, **named: Any) -> TestForm:
        saving = threading.Thread(target=lambda: saved.append(page.submit("#answer", **an_answer(page))))
        saving.start()
        saving.join(timeout=120)
        return draw(*given, **named)

    monkeypatch.setattr(self_assessment, "draw", drawn_slowly)
    before = rows(database)
    start(starter)
    assert len(saved) == 1
    after = rows(database)
    assert {name: after[name] - before[name] for name in ("attempt", "response")} == {
        "attempt": 1,
        "response": 1,
    }


def test_saved_is_said_only_after_the_commit(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    sent = {**page.values(page.form("#answer")), **an_answer(page), "go": "save"}
    before = rows(database)

    def full(_self: WriteSession) -> None:
        raise Unavailable("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(WriteSession, "commit", full)
        reply = browser.client.post(page.path, data=sent, headers=JSON)
        assert reply.status_code == 503
        assert "saved_at" not in reply.get_json()
        refused = browser.post(page.path, sent, expect=503)
        assert "cannot save" in refused.text
    assert rows(database) == before
    reply = browser.client.post(page.path, data=sent, headers=JSON)
    assert reply.get_json()["seq"] == 1
    assert "Saved at" in browser.get(page.path).text


def test_a_database_that_goes_while_a_session_is_closed_makes_no_500(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed is said to be saved; what was refused is 503; what was only read is shown."""
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    sent = {**page.values(page.form("#answer")), **an_answer(page), "go": "save"}
    close = WriteSession.close

    def gone(self: WriteSession) -> None:
        close(self)
        raise Unavailable("the connection is lost")

    def full(_self: WriteSession) -> None:
        raise Unavailable("disk full")

    monkeypatch.setattr(WriteSession, "close", gone)
    assert browser.client.get(page.path).status_code == 200
    with monkeypatch.context() as broken:
        broken.setattr(WriteSession, "commit", full)
        assert browser.client.post(page.path, data=sent, headers=JSON).status_code == 503
    reply = browser.client.post(page.path, data=sent, headers=JSON)
    assert reply.status_code == 200
    assert reply.get_json()["seq"] == 1
    monkeypatch.setattr(WriteSession, "close", close)
    assert "Saved at" in browser.get(page.path).text


def test_a_commit_that_breaks_otherwise_is_500_and_keeps_nothing(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.get("/self/start").submit(domain="arts", length="short", language="en")
    before = rows(database)

    def broken(_self: WriteSession) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("assessor.web.candidate.starting._count_start", lambda: None)
    monkeypatch.setattr(WriteSession, "commit", broken)
    page.submit(expect=500)
    assert rows(database) == before


def test_a_crash_in_a_view_keeps_nothing(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.get("/self/start").submit(domain="arts", length="short", language="en")
    before = rows(database)
    browser.app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr("assessor.web.candidate.starting.access.admit", lambda _ref, _epoch: 1 / 0)
    page.submit(expect=500)
    assert rows(database) == before


def test_the_error_page_needs_no_database(app: Flask, new_browser: MakeBrowser, monkeypatch: Any) -> None:
    def gone(*_arguments: object, **_named: object) -> None:
        raise Unavailable("no database")

    browser = new_browser()
    ref = start(browser)
    monkeypatch.setattr(Database, "open", gone)
    monkeypatch.setattr(Database, "check", gone)
    browser.get(f"/a/{ref}/1", expect=503)
    assert browser.client.get("/readyz").status_code == 503
    assert browser.client.get("/healthz").status_code == 200
    new_browser("fr").get("/")


def test_an_expired_form_keeps_the_answer_and_can_be_sent_again(browser: Browser, database: Database) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    given = an_answer(page)
    before = rows(database)
    again = page.submit("#answer", expect=400, csrf_token="too-old", go="next", **given)
    assert rows(database) == before
    assert "not saved yet" in again.text
    kept = again.values(again.form("#answer"))
    assert all(kept[name] == [value] for name, value in given.items())
    assert again.submit("#answer", go="next").path == f"/a/{ref}/2"
    assert "Saved at" in browser.get(f"/a/{ref}/1").text


def test_a_script_with_an_expired_form_is_given_a_fresh_one(browser: Browser) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    sent = {**page.values(page.form("#answer")), **an_answer(page), "go": "save", "csrf_token": "too-old"}
    refused = browser.client.post(page.path, data=sent, headers=JSON)
    assert refused.status_code == 400
    sent["csrf_token"] = refused.get_json()["csrf_token"]
    assert browser.client.post(page.path, data=sent, headers=JSON).status_code == 200


def test_a_stale_tab_becomes_read_only_and_says_so(browser: Browser) -> None:
    ref = start(browser)
    stale, fresh = browser.get(f"/a/{ref}/1"), browser.get(f"/a/{ref}/1")
    fresh.submit("#answer", go="next", **an_answer(fresh))
    refused = stale.submit("#answer", expect=409, go="next", **an_answer(stale, turn=1))
    assert "newer answer" in refused.text
    controls = refused.form("#answer").select("input[type=radio], select")
    assert controls
    assert all(control.has_attr("disabled") for control in controls)
    kept = refused.click("Go on with the newest answers")
    values = kept.values(kept.form("#answer"))
    assert all(values[name] == [value] for name, value in an_answer(kept).items())


def test_the_same_saving_twice_gives_the_same_receipt(browser: Browser) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    sent = {**page.values(page.form("#answer")), **an_answer(page), "go": "save"}
    first, second = (browser.client.post(page.path, data=sent, headers=JSON).get_json() for _ in range(2))
    assert (first["seq"], first["saved_at"]) == (second["seq"], second["saved_at"])


def test_the_time_at_an_item_is_the_server_s_and_cannot_be_forged(browser: Browser, clock: Clock) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    clock.pass_(seconds=90)
    page.submit("#answer", go="next", **an_answer(page))
    other = browser.get(f"/a/{ref}/2")
    other.submit("#answer", go="next", shown="forged", **an_answer(other))
    finish(browser, ref)
    answers = browser.get(f"/a/{ref}/data.json").reply.get_json()["answers"]
    assert [answer["seconds"] for answer in answers[:2]] == [90, None]


def test_after_submission_no_answer_is_taken(browser: Browser, database: Database) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    finish(browser, ref)
    before = rows(database)
    page.submit("#answer", expect=409, go="next", **an_answer(page))
    assert rows(database) == before


def test_too_large_a_form_is_refused(browser: Browser) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    page.submit("#answer", expect=413, go="next", filler="x" * 70_000)
