"""What the store says when it cannot do its work, and how long it waits before it says so."""

from __future__ import annotations

from dataclasses import dataclass


class Unavailable(Exception):
    """The database, or the disk under it, cannot do its work now (503)."""


@dataclass(frozen=True)
class Patience:
    """Seconds that one party waits for the database; None: as long as it takes."""

    #: For another transaction to end.
    lock: float
    #: For a new connection.
    connect: int
    #: For a connection that others use.
    pool: float
    #: For one statement, as the server counts.
    statement: float | None = None
    #: For a word from the server, which may have stopped where it stood.
    reply: float | None = None


#: A person waits: a save that cannot be made is said within seconds, and the browser keeps it.
ANSWERING = Patience(lock=4, connect=3, pool=4, statement=5, reply=6)
#: A command or a migration may take its time.
OPERATING = Patience(lock=10, connect=10, pool=30)
