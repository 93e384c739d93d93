"""SQLite as the store uses it: its newest module, its settings verified, its files watched."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from assessor.store import turns
from assessor.store.turns import TURN, Turn, is_writing
from assessor.store.unavailable import Patience, Unavailable

LOG = logging.getLogger(__name__)

#: The first SQLite without the WAL-reset bug: below it a checkpoint may lose an acknowledged write.
WAL_SAFE = (3, 51, 3)
#: Says in a file's head whose it is: "Assr".
APPLICATION_ID = 0x41737372
#: The modes of the journal from which a crash is recovered.
DURABLE_JOURNALS = ("wal", "truncate", "delete", "persist")

#: The rights of a database file: its owner reads and writes it, nobody else does anything.
PRIVATE = 0o600

#: In a connection's ``info``: the files that it has open.
FILES = "assessor_files"

Identity = tuple[int, int] | None


def sqlite_module() -> ModuleType:
    """The newest SQLite at hand: the one that PyPI's ``pysqlite3`` brings, else Python's own."""
    try:
        from pysqlite3 import dbapi2  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return sqlite3
    newer = tuple(dbapi2.sqlite_version_info) > sqlite3.sqlite_version_info
    return dbapi2 if newer else sqlite3


class Files:
    """The database file and its write-ahead log, by what they are and not by name alone.

    SQLite goes on writing into a file that was removed or replaced, and says that all is well: what it
    acknowledges then is in no file that anybody will open again.
    """

    def __init__(self) -> None:
        """Nothing is known before the first connection."""
        self.path: Path | None = None
        self._known: Identity = None
        self._lost = ""

    def opened(self, path: str) -> tuple[Identity, Identity]:
        """What a connection has just opened at this path; raises Unavailable for another file than before."""
        if not path:
            return None, None
        self.path = Path(path)
        found = _identity(self.path)
        self._known = self._known or found
        self._require(found == self._known)
        return found, _identity(self._log_of(self.path))

    def require_same(self, opened: tuple[Identity, Identity] | None) -> None:
        """Raise Unavailable, from now on each time, where the files are not those that were opened."""
        if self.path is None or opened is None or opened == (None, None):
            return
        file, log = opened
        self._require(file == _identity(self.path))
        self._require(log is None or log == _identity(self._log_of(self.path)))

    def require_known(self) -> None:
        """Raise Unavailable where the first connection's file is not there: SQLite would make a new one."""
        if self.path is not None and self._known is not None:
            self._require(_identity(self.path) == self._known)

    def _require(self, is_so: bool) -> None:
        if not is_so and not self._lost:
            self._lost = f"{self.path} or its log was removed or replaced while in use: restart the server"
            LOG.error("%s", self._lost)
        if self._lost:
            raise Unavailable(self._lost)

    @staticmethod
    def _log_of(path: Path) -> Path:
        return path.with_name(f"{path.name}-wal")


def _identity(path: Path) -> Identity:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def engine_for(url: URL, patience: Patience, files: Files) -> Engine:
    """An engine whose connections are set up durably, or refused; nothing is opened yet."""
    module = sqlite_module()
    # Parameters stay out of errors, and so of logs: they are answers and names.
    engine = create_engine(
        url,
        module=module,
        connect_args={"timeout": patience.lock},
        hide_parameters=True,
        **_pool(url, patience),
    )
    mode = "WAL" if module.sqlite_version_info >= WAL_SAFE else "TRUNCATE"
    if mode == "TRUNCATE":
        LOG.warning("SQLite %s is older than 3.51.3: journal_mode=TRUNCATE is used", module.sqlite_version)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, _given: Any, _named: Any) -> None:
        files.require_known()
        _make_private(url.database)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, record: Any) -> None:
        # SQLAlchemy emits BEGIN itself (below): the driver's own would leave savepoints broken.
        connection.isolation_level = None
        cursor = connection.cursor()
        try:
            record.info[FILES] = _set_up(cursor, mode, patience, files)
        finally:
            cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        told = connection.get_execution_options()
        writing = bool(told.get("assessor_writing"))
        if writing:
            files.require_same(connection.info.get(FILES))
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        turn: Turn | None = told.get(TURN)
        if turn is not None:
            turn.begin_anew()
        else:
            connection.exec_driver_sql(turns.BEGIN if writing else "BEGIN")

    @event.listens_for(engine, "before_cursor_execute")
    def write(
        connection: Connection, _cursor: Any, statement: str, _given: Any, context: Any, _many: bool
    ) -> None:
        turn: Turn | None = connection.get_execution_options().get(TURN)
        if turn is not None and not turn.is_taken and is_writing(statement, context):
            turn.take(connection)

    return engine


def _make_private(named: str | None) -> None:
    """Make a new database file before SQLite does, which would leave its rights to the umask.

    SQLite gives the files beside it the same rights. What cannot be made here, it reports itself.
    """
    if named in (None, "", ":memory:") or str(named).startswith("file:"):
        return
    with suppress(OSError):
        os.close(os.open(str(named), os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))


def _keep_private(path: Path) -> None:
    """Take the rights of others away from a database file and those beside it, whoever gave them."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        beside = path.with_name(f"{path.name}{suffix}")
        try:
            if stat.S_IMODE(beside.stat().st_mode) & 0o077:
                beside.chmod(PRIVATE)
        except FileNotFoundError:
            continue
        except OSError as error:
            LOG.warning("others may read %s, and this could not be changed: %s", beside, error.strerror)


def _pool(url: URL, patience: Patience) -> dict[str, Any]:
    # A database in memory is one connection's own, and has no queue to wait in.
    if url.database in (None, "", ":memory:"):
        return {}
    return {"pool_timeout": patience.pool, "max_overflow": 20}


def _set_up(cursor: Any, mode: str, patience: Patience, files: Files) -> tuple[Identity, Identity]:
    """The files that the connection has open; raises Unavailable where it could lose what it acknowledges."""
    wanted = {
        "foreign_keys": 1,
        "busy_timeout": round(patience.lock * 1000),
        "synchronous": 2,
        "secure_delete": 1,
    }
    path = next((row[2] for row in cursor.execute("PRAGMA database_list").fetchall() if row[1] == "main"), "")
    if path:
        _keep_private(Path(path))
    # Before all others: changing the journal waits for those who write.
    cursor.execute(f"PRAGMA busy_timeout={wanted['busy_timeout']}")
    cursor.execute(f"PRAGMA journal_mode={mode}")
    for name, value in wanted.items():
        cursor.execute(f"PRAGMA {name}={value}")
    for name, value in wanted.items():
        found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise Unavailable(f"SQLite keeps {name} at {found}: a saved answer could be lost")
    journal = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if path and journal not in DURABLE_JOURNALS:
        raise Unavailable(f"SQLite keeps its journal in mode {journal}: a saved answer could be lost")
    owner = cursor.execute("PRAGMA application_id").fetchone()[0]
    if owner not in (0, APPLICATION_ID):
        raise Unavailable(f"{path} is the database of another application")
    # Reading opens the log, which must be there before it can be told apart from another.
    cursor.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return files.opened(path)
