"""One moment carries one day wherever it is written: receipt, page, PDF, name of the file."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from pypdf import PdfReader

from assessor.app import create_app
from assessor.banks.schema import Library
from assessor.config import Settings
from assessor.store.db import Database
from tests.web.checked import Browser
from tests.web.conftest import Clock
from tests.web.journeys import answer_all, finish, start


def days_of(app: Flask, language: str) -> tuple[str, str, str]:
    """What the results page, the PDF and its file name say of a sitting that is finished now."""
    browser = Browser(app, language)
    ref = start(browser)
    answer_all(browser, ref)
    page = finish(browser, ref).soup.get_text(" ", strip=True)
    reply = browser.get(f"/a/{ref}/attach.pdf").reply
    reader = PdfReader(io.BytesIO(reply.data))
    shown = " ".join(f"{reader.pages[0].extract_text()} {reader.metadata and reader.metadata.title}".split())
    return page.replace("\u00a0", " "), shown.replace("\u00a0", " "), reply.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("language", "at", "day", "hour", "file"),
    [
        ("fr", "2026-12-01T04:30", "30 novembre 2026", "23 h 30 (heure de l’Est)", "2026-11-30"),
        ("en", "2026-12-01T05:30", "December 1, 2026", "12:30 a.m. (Eastern Time)", "2026-12-01"),
    ],
)
def test_a_sitting_finished_around_midnight_has_one_day(
    app: Flask, clock: Clock, language: str, at: str, day: str, hour: str, file: str
) -> None:
    clock.at = datetime.fromisoformat(at).replace(tzinfo=UTC)
    page, shown, name = days_of(app, language)
    assert f"{day} at {hour}" in page or f"{day} à {hour}" in page
    assert shown.count(day) >= 2, "in the text and in the title"
    assert name.endswith(f'-{file}.pdf"')


def test_a_server_may_be_at_home_elsewhere(
    settings: Settings, banks: Library, database: Database, clock: Clock
) -> None:
    clock.at = datetime(2026, 11, 30, 23, 15, tzinfo=UTC)
    told = replace(settings, zone=ZoneInfo("Europe/Paris"))
    page, shown, name = days_of(create_app(told, banks, database, clock=clock), "fr")
    assert "1er décembre 2026 à 0 h 15 (heure de l’Europe centrale)" in page
    assert "1er décembre 2026" in shown
    assert "2026-12-01" in name


@pytest.mark.parametrize("path", ["", "leave", "results"])
def test_a_deadline_names_its_zone(new_browser: Callable[..., Browser], path: str) -> None:
    browser = new_browser("fr")
    ref = start(browser)
    if path == "results":
        answer_all(browser, ref)
        finish(browser, ref)
    page = browser.get(f"/a/{ref}/{path}" if path else "/")
    assert "(heure de l’Est)" in page.soup.get_text()
