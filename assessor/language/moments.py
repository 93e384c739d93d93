"""Moments as people write them: a day, an hour, a named zone; on pages, in print, in the names of files."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.core import get_global
from babel.dates import format_date, format_time, get_timezone_name

from assessor.language.customs import NBSP, customs_of
from assessor.language.locales import locale_of
from assessor.language.zones import HOME

#: The territory that the list of zones gives where there is none.
NOWHERE = "ZZ"

# A line must not break inside a time; the serif has no narrow no-break space.
_NO_BREAKS = str.maketrans({" ": NBSP, "\u202f": NBSP})
_FIRST_DAY = re.compile(r"^1(?=\W)")
_PADDING = re.compile(r"^0(?=\d)")


def day(at: datetime, language: str, zone: ZoneInfo = HOME) -> str:
    """The day in full, as it is in that zone: « 1er décembre 2026 »."""
    written = format_date(at.astimezone(zone), "long", locale=locale_of(language))
    # The day of the month stays with its month at the end of a line.
    return _FIRST_DAY.sub(customs_of(language).first_day, written.replace(" ", NBSP, 1))


def iso_day(at: datetime, zone: ZoneInfo = HOME) -> str:
    """The same day for the name of a file: 2026-12-01."""
    return at.astimezone(zone).date().isoformat()


def clock(at: datetime, language: str, zone: ZoneInfo = HOME) -> str:
    """The time of day in that zone: 23 h 10."""
    written = format_time(at.astimezone(zone), "short", locale=locale_of(language))
    unpadded = written if customs_of(language).pads_hours else _PADDING.sub("", written)
    return unpadded.translate(_NO_BREAKS)


def hour(at: datetime, language: str, zone: ZoneInfo = HOME) -> str:
    """The time of day with the zone's name: « 23 h 10 (heure de l’Est) »."""
    return f"{clock(at, language, zone)} ({zone_name(at, language, zone)})"


def zone_name(at: datetime, language: str, zone: ZoneInfo = HOME) -> str:
    """The zone's name; in the hour that comes twice when clocks go back, which of both it is.

    A zone of no country is its distance from universal time.
    """
    there = at.astimezone(zone)
    key = get_global("zone_aliases").get(zone.key, zone.key)
    if get_global("zone_territories").get(key, NOWHERE) == NOWHERE:
        return "UTC" if not there.utcoffset() else _distance(there)
    comes_twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    said: str = (
        get_timezone_name(there, locale=locale_of(language))
        if comes_twice
        else get_timezone_name(zone, locale=locale_of(language))
    )
    return said.replace("'", "’")


def _distance(at: datetime) -> str:
    written = at.strftime("%z")
    return f"UTC{written[:3]}:{written[3:5]}".replace("-", "\u2212")
