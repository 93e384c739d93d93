"""``mail test`` as an operator runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessor.cli import main
from tests.mail.conftest import Box


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSESSOR_DATA", str(tmp_path))
    monkeypatch.setenv("ASSESSOR_MAIL_FROM", "tests@example.org")


def ran(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        raise SystemExit(main(["mail", "test", *words]))
    return int(end.value.code or 0)


@pytest.mark.smtp
def test_it_sends_one_letter_and_prints_what_the_server_said(
    box: Box, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSESSOR_SMTP_URL", box.url)
    assert ran("ada@example.org", "--lang", "en") == 0
    assert capsys.readouterr().out == "sent: 250 taken\n"
    assert len(box.taken) == 1
    box.content = "554 5.7.1 not wanted"
    assert ran("ada@example.org") == 1
    assert capsys.readouterr().out == "refused: 554 5.7.1 not wanted\n"


def test_without_a_server_it_says_which_setting_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("ada@example.org") == 1
    assert "ASSESSOR_SMTP_URL is not set" in capsys.readouterr().err


def test_a_wrong_address_or_language_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSESSOR_SMTP_URL", "smtp://127.0.0.1:1")
    assert ran("nobody") == 1
    assert "not an e-mail address" in capsys.readouterr().err
    assert ran("ada@example.org", "--lang", "tlh") == 2
    assert "tlh is not offered" in capsys.readouterr().err
