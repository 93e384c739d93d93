"""Who may call what: every route has a policy, and every policy is tried on every route that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from assessor.app import create_app
from assessor.config import Settings
from assessor.web.access import OPERATOR, SITTING, UndeclaredRoute, policy_of, require_policies
from assessor.web.home import blueprint as home
from tests.web.checked import Browser
from tests.web.journeys import start

MakeBrowser = Callable[..., Browser]

#: What an owner gets from each route of an open sitting, where it is not 200 or a redirect.
OPEN_SITTING = {
    "candidate.answer": 409,
    "results.pdf": 409,
    "results.attachment": 409,
    "results.own_data": 409,
    "results.keep": 422,
}


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def address(app: Flask, rule: Rule, ref: str) -> str:
    known = {
        "key": "A" * 43,
        "ref": ref,
        "number": 1,
        "token": "A" * 43,
        "name": "sans-regular",
        "filename": "tokens.css",
        "digest": "0" * 10,
    }
    if rule.endpoint == "assets.script":
        known["name"] = "outbox"
    with app.test_request_context():
        built = rule.build({name: known[name] for name in rule.arguments})
    assert built is not None
    return str(built[1])


def call(browser: Browser, method: str, path: str) -> int:
    """The status of a call with a valid form token."""
    page = browser.get("/")
    token = str(page.soup.select("input[name=csrf_token]")[0]["value"])
    reply = browser.client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
    return reply.status_code


def test_a_foreign_sitting_is_unknown_whatever_is_asked_of_it(app: Flask, new_browser: MakeBrowser) -> None:
    owner, foreigner, nobody = new_browser(), new_browser(), new_browser()
    ref = start(owner)
    start(foreigner)
    asked = 0
    for rule, method in routes(app):
        if policy_of(app, rule.endpoint) is SITTING:
            path = address(app, rule, ref)
            assert call(foreigner, method, path) == 404, path
            assert call(nobody, method, path) == 404, path
            asked += 1
    assert asked > 15
    owner.get(f"/a/{ref}/1")


def test_an_owner_is_let_in_by_every_route_of_a_sitting(app: Flask, browser: Browser) -> None:
    for rule, method in routes(app):
        if policy_of(app, rule.endpoint) is SITTING:
            ref = start(browser)
            status = call(browser, method, address(app, rule, ref))
            wanted = OPEN_SITTING.get(rule.endpoint)
            assert status == wanted if wanted else status < 400, rule.rule


def test_public_routes_answer_anybody_and_refuse_forms_without_a_token(
    app: Flask, new_browser: MakeBrowser
) -> None:
    nobody = new_browser()
    for rule, method in routes(app):
        if policy_of(app, rule.endpoint) in (SITTING, OPERATOR):
            continue
        path = address(app, rule, "0" * 16)
        if method == "POST":
            assert nobody.client.post(path).status_code == 400, path
        else:
            expected = {404} if rule.endpoint == "candidate.door" else {200, 302}
            with nobody.client.get(path) as reply:
                assert reply.status_code in expected, path


def test_a_page_of_the_operator_is_unknown_without_the_key(app: Flask, browser: Browser) -> None:
    asked = 0
    for rule, method in routes(app):
        if policy_of(app, rule.endpoint) is OPERATOR:
            assert call(browser, method, address(app, rule, "0" * 16)) == 404, rule.rule
            asked += 1
    assert asked


def test_a_route_without_a_policy_stops_the_start(app: Flask) -> None:
    require_policies(app)
    app.view_functions["bare"] = lambda: "open to all"
    app.url_map.add(Rule("/bare", endpoint="bare"))
    with pytest.raises(UndeclaredRoute, match="/bare"):
        require_policies(app)


def test_the_style_guide_is_for_those_who_build_only(
    app: Flask, settings: Settings, browser: Browser
) -> None:
    browser.get("/styleguide", expect=404)
    extensions = app.extensions
    workshop = create_app(settings, extensions["library"], extensions["database"], debug=True)
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
    from dataclasses import replace

    secured = replace(settings, base_url="https://tests.example.org")
    there = create_app(secured, app.extensions["library"], app.extensions["database"])
    client = there.test_client()
    reply = client.get("/", base_url="https://tests.example.org")
    assert "Strict-Transport-Security" in reply.headers
    assert reply.headers["Set-Cookie"].startswith("__Host-assessor=")
    assert "Secure" in reply.headers["Set-Cookie"]
