"""PDF files over the web: made by a worker, at once or on a page that waits; given to nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from assessor.services import jobs
from assessor.services.jobs import JobView
from assessor.services.tasks import document
from assessor.store.db import Database
from assessor.web.plumbing import waiting
from assessor.worker import Worker
from tests.fixtures.store import everything_in
from tests.web.checked import Browser, Page
from tests.web.conftest import Clock
from tests.web.journeys import answer_all, finish, start


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What files were made, by language and paper; drawn at once, as what is drawn is tested elsewhere."""
    found: list[str] = []

    def fake(_page: str, **about: object) -> bytes:
        found.append(f"{about['language']} {about['paper']}")
        return f"%PDF- {found[-1]}".encode()

    monkeypatch.setattr(document, "to_pdf_isolated", fake)
    return found


@pytest.fixture
def ref(browser: Browser) -> str:
    """A submitted sitting of the browser's."""
    found = start(browser)
    answer_all(browser, found)
    finish(browser, found)
    return found


@pytest.fixture
def nobody(ref: str, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the submission on no worker hears anything, and no request waits for one."""
    database.tell = lambda _news: None
    monkeypatch.setattr(waiting, "WITHIN_S", 0.0)


def work_off(database: Database, clock: Clock) -> None:
    """What a worker does that comes at last."""
    worker = Worker(database, now=clock)
    with database.reading() as session:
        found = jobs.listed(session, states=[jobs.WAITING])
    for job in found:
        worker.do(job.id, job.tries)


def said(page: Page) -> str:
    element = page.soup.select_one("[data-said]")
    assert element is not None
    return element.get_text()


def documents(database: Database) -> list[JobView]:
    with database.reading() as session:
        return [job for job in jobs.listed(session) if job.kind == document.NAME]


def test_a_file_is_made_once_and_gone_with_its_sitting(
    browser: Browser, ref: str, database: Database, made: list[str]
) -> None:
    for _ in range(2):
        assert browser.get(f"/a/{ref}/profile.pdf?paper=letter").reply.data == b"%PDF- en letter"
        browser.get(f"/a/{ref}/profile.pdf?paper=a4")
        browser.get(f"/a/{ref}/attach.pdf?paper=a4")
    assert made == ["en letter", "en a4", "en a4"]
    assert len(everything_in(database)["job_file"]) == 3
    browser.get(f"/a/{ref}/delete").submit()
    left = everything_in(database)
    assert left["job"] == left["job_file"] == []
    browser.get(f"/a/{ref}/profile.pdf?paper=a4", expect=404)


def test_a_file_is_given_to_nobody_else_and_goes_when_its_time_is_up(
    browser: Browser,
    new_browser: Callable[..., Browser],
    ref: str,
    database: Database,
    clock: Clock,
    made: list[str],
) -> None:
    browser.get(f"/a/{ref}/profile.pdf")
    for path in ("profile.pdf", "document/self"):
        new_browser().get(f"/a/{ref}/{path}", expect=404)
    clock.pass_(minutes=document.KEPT_FOR / timedelta(minutes=1))
    browser.get(f"/a/{ref}/profile.pdf")
    assert len(made) == 2
    Worker(database, now=clock).look()
    assert len(everything_in(database)["job_file"]) == 1
    clock.pass_(days=8)
    browser.get(f"/a/{ref}/profile.pdf", expect=404)
    browser.get(f"/a/{ref}/document/self", expect=404)
    Worker(database, now=clock).look()
    assert everything_in(database)["job_file"] == []


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize(("edition", "file"), [("self", "profile.pdf"), ("attach", "attach.pdf")])
def test_a_file_that_takes_longer_has_a_page_that_leads_to_it_without_script(
    browser: Browser, ref: str, database: Database, clock: Clock, edition: str, file: str
) -> None:
    page = browser.get(f"/a/{ref}/{file}?paper=a4")
    assert page.path.startswith(f"/a/{ref}/document/{edition}?")
    assert "makes no documents at the moment" in said(page)
    with database.writing() as session:
        jobs.present(session, "somebody", now=clock.at)
    page = page.click("Look again")
    assert said(page) == "Your document is being made."
    progress = page.soup.select_one("progress")
    assert progress is not None
    assert (progress["value"], progress["max"]) == ("0", "3")
    (hidden,) = page.soup.select("[hidden]:has(a)")
    assert hidden.get_text(strip=True) == "Download the PDF"
    work_off(database, clock)
    page = page.click("Look again")
    assert said(page) == "Your document is ready."
    assert not page.soup.select("[hidden]:has(a), progress")
    given = page.click("Download the PDF").reply
    assert given.data == b"%PDF- en a4"
    assert "attachment" in given.headers["Content-Disposition"]


def test_a_script_is_told_how_far_the_file_is_in_the_language_of_the_page(
    new_browser: Callable[..., Browser], database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = new_browser("fr")
    ref = start(browser)
    answer_all(browser, ref)
    finish(browser, ref)
    database.tell = lambda _news: None
    monkeypatch.setattr(waiting, "WITHIN_S", 0.0)
    with database.writing() as session:
        jobs.present(session, "somebody", now=clock.at)
    address = f"/a/{ref}/document/self?paper=a4"

    def asked() -> dict[str, Any]:
        headers = browser.headers | {"Accept": "application/json"}
        found: dict[str, Any] = browser.client.get(address, headers=headers).get_json()
        return found

    assert asked()["state"] == "failed", "nobody has asked for it yet"
    browser.get(f"/a/{ref}/attach.pdf?paper=a4")
    browser.get(f"/a/{ref}/profile.pdf?paper=a4")
    assert asked()["said"] == "Un autre document est préparé avant le vôtre."
    number = documents(database)[0].id
    with database.writing() as session:
        held = jobs.claim(session, number, 0, now=clock.at)
        assert held is not None
        jobs.beat(session, held, now=clock.at, done=1, total=3)
    assert (asked()["state"], asked()["done"], asked()["total"]) == ("waiting", 1, 3)
    with database.writing() as session:
        jobs.give_back(session, held, now=clock.at)
    work_off(database, clock)
    told = asked()
    assert (told["state"], told["said"]) == ("ready", "Votre document est prêt.")
    assert browser.get(told["address"]).reply.data == b"%PDF- fr a4"


@pytest.mark.usefixtures("nobody")
def test_what_would_pile_up_is_refused_and_asking_again_asks_for_nothing_more(
    browser: Browser, ref: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "OPEN_OF_ONE", 2)
    for _ in range(3):
        browser.get(f"/a/{ref}/profile.pdf?paper=a4")
        browser.get(f"/a/{ref}/profile.pdf?paper=letter")
    refused = browser.get(f"/a/{ref}/attach.pdf?paper=letter", expect=503)
    assert "making other documents" in refused.text
    assert refused.reply.headers["Retry-After"]
    assert len(documents(database)) == 2


def test_no_more_requests_wait_than_there_are_places_the_others_get_the_page_at_once(
    browser: Browser, ref: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.tell = lambda _news: None
    monkeypatch.setattr(waiting, "WITHIN_S", 60.0)
    monkeypatch.setattr(waiting, "_PLACES", threading.BoundedSemaphore(1))
    assert waiting._PLACES.acquire()
    assert browser.client.get(f"/a/{ref}/profile.pdf").status_code == 303


def test_a_file_that_could_not_be_made_is_said_and_can_be_asked_for_again(
    browser: Browser,
    ref: str,
    clock: Clock,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    made: list[str],
) -> None:
    def broken(_page: str, **_about: object) -> bytes:
        raise ZeroDivisionError

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(document, "to_pdf_isolated", broken)
        meanwhile.setattr(waiting, "WITHIN_S", 0.0)
        browser.get(f"/a/{ref}/profile.pdf?paper=a4")
        clock.pass_(seconds=10)
        work_off(database, clock)
    page = browser.get(f"/a/{ref}/document/self?paper=a4")
    assert "can have it made again" in said(page)
    assert page.click("Have it made again").reply.data == b"%PDF- en a4"


def test_an_edition_or_role_that_is_not_there_has_no_page_and_asks_for_nothing(
    browser: Browser, ref: str, database: Database
) -> None:
    before = len(everything_in(database)["job"])
    browser.get(f"/a/{ref}/document/employer", expect=404)
    browser.get(f"/a/{ref}/document/self?role=nobody", expect=404)
    browser.get(f"/a/{ref}/profile.pdf?role=nobody", expect=404)
    assert len(everything_in(database)["job"]) == before
