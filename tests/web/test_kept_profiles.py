"""Results as they were kept: the page, the own data and both files show one score document, never another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update

from assessor.profile.document import VERSION
from assessor.report.words import whole
from assessor.scoring.model import Parameters
from assessor.services import profiles
from assessor.services.actors import holder_of
from assessor.services.sittings import life
from assessor.services.tasks import document
from assessor.store.db import Database
from assessor.store.models import ProfileRow
from tests.fixtures.documents import EARLIER, of_the_first_version
from tests.fixtures.store import everything_in
from tests.web.checked import Browser
from tests.web.conftest import NOON
from tests.web.journeys import answer_all, finish, start

#: Of another version, which held people to be more alike.
PLANNED = Parameters(tau_a=0.03, tau_c=0.02, beta=0.05, beta_t=0.01)
UNREADABLE = {
    "en": "cannot be read by this version of the software",
    "fr": "Cette version du logiciel ne peut pas lire le profil",
}


@pytest.fixture(autouse=True)
def quick_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of the file in place of the file."""
    monkeypatch.setattr(document, "to_pdf_isolated", lambda page, **_about: page.encode())


def submitted(browser: Browser) -> str:
    ref = start(browser)
    answer_all(browser, ref)
    finish(browser, ref)
    return ref


def submitted_before(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> str:
    """A sitting that was scored when something else was planned with."""
    with monkeypatch.context() as before:
        before.setattr(profiles, "PLANNING", PLANNED)
        return submitted(browser)


def kept(database: Database) -> Any:
    ((*_, found, _at),) = everything_in(database)["profile"]
    return found


def rewrite(database: Database, changed: object) -> None:
    with database.writing() as session:
        session.execute(update(ProfileRow).values(document=changed))


def areas_of(score_document: Any) -> list[str]:
    """The whole numbers of the areas that a report prints."""
    rows = [row for row in score_document["areas"].values() if row["estimate"] is not None]
    return [str(whole(row["estimate"])) for row in rows if row["high"] - row["low"] <= 100]


def printed(soup: BeautifulSoup) -> list[str]:
    """What the report prints as the numbers of its areas."""
    table = soup.select_one("table[aria-labelledby=report-title]")
    assert table is not None
    return [tag.get_text() for tag in table.select("tbody tr:not(.first) td.estimate b")]


def computed(database: Database, ref: str) -> Any:
    """What this version makes of the same answers."""
    with database.reading() as session:
        view = life.load(session, holder_of(ref), ref, now=NOON)
    return profiles.document(profiles.profile_of(view, view.role_id))


def test_page_own_data_and_files_show_what_was_kept_and_not_what_would_be_computed(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = submitted_before(browser, monkeypatch)
    wanted = areas_of(kept(database))
    assert len(wanted) > 1
    assert computed(database, ref)["areas"] != kept(database)["areas"]
    page = browser.get(f"/a/{ref}/results")
    assert printed(page.soup) == wanted
    assert "areas differ by about 3," in page.soup.get_text()
    assert browser.get(f"/a/{ref}/data.json").reply.get_json()["profile"] == kept(database)
    for file in ("profile.pdf", "attach.pdf"):
        assert printed(BeautifulSoup(browser.get(f"/a/{ref}/{file}").reply.data, "html.parser")) == wanted


def test_another_role_is_read_from_the_answers_when_it_is_asked_for(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = submitted_before(browser, monkeypatch)
    page = browser.get(f"/a/{ref}/results")
    other = page.soup.select_one(".role-choice a:not([aria-current])")
    assert other is not None
    page = browser.get(str(other["href"]))
    assert printed(page.soup) == areas_of(computed(database, ref))
    assert "areas differ by about 12," in page.soup.get_text()
    assert len(everything_in(database)["profile"]) == 1


def test_a_profile_of_the_first_version_is_drawn_without_what_it_lacks(
    browser: Browser, database: Database
) -> None:
    ref = submitted(browser)
    first = of_the_first_version(kept(database))
    rewrite(database, first)
    page = browser.get(f"/a/{ref}/results")
    assert printed(page.soup) == areas_of(first)
    assert f"software {EARLIER}" in page.soup.get_text()
    assert browser.get(f"/a/{ref}/data.json").reply.get_json()["profile"] == first
    assert EARLIER.encode() in browser.get(f"/a/{ref}/profile.pdf").reply.data


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_profile_that_cannot_be_read_is_said_to_be_and_not_computed_anew(
    new_browser: Callable[..., Browser], database: Database, language: str
) -> None:
    browser, said = new_browser(language), UNREADABLE[language]
    ref = submitted(browser)
    later = kept(database) | {"version": VERSION + 1}
    rewrite(database, later)
    page = browser.get(f"/a/{ref}/results")
    assert said in page.soup.get_text()
    assert not page.soup.select(".report, .contents, a[href*='.pdf']")
    assert page.soup.select("a[href*='data.json']")
    assert browser.get(f"/a/{ref}/data.json").reply.get_json()["profile"] == later
    for file in ("profile.pdf", "attach.pdf"):
        assert said in browser.get(f"/a/{ref}/{file}", expect=409).soup.get_text()
    assert kept(database) == later


def test_results_wait_for_no_worker_and_are_kept_by_whoever_sees_them_first(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.tell = lambda _news: None
    ref = start(browser)
    answer_all(browser, ref)
    with monkeypatch.context() as before:
        before.setattr(profiles, "PLANNING", PLANNED)
        seen = printed(finish(browser, ref).soup)
    assert seen == areas_of(kept(database))
    assert printed(browser.get(f"/a/{ref}/results").soup) == seen
