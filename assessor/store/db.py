"""Engine, sessions and the rules of each database (RE3). What the tables hold stands in ``models``."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

LOG = logging.getLogger(__name__)

#: How long a transaction waits for another one, on either engine, before the database counts as unavailable.
BUSY_MS = 10_000
#: The first SQLite without the WAL-reset bug: below it a checkpoint may lose an acknowledged write.
WAL_SAFE = (3, 51, 3)


#: Set in a session's ``info`` by whoever erased something, so that no log keeps a copy.
ERASED = "assessor_erased"


class Unavailable(Exception):
    """The database, or the disk under it, cannot do its work now (503)."""


def sqlite_module() -> ModuleType:
    """The newest SQLite at hand: the one that PyPI's ``pysqlite3`` brings, else Python's own."""
    try:
        from pysqlite3 import dbapi2  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return sqlite3
    newer = tuple(dbapi2.sqlite_version_info) > sqlite3.sqlite_version_info
    return dbapi2 if newer else sqlite3


class Database:
    """One engine with its two kinds of session: reading ones, and writing ones that queue for the lock.

    Whatever a session is asked, it raises Unavailable where the database or the disk refuses. A reading
    session that writes is refused by the database itself.
    """

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is opened yet."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._sqlite_engine() if self.is_sqlite else _postgresql_engine(url)
        # One writer at a time on SQLite: threads queue here instead of polling the file's lock.
        self._turn = threading.Lock()
        event.listen(self.engine, "handle_error", _unavailable, retval=True)
        self._reading = sessionmaker(
            self.engine.execution_options(postgresql_readonly=True), expire_on_commit=False
        )
        self._writing = sessionmaker(
            self.engine.execution_options(assessor_writing=True), expire_on_commit=False
        )

    def _sqlite_engine(self) -> Engine:
        module = sqlite_module()
        # Parameters stay out of errors, and so of logs: they are answers and names (SE12).
        engine = create_engine(
            self.url, module=module, connect_args={"timeout": BUSY_MS / 1000}, hide_parameters=True
        )
        mode = "WAL" if module.sqlite_version_info >= WAL_SAFE else "TRUNCATE"
        if mode == "TRUNCATE":
            LOG.warning(
                "SQLite %s is older than 3.51.3: journal_mode=TRUNCATE is used", module.sqlite_version
            )

        @event.listens_for(engine, "connect")
        def set_up(connection: Any, _record: Any) -> None:
            # SQLAlchemy emits BEGIN itself (below): the driver's own would leave savepoints broken.
            connection.isolation_level = None
            cursor = connection.cursor()
            for pragma in (
                "foreign_keys=ON",
                f"busy_timeout={BUSY_MS}",
                f"journal_mode={mode}",
                "synchronous=FULL",
                "secure_delete=ON",
            ):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            writing = _is_writing(connection)
            connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

        return engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; it is rolled back at its end."""
        with self._reading() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at its end unless an exception leaves it.

        Raises Unavailable where the database or the disk refuses; nothing is then saved.
        """
        opened = WriteSession(self)
        try:
            yield opened.session
            opened.commit()
        finally:
            opened.close()

    def open(self, *, writing: bool) -> WriteSession:
        """A session whose end somebody else decides: the web, at the end of a request."""
        return WriteSession(self, writing=writing)

    def check(self) -> None:
        """Nothing, if the database answers and keeps its promises; raises Unavailable if not."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            if not self.is_sqlite:
                kept = connection.execute(text("SHOW synchronous_commit")).scalar_one()
                if kept == "off":
                    raise Unavailable("synchronous_commit is off: a saved answer could be lost")

    def empty_log(self) -> None:
        """Nothing; on SQLite the write-ahead log then holds no copy of what was erased.

        A reader at work may keep it from being emptied; the next erasure does it.
        """
        if self.is_sqlite:
            with (
                suppress(self.engine.dialect.loaded_dbapi.Error),
                closing(self.engine.raw_connection()) as connection,
            ):
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


class WriteSession:
    """A session held open over a request; commits or rolls back once, and releases its turn."""

    def __init__(self, database: Database, *, writing: bool = True) -> None:
        """Open the session; a writing one on SQLite waits for its turn in this process."""
        self._database = database
        self._holds_turn = writing and database.is_sqlite
        if self._holds_turn and not database._turn.acquire(timeout=BUSY_MS / 1000):
            raise Unavailable("the database is busy")
        maker = database._writing if writing else database._reading
        self.session = maker()

    def commit(self) -> None:
        """Make everything durable; raises Unavailable where that cannot be done, with nothing saved."""
        try:
            self.session.commit()
        except BaseException:
            self.session.rollback()
            raise
        if self.session.info.pop(ERASED, False):
            self._database.empty_log()

    def close(self) -> None:
        """Roll back what was not committed and release the turn; may be called twice."""
        try:
            self.session.close()
        finally:
            if self._holds_turn:
                self._holds_turn = False
                self._database._turn.release()


def _is_writing(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("assessor_writing"))


def _take_row_out(context: ExceptionContext) -> None:
    """Keep PostgreSQL's "Failing row contains ...", which would repeat an answer, out of errors and logs."""
    found = getattr(context.original_exception, "diag", None)
    if found is not None and found.message_detail:
        context.original_exception.args = (found.message_primary,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (found.message_primary,)


def _only_reads(context: ExceptionContext) -> bool:
    """Whether this is a write in a reading session: a mistake of ours, not the disk's."""
    if context.connection is None or _is_writing(context.connection):
        return False
    words = str(context.original_exception)
    return "readonly database" in words or "read-only transaction" in words


def _unavailable(context: ExceptionContext) -> BaseException | None:
    """Unavailable in place of an error that is the database's or the disk's own, else None."""
    _take_row_out(context)
    error = context.sqlalchemy_exception
    # DatabaseError itself, not its kinds, is what a damaged SQLite file raises.
    theirs = isinstance(error, OperationalError) or context.is_disconnect or type(error) is DatabaseError
    if context.is_pre_ping:
        return None
    if _only_reads(context):
        return RuntimeError("a reading session was asked to write")
    if not theirs:
        return None
    return Unavailable(str(context.original_exception))


def _postgresql_engine(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.execute(f"SET lock_timeout = {BUSY_MS}")
        connection.commit()

    return engine


def open_database(url: str) -> Database:
    """The database at this address; the folder of a SQLite file is made if need be."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).expanduser().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Database(url)
