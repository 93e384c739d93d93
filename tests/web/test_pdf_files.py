"""PDF files over the web: made once, in a bounded number at once, gone with their sitting."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from assessor.report.pool import Pool
from assessor.web.server import server_of
from tests.web.checked import Browser
from tests.web.conftest import Clock
from tests.web.journeys import answer_all, finish, start


def test_a_file_is_made_once_refused_when_too_many_are_made_and_gone_with_its_sitting(
    browser: Browser, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def fake(page: str, **about: object) -> bytes:
        made.append(f"{about['language']} {about['paper']}")
        return b"%PDF-"

    monkeypatch.setattr("assessor.web.results.to_pdf_isolated", fake)
    ref = start(browser)
    answer_all(browser, ref)
    finish(browser, ref)
    for _ in range(2):
        browser.get(f"/a/{ref}/profile.pdf?paper=letter")
        browser.get(f"/a/{ref}/profile.pdf?paper=a4")
        browser.get(f"/a/{ref}/attach.pdf?paper=a4")
    assert made == ["en letter", "en a4", "en a4"]
    documents: Pool = server_of(app).documents
    assert len(documents._kept) == 3
    with monkeypatch.context() as busy:
        busy.setattr(documents, "_places", threading.BoundedSemaphore(1))
        assert documents._places.acquire()
        refused = browser.get(f"/a/{ref}/attach.pdf?paper=letter", expect=503)
        assert "making other documents" in refused.text
        assert refused.reply.headers["Retry-After"]
        browser.get(f"/a/{ref}/attach.pdf?paper=a4")
    browser.get(f"/a/{ref}/delete").submit()
    assert not documents._kept
    browser.get(f"/a/{ref}/profile.pdf?paper=a4", expect=404)


def test_a_kept_file_is_given_to_nobody_else_and_goes_when_its_time_is_up(
    browser: Browser,
    new_browser: Callable[..., Browser],
    app: Flask,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assessor.web.results.to_pdf_isolated", lambda _page, **_about: b"%PDF-")
    ref = start(browser)
    answer_all(browser, ref)
    finish(browser, ref)
    browser.get(f"/a/{ref}/profile.pdf")
    new_browser().get(f"/a/{ref}/profile.pdf", expect=404)
    clock.pass_(days=8)
    browser.get(f"/a/{ref}/profile.pdf", expect=404)
    assert not server_of(app).documents._kept
