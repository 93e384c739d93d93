"""French and English are equals: every page exists in both, and every word of it can be translated."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from babel.support import NullTranslations
from bs4 import BeautifulSoup, NavigableString
from flask import Flask, render_template

from assessor.app import create_app
from assessor.banks.schema import Library
from assessor.config import Settings
from assessor.language.locales import tag
from assessor.store.db import Database
from assessor.web.plumbing import i18n
from assessor.web.plumbing.access import PUBLIC, policy
from assessor.web.plumbing.server import server_of
from tests.web.checked import UNTRANSLATED, Browser, Page
from tests.web.conftest import Clock
from tests.web.journeys import an_answer, answer_all, chosen, finish, start

MakeBrowser = Callable[..., Browser]


def every_page(browser: Browser) -> list[Page]:
    """The pages of a whole self-assessment, those of refusals among them."""
    pages = [browser.get(path) for path in ("/", "/privacy", "/self/start", "/self/goodbye")]
    pages.append(browser.get("/nowhere", expect=404))
    pages.append(pages[2].submit(expect=422, language=browser.language))
    notice = chosen(browser)
    link = notice.submit()
    ref = link.path.split("/")[2]
    door = browser.get(str(link.soup.select(".address a")[0]["href"]))
    pages += [notice, link, door]
    page = browser.get(f"/a/{ref}/1")
    while page.soup.select_one("#answer"):
        pages.append(page)
        page = page.submit("#answer", go="next", **an_answer(page))
    pages.append(page)
    pages += [browser.get(f"/a/{ref}/{name}") for name in ("leave", "submit", "delete", "link")]
    pages.append(finish(browser, ref))
    return pages


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_exists_in_each_language(new_browser: MakeBrowser, language: str) -> None:
    pages = every_page(new_browser(language))
    assert all(page.soup.html["lang"] == tag(language) for page in pages if page.soup.html)


def test_every_word_of_the_pages_goes_through_the_catalogue(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A catalogue that marks what it gives leaves no other words than the banks' and people's own."""

    class Marking(NullTranslations):
        def gettext(self, message: str) -> str:
            return f"{UNTRANSLATED}{message}⟧"

        def ngettext(self, one: str, many: str, n: int) -> str:
            return f"{UNTRANSLATED}{one if n == 1 else many}⟧"

    monkeypatch.setattr(i18n, "catalogue", Marking)
    for path in ("/", "/privacy", "/self/start", "/nowhere"):
        text = browser.client.get(path, headers=browser.headers).text
        assert not untranslatable(text), path


def untranslatable(text: str) -> list[str]:
    soup = BeautifulSoup(text, "html.parser")
    body = soup.body
    assert body is not None
    known = {"Français", "English", "Arts and culture", "Banking products", "Tourism", "Test operator"}
    found = []
    for node in body.find_all(string=True):
        if not isinstance(node, NavigableString) or not re.search(r"[^\W\d_]{2,}", node):
            continue
        whole = node.parent.get_text(" ", strip=True) if node.parent else ""
        if UNTRANSLATED not in whole and node.strip() not in known:
            found.append(node.strip())
    return found


def test_the_language_is_the_browser_s_wish_until_the_reader_chooses(new_browser: MakeBrowser) -> None:
    browser = new_browser("fr-BE,de;q=0.5")
    browser.language = "fr"
    page = browser.get("/privacy")
    browser.language = "en"
    browser.headers = {"Accept-Language": "fr"}
    switched = page.submit("form.language", language="en")
    assert switched.path == "/privacy"
    browser.get("/")


def test_a_browser_that_wishes_neither_gets_the_server_s_first(app: Flask) -> None:
    reply = app.test_client().get("/", headers={"Accept-Language": "tlh"})
    assert f'lang="{tag(server_of(app).settings.languages[0])}"' in reply.text


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "javascript:1"]
)
def test_the_switch_never_leads_to_another_site(browser: Browser, target: str) -> None:
    page = browser.get("/privacy").submit("form.language", follow=False, language="en", next=target)
    assert page.reply.headers["Location"] == "/"


def switch_of(page: Page) -> str:
    return str(page.form("form.language")["action"])


def test_a_page_s_policy_says_whether_its_language_is_a_sitting_s(app: Flask, browser: Browser) -> None:
    """And not an argument of its route that happens to be called ``ref``."""

    @policy(PUBLIC)
    def invoice(ref: str) -> str:
        return render_template("home/privacy.html", settings=server_of(app).settings)

    app.add_url_rule("/invoices/<ref>", view_func=invoice)
    ref = start(browser)
    assert switch_of(browser.get(f"/a/{ref}/leave")) == f"/a/{ref}/language"
    assert switch_of(browser.get(f"/invoices/{ref}")) == "/language"
    assert switch_of(browser.get("/")) == "/language"


def test_the_page_of_what_is_not_there_can_be_read_in_another_language(browser: Browser) -> None:
    start(browser)
    page = browser.get(f"/a/{'0' * 16}/results", expect=404)
    assert switch_of(page) == "/language"
    page = page.submit("form.language", language="fr", follow=False)
    assert page.reply.headers["Location"] == f"/a/{'0' * 16}/results"


def test_the_language_chosen_at_the_start_is_the_sitting_s(browser: Browser) -> None:
    notice = browser.get("/self/start").submit(domain="arts", length="short", language="fr")
    browser.language = "fr"
    notice.submit()


def test_an_answer_keeps_the_language_it_was_given_in(browser: Browser, clock: Clock) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    browser.language = "fr"
    page = page.submit("#answer", go="language:fr", **an_answer(page))
    page = browser.get(f"/a/{ref}/2")
    page.submit("#answer", go="next", **an_answer(page))
    finish(browser, ref)
    answers = browser.get(f"/a/{ref}/data.json").reply.get_json()["answers"]
    assert [answer["language"] for answer in answers[:2]] == ["en", "fr"]


def test_results_are_read_in_either_language(browser: Browser) -> None:
    ref = start(browser)
    answer_all(browser, ref)
    page = finish(browser, ref)
    browser.language = "fr"
    assert page.submit("form.language", language="fr").path.startswith(f"/a/{ref}/results")


@pytest.mark.parametrize(
    ("operator", "contact", "right"),
    [
        ("", "", "turn to whoever gave you the address of this server"),
        ("Musée de la Côte", "", "write to the operator named above"),
        ("", "Ada Roy, ada@example.org", "write to the person in charge of personal information named above"),
        ("Musée de la Côte", "Ada Roy", "write to the person in charge of personal information named above"),
    ],
)
def test_nobody_is_named_above_who_is_not(
    settings: Settings, banks: Library, database: Database, operator: str, contact: str, right: str
) -> None:
    told = replace(settings, operator=operator, privacy_contact=contact)
    browser = Browser(create_app(told, banks, database), "en")
    for page in (browser.get("/privacy"), chosen(browser)):
        said = page.soup.get_text(" ", strip=True)
        assert right in said
        assert said.count("named above") == ("named" in right)
        assert all(name in said for name in (operator, contact))
