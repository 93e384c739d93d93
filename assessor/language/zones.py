"""Time zones by the names of the IANA list, and the one where the product is at home."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

#: The zone whose days and hours are written, unless a server is told another.
HOME: Final = ZoneInfo("America/Toronto")


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name. Raises ValueError for a name that the list has not."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # an unknown name, a path, a folder of the list
        raise ValueError(f"there is no time zone {name!r}") from error
