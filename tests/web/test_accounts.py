"""People with accounts, by their pages: in by a link, out, in again, and what is theirs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from assessor.services.actors import Role
from assessor.services.people import passwords
from assessor.store.db import Database
from tests.web.checked import Browser
from tests.web.conftest import Clock
from tests.web.people import (
    EMAIL,
    PASSWORD,
    colleague_link,
    join,
    own_a_workspace,
    owner_link,
    reset_link,
    sign_in,
    workspace_of,
)

MakeBrowser = Callable[..., Browser]
ANOTHER = "cinq autres mots bien choisis"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_first_owner_comes_in_once_and_stands_in_their_workspace(
    new_browser: MakeBrowser, database: Database, language: str
) -> None:
    browser, link = new_browser(language), owner_link(database)
    page = browser.get(link)
    page = page.submit(expect=422, given_name=" ", email="a b@c", password="short", workspace="")
    assert [tag["href"] for tag in page.soup.select("#errors a")] == [
        "#given_name",
        "#family_name",
        "#email",
        "#password",
        "#workspace",
    ]
    page = page.submit(
        given_name="  Noe\u0301mie ",
        family_name="Le\u200bpine",
        email="NOEMIE@Example.ORG",
        password=PASSWORD,
        workspace="Musée de l’Estuaire",
    )
    workspace_of(page)
    assert page.soup.h1 is not None
    assert page.soup.h1.text == "Musée de l’Estuaire"
    assert page.soup.select_one(".whoever .own-name").text == "Noémie Lepine"  # type: ignore[union-attr]
    assert "noemie@example.org" in browser.get("/account").text
    new_browser(language).get(link, expect=404)


def test_what_was_typed_is_shown_on_demand_without_a_script(browser: Browser, database: Database) -> None:
    page = browser.get(owner_link(database))
    field = page.form().select_one("#password")
    assert field is not None
    assert field["type"] == "password"
    shown = page.submit(expect=200, show="1", password="secret words", family_name="Roy")
    field = shown.form().select_one("#password")
    assert field is not None
    assert (field["type"], field["value"]) == ("text", "secret words")
    assert shown.values(shown.form())["family_name"] == ["Roy"]
    assert not shown.soup.select("#errors")
    # Otherwise a password is never sent back.
    refused = page.submit(expect=422, password=PASSWORD)
    assert PASSWORD not in refused.reply.text


def test_signing_out_ends_it_on_the_server_too(
    browser: Browser, new_browser: MakeBrowser, database: Database
) -> None:
    ref = own_a_workspace(browser, database)
    copied = browser.client.get_cookie("assessor")
    assert copied is not None
    browser.get(f"/w/{ref}/").submit("form[action='/sign-out']")
    thief = new_browser()
    thief.client.set_cookie("assessor", copied.value)
    for one in (browser, thief):
        assert one.get(f"/w/{ref}/").path.startswith("/sign-in")
    assert sign_in(browser).path == f"/w/{ref}/"


def test_whoever_is_led_to_sign_in_comes_to_the_page_they_asked_for(
    browser: Browser, database: Database
) -> None:
    ref = own_a_workspace(browser, database)
    browser.get(f"/w/{ref}/").submit("form[action='/sign-out']")
    page = browser.get(f"/w/{ref}/settings")
    assert page.path == f"/sign-in?next=/w/{ref}/settings"
    assert page.submit(email=EMAIL, password=PASSWORD).path == f"/w/{ref}/settings"
    browser.get(f"/w/{ref}/").submit("form[action='/sign-out']")
    page = browser.get("/sign-in?next=//evil.example/")
    assert page.submit(email=EMAIL, password=PASSWORD).path == f"/w/{ref}/"


def test_known_and_unknown_accounts_are_answered_alike(
    browser: Browser, new_browser: MakeBrowser, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_a_workspace(browser, database)
    asked: list[str] = []

    class Counting:
        """Counts what costs time: each comparison is of one password, as slow as any."""

        def verify(self, kept: str, password: str) -> bool:
            asked.append(kept.rpartition("$")[0].rpartition("$")[0])
            return hasher.verify(kept, password)

        def __getattr__(self, name: str) -> object:
            return getattr(hasher, name)

    hasher = passwords.HASHER
    passwords.matches(None, "")
    monkeypatch.setattr(passwords, "HASHER", Counting())
    said = []
    for email in (EMAIL, "nobody@example.org", "no address", "é" * 300):
        page = sign_in(new_browser(), email=email, password="not the password", expect=422)
        text = page.reply.text.replace(email, "EMAIL")
        said.append(re.sub(r'name="csrf_token" value="[^"]+"', "", text))
    assert len(set(said)) == 1
    assert len(asked) == 4
    assert len(set(asked)) == 1, "compared at another price"


def test_a_sign_in_ends_after_a_while_without_a_sign_of_life(
    browser: Browser, database: Database, clock: Clock
) -> None:
    ref = own_a_workspace(browser, database)
    for _ in range(5):
        clock.pass_(minutes=115)
        assert browser.get(f"/w/{ref}/").path == f"/w/{ref}/"
    clock.pass_(minutes=121)
    assert browser.get(f"/w/{ref}/").path.startswith("/sign-in")
    assert sign_in(browser).path == f"/w/{ref}/"
    for _ in range(9):
        clock.pass_(minutes=110)
        found = browser.get(f"/w/{ref}/").path
    assert found.startswith("/sign-in"), "it lasts no longer than a long day"


def test_rights_are_renewed_when_they_are_gained(browser: Browser, database: Database) -> None:
    link = owner_link(database)
    before = browser.get(link)
    token = before.values(before.form())["csrf_token"]
    ref = own_a_workspace(browser, database)
    browser.post(f"/w/{ref}/settings", {"csrf_token": token, "name": "Other"}, expect=400)
    first = browser.client.get_cookie("assessor")
    browser.get(f"/w/{ref}/").submit("form[action='/sign-out']")
    sign_in(browser)
    second = browser.client.get_cookie("assessor")
    assert first is not None
    assert second is not None
    assert first.value != second.value


def test_nobody_can_use_up_the_tries_of_somebody_who_was_here_before(
    browser: Browser, new_browser: MakeBrowser, database: Database, app: Flask
) -> None:
    ref = own_a_workspace(browser, database)
    browser.get(f"/w/{ref}/").submit("form[action='/sign-out']")
    stranger = new_browser()
    for _ in range(10):
        sign_in(stranger, password="not the password", expect=422)
    waiting = sign_in(stranger, password=PASSWORD, expect=429)
    assert int(waiting.reply.headers["Retry-After"]) > 0
    # A browser in which she was signed in before has tries of its own; a link is not counted at all.
    assert sign_in(browser).path == f"/w/{ref}/"
    page = stranger.get(reset_link(database)).submit(password=ANOTHER)
    assert page.path == f"/w/{ref}/"


def test_another_password_signs_out_everywhere_else(
    browser: Browser, new_browser: MakeBrowser, database: Database
) -> None:
    ref = own_a_workspace(browser, database)
    other = new_browser()
    sign_in(other)
    page = browser.get("/account")
    page = page.submit("#change-password", expect=422, former="wrong", password=ANOTHER)
    assert page.soup.select_one("#former-error") is not None
    page = page.submit("#change-password", former=PASSWORD, password=ANOTHER)
    assert page.path.startswith("/account")
    assert other.get("/account").path.startswith("/sign-in")
    sign_in(other, expect=422)
    assert sign_in(other, password=ANOTHER).path == f"/w/{ref}/"


def test_a_reset_signs_out_everywhere_and_works_once(
    browser: Browser, new_browser: MakeBrowser, database: Database
) -> None:
    ref = own_a_workspace(browser, database)
    stale, link, other = reset_link(database), reset_link(database), new_browser()
    other.get(stale, expect=404)
    assert other.get(link).submit(password=ANOTHER).path == f"/w/{ref}/"
    other.get(link, expect=404)
    assert browser.get("/account").path.startswith("/sign-in")


def test_sign_ins_are_listed_and_ended_one_by_one_or_all_but_this(
    browser: Browser, new_browser: MakeBrowser, database: Database
) -> None:
    own_a_workspace(browser, database)
    others = [new_browser() for _ in range(3)]
    for one in others:
        one.headers["User-Agent"] = (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Mobile Safari/604.1"
        )
        sign_in(one)
    page = browser.get("/account")
    assert page.text.count("Safari, iPhone") == 3
    page = page.submit("form[action*='/account/sign-ins/'][action$='/end']")
    assert page.text.count("Safari, iPhone") == 2
    page = page.submit("form[action='/account/sign-ins/end']")
    assert page.text.count("Safari, iPhone") == 0
    assert {one.get("/account").path for one in others} == {"/sign-in?next=/account"}


def test_nobody_ends_the_sign_in_of_somebody_else(
    browser: Browser, new_browser: MakeBrowser, database: Database
) -> None:
    ref = own_a_workspace(browser, database)
    second = new_browser()
    sign_in(second)
    form = browser.get("/account").form("form[action*='/account/sign-ins/'][action$='/end']")
    stranger = new_browser()
    join(stranger, database, ref, "zoe@example.org", Role.RATER)
    token = stranger.get("/account").values(stranger.get("/account").form())["csrf_token"]
    stranger.post(str(form["action"]), {"csrf_token": token}, expect=404)
    assert second.get("/account").path == "/account"


def test_a_colleague_joins_in_the_roles_that_the_link_gives(
    browser: Browser, new_browser: MakeBrowser, database: Database
) -> None:
    ref = own_a_workspace(browser, database)
    other = new_browser()
    page = join(other, database, ref, "zoe@example.org", Role.RECRUITER, Role.RATER)
    assert page.path == f"/w/{ref}/"
    assert [tag.text for tag in page.soup.select(".roles b")] == ["Recruiter", "Rater"]
    assert "2 people work here." in page.text
    other.get(f"/w/{ref}/settings", expect=404)


def test_an_account_that_is_there_is_joined_by_its_own_person_only(
    browser: Browser, new_browser: MakeBrowser, database: Database
) -> None:
    own_a_workspace(browser, database)
    another = new_browser()
    second = own_a_workspace(another, database, email="zoe@example.org", name="Agence")
    link = colleague_link(database, second, EMAIL, Role.CLIENT, by="zoe@example.org")
    for one in (new_browser(), another):
        page = one.get(link)
        assert page.soup.select("#enter") == []
        token = page.soup.select_one("input[name=csrf_token]")
        assert token is not None
        one.post(link, {"csrf_token": token["value"], "password": PASSWORD}, expect=422)
    page = browser.get(link).submit("#enter")
    assert page.path == f"/w/{second}/"
    assert "Client of an agency" in page.text
    assert "Agence" in browser.get("/account").text


def test_an_owner_who_is_signed_in_makes_another_workspace(browser: Browser, database: Database) -> None:
    own_a_workspace(browser, database)
    page = browser.get(owner_link(database))
    assert page.soup.select("#password") == []
    workspace_of(page.submit(workspace="Second"))
    assert {"Atelier", "Second"} <= set(browser.get("/account").text.split())


def test_names_and_language_are_changed_by_their_person(browser: Browser, database: Database) -> None:
    own_a_workspace(browser, database)
    page = browser.get("/account").submit("form[action='/account/names']", expect=422, given_name="\u200b")
    assert page.soup.select_one("#given_name-error") is not None
    browser.language = "fr"
    page = page.submit("form[action='/account/names']", given_name="Maé", language="fr")
    assert "Maé" in page.reply.text


def test_owners_rename_the_workspace(browser: Browser, database: Database) -> None:
    ref = own_a_workspace(browser, database)
    page = browser.get(f"/w/{ref}/settings").submit(expect=422, name="\u202e ")
    page = page.submit(name="Agence\u202e Boréale")
    assert "Agence Boréale" in page.text
