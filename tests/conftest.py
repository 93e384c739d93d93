"""Fixtures that every room's tests share; a room's own lie in its conftest or in tests/fixtures."""

from __future__ import annotations

import ipaddress
import os
import random
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from assessor.config import Settings
from assessor.services.sittings import lots
from assessor.services.sittings.lots import Lot
from tests.fixtures import once

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

# Derandomised: the same commit passes or fails alike everywhere. HYPOTHESIS_PROFILE=long looks further.
hypothesis.settings.register_profile("fast", max_examples=40, deadline=None, derandomize=True)
hypothesis.settings.register_profile("long", max_examples=2_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))

once.read_shipped_banks_once()
once.compile_templates_once()
once.hash_passwords_cheaply()
# Programs that tests start keep what they compile, also on a machine that compiles anew each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = ["tests.fixtures.named"]

MARKERS_WITH_SOCKETS = ("browser", "postgres", "smtp")


@pytest.fixture(autouse=True)
def no_settings_from_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ASSESSOR_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def closed_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches another machine; only marked tests reach this one over a socket."""
    may_reach_itself = any(request.node.get_closest_marker(name) for name in MARKERS_WITH_SOCKETS)
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not (may_reach_itself and _is_this_machine(address[0])):
            self.close()
            pytest.fail(f"a test tried to reach {address!r}", pytrace=True)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def lots_of_this_test(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chance that repeats itself: every run meets the same forms, with the same order of their options."""
    chance = random.Random(request.node.nodeid)
    monkeypatch.setattr(lots, "new_lot", lambda: Lot(chance.randrange(2**31), chance.randbytes(32)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A server of its own: data folder, embedded database and secret live and die with the test."""
    return Settings(
        data=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'assessor.db'}",
        secret_key="only-for-tests-" + "0123456789abcdef" * 2,
        operator="Test operator",
        privacy_contact="privacy@example.org",
    )


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The whole application over a database of its own, with its tables and nothing in them."""
    from assessor.app import create_app
    from assessor.store.db import open_database
    from assessor.store.migrate import upgrade

    database = open_database(settings.database_url)
    upgrade(database)
    app = create_app(settings, database=database)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a cookie; reserved for attacks: journeys use the checked client."""
    return app.test_client()
