"""A second factor by its pages: set up, asked for, stood in for by a code, and asked for by a workspace."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
import pytest

from assessor.services.actors import COMMAND_LINE, Role
from assessor.services.people import second_factors
from assessor.store.db import Database
from tests.web.checked import Browser, Page
from tests.web.conftest import NOON, Clock
from tests.web.people import (
    EMAIL,
    PASSWORD,
    code_of,
    join,
    own_a_workspace,
    reset_link,
    set_up_second_factor,
    sign_in,
)

MakeBrowser = Callable[..., Browser]


@pytest.fixture
def owned(browser: Browser, database: Database) -> str:
    """A workspace whose owner stands in the browser, without a second factor."""
    return own_a_workspace(browser, database)


def in_by_code(browser: Browser, code: str, *, expect: int = 303, **more: str) -> Page:
    page = sign_in(browser)
    assert page.path.startswith("/sign-in/code")
    return page.submit(expect=expect, code=code, **more)


def test_a_code_of_the_application_is_asked_for_once_it_is_set_up(
    browser: Browser, new_browser: MakeBrowser, owned: str, clock: Clock
) -> None:
    other = new_browser()
    sign_in(other)
    page = browser.get("/account/second-factor")
    page = page.submit(expect=422, code="000000")
    assert page.soup.select_one("#code-error") is not None
    code, key = code_of(page), page.soup.select_one(".key")
    assert key is not None
    page = page.submit(expect=200, code=f"{code[:3]} {code[3:]}")
    assert len({tag.text for tag in page.soup.select(".codes code")}) == 10
    assert browser.get("/account").path == "/account", "who has just shown one is not asked again"
    assert other.get("/account").path.startswith("/sign-in"), "who has not is"
    clock.pass_(minutes=1)
    page = in_by_code(other, "123", expect=422)
    # Neither with the page open, nor by going around it.
    assert other.get(f"/w/{owned}/").path.startswith("/sign-in?")
    assert page.submit(code=pyotp.TOTP(key.text.replace(" ", "")).at(clock.at)).path == f"/w/{owned}/"


def test_a_code_is_taken_once(browser: Browser, new_browser: MakeBrowser, owned: str, clock: Clock) -> None:
    secret, _ = set_up_second_factor(browser)
    in_by_code(new_browser(), pyotp.TOTP(secret).at(clock.at), expect=422)
    clock.pass_(seconds=60)
    code = pyotp.TOTP(secret).at(clock.at)
    assert in_by_code(new_browser(), code).path == f"/w/{owned}/"
    in_by_code(new_browser(), code, expect=422)
    clock.pass_(seconds=90)
    in_by_code(new_browser(), code, expect=422)


def test_a_recovery_code_stands_in_once_however_it_is_typed(
    browser: Browser, new_browser: MakeBrowser, owned: str
) -> None:
    _, codes = set_up_second_factor(browser)
    typed = f" {codes[3].lower().replace('-', ' ')}"
    assert in_by_code(new_browser(), typed).path == f"/w/{owned}/"
    in_by_code(new_browser(), codes[3], expect=422)
    assert "9 recovery codes" in browser.get("/account/second-factor").text


def test_recovery_codes_are_downloaded_by_whoever_has_them(
    browser: Browser, new_browser: MakeBrowser, database: Database, owned: str
) -> None:
    page = browser.get("/account/second-factor")
    page = page.submit(expect=200, code=code_of(page))
    form = page.form("form[action$='codes.txt']")
    sent = page.values(form)
    reply = browser.client.post(str(form["action"]), data=sent)
    codes = [tag.text for tag in page.soup.select(".codes code")]
    assert reply.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert [line for line in reply.text.splitlines() if line in codes] == codes
    browser.post(str(form["action"]), sent | {"codes": ["AAAA-BBBB-CCCC-DDDD"]}, expect=404)
    stranger = new_browser()
    join(stranger, database, owned, "zoe@example.org", Role.RATER)
    account = stranger.get("/account")
    token = account.values(account.form())["csrf_token"]
    stranger.post(str(form["action"]), sent | {"csrf_token": token}, expect=404)


def test_new_codes_end_the_former_and_want_the_password(
    browser: Browser, new_browser: MakeBrowser, owned: str
) -> None:
    _, codes = set_up_second_factor(browser)
    page = browser.get("/account/second-factor").submit(expect=422, password="not the password")
    page = page.submit(expect=200, password=PASSWORD)
    renewed = [tag.text for tag in page.soup.select(".codes code")]
    in_by_code(new_browser(), codes[0], expect=422)
    assert in_by_code(new_browser(), renewed[0]).path == f"/w/{owned}/"


def test_a_browser_that_is_remembered_is_not_asked_for_thirty_days(
    browser: Browser, new_browser: MakeBrowser, owned: str, clock: Clock
) -> None:
    secret, codes = set_up_second_factor(browser)
    other = new_browser()
    in_by_code(other, codes[0], remember="y")
    for days in (1, 28):
        clock.pass_(days=days)
        assert sign_in(other).path == f"/w/{owned}/"
    clock.pass_(days=1)
    assert sign_in(other).path.startswith("/sign-in/code")
    # It is remembered for one account, in one browser.
    in_by_code(other, codes[1], remember="y")
    in_by_code(browser, pyotp.TOTP(secret).at(clock.at))
    browser.get("/account").submit("form[action='/account/sign-ins/end']")
    assert sign_in(other).path.startswith("/sign-in/code"), "signed out everywhere else, and forgotten"


def test_a_reset_by_link_does_not_go_round_the_second_factor(
    browser: Browser, new_browser: MakeBrowser, database: Database, owned: str
) -> None:
    _, codes = set_up_second_factor(browser)
    other = new_browser()
    page = other.get(reset_link(database)).submit(password="cinq autres mots choisis")
    assert page.path.startswith("/sign-in/code")
    assert other.get("/account").path.startswith("/sign-in?")
    assert page.submit(code=codes[0]).path == f"/w/{owned}/"


def test_whoever_takes_too_long_begins_with_the_password_again(
    browser: Browser, new_browser: MakeBrowser, owned: str, clock: Clock
) -> None:
    _, codes = set_up_second_factor(browser)
    other = new_browser()
    page = sign_in(other)
    clock.pass_(minutes=10)
    assert page.submit(code=codes[0]).path == "/sign-in"


def test_codes_are_not_gone_through_and_another_password_begins_anew(
    browser: Browser, new_browser: MakeBrowser, database: Database, owned: str
) -> None:
    _, codes = set_up_second_factor(browser)
    other = new_browser()
    page = sign_in(other)
    for number in range(10):
        page.submit(expect=422, code=f"{number:06}")
    page.submit(expect=429, code=codes[0])
    page = other.get(reset_link(database)).submit(password="cinq autres mots choisis")
    assert page.submit(code=codes[0]).path == f"/w/{owned}/"


def test_a_workspace_that_asks_for_it_is_closed_until_it_is_set_up(
    browser: Browser, new_browser: MakeBrowser, database: Database, owned: str
) -> None:
    rater, recruiter = new_browser(), new_browser()
    join(rater, database, owned, "rater@example.org", Role.RATER)
    join(recruiter, database, owned, "recruiter@example.org", Role.RECRUITER, Role.RATER)
    browser.get(f"/w/{owned}/settings").submit(asks_second="y")
    for one, place in ((browser, "settings"), (recruiter, "")):
        page = one.get(f"/w/{owned}/{place}")
        assert page.path == f"/account/second-factor?next=/w/{owned}/{place}"
        assert "Your workspace asks for one" in page.text
    assert rater.get(f"/w/{owned}/").path == f"/w/{owned}/"
    page = recruiter.get(f"/w/{owned}/")
    page = page.submit(expect=200, code=code_of(page))
    assert page.click("I have kept them").path == f"/w/{owned}/"
    page = recruiter.get("/account/second-factor")
    assert page.soup.select("[value=remove]") == []
    page.submit(expect=422, password=PASSWORD, act="remove")
    assert "cannot be removed" in recruiter.get("/account/second-factor").text


def test_a_second_factor_that_nobody_asks_for_is_removed_by_its_person(browser: Browser, owned: str) -> None:
    set_up_second_factor(browser)
    page = browser.get("/account/second-factor").submit(password=PASSWORD, act="remove")
    assert page.path == "/account?done=second"
    browser.get("/account").submit("main form[action='/sign-out']")
    assert sign_in(browser).path == f"/w/{owned}/"


def test_a_lost_second_factor_is_lifted_from_the_command_line(
    browser: Browser, new_browser: MakeBrowser, database: Database, owned: str
) -> None:
    set_up_second_factor(browser)
    with database.writing() as session:
        second_factors.lift(session, COMMAND_LINE, EMAIL, now=NOON)
    assert sign_in(new_browser()).path == f"/w/{owned}/"


def test_a_seed_is_its_person_s_alone(
    browser: Browser, new_browser: MakeBrowser, database: Database, owned: str
) -> None:
    page, other = browser.get("/account/second-factor"), new_browser()
    join(other, database, owned, "zoe@example.org", Role.RATER)
    theirs = other.get("/account/second-factor")
    arrived = theirs.submit(seed=page.values(page.form())["seed"][0], code=code_of(page))
    assert arrived.soup.select_one(".key") is not None
    assert "None yet" in other.get("/account").text
