"""What guards a browser and a form, each tried from outside: headers, limits, tokens, proxies, targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask, request
from itsdangerous import TimestampSigner

from assessor.config import Settings
from assessor.web.plumbing import security
from assessor.web.plumbing.access import UndeclaredRoute
from assessor.web.public import home
from tests.web.checked import Browser
from tests.web.conftest import another_server
from tests.web.journeys import start

#: What our pages need and no more: everything is refused that is not named, and nothing may run inline.
ALLOWED = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def policy_of(headers: Mapping[str, str]) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, _, sources in parts}


@pytest.mark.parametrize("path", ["/", "/nothing-here", "/static/tokens.css", "/healthz", "/a/0000/1"])
def test_every_reply_says_what_a_page_may_load_and_that_nobody_may_frame_it(app: Flask, path: str) -> None:
    with app.test_client().get(path) as reply:
        assert policy_of(reply.headers) == ALLOWED
        assert reply.headers["X-Frame-Options"] == "DENY"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in reply.headers["Permissions-Policy"]


def test_only_a_site_over_https_insists_on_it(app: Flask, settings: Settings) -> None:
    assert "Strict-Transport-Security" not in app.test_client().get("/").headers
    behind = another_server(app, replace(settings, base_url="https://tests.example.org"))
    reply = behind.test_client().get("/", base_url="https://tests.example.org")
    assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert behind.config["SESSION_COOKIE_SECURE"] is True
    assert behind.config["SESSION_COOKIE_NAME"].startswith("__Host-")


@pytest.mark.parametrize(("hours", "status"), [(11, 303), (13, 400)])
def test_a_form_is_taken_for_twelve_hours(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, hours: int, status: int
) -> None:
    now = TimestampSigner.get_timestamp
    ago = round(timedelta(hours=hours).total_seconds())
    with monkeypatch.context() as earlier:
        earlier.setattr(TimestampSigner, "get_timestamp", lambda signer: now(signer) - ago)
        page = browser.get("/")
    sent = page.values(page.form("form.language")) | {"language": ["fr"]}
    assert browser.client.post("/language", data=sent).status_code == status


def test_a_form_without_its_token_changes_nothing(browser: Browser) -> None:
    ref = start(browser)
    assert browser.client.post(f"/a/{ref}/delete").status_code == 400
    browser.get(f"/a/{ref}/1")


def test_the_application_asks_for_every_route_s_policy(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(home.privacy, "policy")
    with pytest.raises(UndeclaredRoute, match="/privacy"):
        another_server(app, settings)


def with_field(app: Flask, **sent: object) -> int:
    page = Browser(app)
    token = str(page.get("/").soup.select("input[name=csrf_token]")[0]["value"])
    reply = page.client.post(
        "/language",
        data={"csrf_token": token, "language": "fr", "next": "/", **sent},
        content_type="multipart/form-data",
    )
    return reply.status_code


def test_a_body_is_read_up_to_a_limit(app: Flask) -> None:
    assert with_field(app, note="x" * 1000) == 303
    assert with_field(app, note="x" * security.MOST_BYTES) == 413
    reply = app.test_client().post("/language", data="x" * (security.MOST_BYTES + 1))
    assert reply.status_code == 413


def test_a_form_s_fields_are_limited_even_where_its_body_is_not(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = None
    assert with_field(app, note="x" * (security.MOST_BYTES + 1)) == 413
    assert with_field(app, **{f"n{number}": "x" for number in range(150)}) == 303
    assert with_field(app, **{f"n{number}": "x" for number in range(250)}) == 413
    assert with_field(app, note=(BytesIO(b"x" * 1000), "note.txt")) == 303


FORWARDED = {"X-Forwarded-For": "203.0.113.7, 198.51.100.9", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(
    ("proxies", "address", "scheme"),
    [(0, "127.0.0.1", "http"), (1, "198.51.100.9", "https"), (2, "203.0.113.7", "http")],
)
def test_what_a_proxy_says_counts_only_where_one_stands_in_front(
    app: Flask, settings: Settings, proxies: int, address: str, scheme: str
) -> None:
    other = another_server(app, replace(settings, trusted_proxies=proxies))
    seen: list[tuple[str | None, str]] = []

    @other.after_request
    def look(reply):  # type: ignore[no-untyped-def]
        seen.append((request.remote_addr, request.scheme))
        return reply

    other.test_client().get("/healthz", headers=FORWARDED)
    assert seen == [(address, scheme)]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "https://evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "/privacy\u202e",
        "/privacy\u0000",
        "/priv\tacy",
        "",
    ],
)
def test_no_form_sends_anybody_to_another_site(browser: Browser, target: str) -> None:
    page = browser.get("/privacy")
    sent = page.values(page.form("form.language")) | {"language": ["fr"], "next": [target]}
    reply = browser.client.post("/language", data=sent)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("target", ["/privacy", "/self/start?domain=arts&length=full", "/"])
def test_a_form_leads_back_to_the_page_it_came_from(browser: Browser, target: str) -> None:
    page = browser.get("/privacy")
    sent = page.values(page.form("form.language")) | {"language": ["fr"], "next": [target]}
    assert browser.client.post("/language", data=sent).headers["Location"] == target
