"""Walks of people with accounts: in by a link, out, in again. Each step is a real page's form."""

from __future__ import annotations

import re
from datetime import datetime

import pyotp

from assessor.services.actors import COMMAND_LINE, Role, member_of
from assessor.services.people import accounts, links
from assessor.store.db import Database
from tests.web.checked import Browser, Page
from tests.web.conftest import NOON

PASSWORD = "quatre mots faciles retenus"
EMAIL = "noemie.lepine@example.org"


def owner_link(database: Database) -> str:
    """The path of a link by which an owner comes in."""
    with database.writing() as session:
        return f"/enter/{links.for_owner(session, COMMAND_LINE, now=NOON)}"


def reset_link(database: Database, email: str = EMAIL) -> str:
    """The path of a link by which somebody chooses another password."""
    with database.writing() as session:
        return f"/enter/{links.for_reset(session, COMMAND_LINE, email, now=NOON)}"


def colleague_link(database: Database, workspace: str, email: str, *roles: Role, by: str = EMAIL) -> str:
    """The path of a link by which somebody joins the workspace, whose owner has the address ``by``."""
    with database.writing() as session:
        owner = member_of(accounts.known(session, by).person, workspace, frozenset({Role.OWNER}))
        return f"/enter/{links.for_colleague(session, owner, email, roles, now=NOON)}"


def own_a_workspace(
    browser: Browser, database: Database, *, email: str = EMAIL, name: str = "Atelier"
) -> str:
    """The ref of a new workspace, at whose home its new owner stands in the browser."""
    page = browser.get(owner_link(database)).submit(
        given_name="Noémie", family_name="Lépine", email=email, password=PASSWORD, workspace=name
    )
    return workspace_of(page)


def join(
    browser: Browser, database: Database, workspace: str, email: str, *roles: Role, by: str = EMAIL
) -> Page:
    """The home of the workspace, in which somebody new stands in those roles."""
    link = colleague_link(database, workspace, email, *roles, by=by)
    return browser.get(link).submit(given_name="Zoé", family_name="Nguyễn", password=PASSWORD)


def sign_in(browser: Browser, *, email: str = EMAIL, password: str = PASSWORD, expect: int = 303) -> Page:
    return browser.get("/sign-in").submit(email=email, password=password, expect=expect)


def code_of(page: Page, at: datetime = NOON) -> str:
    """What an application shows at that time that was given the key on the page."""
    key = page.soup.select_one(".key")
    assert key is not None
    return pyotp.TOTP(key.text.replace(" ", "")).at(at)


def set_up_second_factor(browser: Browser, at: datetime = NOON) -> tuple[str, list[str]]:
    """The application's secret, and the recovery codes, of whoever is signed in."""
    page = browser.get("/account/second-factor")
    key = page.soup.select_one(".key")
    assert key is not None
    codes = page.submit(expect=200, code=code_of(page, at))
    return key.text.replace(" ", ""), [tag.text for tag in codes.soup.select(".codes code")]


def workspace_of(page: Page) -> str:
    found = re.fullmatch(r"/w/([0-9a-f]{16})/", page.path)
    assert found, page.path
    return found[1]
