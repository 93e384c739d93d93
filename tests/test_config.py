import os
import stat
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from assessor.config import (
    ROOT,
    SettingError,
    Settings,
    load_settings,
    resource,
    with_secret,
)

LONG_KEY = "kQ3vZ8xR1mN6tB0yU5cH9wE2jL7pD4sA"


def test_every_setting_has_a_working_default_and_reading_writes_nothing(tmp_path: Path) -> None:
    before = (ROOT / "var").exists()
    settings = load_settings({"HOME": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{settings.data / 'assessor.db'}"
    assert settings.data == ROOT / "var"
    assert set(settings.languages) == {"fr", "en"}
    assert settings.secret_key == ""
    assert (ROOT / "var").exists() == before


def test_good_values_are_taken(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "ASSESSOR_DATA": str(tmp_path / "new"),
            "ASSESSOR_DATABASE_URL": "postgresql+psycopg://assessor@db/assessor",
            "ASSESSOR_BANKS": f"{tmp_path}{os.pathsep}{ROOT}",
            "ASSESSOR_SECRET_KEY": LONG_KEY,
            "ASSESSOR_BASE_URL": "https://tests.example.org/",
            "ASSESSOR_TRUSTED_PROXIES": "1",
            "ASSESSOR_HOSTS": "Intranet, [::2],10.0.0.7,évaluation.example",
            "ASSESSOR_LANGUAGES": "en, fr",
            "ASSESSOR_OPERATOR": "Caisse des Sept-Chutes",
            "ASSESSOR_PRIVACY_CONTACT": "Rosalie Fortin, vie.privee@example.org",
            "ASSESSOR_PAPER": "A4",
        }
    )
    assert settings.banks == (tmp_path, ROOT)
    assert settings.base_url == "https://tests.example.org"
    assert settings.is_https
    assert not settings.is_sqlite
    assert settings.languages == ("en", "fr")
    assert settings.trusted_proxies == 1
    assert settings.hosts == ("intranet", "::2", "10.0.0.7", "xn--valuation-93a.example")
    assert settings.paper == "a4"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASSESSOR_DATA", __file__),
        ("ASSESSOR_DATABASE_URL", "mysql://root:hunter2@db/assessor"),
        ("ASSESSOR_DATABASE_URL", "assessor.db"),
        ("ASSESSOR_DATABASE_URL", "sqlite:///file:/srv/assessor.db?uri=true"),
        ("ASSESSOR_DATABASE_URL", "sqlite:////srv/assessor.db?nolock=1"),
        ("ASSESSOR_QUEUE_URL", "amqp://root:hunter2@queue"),
        ("ASSESSOR_QUEUE_URL", "queue.db"),
        ("ASSESSOR_QUEUE_URL", "sqlite:queue.db"),
        ("ASSESSOR_QUEUE_URL", "sqlite://queue.db"),
        ("ASSESSOR_SMTP_URL", "mail.example.org"),
        ("ASSESSOR_SMTP_URL", "http://me:hunter2@mail.example.org"),
        ("ASSESSOR_SMTP_URL", "smtp://me:hunter2@"),
        ("ASSESSOR_SMTP_URL", "smtp://me:hunter2@mail.example.org:port"),
        ("ASSESSOR_SMTP_URL", "smtps://:hunter2@mail.example.org"),
        ("ASSESSOR_SMTP_URL", "smtps://mail.example.org/box"),
        ("ASSESSOR_MAIL_FROM", "Assessor"),
        ("ASSESSOR_MAIL_FROM", "tests@"),
        ("ASSESSOR_MAIL_FROM", "tests@example.org\nBcc: all@example.org"),
        ("ASSESSOR_BANKS", "/nowhere/at/all"),
        ("ASSESSOR_SECRET_KEY", "secret"),
        ("ASSESSOR_SECRET_KEY", "x" * 64),
        ("ASSESSOR_SECRET_KEY", LONG_KEY[:31]),
        ("ASSESSOR_SECRET_KEY", "abcdefg" * 8),
        ("ASSESSOR_BASE_URL", "tests.example.org"),
        ("ASSESSOR_BASE_URL", "https://example.org/tests"),
        ("ASSESSOR_BASE_URL", "https://me:hunter2@example.org"),
        ("ASSESSOR_BASE_URL", "http://host:port"),
        ("ASSESSOR_BASE_URL", "https://[::1"),
        ("ASSESSOR_TRUSTED_PROXIES", "all"),
        ("ASSESSOR_TRUSTED_PROXIES", "-1"),
        ("ASSESSOR_TRUSTED_PROXIES", "11"),
        ("ASSESSOR_TRUSTED_PROXIES", "²"),
        ("ASSESSOR_HOSTS", "https://tests.example.org"),
        ("ASSESSOR_HOSTS", "tests.example.org:8000"),
        ("ASSESSOR_HOSTS", "*"),
        ("ASSESSOR_HOSTS", "tests.example.org,a/b"),
        ("ASSESSOR_HOSTS", "::1"),
        ("ASSESSOR_HOSTS", "[::1"),
        ("ASSESSOR_LANGUAGES", "fr,tlh"),
        ("ASSESSOR_LANGUAGES", ","),
        ("ASSESSOR_OPERATOR", "two\nlines"),
        ("ASSESSOR_PAPER", "legal"),
    ],
)
def test_a_bad_value_stops_the_start_with_the_settings_name(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refusal:
        load_settings({name: value})
    assert str(refusal.value).startswith(f"{name}: ")
    assert " - " in str(refusal.value)
    if name in ("ASSESSOR_DATABASE_URL", "ASSESSOR_QUEUE_URL", "ASSESSOR_SMTP_URL"):
        assert "hunter2" not in str(refusal.value)


def test_mail_that_leaves_says_who_it_is_from() -> None:
    server = {"ASSESSOR_SMTP_URL": "smtps://me:hunter2@mail.example.org"}
    with pytest.raises(SettingError, match="ASSESSOR_MAIL_FROM: it is not set"):
        load_settings(server)
    sender = "Équipe des tests <tests@example.org>"
    assert load_settings(server | {"ASSESSOR_MAIL_FROM": sender}).mail_from == sender


def test_the_queue_lies_beside_the_database_unless_another_is_named(tmp_path: Path) -> None:
    here = {"ASSESSOR_DATA": str(tmp_path)}
    assert load_settings(here).queue == f"sqlite:///{tmp_path / 'queue.db'}"
    named = "postgresql+psycopg://assessor@db/queue"
    assert load_settings(here | {"ASSESSOR_QUEUE_URL": named}).queue == named


def test_a_queue_whose_library_is_not_installed_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessor.config.find_spec", lambda _name: None)
    for value, extra in (("redis://:hunter2@queue/0", "redis"), ("postgresql+psycopg://db/q", "postgres")):
        with pytest.raises(SettingError) as refusal:
            load_settings({"ASSESSOR_QUEUE_URL": value})
        assert f"assessor[{extra}]" in str(refusal.value)
        assert "hunter2" not in str(refusal.value)


def test_settings_are_frozen(settings: Settings) -> None:
    with pytest.raises(FrozenInstanceError):
        settings.base_url = "http://elsewhere"  # type: ignore[misc]


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = load_settings({"ASSESSOR_DATA": str(tmp_path / "data")})
    first = with_secret(settings)
    assert len(first.secret_key) >= 32
    assert with_secret(settings) == first
    kept = settings.data / "secret_key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700
    assert list(settings.data.iterdir()) == [kept]


def test_a_new_secret_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, link = os.fsync, os.link
    monkeypatch.setattr(os, "fsync", lambda file: (fsync(file), done.append("on the disk")))
    monkeypatch.setattr(os, "link", lambda *names: (link(*names), done.append("named")))
    with_secret(load_settings({"ASSESSOR_DATA": str(tmp_path)}))
    assert done[:2] == ["on the disk", "named"]


def test_of_two_first_starts_the_slower_takes_the_other_s_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def overtaken(draft: Path, path: Path) -> None:
        path.write_text(LONG_KEY)
        link(draft, path)

    monkeypatch.setattr(os, "link", overtaken)
    assert with_secret(load_settings({"ASSESSOR_DATA": str(tmp_path)})).secret_key == LONG_KEY
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_given_secret_is_not_written_down(tmp_path: Path) -> None:
    settings = load_settings({"ASSESSOR_DATA": str(tmp_path), "ASSESSOR_SECRET_KEY": LONG_KEY})
    assert with_secret(settings).secret_key == LONG_KEY
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kept", ["", "abc", LONG_KEY[:31], LONG_KEY[:31] + "\n"])
def test_a_secret_cut_short_stops_the_start(tmp_path: Path, kept: str) -> None:
    (tmp_path / "secret_key").write_text(kept)
    with pytest.raises(SettingError, match="delete that file"):
        with_secret(load_settings({"ASSESSOR_DATA": str(tmp_path)}))


def test_a_data_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match="ASSESSOR_DATA"):
        with_secret(load_settings({"ASSESSOR_DATA": str(tmp_path / "file" / "data")}))


def test_shipped_folders_are_found_and_other_names_are_refused() -> None:
    assert (resource("question_banks") / "framework.yaml").is_file()
    assert resource("templates").is_dir()
    with pytest.raises(ValueError, match="shipped folder"):
        resource("../etc")


def test_settings_are_read_without_a_library() -> None:
    code = (
        "import sys, assessor.config; print([m for m in ('flask', 'numpy', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_the_time_zone_is_checked_when_the_server_starts() -> None:
    assert load_settings({"ASSESSOR_TIMEZONE": "Europe/Paris"}).zone.key == "Europe/Paris"
    assert load_settings({}).zone.key == "America/Toronto"
    for wrong in ("Montreal", "EST, of course", "../etc/passwd", "/etc/localtime", "America"):
        with pytest.raises(SettingError, match="ASSESSOR_TIMEZONE: there is no time zone"):
            load_settings({"ASSESSOR_TIMEZONE": wrong})
