"""axe finds nothing to say about any page, in both languages, light and dark."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from assessor.app import create_app
from assessor.config import Settings
from assessor.store.migrate import upgrade
from tests.browser import pages
from tests.browser.conftest import BeginSitting, EnterPage
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

LANGUAGES = ("fr", "en")
#: A theme changes colours only: in the dark, the rules about colours are asked again.
THEMES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}},
}
AXE = str(Axe().axe_script)


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds on the page as it stands, in words."""
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['html'][:160]} | {' '.join(str(node['failureSummary']).split())[:240]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def faults_of(one: Visitor, walk: Iterable[str]) -> list[str]:
    faults = []
    for name in walk:
        one.page.evaluate(AXE)
        for theme, rules in THEMES.items():
            one.page.emulate_media(color_scheme=theme)
            options = {"resultTypes": ["violations"], **rules}
            faults += [f"{name} ({theme}): {fault}" for fault in violations(one.page, options)]
    return faults


@pytest.fixture
def reader(visitor: EnterPage, language: str) -> Visitor:
    return visitor(language, expects=pages.EXPECTED, reduced_motion="reduce")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_before_a_start(reader: Visitor) -> None:
    assert faults_of(reader, pages.pages_before_a_start(reader)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_a_sitting(reader: Visitor, sitting: BeginSitting, language: str) -> None:
    assert faults_of(reader, pages.pages_of_an_open_sitting(reader, sitting, language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_results(reader: Visitor, sitting: BeginSitting, language: str) -> None:
    assert faults_of(reader, pages.pages_of_results(reader, sitting, language)) == []


@pytest.fixture
def workshop(settings: Settings) -> Iterator[str]:
    """The address of a server in debug mode, which shows the style guide."""
    app: Flask = create_app(settings, debug=True)
    upgrade(app.extensions["database"])
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["database"].close()


def test_axe_finds_nothing_on_the_style_guide(visitor: EnterPage, workshop: str) -> None:
    one = visitor("en", origin=workshop, reduced_motion="reduce")
    one.page.goto("/styleguide")
    assert faults_of(one, ["style guide"]) == []
