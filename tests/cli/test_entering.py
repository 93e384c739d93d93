"""Links that let somebody in once, from the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from assessor.cli import main
from assessor.cli.entering import first_owner_link
from assessor.services import upkeep
from assessor.services.actors import bearer_of, person_of
from assessor.services.people import accounts, links, second_factors
from assessor.services.people.accounts import NewPerson
from assessor.services.people.links import Purpose


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the database of these commands."""
    monkeypatch.setenv("ASSESSOR_DATA", str(tmp_path))
    monkeypatch.setenv("ASSESSOR_BASE_URL", "https://tests.example.org")
    return f"sqlite:///{tmp_path / 'assessor.db'}"


def printed(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """The token of the link that the command prints."""
    assert main(command) == 0
    found = re.fullmatch(r"https://tests\.example\.org/enter/([\w-]{43})\n", capsys.readouterr().out)
    assert found
    return found[1]


def purpose_of(url: str, token: str) -> Purpose:
    with upkeep.current_database(url) as database:
        return database.read(links.peek, bearer_of(token), now=datetime.now(UTC)).purpose


def let_in(url: str, token: str) -> None:
    person = NewPerson("noemie@example.org", "Noémie", "Lépine", "fr", "a hash")
    with upkeep.current_database(url) as database:
        database.write(
            accounts.found_workspace,
            bearer_of(token),
            person,
            name="Atelier",
            language="fr",
            languages=("fr", "en"),
            zone="UTC",
            now=datetime.now(UTC),
        )


def test_an_owner_link_is_printed_and_opens(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert purpose_of(url, printed(capsys, "owner", "link")) is Purpose.OWNER


def test_a_server_prints_a_link_until_somebody_owns_a_workspace(url: str) -> None:
    token = first_owner_link(url)
    assert purpose_of(url, token) is Purpose.OWNER
    let_in(url, first_owner_link(url))
    assert first_owner_link(url) == ""


def test_a_reset_link_is_printed_for_whoever_has_that_address(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    let_in(url, first_owner_link(url))
    assert purpose_of(url, printed(capsys, "user", "reset", "NOEMIE@example.org")) is Purpose.RESET


@pytest.mark.parametrize("email", ["nobody@example.org", "no address"])
def test_a_reset_for_nobody_is_refused_in_one_sentence(
    url: str, capsys: pytest.CaptureFixture[str], email: str
) -> None:
    assert main(["user", "reset", email]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert email in said


def test_a_reset_takes_a_lost_second_factor_away_where_it_is_asked_to(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    let_in(url, first_owner_link(url))
    now, seed = datetime.now(UTC), second_factors.new_seed()
    with upkeep.current_database(url) as database:
        person = person_of(database.read(accounts.known, "noemie@example.org").person)
        code = pyotp.TOTP(second_factors.secret_of(seed, "secret")).at(now)
        database.write(second_factors.set_up, person, seed, code, server_secret="secret", kept=None, now=now)
    for options, has_second in (((), True), (("--without-second-factor",), False)):
        printed(capsys, "user", "reset", "noemie@example.org", *options)
        with upkeep.current_database(url) as database:
            assert database.read(accounts.own, person).has_second == has_second
