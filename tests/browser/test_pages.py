"""Every page in both languages: axe finds nothing, light or dark; nothing is too wide for a small screen."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, ViewportSize
from werkzeug.serving import make_server

from assessor.app import create_app
from assessor.config import Settings
from assessor.services.actors import COMMAND_LINE
from assessor.services.people import links
from assessor.store.db import Database, open_database
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
WIDE: ViewportSize = {"width": 1280, "height": 720}
SMALL: ViewportSize = {"width": 320, "height": 640}
#: What reaches past the right edge, unless it scrolls in a frame of its own or is there for ears only.
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(one => {
    const box = one.getBoundingClientRect();
    const framed = [".unseen", "svg", ".figures *", ".calendar *", ".brief *"].join();
    return box.right > width + 1 && box.width > 1 && !one.closest(framed);
  });
  return wide.slice(-4).map(one => `${one.tagName}.${one.className}`);
}"""


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds on the page as it stands, in words."""
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['html'][:160]} | {' '.join(str(node['failureSummary']).split())[:240]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def brightness(colour: str) -> float:
    red, green, blue = (float(part) for part in colour.partition("(")[2].rstrip(")").split(",")[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def paper(page: Page) -> float:
    return brightness(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def in_themes(page: Page) -> list[str]:
    """What axe finds in the light and in the dark, and a theme that is not what it is called."""
    faults = []
    for theme, rules in THEMES.items():
        page.emulate_media(color_scheme=theme)
        options = {"resultTypes": ["violations"], **rules}
        faults += [f"{theme}: {fault}" for fault in violations(page, options)]
        if (paper(page) > 0.5) != (theme == "light"):
            faults.append(f"the {theme} theme has a paper of {paper(page):.2f}")
    return faults


def on_a_small_screen(page: Page) -> list[str]:
    """What is too wide for 320 px, with letters as they are and twice as large."""
    faults = []
    page.set_viewport_size(SMALL)
    for size in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        faults += [f"too wide at {size}: {wide}" for wide in page.evaluate(TOO_WIDE)]
    page.evaluate("() => { document.documentElement.style.fontSize = ''; }")
    page.set_viewport_size(WIDE)
    return faults


def faults_of(one: Visitor, walk: Iterable[str]) -> list[str]:
    faults = []
    for name in walk:
        one.page.evaluate(AXE)
        # Measured in the fallback's letters, a page would be wider or narrower by chance.
        one.page.evaluate("() => document.fonts.ready.then(() => true)")
        faults += [f"{name}: {fault}" for fault in in_themes(one.page) + on_a_small_screen(one.page)]
    return faults


@pytest.fixture
def reader(visitor: EnterPage, language: str) -> Visitor:
    return visitor(language, expects=pages.EXPECTED, reduced_motion="reduce", viewport=WIDE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wrong_before_a_start(reader: Visitor) -> None:
    assert faults_of(reader, pages.pages_before_a_start(reader)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wrong_with_an_account(reader: Visitor, database: Database) -> None:
    with database.writing() as session:
        token = links.for_owner(session, COMMAND_LINE, now=datetime.now(UTC))
    # Both languages, and a second try, are people of their own in one database.
    walk = pages.pages_of_an_account(reader, f"/enter/{token}", f"{secrets.token_hex(4)}@example.org")
    assert faults_of(reader, walk) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wrong_in_a_sitting(reader: Visitor, sitting: BeginSitting, language: str) -> None:
    assert faults_of(reader, pages.pages_of_an_open_sitting(reader, sitting, language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wrong_in_results(reader: Visitor, sitting: BeginSitting, language: str) -> None:
    assert faults_of(reader, pages.pages_of_results(reader, sitting, language)) == []


@pytest.fixture
def workshop(settings: Settings) -> Iterator[str]:
    """The address of a server in debug mode, which shows the style guide."""
    database = open_database(settings.database_url)
    upgrade(database)
    app: Flask = create_app(settings, database=database, debug=True)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    database.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wrong_on_the_style_guide(visitor: EnterPage, workshop: str, language: str) -> None:
    one = visitor(language, origin=workshop, reduced_motion="reduce", viewport=WIDE)
    one.page.goto("/styleguide")
    assert faults_of(one, ["style guide"]) == []
    # What is wrong with a group stands above its choices, also where those stand side by side.
    for group in one.page.locator("fieldset:has(> .field-error)").all():
        said, choice = (
            group.locator(f"> {part}").first.bounding_box() for part in (".field-error", ".choice")
        )
        assert said is not None
        assert choice is not None
        assert said["y"] + said["height"] <= choice["y"]
