"""The databases and sittings that this room's tests ask for by name."""

from tests.fixtures.sittings import held, library
from tests.fixtures.store import (
    address,
    bare_database,
    database,
    migrated_file,
    postgresql_address,
    postgresql_server,
    sqlite_database,
)

__all__ = [
    "address",
    "bare_database",
    "database",
    "held",
    "library",
    "migrated_file",
    "postgresql_address",
    "postgresql_server",
    "sqlite_database",
]
