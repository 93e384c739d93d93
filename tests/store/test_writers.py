"""One writer at a time, and what is asked of SQLite on every connection."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import text

from assessor.store.db import Database
from assessor.store.embedded import sqlite_module


def other_connection(database: Database):  # type: ignore[no-untyped-def]
    return closing(sqlite_module().connect(database.url.database, timeout=0, isolation_level=None))


def test_a_writer_holds_the_file_from_its_first_statement_on(sqlite_database: Database) -> None:
    # Begun as a reader, it could be refused at its first write by whoever wrote in between.
    with sqlite_database.writing() as session, other_connection(sqlite_database) as other:
        session.execute(text("SELECT count(*) FROM attempt"))
        with pytest.raises(sqlite_module().OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_a_reader_holds_nobody_up(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session, other_connection(sqlite_database) as other:
        session.execute(text("SELECT count(*) FROM attempt"))
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
