"""Every item type on its page: answered, shown again, reviewed and explained, from a bank made for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from assessor.app import create_app
from assessor.assembly import TestForm
from assessor.banks.schema import Bookkeeping, Item, Library
from assessor.config import Settings
from assessor.items import ITEM_TYPES
from assessor.language.papers import paper_of
from assessor.services.sittings import self_assessment
from assessor.store.db import Database
from assessor.web.plumbing import i18n
from tests.core.items_examples import EXAMPLES
from tests.core.small_library import TODAY, small_library, with_items
from tests.web.checked import Browser, Page
from tests.web.conftest import Clock
from tests.web.journeys import an_answer, finish, start
from tests.web.test_secrets import AUTHORS_WORDS, secrets_of

MakeBrowser = Callable[..., Browser]
BOOK = Bookkeeping.model_validate({"minutes": 2.0, "pool": "open", "status": "author-keyed", "as_of": TODAY})
JSON = {"Accept": "application/json"}
TYPES = tuple(sorted(ITEM_TYPES))


@pytest.fixture(scope="session")
def whole() -> Library:
    """A small library with an item of every type."""
    made = [Item(found[0], found[0].digest(), "core", BOOK) for found in EXAMPLES.values()]
    return with_items(small_library(), *made)


@pytest.fixture
def app(
    settings: Settings, whole: Library, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Flask:
    """The application, whose forms are one item of each type, in the order of the types."""
    items = [
        next(item for item in whole.items.values() if item.content.type == name and item.bank == "core")
        for name in TYPES
    ]
    form = TestForm(
        role=whole.role("baker"),
        domain=whole.domain("bakery"),
        length="full",
        pool="open",
        seed=1,
        items=tuple(items),
    )
    monkeypatch.setattr(self_assessment, "draw", lambda *_about, **_chosen: form)
    app = create_app(settings, whole, database, clock=clock)
    app.testing = True
    return app


def begun(browser: Browser) -> str:
    page = browser.get("/self/start")
    return start(browser, domain="bakery", length=page.choices("length")[0])


def page_of(browser: Browser, ref: str, kind: str) -> Page:
    return browser.get(f"/a/{ref}/{1 + TYPES.index(kind)}")


def kept(page: Page) -> dict[str, list[str]]:
    values = page.values(page.form("#answer"))
    return {name: given for name, given in values.items() if name.startswith("r-") and any(given)}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_type_is_answered_shown_again_reviewed_and_explained(
    new_browser: MakeBrowser, whole: Library, language: str
) -> None:
    browser = new_browser(language)
    ref = begun(browser)
    # The small library's texts name their items.
    browser.secrets = [*(one for one in secrets_of(whole) if one not in whole.items), *AUTHORS_WORDS]
    given: dict[str, Any] = {}
    for number, name in enumerate(TYPES, start=1):
        page = browser.get(f"/a/{ref}/{number}")
        given[name] = an_answer(page)
        page = page.submit("#answer", go="next", **given[name])
        while page.path.endswith("#turn"):
            page = page.submit("#answer", go="next", **an_answer(page))
    assert page.path == f"/a/{ref}/review"
    assert len(page.soup.select(".overview .is-answered")) == len(TYPES)
    for name in TYPES:
        again = kept(page_of(browser, ref, name))
        assert again == ({} if name == "scenario" else {key: [value] for key, value in given[name].items()})
    browser.secrets = []
    results = finish(browser, ref)
    sections = results.soup.select("details.item")
    assert len(sections) == len(TYPES)
    assert all(section.select(".marks .key-mark") for section in sections)
    assert all(section.select(".marks .given") for section in sections)
    assert "Bonjour voici notre texte" in sections[TYPES.index("written")].get_text()
    profile = browser.get(f"/a/{ref}/data.json").reply.get_json()["profile"]
    states = {item["type"]: item["state"] for item in profile["items"]}
    assert states == {name: "pending" if name == "written" else "answered" for name in TYPES}
    assert profile["provisional"]


@pytest.mark.parametrize("kind", ["allocate", "best_worst", "match", "rank", "rate"])
def test_what_one_value_lacks_is_read_out_with_it(browser: Browser, kind: str) -> None:
    """The checked client looks at each page: a message must be heard with the control that it is about."""
    ref = begun(browser)
    page = page_of(browser, ref, kind)
    whole = an_answer(page)
    assert len(whole) > 1
    for name in whole:
        alone = page.submit(
            "#answer", expect=422, go="next", **dict.fromkeys(whole, "") | {name: whole[name]}
        )
        assert alone.soup.select("#errors a[href^='#r-']")
        if whole[name] != "0":
            without = page.submit("#answer", expect=422, go="next", **whole | {name: ""})
            assert without.soup.select("#errors a[href^='#r-']")


@pytest.mark.parametrize("kind", [name for name in TYPES if name != "scenario"])
def test_every_answer_can_be_cleared_but_a_situation_s_turns(browser: Browser, kind: str) -> None:
    ref = begun(browser)
    page = page_of(browser, ref, kind)
    page.submit("#answer", go="next", **an_answer(page))
    assert not kept(page_of(browser, ref, kind).submit("#answer", go="clear"))


def test_a_turn_is_confirmed_and_then_only_read(browser: Browser, whole: Library) -> None:
    ref = begun(browser)
    page = page_of(browser, ref, "scenario")
    assert "Then n" not in page.text
    assert "no way back" in page.text
    first, second, _ = page.choices("r-turn1", "#answer")
    asked = page.submit("#answer", expect=422, go="next", **{"r-turn1": first})
    assert "cannot be changed" in asked.text
    assert kept(asked) == {"r-turn1": [first]}
    assert "not seen yet" in browser.get(f"/a/{ref}/review").text
    # What is confirmed is the answer that was asked about, not another.
    asked.submit("#answer", expect=422, go="next", **{"r-turn1": second})
    gone_on = asked.submit("#answer", go="next")
    assert gone_on.path == f"{page.path}#turn"
    assert gone_on.soup.select(".turns .turn-answer")
    assert not gone_on.soup.select("[name='r-turn1']")
    assert "Then n" in gone_on.text
    assert "Clear my answer" not in gone_on.text
    assert "more turns" in browser.get(f"/a/{ref}/review").text
    # The same form once more is the same confirmation; another answer of that turn comes too late.
    assert asked.submit("#answer", go="next").path == gone_on.path
    late = page.submit("#answer", expect=409, go="next", **{"r-turn1": second})
    assert "not saved" in late.text
    gone_on.submit("#answer", expect=409, go="clear")


def test_somebody_who_leaves_in_the_middle_of_a_situation_goes_on_there(browser: Browser) -> None:
    ref = begun(browser)
    for name in TYPES[: TYPES.index("scenario") + 1]:
        page = page_of(browser, ref, name)
        page.submit("#answer", go="next", **an_answer(page))
    assert browser.get(f"/a/{ref}").path == page.path


def test_leaving_with_an_unconfirmed_turn_asks_and_can_go_on_without_it(browser: Browser) -> None:
    ref = begun(browser)
    page = page_of(browser, ref, "scenario")
    asked = page.submit("#answer", expect=422, go="leave", **an_answer(page))
    assert asked.click("Go on without saving this answer").path == f"/a/{ref}/leave"
    assert not page_of(browser, ref, "scenario").soup.select(".turns")
    assert asked.submit("#answer", go="leave").path == f"/a/{ref}/leave"
    assert page_of(browser, ref, "scenario").soup.select(".turns")


def test_an_unconfirmed_turn_survives_the_language_switch(browser: Browser) -> None:
    ref = begun(browser)
    page = page_of(browser, ref, "scenario")
    given = an_answer(page)
    browser.language = "fr"
    again = page.submit("#answer", expect=422, go="language:fr", **given)
    assert kept(again) == {name: [value] for name, value in given.items()}


def test_a_script_saves_no_turn_before_it_is_confirmed(browser: Browser) -> None:
    ref = begun(browser)
    page = page_of(browser, ref, "scenario")
    sent = {**page.values(page.form("#answer")), **an_answer(page), "go": "save"}
    reply = browser.client.post(page.path, data=sent, headers=JSON)
    assert reply.status_code == 422
    assert reply.get_json()["doubted"] is True
    assert not page_of(browser, ref, "scenario").soup.select(".turns")


def test_an_even_split_is_taken_at_the_second_asking(browser: Browser) -> None:
    ref = begun(browser)
    page = page_of(browser, ref, "allocate")
    even = dict.fromkeys(an_answer(page), "20")
    asked = page.submit("#answer", expect=422, go="next", **even)
    assert "Is this what you mean?" in asked.text
    assert "Shared out: 100 of 100" in asked.text
    assert not kept(page_of(browser, ref, "allocate"))
    onward = asked.submit("#answer", go="next")
    assert onward.path == f"/a/{ref}/{2 + TYPES.index('allocate')}"
    again = page_of(browser, ref, "allocate")
    assert kept(again) == {name: ["20"] for name in even}
    again.submit("#answer", go="next")


def test_points_that_do_not_add_up_come_back_with_their_total(browser: Browser) -> None:
    page = page_of(browser, begun(browser), "allocate")
    uneven = dict.fromkeys(an_answer(page), "10")
    again = page.submit("#answer", expect=422, go="next", **uneven)
    assert "Shared out: 50 of 100" in again.text
    assert kept(again) == {name: ["10"] for name in uneven}


def test_a_text_that_is_too_long_comes_back_whole_with_its_length(browser: Browser) -> None:
    page = page_of(browser, begun(browser), "written")
    text = "« Bonjour ! »\n\n" + "mot " * 20
    again = page.submit("#answer", expect=422, go="next", **{"r-text": text})
    assert kept(again)["r-text"][0].replace("\r\n", "\n").strip() == text.strip()
    assert "Words: 21, of 5 to 12" in again.text
    assert "Shorten your text" in again.text


def test_a_draft_is_saved_by_a_script_while_it_is_short(browser: Browser) -> None:
    ref = begun(browser)
    page = page_of(browser, ref, "written")
    sent = {**page.values(page.form("#answer")), "r-text": "Bonjour", "go": "save"}
    assert browser.client.post(page.path, data=sent, headers=JSON).status_code == 200
    assert kept(page_of(browser, ref, "written")) == {"r-text": ["Bonjour"]}


def test_the_short_pdf_is_of_its_own_edition(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    pages, papers = [], []

    def fake(page: str, *, paper: str, **_about: object) -> bytes:
        pages.append(page)
        papers.append(paper)
        return b"%PDF-"

    monkeypatch.setattr("assessor.services.tasks.document.to_pdf_isolated", fake)
    ref = begun(browser)
    for name in TYPES:
        page = page_of(browser, ref, name)
        page.submit("#answer", go="next", **an_answer(page))
    results = finish(browser, ref)
    for words in ("PDF for me", "PDF to attach", "PDF for me, on A4", "PDF to attach, on A4"):
        assert results.click(words).reply.mimetype == "application/pdf"
    assert papers == ["letter", "letter", "a4", "a4"]
    for_me, to_attach = pages[:2]
    assert pages[2:] == pages[:2]
    assert "A situation." in for_me
    assert "A situation." not in to_attach
    assert "Bonjour voici" not in to_attach


def test_a_reader_of_another_country_gets_its_paper_and_may_choose(browser: Browser) -> None:
    found = {}
    with browser.app.test_request_context("/", headers={"Accept-Language": "fr-BE,fr;q=0.9,en-US;q=0.8"}):
        found["Belgium"] = paper_of(None, "", locales=i18n.locales())
        found["chosen"] = paper_of("letter", "", locales=i18n.locales())
        found["the server's"] = paper_of(None, "letter", locales=i18n.locales())
    with browser.app.test_request_context("/", headers={"Accept-Language": "fr,en-GB"}):
        found["no country"] = paper_of("legal", "", locales=i18n.locales())
    assert found == {"Belgium": "a4", "chosen": "letter", "the server's": "letter", "no country": "letter"}
