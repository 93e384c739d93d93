"""Where a server says that it is: private links are made of this address."""

from pathlib import Path

import pytest

from assessor.cli.serving import _addressed, _free_port
from assessor.config import Settings


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, database_url="sqlite://", base_url="https://tests.example.org")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8123"),
        ("::1", "http://[::1]:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("tests.local", "http://tests.local:8123"),
    ],
)
def test_links_start_with_the_address_that_the_server_listens_at(
    chosen: Settings, monkeypatch: pytest.MonkeyPatch, host: str, address: str
) -> None:
    monkeypatch.delenv("ASSESSOR_BASE_URL", raising=False)
    assert _addressed(chosen, host, 8123).base_url == address


def test_an_address_given_by_the_environment_is_kept(
    chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_BASE_URL", "https://tests.example.org")
    assert _addressed(chosen, "127.0.0.1", 8123).base_url == "https://tests.example.org"


@pytest.mark.browser
def test_port_0_is_a_free_port() -> None:
    assert _free_port("127.0.0.1", 0) > 1023
