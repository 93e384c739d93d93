"""Engine, sessions and the rules of each database (RE3). What the tables hold stands in ``models``."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, ExceptionContext, event, make_url, text
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from assessor.store import embedded, postgresql
from assessor.store.turns import TURN, Turn
from assessor.store.unavailable import OPERATING, Patience
from assessor.store.unavailable import Unavailable as Unavailable

#: Set in a session's ``info`` by whoever erased something, so that no log keeps a copy.
ERASED = "assessor_erased"
#: In a session's ``info``: the work that it asked for, told to workers once it has committed.
NEWS = "assessor_news"
#: For how long after a silence of the database requests are refused at once: they would only wait too.
SILENCE_S = 2.0
#: For how long a full disk is remembered after a write was refused.
FULL_S = 30.0


#: The number of a job, and how often it had been begun when it was asked for.
News: TypeAlias = tuple[int, int]


def _nobody(_news: Sequence[News]) -> None:
    """Nobody is told: what is asked for is found in its rows."""


class Database:
    """One engine with its two kinds of session: reading ones, and writing ones that queue for their turn.

    Whatever a session is asked, it raises Unavailable where the database or the disk refuses. A reading
    session that writes is refused by the database itself.
    """

    def __init__(self, url: str, patience: Patience = OPERATING) -> None:
        """Prepare the engine; nothing is opened yet."""
        self.url = make_url(url)
        self.patience = patience
        #: Told of the work that a session asked for, once that is committed; it neither raises nor waits.
        self.tell: Callable[[Sequence[News]], None] = _nobody
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._files = embedded.Files()
        self.engine = (
            embedded.engine_for(self.url, patience, self._files)
            if self.is_sqlite
            else postgresql.engine_for(url, patience)
        )
        self._queue = threading.Lock()
        self._silent_until = self._full_until = 0.0
        event.listen(self.engine, "handle_error", self._translate, retval=True)
        self._reading = sessionmaker(
            self.engine.execution_options(postgresql_readonly=True), expire_on_commit=False
        )
        self._writing = sessionmaker(expire_on_commit=False)
        event.listen(self._writing, "after_begin", _note_files)

    @property
    def folder(self) -> Path | None:
        """Where the file of an embedded database lies; None for a server or a database in memory."""
        named = self.url.database
        if not self.is_sqlite or named in (None, "", ":memory:"):
            return None
        return Path(str(named)).expanduser().absolute().parent

    @property
    def is_full(self) -> bool:
        """Whether the disk has refused a write a short time ago."""
        return time.monotonic() < self._full_until

    def _translate(self, context: ExceptionContext) -> BaseException | None:
        found = _unavailable(context)
        if isinstance(found, Unavailable):
            self._remember(str(found))
        return found

    def _remember(self, said: str) -> None:
        if any(words in said for words in _FULL):
            self._full_until = time.monotonic() + FULL_S
        if any(words in said for words in _SILENT):
            self._silent_until = time.monotonic() + SILENCE_S

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
        """A session whose end somebody else decides: the web, at the end of a request.

        Raises Unavailable at once where the database was silent a moment ago: a queue for it helps nobody.
        """
        if time.monotonic() < self._silent_until:
            raise Unavailable("the database did not answer a moment ago")
        return WriteSession(self, writing=writing)

    def check(self) -> None:
        """Nothing, if the database answers; raises Unavailable if not, or if its file has gone."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            if self.is_sqlite:
                self._files.require_same(connection.info.get(embedded.FILES))

    def require_durable(self) -> None:
        """Raise Unavailable, with the reason, where an acknowledged answer could be lost in a crash."""
        with self.engine.connect() as connection:
            # A SQLite connection that could lose one has not come about.
            if not self.is_sqlite:
                postgresql.require_durable(connection)

    def empty_log(self) -> None:
        """Nothing; on SQLite the write-ahead log then holds no copy of what was erased.

        A reader at work may keep it from being emptied; the next erasure does it.
        """
        if self.is_sqlite:
            with (
                suppress(self.engine.dialect.loaded_dbapi.Error, SQLAlchemyError, Unavailable),
                closing(self.engine.raw_connection()) as connection,
            ):
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


class WriteSession:
    """A session held open over a request; commits or rolls back once, and releases its turn."""

    def __init__(self, database: Database, *, writing: bool = True) -> None:
        """Open the session; on SQLite a writing one waits for its turn at its first writing statement."""
        self._database = database
        self._news: Sequence[News] = ()
        self._turn: Turn | None = None
        if not writing:
            self.session = database._reading()
            return
        if database.is_sqlite:
            self._turn = Turn(database._queue, database.patience.lock)
        bind = database.engine.execution_options(assessor_writing=True, **{TURN: self._turn})
        self.session = database._writing(bind=bind)

    def commit(self) -> None:
        """Make everything durable; raises Unavailable where that cannot be done.

        Nothing is then saved, or nothing that anybody will find again: SQLite writes into a file that was
        removed and says that it has.
        """
        try:
            self._require_files()
            self.session.commit()
        except BaseException:
            self.session.rollback()
            raise
        self._require_files()
        self._database._full_until = 0.0
        self._news = self.session.info.pop(NEWS, ())
        if self.session.info.pop(ERASED, False):
            self._database.empty_log()

    def _require_files(self) -> None:
        self._database._files.require_same(self.session.info.get(embedded.FILES))

    def close(self) -> None:
        """Roll back what was not committed, release the turn, tell the news; may be called twice."""
        try:
            self.session.close()
        finally:
            if self._turn is not None:
                self._turn.give_back()
        news, self._news = self._news, ()
        if news:
            self._database.tell(news)


#: What SQLite and PostgreSQL say of a full disk, and what a silent server leads to.
_FULL = ("database or disk is full", "No space left on device")
_SILENT = ("did not answer in time", "timeout expired", "connection timeout")


def _note_files(session: Session, _transaction: Any, connection: Connection) -> None:
    session.info[embedded.FILES] = connection.info.get(embedded.FILES)


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


def open_database(url: str, patience: Patience = OPERATING) -> Database:
    """The database at this address; the folder of a SQLite file is made if need be."""
    database = Database(url, patience)
    if database.folder is not None:
        database.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return database
