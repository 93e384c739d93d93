"""Item versions that the files lack, from the database where there is one. Writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import inspect, select

from assessor.banks.schema import Item, Library
from assessor.config import Settings
from assessor.items import read_content
from assessor.store.db import open_database
from assessor.store.models import Version


def stored_items(settings: Settings, loaded: Library, digests: set[str]) -> dict[str, Item]:
    """Digest -> the older version of an item that the files still have, with its present bookkeeping."""
    if settings.is_sqlite and not Path(settings.database_url.removeprefix("sqlite:///")).is_file():
        return {}
    database = open_database(settings.database_url)
    try:
        if not inspect(database.engine).has_table(Version.__tablename__):
            return {}
        with database.reading() as session:
            wanted = select(Version).where(Version.kind == "item", Version.digest.in_(digests))
            found = [(version.digest, version.name, version.canonical) for version in session.scalars(wanted)]
    finally:
        database.close()
    return {
        digest: Item(
            read_content(json.loads(canonical)), digest, loaded.items[name].bank, loaded.items[name].book
        )
        for digest, name, canonical in found
        if name in loaded.items
    }
