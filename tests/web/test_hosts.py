"""The names that a server goes by, and what is asked of others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from assessor.config import Settings
from tests.web.checked import HEADERS, faults_of
from tests.web.conftest import another_server

PATHS = ("/", "/nothing-here", "/static/tokens.css", f"/self/r/{'A' * 43}", "/self/start/")
FOREIGN = (
    "evil.example",
    "evil.example:8000",
    "tests.example.org.evil.example",
    "xtests.example.org",
    "127.0.0.1.evil.example",
    "localhost@evil.example",
    "/self/r/x",
    "tests.example.org:99999",
    "",
)


@pytest.fixture
def there(app: Flask, settings: Settings) -> Flask:
    """A server that is known by one name, and has two more."""
    named = replace(settings, base_url="http://Tests.example.org:8080", hosts=("intranet", "::2"))
    return another_server(app, named)


@pytest.mark.parametrize("host", FOREIGN)
def test_another_host_is_refused_with_our_headers(there: Flask, host: str) -> None:
    for path in PATHS:
        with there.test_client().get(path, headers={"Host": host, "Accept-Language": "en"}) as reply:
            assert reply.status_code == 400, path
            assert all(name in reply.headers for name in HEADERS)
            assert "evil" not in reply.headers.get("Location", "") + reply.text
            assert faults_of(reply.text, language="en") == []
            assert "does not go by that name" in reply.text


def test_a_form_sent_to_another_host_changes_nothing(there: Flask) -> None:
    foreign = {"Host": "evil.example", "Accept-Language": "en"}
    reply = there.test_client().post("/language", data={"language": "fr"}, headers=foreign)
    assert "does not go by that name" in reply.text


@pytest.mark.parametrize(
    "host",
    [
        *("tests.example.org", "TESTS.example.org:8080", "tests.example.org:443", "intranet", "[::2]:80"),
        *("localhost", "127.0.0.1:8210", "[::1]", "[::1]:8000"),
    ],
)
def test_a_host_that_is_configured_and_this_machine_s_own_are_answered(there: Flask, host: str) -> None:
    assert there.test_client().get("/privacy", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_asks_by_any_address(there: Flask, path: str) -> None:
    assert there.test_client().get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


def test_behind_a_proxy_the_name_that_it_passes_on_counts(app: Flask, settings: Settings) -> None:
    behind = replace(settings, base_url="https://tests.example.org", trusted_proxies=1)
    client = another_server(app, behind).test_client()
    passed = {"Host": "backend:8000", "X-Forwarded-Host": "tests.example.org", "X-Forwarded-Proto": "https"}
    assert client.get("/privacy", headers=passed).status_code == 200
    assert client.get("/privacy", headers=passed | {"X-Forwarded-Host": "evil.example"}).status_code == 400


def test_the_log_is_told_without_the_name(there: Flask, caplog: pytest.LogCaptureFixture) -> None:
    there.test_client().get("/", headers={"Host": "evil.example"})
    assert "ASSESSOR_HOSTS" in caplog.text
    assert "evil" not in caplog.text
