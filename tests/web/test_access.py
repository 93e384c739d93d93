"""Who may call what: every route, by everybody, upon what is theirs and what is not, from the URL map."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from assessor.config import Settings
from assessor.items import listed, type_of
from assessor.services import permissions
from assessor.services.actors import Capacity, Role, holder_of
from assessor.services.permissions import HELD, Permission
from assessor.services.sittings import life
from assessor.services.tasks import document
from assessor.store.db import Database
from assessor.store.models import Base
from assessor.web.plumbing.access import READING, Policy, UndeclaredRoute, policy, policy_of, require_policies
from assessor.web.plumbing.security import operator_key
from assessor.web.public.home import blueprint as home
from tests.fixtures.sittings import Held
from tests.fixtures.store import everything_in
from tests.web.checked import Browser
from tests.web.conftest import NOON, another_server
from tests.web.journeys import start
from tests.web.people import EMAIL, colleague_link, join, own_a_workspace, owner_link, sign_in

MakeBrowser = Callable[..., Browser]

#: Nobody has these: no sitting, no link, no key.
UNKNOWN = {
    "ref": "0" * 16,
    "token": "A" * 43,
    "key": "A" * 43,
    "workspace": "0" * 16,
    "sign_in": "0" * 16,
    "member": "1" * 16,
    "invitation": "2" * 16,
}
#: The status of each route for an owner of a workspace who is signed in, where it is not 200 for GET and 303
#: for POST: with its form's token and no more.
SIGNED_IN = {
    "GET /sign-in": 303,
    "GET /sign-in/code": 303,
    "POST /account/second-factor/change": 422,
    "POST /account/second-factor/codes.txt": 404,
    "POST /account/names": 422,
    "POST /account/password": 422,
    "POST /enter/<token>": 422,
    "POST /sign-in": 422,
    "POST /w/<workspace>/settings": 422,
    "POST /w/<workspace>/people/invite": 422,
    "POST /w/<workspace>/people/<member>": 422,
    "POST /w/<workspace>/leave": 409,
}
#: The status of each route for whoever may call it, where it is not 200 for GET and 303 for POST: with its
#: form's token and no more, on a sitting that has just begun.
BEGUN = {
    "GET /a/<ref>": 302,
    "GET /a/<ref>/attach.pdf": 409,
    "GET /a/<ref>/data.json": 409,
    "GET /a/<ref>/document/<edition>": 409,
    "GET /a/<ref>/profile.pdf": 409,
    "GET /a/<ref>/results": 302,
    "GET /self/notice": 302,
    "POST /a/<ref>/<int:number>": 409,
    "POST /a/<ref>/keep": 422,
    "POST /a/<ref>/practice/<int:number>": 200,
    "POST /self/notice": 422,
    "POST /self/start": 422,
} | SIGNED_IN
#: The same on one that is submitted: it takes no answer any more, and gives what it says.
SUBMITTED = {
    "GET /a/<ref>": 302,
    "GET /a/<ref>/<int:number>": 302,
    "GET /a/<ref>/practice/<int:number>": 302,
    "GET /a/<ref>/review": 302,
    "GET /a/<ref>/submit": 302,
    "GET /self/notice": 302,
    "POST /a/<ref>/<int:number>": 409,
    "POST /a/<ref>/keep": 422,
    "POST /a/<ref>/practice/<int:number>": 302,
    "POST /self/notice": 422,
    "POST /self/start": 422,
} | SIGNED_IN
STATUSES = {"begun": BEGUN, "submitted": SUBMITTED}


@pytest.fixture(params=STATUSES)
def state(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How far the sittings have come upon which routes are called; a file of one is its page."""
    monkeypatch.setattr(document, "to_pdf_isolated", lambda page, **_about: page.encode())
    found: str = request.param
    return found


def brought(browser: Browser, database: Database, state: str) -> str:
    """A sitting of the browser's that has come so far."""
    ref = start(browser)
    if state == "submitted":
        held = Held(database, ref, "")
        for place, item in enumerate(held.view(NOON).items):
            if type_of(item.content).responses(item.content) is not None:
                held.save(place, listed(item.content)[0][0], now=NOON)
        held.finish(NOON)
    return ref


#: Who has no browser.
MACHINES = {Capacity.COMMAND_LINE, Capacity.JOB}


def routes(app: Flask) -> Iterator[tuple[Rule, str, Policy]]:
    for rule in app.url_map.iter_rules():
        asked = policy_of(app, rule.endpoint)
        assert asked is not None
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, asked


def address(app: Flask, rule: Rule, **shown: str) -> str:
    known = UNKNOWN | {
        "number": 1,
        "name": "outbox" if rule.endpoint == "assets.script" else "sans-regular",
        "filename": "tokens.css",
        "digest": "0" * 10,
        "edition": "self",
    }
    with app.test_request_context():
        built = rule.build({name: (known | shown)[name] for name in rule.arguments})
    assert built is not None
    return str(built[1])


def call(browser: Browser, method: str, path: str) -> TestResponse:
    """The reply to a call with a valid form token."""
    token = str(browser.get("/").soup.select("input[name=csrf_token]")[0]["value"])
    return browser.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)


def shown_by_browsers() -> set[Permission]:
    """What those hold who show in a browser that they are more than a visitor."""
    others = {holder: set(held) for holder, held in HELD.items() if holder not in MACHINES}
    return set().union(*others.values()) - others[Capacity.VISITOR]


def said(reply: TestResponse, shown: str) -> tuple[int, object, str]:
    """All that a reply tells, but for what is random in every one and what the browser had named itself."""
    headers = {
        name: value.replace(shown, "shown")
        for name, value in reply.headers
        if name not in {"Set-Cookie", "Content-Length"}
    }
    text = re.sub(r'((?:name="csrf_token" value|data-token)=)"[^"]+"', r"\1", reply.text)
    text = re.sub(r"\b[0-9a-f]{8}\b", "reference", text)
    return reply.status_code, headers, text.replace(shown, "shown")


def test_each_route_answers_whoever_may_call_it(
    app: Flask, database: Database, browser: Browser, new_browser: MakeBrowser, state: str
) -> None:
    """Upon the caller's own sitting, account and workspace, behind links, with the operator's key."""
    kept, shown = start(new_browser()), shown_by_an_owner(app, database, browser, new_browser)
    found, wanted = {}, {}
    for rule, method, asked in sorted(routes(app), key=place_of):
        if asked.is_of_sitting and ("ref" not in shown or is_ending(rule, method)):
            shown["ref"] = brought(browser, database, state)
        name = f"{method} {rule.rule}"
        with call(browser, method, address(app, rule, **shown | behind_links(database, rule, kept))) as reply:
            found[name] = reply.status_code
        wanted[name] = STATUSES[state].get(name, 200 if method == "GET" else 303)
    assert {name: was for name, was in found.items() if was != wanted[name]} == {}


def place_of(route: tuple[Rule, str, Policy]) -> tuple[bool, bool]:
    """What ends something is called after everything else, and what signs out last."""
    return is_ending(*route[:2]), route[0].endpoint == "signing.leave"


def is_ending(rule: Rule, method: str) -> bool:
    """Whether the call ends the sitting, or this browser's grant to it."""
    ends = {"candidate.close", "candidate.submit", "results.erase", "signing.leave"}
    ends |= {"people.remove", "people.leave"}
    return method == "POST" and rule.endpoint in ends


def shown_by_an_owner(
    app: Flask, database: Database, browser: Browser, new_browser: MakeBrowser
) -> dict[str, str]:
    """What an owner, signed in in the browser and in another, names in addresses."""
    workspace = own_a_workspace(browser, database)
    sign_in(new_browser())
    with database.reading() as session:
        both = session.execute(Base.metadata.tables["sign_in"].select()).all()
    return {
        **others_of(database, new_browser(), workspace),
        "key": operator_key(str(app.secret_key)),
        "workspace": workspace,
        "sign_in": max(both, key=lambda row: row.id).ref,
    }


def others_of(database: Database, browser: Browser, workspace: str, by: str = EMAIL) -> dict[str, str]:
    """A colleague in the workspace, and an invitation into it, as addresses name them."""
    join(browser, database, workspace, "colleague@example.org", Role.RATER, by=by)
    colleague_link(database, workspace, "invited@example.org", Role.RATER, by=by)
    with database.reading() as session:
        people = session.execute(Base.metadata.tables["person"].select()).all()
        links = session.execute(Base.metadata.tables["one_time_link"].select()).all()
    return {
        "member": next(row.ref for row in people if row.email == "colleague@example.org"),
        "invitation": next(row.ref for row in links if row.email == "invited@example.org"),
    }


def behind_links(database: Database, rule: Rule, kept: str) -> dict[str, str]:
    """The token of a link of the kind that the route is for: in, or to the sitting ``kept``."""
    if rule.endpoint.startswith("entering."):
        return {"token": owner_link(database).rpartition("/")[2]}
    if "token" in rule.arguments:
        return {"token": token_of(database, kept)}
    return {}


def token_of(database: Database, ref: str) -> str:
    with database.writing() as session:
        return life.new_link(session, holder_of(ref), ref, now=NOON)


@pytest.mark.parametrize("caller_is", ["visitor", "holder of another", "owner of another"])
def test_what_is_somebody_else_s_is_answered_as_if_it_were_not_there(
    app: Flask, database: Database, new_browser: MakeBrowser, caller_is: str, state: str
) -> None:
    owner, caller = new_browser(), new_browser()
    ref = brought(owner, database, state)
    own = own_a_workspace(owner, database)
    if caller_is == "holder of another":
        start(caller)
    if caller_is == "owner of another":
        own_a_workspace(caller, database, email="another@example.org")
    is_signed_in = caller_is == "owner of another"
    tried = set()
    for rule, method, asked in routes(app):
        if not asked.argument:
            continue
        foreign, unknown = (
            said(call(caller, method, address(app, rule, ref=sitting, workspace=place)), named)
            for sitting, place in ((ref, own), (UNKNOWN["ref"], UNKNOWN["workspace"]))
            for named in [place if asked.is_for_people else sitting]
        )
        # Whoever is not signed in is asked to, whether or not there is such a workspace.
        expected = 303 if asked.is_for_people and not is_signed_in else 404
        assert foreign[0] == expected, f"{method} {rule.rule}"
        assert foreign == unknown, f"{method} {rule.rule}"
        tried.add(asked.permission)
    assert tried == shown_by_browsers() - {Permission.OWN_ACCOUNT}
    assert owner.get(f"/a/{ref}/1").path == f"/a/{ref}/{'1' if state == 'begun' else 'results'}"


def test_only_the_table_of_permissions_decides(
    app: Flask,
    database: Database,
    browser: Browser,
    new_browser: MakeBrowser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is taken out of it is out of every route that names it, for whoever may call that otherwise."""
    kept = start(browser)
    shown = {"ref": kept, **shown_by_an_owner(app, database, browser, new_browser)}
    for rule, method, asked in routes(app):
        links = behind_links(database, rule, kept)
        without = {
            capacity: {one: extent for one, extent in held.items() if one is not asked.permission}
            for capacity, held in HELD.items()
        }
        with monkeypatch.context() as patch:
            patch.setattr(permissions, "HELD", without)
            with browser.client.open(address(app, rule, **shown | links), method=method) as reply:
                assert reply.status_code == 404, f"{method} {rule.rule}"


def test_public_forms_are_refused_without_their_token(app: Flask, new_browser: MakeBrowser) -> None:
    nobody = new_browser()
    for rule, method, asked in routes(app):
        if method == "POST" and not asked.is_of_sitting:
            wanted = 303 if asked.is_for_people else 400
            assert nobody.client.post(address(app, rule)).status_code == wanted, rule.rule


def test_forms_of_whoever_is_signed_in_are_refused_without_their_token(
    app: Flask, database: Database, browser: Browser, new_browser: MakeBrowser
) -> None:
    shown = shown_by_an_owner(app, database, browser, new_browser)
    before = everything_in(database)
    for rule, method, asked in routes(app):
        if method == "POST" and asked.is_for_people:
            assert browser.client.post(address(app, rule, **shown)).status_code == 400, rule.rule
    assert everything_in(database) == before


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_the_pages_that_the_table_gives_it(
    app: Flask, database: Database, browser: Browser, new_browser: MakeBrowser, role: Role
) -> None:
    """In its own workspace; in another, where somebody else is at home, it opens none."""
    own, other = own_a_workspace(browser, database), new_browser()
    foreign = own_a_workspace(other, database, email="another@example.org")
    member = new_browser()
    join(member, database, own, "member@example.org", role)
    opened = {}
    shown = others_of(database, new_browser(), own)
    for rule, method, asked in sorted(routes(app), key=place_of):
        if "workspace" not in rule.arguments:
            continue
        assert call(member, method, address(app, rule, workspace=foreign)).status_code == 404, rule.rule
        reply = call(member, method, address(app, rule, workspace=own, **shown))
        opened[method, rule.rule] = (reply.status_code != 404, asked.permission in HELD[role])
    assert opened
    assert {one: is_open for one, (is_open, may) in opened.items() if is_open != may} == {}


def test_a_route_without_a_policy_stops_the_start(app: Flask) -> None:
    require_policies(app)
    app.view_functions["bare"] = lambda: "open to all"
    app.url_map.add(Rule("/bare", endpoint="bare"))
    with pytest.raises(UndeclaredRoute, match="/bare"):
        require_policies(app)


def test_a_route_without_what_its_policy_asks_stops_the_start(app: Flask) -> None:
    """Nobody could be known by an address that does not name their sitting."""
    app.view_functions["nameless"] = policy(READING)(lambda: "open to all")
    app.url_map.add(Rule("/nameless", endpoint="nameless"))
    with pytest.raises(UndeclaredRoute, match="/nameless"):
        require_policies(app)


def test_the_style_guide_is_for_those_who_build_only(
    app: Flask, settings: Settings, browser: Browser
) -> None:
    browser.get("/styleguide", expect=404)
    workshop = another_server(app, settings, debug=True)
    workshop.debug = False
    Browser(workshop).get("/styleguide")
    assert home.name == "home"


def test_the_cookie_is_signed_and_closed_to_scripts(browser: Browser, new_browser: MakeBrowser) -> None:
    ref = start(browser)
    cookie = browser.client.get_cookie("assessor")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    forger = new_browser()
    tenth = "A" if cookie.value[-10] != "A" else "B"
    forger.client.set_cookie("assessor", cookie.value[:-10] + tenth + cookie.value[-9:])
    forger.get(f"/a/{ref}", expect=404)


def test_behind_https_every_cookie_is_secure(settings: Settings, app: Flask) -> None:

    secured = replace(settings, base_url="https://tests.example.org")
    there = another_server(app, secured)
    client = there.test_client()
    reply = client.get("/", base_url="https://tests.example.org")
    assert "Strict-Transport-Security" in reply.headers
    assert reply.headers["Set-Cookie"].startswith("__Host-assessor=")
    assert "Secure" in reply.headers["Set-Cookie"]
