"""A real server and a real Chromium; sittings from its database where a walk is not the point."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assessor.assembly import TestForm
from assessor.banks.loader import load_library
from assessor.banks.schema import Library
from assessor.config import resource
from assessor.items import ITEM_TYPES
from assessor.language.locales import tag
from assessor.services.sittings import self_assessment
from assessor.services.sittings.lots import Lot
from assessor.store.db import Database, open_database
from tests.browser.serving import Server, served
from tests.browser.visitor import Visitor
from tests.browser.watch import Watch
from tests.fixtures import sittings

#: The time that a loaded machine may take for what a person sees at once.
PATIENCE_MS = 30_000
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
#: A real browser on a loaded machine may be late once; a fault of ours comes twice. Every rerun is named in
#: the summary (-ra): what passes only at the second time is to be looked into, not to be lived with.
SECOND_CHANCE = pytest.mark.flaky(reruns=1)
EnterPage = Callable[..., Visitor]
BeginSitting = Callable[..., sittings.Held]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(SECOND_CHANCE)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of this worker."""
    with served(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, which `make test` installs where it may."""
    found = shutil.which("chromium")
    assert found, "Chromium is not installed (Debian: apt-get install chromium)"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(server: Server, chromium: Browser) -> Iterator[EnterPage]:
    """Somebody with a browser of their own: ``visitor(language, expects=…, **options of the context)``.

    What no browser should report and ``expects`` does not name fails the test; so does a server's complaint.
    """
    heard = server.log.stat().st_size
    entered: list[Visitor] = []

    def enter(
        language: str = "en", *, expects: tuple[str, ...] = (), origin: str = server.address, **options: Any
    ) -> Visitor:
        context = chromium.new_context(base_url=origin, locale=tag(language), **options)
        context.set_default_timeout(PATIENCE_MS)
        watch = Watch(origin, expects)
        watch.over(context)
        entered.append(Visitor(context.new_page(), watch, has_touch=options.get("has_touch", False)))
        return entered[-1]

    yield enter
    for one in entered:
        one.context.close()
    assert not [fault for one in entered for fault in one.watch.faults]
    assert not server.complaints(heard)


@pytest.fixture(scope="session")
def banks() -> Library:
    return load_library((), resource("question_banks"))


def form_of_every_type(banks: Library) -> TestForm:
    """The first item of each type that a form may hold, in the order of the types."""
    domain = banks.domain("arts")
    known = [item for item in banks.items.values() if item.content.competency in domain.area_of]
    drawn = tuple(next(item for item in known if item.content.type == name) for name in sorted(ITEM_TYPES))
    return TestForm(banks.general_role("arts"), domain, "full", "open", 7, drawn)


@pytest.fixture(scope="session")
def database(server: Server) -> Iterator[Database]:
    """The server's own database."""
    opened = open_database(server.database_url)
    yield opened
    opened.close()


@pytest.fixture
def sitting(database: Database, banks: Library, monkeypatch: pytest.MonkeyPatch) -> BeginSitting:
    """A sitting in the server's database, the same form at each run: ``sitting(length=…, language=…)``.

    ``every_type``: one item of each type, in the order of the types.
    """

    def begin(*, every_type: bool = False, **choices: Any) -> sittings.Held:
        with monkeypatch.context() as drawing:
            if every_type:
                drawing.setattr(self_assessment, "draw", lambda *_about, **_chosen: form_of_every_type(banks))
            return sittings.begin(
                database,
                banks,
                lot=Lot(7, secrets.token_bytes(32)),
                **{"domain": "arts", "language": "en", "now": datetime.now(UTC), **choices},
            )

    return begin


def take_up(one: Visitor, held: sittings.Held) -> Page:
    """Open a sitting by its private link."""
    one.page.goto(f"/self/r/{held.token}")
    one.leads("main form button", f"/a/{held.ref}(/|$)")
    return one.page
