"""One address that begins sittings without end is asked to wait; nobody who has begun is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from assessor.services import limits
from tests.web.checked import Browser
from tests.web.conftest import Clock
from tests.web.journeys import an_answer, start

CHOICES = {"domain": "arts", "length": "short", "language": "en"}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    short, day = limits.SITTINGS_OF_ADDRESS
    monkeypatch.setattr(limits, "SITTINGS_OF_ADDRESS", (replace(short, most=3), day))


def begin(browser: Browser, address: str = "203.0.113.7") -> int:
    page = browser.get("/self/notice?domain=arts&length=short&language=en")
    token = page.values(page.form())["csrf_token"]
    reply = browser.client.post(
        "/self/notice",
        data={"csrf_token": token, **CHOICES},
        environ_overrides={"REMOTE_ADDR": address},
        headers=browser.headers,
    )
    if reply.status_code == 429:
        assert 0 < int(reply.headers["Retry-After"]) <= 600
        assert "Sittings that were begun go on as before" in reply.text
    return reply.status_code


@pytest.mark.usefixtures("few")
def test_too_many_starts_from_one_address_wait_and_other_addresses_do_not(
    app: Flask, new_browser: Callable[..., Browser], clock: Clock
) -> None:
    assert [begin(new_browser()) for _ in range(5)] == [303, 303, 303, 429, 429]
    assert begin(new_browser(), "203.0.113.8") == 303
    clock.pass_(minutes=10)
    assert begin(new_browser()) == 303


@pytest.mark.usefixtures("few")
def test_who_has_begun_goes_on_while_others_wait(new_browser: Callable[..., Browser]) -> None:
    first = new_browser()
    ref = start(first)
    while begin(new_browser(), "127.0.0.1") == 303:
        pass
    page = first.get(f"/a/{ref}/1")
    while page.soup.select_one("#answer"):
        page = page.submit("#answer", go="next", **an_answer(page))
    first.get(f"/a/{ref}/submit").submit("main form[action$='/submit']")


def test_a_school_class_behind_one_address_begins_at_once() -> None:
    short, day = limits.SITTINGS_OF_ADDRESS
    assert short.window <= timedelta(minutes=10)
    assert short.most >= 4 * 35
    assert day.most >= 1000
