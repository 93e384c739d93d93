"""The people of a workspace and its audit, as pages: each walk is a page's own form."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from assessor.services.actors import Role
from assessor.store.chains import code_of
from assessor.store.db import Database
from assessor.store.models import Base
from tests.web.checked import Browser
from tests.web.people import EMAIL, PASSWORD, join, own_a_workspace

MakeBrowser = Callable[..., Browser]
COLLEAGUE = "zoe.nguyen@example.org"


def ref_of(database: Database, email: str) -> str:
    with database.reading() as session:
        rows = session.execute(Base.metadata.tables["person"].select()).all()
    return next(str(row.ref) for row in rows if row.email == email)


@pytest.fixture
def workspace(browser: Browser, database: Database) -> str:
    """Owned by whoever is signed in in the browser."""
    return own_a_workspace(browser, database)


def test_a_colleague_comes_by_the_link_that_the_page_shows(
    browser: Browser, new_browser: MakeBrowser, workspace: str
) -> None:
    page = browser.get(f"/w/{workspace}/people")
    assert "The last owner cannot leave." in page.text
    page = page.submit(email=COLLEAGUE, roles=["rater", "auditor"], expect=200)
    link = re.search(r"/enter/[\w-]{43}", page.reply.text)
    assert link is not None
    assert COLLEAGUE in browser.get(f"/w/{workspace}/people").text
    colleague = new_browser()
    home = colleague.get(link[0]).submit(given_name="Zoé", family_name="Nguyễn", password=PASSWORD)
    assert home.path == f"/w/{workspace}/"
    assert "Zoé Nguyễn" in browser.get(f"/w/{workspace}/people").text
    assert colleague.client.get(f"/w/{workspace}/people").status_code == 404
    assert "Colleague joined" in colleague.get(f"/w/{workspace}/audit").text


@pytest.mark.parametrize("roles", [[], ["emperor"]])
def test_an_invitation_names_an_address_and_a_role(
    browser: Browser, workspace: str, roles: list[str]
) -> None:
    page = browser.get(f"/w/{workspace}/people").submit(email="nobody", roles=roles, expect=422)
    assert "Choose one role or more." in page.text
    assert "Enter one e-mail address" in page.text
    page = page.submit(email=EMAIL, roles=["rater"], expect=422)
    assert "belongs to the workspace already" in page.text


def test_roles_are_changed_and_a_colleague_is_removed(
    browser: Browser, new_browser: MakeBrowser, database: Database, workspace: str
) -> None:
    colleague = new_browser()
    join(colleague, database, workspace, COLLEAGUE, Role.RATER)
    at = f"/w/{workspace}/people/{ref_of(database, COLLEAGUE)}"
    page = browser.get(at).submit(roles=["recruiter"], expect=303)
    assert "Saved." in page.text
    assert colleague.get(f"/w/{workspace}/people").status == 200
    own = browser.get(f"/w/{workspace}/people/{ref_of(database, EMAIL)}").submit(roles=["rater"], expect=422)
    assert "The last owner cannot leave. Make somebody else an owner first." in own.text
    assert "Removed:" in browser.get(at).submit(".acts form").text
    assert colleague.client.get(f"/w/{workspace}/").status_code == 404


def test_the_audit_is_read_by_code_and_no_name_stands_in_it(
    browser: Browser, new_browser: MakeBrowser, database: Database, workspace: str
) -> None:
    join(new_browser(), database, workspace, COLLEAGUE, Role.RATER)
    code = code_of(ref_of(database, COLLEAGUE))
    assert f"code={code}" in browser.get(f"/w/{workspace}/people").reply.text
    page = browser.get(f"/w/{workspace}/audit?code={code}")
    assert "Colleague joined" in page.text
    listed = page.form(".listing").get_text(" ")
    assert "Workspace made" not in listed
    assert not {name for name in ("Noémie", "Nguyễn", "Zoé", "example.org") if name in listed}
    assert "2 entries" in page.text
    for wrong in ("code=x", "since=yesterday", "until=2026-02-31"):
        assert browser.client.get(f"/w/{workspace}/audit?{wrong}").status_code == 422, wrong
    assert "Nothing of that kind" in browser.get(f"/w/{workspace}/audit?until=2020-01-01").text


def test_a_refused_sign_in_is_recorded_with_the_answer_of_any_other(
    browser: Browser, new_browser: MakeBrowser, workspace: str
) -> None:
    stranger = new_browser()
    for email in (EMAIL, "nobody@example.org"):
        stranger.get("/sign-in").submit(email=email, password="another one altogether", expect=422)
    assert "Sign-in refused" in browser.get(f"/w/{workspace}/audit?event=person.refused").text
    assert "1 entry" in browser.get(f"/w/{workspace}/audit?event=person.refused").text


def test_the_page_of_roles_says_what_the_table_says(browser: Browser, workspace: str) -> None:
    page = browser.get(f"/w/{workspace}/people/roles")
    assert len(page.form(".listing").find_all("tr")) == 8
    assert "Client of an agency" in page.text
