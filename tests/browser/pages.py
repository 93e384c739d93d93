"""Every page that a person can meet, in every state that looks different; tests say what is asked of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pyotp

from assessor.items import listed
from assessor.services import jobs
from assessor.services.actors import JOB
from assessor.services.jobs import Claim
from assessor.services.tasks import document
from tests.browser.conftest import BeginSitting, take_up
from tests.browser.visitor import Visitor
from tests.fixtures.sittings import Held

#: Whoever makes a workspace.
OWNER = {
    "given_name": "Marie-Ève",
    "family_name": "Tremblay-Nguyễn",
    "password": "quatre mots faciles retenus",
    "workspace": "Musée de l’Estuaire",
}
#: The pages of refusals are among them.
EXPECTED = ("status of 404", "status of 409")


def pages_before_a_start(one: Visitor) -> Iterator[str]:
    page = one.page
    for name, path in (("home", "/"), ("privacy", "/privacy"), ("start", "/self/start")):
        page.goto(path)
        yield name
    one.press("main form button")
    page.wait_for_selector("#errors")
    yield "start with a fault"
    one.choose("domain", "arts")
    one.leads("main form button", "/self/notice")
    page.locator(".more").evaluate_all("all => all.forEach(one => { one.open = true; })")
    yield "notice"
    one.leads("main form button", "/link$")
    yield "private link, shown once"
    page.goto("/")
    yield "home with a sitting"
    page.goto("/nothing-here")
    yield "an address that leads nowhere"
    page.goto("/self/goodbye")
    yield "goodbye"


def pages_of_an_account(one: Visitor, link: str, email: str) -> Iterator[str]:
    """The way in by an owner's link, the workspace, the account, out and in again."""
    page = one.page
    page.goto("/enter/unknown")
    yield "a link that opens nothing"
    page.goto(link)
    yield "a new workspace"
    one.press("#enter .actions button")
    page.wait_for_selector("#errors")
    yield "a new workspace with faults"
    for name, value in (OWNER | {"email": email}).items():
        page.fill(f"#{name}", value)
    one.leads("#enter .actions button", "/w/[0-9a-f]+/$")
    yield "home of a workspace"
    page.goto(f"{page.url}settings")
    yield "settings"
    page.fill("#name", "")
    one.press("main .actions button")
    page.wait_for_selector("#errors")
    yield "settings with a fault"
    home = page.url.rpartition("settings")[0]
    yield from _pages_of_the_people(one, home)
    page.goto("/account")
    yield "account"
    one.press("#change-password .actions button")
    page.wait_for_selector("#errors")
    yield "account with faults"
    page.goto("/account/second-factor")
    yield "a second factor to be set up"
    code = pyotp.TOTP(page.inner_text(".key").replace(" ", "")).now()
    page.fill("#code", code)
    one.press("main form .actions button")
    page.wait_for_selector(".codes")
    codes = page.locator(".codes code").all_inner_texts()
    yield "recovery codes"
    page.goto("/account/second-factor")
    yield "a second factor that is set up"
    page.goto("/account")
    one.leads("main form[action='/sign-out'] button", "/signed-out")
    yield "signed out"
    page.goto("/sign-in")
    yield "sign in"
    one.press("#sign-in .actions button")
    page.wait_for_selector("#errors")
    yield "sign in with faults"
    page.fill("#email", email)
    page.fill("#password", OWNER["password"])
    one.leads("#sign-in .actions button", "/sign-in/code")
    yield "the code is asked for"
    page.fill("#code", codes[0])
    one.leads("main .actions button", "/w/[0-9a-f]+/$")


def _pages_of_the_people(one: Visitor, home: str) -> Iterator[str]:
    """Who works there, an invitation, a colleague, the roles, the audit, and the way out."""
    page = one.page
    page.goto(f"{home}people")
    yield "people"
    one.press("main .actions button")
    page.wait_for_selector("#errors")
    yield "people with faults"
    page.fill("#email", f"{secrets.token_hex(4)}@example.org")
    page.check("#roles-1")
    one.press("main .actions button")
    page.wait_for_selector(".address")
    yield "an invitation"
    page.goto(f"{home}people")
    yield "people with an invitation"
    page.goto(f"{home}people/roles")
    yield "what roles may do"
    page.goto(f"{home}audit")
    yield "audit"
    page.goto(f"{home}audit?code=0")
    yield "audit with a fault"
    page.goto(f"{home}audit?event=workspace.changed")
    yield "audit without entries"
    page.goto(f"{home}leave")
    yield "leaving a workspace"


def questions_that_differ(held: Held) -> Sequence[int]:
    """The numbers of the first questions that bring in each type and each kind of stimulus."""
    seen: set[str] = set()
    numbers = []
    for number, item in enumerate(held.view(datetime.now(UTC)).items, start=1):
        stimulus = item.content.stimulus
        shapes = {f"type {item.content.type}", f"stimulus {stimulus.kind if stimulus else 'none'}"}
        if not shapes <= seen:
            numbers.append(number)
        seen |= shapes
    return numbers


def pages_of_an_open_sitting(one: Visitor, sitting: BeginSitting, language: str) -> Iterator[str]:
    yield from _examples(one, sitting, language)
    held = sitting(length="full", language=language)
    page = one.page
    page.goto(f"/self/r/{held.token}")
    yield "door"
    take_up(one, held)
    numbers = questions_that_differ(held)
    for number in numbers:
        page.goto(f"/a/{held.ref}/{number}")
        page.locator(".more").evaluate_all("all => all.forEach(one => { one.open = true; })")
        yield f"question {number} ({one.kind})"
    yield from _questions_in_trouble(one, held)
    for name in ("review", "submit", "leave", "link", "delete"):
        page.goto(f"/a/{held.ref}/{name}")
        yield name


def _examples(one: Visitor, sitting: BeginSitting, language: str) -> Iterator[str]:
    """Each type's question and its example: to be answered, and understood."""
    held = sitting(every_type=True, language=language)
    page, items = take_up(one, held), held.view(datetime.now(UTC)).items
    for number, item in enumerate(items, start=1):
        page.goto(f"/a/{held.ref}/{number}")
        yield f"question of type {item.content.type}"
        page.goto(f"/a/{held.ref}/practice/{number}")
        yield f"example of type {item.content.type}"
    one.answer()
    one.press("#answer .moves button")
    page.wait_for_selector("#understood")
    yield "an example that was answered"


def _questions_in_trouble(one: Visitor, held: Held) -> Iterator[str]:
    """A question answered in part, one that was answered, and one that is read-only."""
    page, now = one.page, datetime.now(UTC)
    items = held.view(now).items
    for kind in ("best_worst", "rank", "rate"):
        place = next(place for place, item in enumerate(items) if item.content.type == kind)
        page.goto(f"/a/{held.ref}/{place + 1}")
        name, value = next(iter(one.an_answer().items()))
        one.give({name: value})
        one.press("button[value=next]:not(.unseen)")
        page.wait_for_selector("#errors")
        yield f"{kind} with a fault"
        held.save(place, listed(items[place].content)[0][0], epoch=2, now=now)
        # What this browser held back of the half answer would be put back into the page.
        page.evaluate("localStorage.clear()")
        page.goto(f"/a/{held.ref}/{place + 1}")
        yield f"{kind}, answered"
        held.save(place, listed(items[place].content)[0][1], seq=9, epoch=2, now=now)
        one.change()
        page.wait_for_selector("#answer [name^='r-']:disabled", state="attached")
        yield f"{kind}, read-only"


def pages_of_results(one: Visitor, sitting: BeginSitting, language: str) -> Iterator[str]:
    held = sitting(language=language)
    now = datetime.now(UTC)
    held.answer_all(now)
    held.finish(now)
    page = take_up(one, held)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    yield "results"
    page.goto(f"/a/{held.ref}/results?role=museum-social-media-manager")
    yield "results under another role"
    page.goto(f"/a/{held.ref}/link")
    yield "the link of results"
    claim = held_back(held, language)
    page.goto(f"/a/{held.ref}/profile.pdf?paper=a4")
    yield "a document that is being made"
    # Its script loads the page anew once nobody makes the document: it would cut in on the next way.
    page.goto("about:blank")
    with held.database.writing() as session:
        jobs.stopped(session, claim, now=now)
    empty = sitting(language=language)
    empty.finish(now)
    take_up(one, empty)
    yield "results without an answer"


def held_back(held: Held, language: str) -> Claim:
    """The sitting's document on A4, in the hands of a test until tomorrow: no worker makes it meanwhile."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    role = held.view(datetime.now(UTC)).role_id
    order = document.order(
        held.ref, role=role, edition="self", language=language, paper="a4", zone="UTC", address=""
    )
    with held.database.writing() as session:
        claim = jobs.claim(session, jobs.enqueue(session, JOB, order, now=tomorrow), 0, now=tomorrow)
    assert claim is not None
    return claim
