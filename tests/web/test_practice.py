"""Practice: an example of each way of answering, from the shipped banks; nothing of it is kept or scored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from assessor.app import create_app
from assessor.assembly import TestForm, eligible
from assessor.banks.loader import load_library
from assessor.banks.schema import Library
from assessor.config import Settings, resource
from assessor.items import ITEM_TYPES
from assessor.services.sittings import self_assessment
from assessor.store.db import Database
from tests.fixtures.store import everything_in
from tests.web.checked import Browser, Page
from tests.web.conftest import Clock
from tests.web.journeys import an_answer, start
from tests.web.test_secrets import reasons_of

TYPES = tuple(sorted(ITEM_TYPES))


@pytest.fixture(scope="session")
def whole() -> Library:
    """The shipped banks with every type."""
    return load_library((), resource("question_banks"))


@pytest.fixture
def app(settings: Settings, whole: Library, database: Database, clock: Clock) -> Flask:
    app = create_app(settings, whole, database, clock=clock)
    app.testing = True
    return app


@pytest.fixture
def every_type(whole: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms are one item of each type, in the order of the types."""
    drawn = [
        next(i for i in whole.items.values() if i.content.type == name and not whole.is_practice(i))
        for name in TYPES
    ]
    form = TestForm(whole.general_role("arts"), whole.domain("arts"), "full", "open", 1, tuple(drawn))
    monkeypatch.setattr(self_assessment, "draw", lambda *_about, **_chosen: form)


def tried(page: Page) -> Page:
    """The page after its example was answered whole, turn by turn and with every doubt confirmed."""
    while page.soup.select_one("#answer"):
        answer = an_answer(page)
        asks = page.soup.select_one("#answer [name=stands]") is not None
        page = page.submit("#answer", expect=422 if asks else 200, **answer)
        if asks:
            page = page.submit("#answer", expect=200)
    return page


def test_every_item_type_has_an_example(whole: Library) -> None:
    assert set(whole.practice) == set(ITEM_TYPES)


def test_no_form_ever_holds_an_example(whole: Library) -> None:
    for domain in whole.domain_ids:
        drawn = eligible(whole, whole.domain(domain), "open", date(2026, 11, 24))
        assert not [item.id for item in drawn if whole.is_practice(item)]


def walked(browser: Browser, ref: str) -> Iterator[Page]:
    for number in range(1, len(TYPES) + 1):
        yield browser.get(f"/a/{ref}/practice/{number}")


@pytest.mark.usefixtures("every_type")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_way_of_answering_is_tried_and_said_back_and_nothing_is_kept(
    app: Flask, database: Database, whole: Library, language: str
) -> None:
    browser = Browser(app, language)
    ref = start(browser)
    link = browser.get(f"/a/{ref}/link")
    assert link.soup.select_one(f"a[href='/a/{ref}/practice/1']") is not None
    before = everything_in(database)
    for name, page in zip(TYPES, walked(browser, ref), strict=True):
        example = whole.practice[name]
        browser.secrets = [why for why in reasons_of(example.content.model_dump()) if len(why) > 20]
        done = tried(page)
        said = done.soup.select_one("#understood")
        assert said is not None
        assert done.soup.select_one("#answer") is None
        browser.secrets = []
        follow = said.select_one("a.button")
        assert follow is not None
        last = name == TYPES[-1]
        number = TYPES.index(name) + 2
        assert follow["href"] == (f"/a/{ref}" if last else f"/a/{ref}/practice/{number}")
    assert everything_in(database) == before
    browser.get(f"/a/{ref}/practice/{len(TYPES) + 1}", expect=404)
    browser.get(f"/a/{ref}/practice/0", expect=404)


@pytest.mark.usefixtures("every_type")
def test_an_example_says_what_is_missing_in_an_answer_and_that_it_may_be_left_empty(browser: Browser) -> None:
    ref = start(browser)
    number = TYPES.index("rank") + 1
    page = browser.get(f"/a/{ref}/practice/{number}")
    first = next(iter(an_answer(page)))
    half = page.submit("#answer", expect=422, **{first: "1"})
    assert half.soup.select_one("#errors") is not None
    assert (
        "You left it empty" in browser.get(f"/a/{ref}/practice/{number}").submit("#answer", expect=200).text
    )


@pytest.mark.usefixtures("every_type")
def test_turns_that_a_page_makes_up_begin_again(browser: Browser) -> None:
    ref = start(browser)
    number = TYPES.index("scenario") + 1
    for lie in ("[[", '["x","y"]', '["a","a","a"]', '{"a": 1}'):
        page = browser.get(f"/a/{ref}/practice/{number}")
        answered = page.submit("#answer", expect=422, stands=lie, **an_answer(page))
        assert "Turn 1 of 3" in answered.text


def test_after_submission_there_is_nothing_to_practise(browser: Browser) -> None:
    ref = start(browser)
    browser.get(f"/a/{ref}/submit").submit("main form")
    assert browser.get(f"/a/{ref}/practice/1").path == f"/a/{ref}/results"
