"""One moment has one day, with its zone: around midnight, when clocks change, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from assessor.language.moments import day, hour, iso_day


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("at", "french", "english", "file"),
    [
        (utc(2026, 12, 1, 4, 30), "30 novembre 2026, 23 h 30", "November 30, 2026, 11:30 p.m.", "2026-11-30"),
        (utc(2026, 12, 1, 5, 30), "1er décembre 2026, 0 h 30", "December 1, 2026, 12:30 a.m.", "2026-12-01"),
        (utc(2026, 6, 12, 3, 59), "11 juin 2026, 23 h 59", "June 11, 2026, 11:59 p.m.", "2026-06-11"),
        (utc(2027, 1, 11, 17, 0), "11 janvier 2027, 12 h 00", "January 11, 2027, 12:00 p.m.", "2027-01-11"),
    ],
)
def test_day_hour_and_file_agree_around_midnight(at: datetime, french: str, english: str, file: str) -> None:
    assert plain(f"{day(at, 'fr')}, {hour(at, 'fr')}") == f"{french} (heure de l’Est)"
    assert plain(f"{day(at, 'en')}, {hour(at, 'en')}") == f"{english} (Eastern Time)"
    assert iso_day(at) == file


def test_the_hour_that_comes_twice_says_which_it_is() -> None:
    first, second = utc(2026, 11, 1, 5, 30), utc(2026, 11, 1, 6, 30)
    assert plain(hour(first, "fr")) == "1 h 30 (heure avancée de l’Est)"
    assert plain(hour(second, "fr")) == "1 h 30 (heure normale de l’Est)"
    assert hour(first, "en") != hour(second, "en")
    assert plain(hour(utc(2026, 3, 8, 7, 0), "fr")) == "3 h 00 (heure de l’Est)"


@pytest.mark.parametrize(
    ("zone", "right"),
    [
        ("Europe/Paris", "12 h 15 (heure de l’Europe centrale)"),
        ("America/Halifax", "7 h 15 (heure de l’Atlantique)"),
        ("America/Montreal", "6 h 15 (heure de l’Est)"),
        ("UTC", "11 h 15 (UTC)"),
        ("Etc/GMT+5", "6 h 15 (UTC−05:00)"),
    ],
)
def test_every_zone_has_a_name(zone: str, right: str) -> None:
    assert plain(hour(utc(2026, 11, 30, 11, 15), "fr", ZoneInfo(zone))) == right
