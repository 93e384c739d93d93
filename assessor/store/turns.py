"""The turn to write, of which SQLite has one: taken at the first writing statement, held to the end.

Before it a writing session reads as PostgreSQL's does at READ COMMITTED, each statement for itself. A
transaction that reads first keeps its snapshot, and SQLite refuses its first write at once, without waiting,
where somebody has written since (SQLITE_BUSY_SNAPSHOT): so there is none until there is something to write.
"""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Connection

from assessor.store.unavailable import Unavailable

#: The execution option that carries a session's turn.
TURN = "assessor_turn"
BEGIN = "BEGIN IMMEDIATE"
#: How a statement that only reads begins, where SQLAlchemy does not know; and the one that takes the turn.
READS = ("SELECT", "PRAGMA", "EXPLAIN", BEGIN)


class Turn:
    """One session's turn to write; threads of a process queue for it instead of polling the file's lock."""

    def __init__(self, queue: threading.Lock, patience_s: float) -> None:
        """Nothing is held yet."""
        self._queue, self._patience_s = queue, patience_s
        self._is_first = self.is_taken = False

    def begin_anew(self) -> None:
        """A transaction begins: its reads hold nothing, its first write takes the turn."""
        self.is_taken = False

    def take(self, connection: Connection) -> None:
        """Wait for the turn and begin to write; raises Unavailable where it does not come in time."""
        if not self._is_first and not self._queue.acquire(timeout=self._patience_s):
            raise Unavailable("the database is busy")
        self._is_first = True
        connection.exec_driver_sql(BEGIN)
        self.is_taken = True

    def give_back(self) -> None:
        """Let the next one write, once the transaction has ended; may be called twice."""
        if self._is_first:
            self._is_first = self.is_taken = False
            self._queue.release()


def is_writing(statement: str, context: Any) -> bool:
    """Whether the statement is one that needs the turn: it writes, or it locks what it reads."""
    asked: Any = getattr(context.compiled, "statement", None)
    if asked is not None and asked.is_select:
        # SQLite has no FOR UPDATE: the turn is its lock.
        return asked._for_update_arg is not None
    return not statement.lstrip().upper().startswith(READS)
