"""What the rooms above hold of the database: services are given its sessions, and nobody else is.

Whoever draws a page or reads a command cannot ask the database anything by itself: there is no way to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from assessor.store.db import Database, Unavailable, WriteSession

Given = ParamSpec("Given")
Result = TypeVar("Result")

#: What says that the database, or the disk under it, cannot do its work now.
UNAVAILABLE: tuple[type[Exception], ...] = (Unavailable, OperationalError, InterfaceError, PoolTimeout)


class RequestSession:
    """The session of one request, whose end the request decides; it is lent to services only."""

    def __init__(self, held: WriteSession) -> None:
        """Hold a session that was opened."""
        self._held = held

    def run(
        self,
        service: Callable[Concatenate[Session, Given], Result],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """What the service gives for these arguments, in this session."""
        return service(self._held.session, *given, **named)

    def commit(self) -> None:
        """Make everything durable; raises one of UNAVAILABLE where that cannot be done."""
        self._held.commit()

    def close(self) -> None:
        """Roll back what was not committed; may be called twice."""
        self._held.close()


class Sessions:
    """The sessions of one database."""

    def __init__(self, database: Database) -> None:
        """Open nothing yet."""
        self._database = database

    def open(self, *, writing: bool) -> RequestSession:
        """A session for one request; raises one of UNAVAILABLE where there can be none."""
        return RequestSession(self._database.open(writing=writing))

    def write(
        self,
        service: Callable[Concatenate[Session, Given], Result],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """What the service gives in a transaction of its own, committed unless it raises."""
        with self._database.writing() as session:
            return service(session, *given, **named)

    def read(
        self,
        service: Callable[Concatenate[Session, Given], Result],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """What the service gives in a session that only reads."""
        with self._database.reading() as session:
            return service(session, *given, **named)

    def lend(
        self,
        service: Callable[Concatenate[Database, Given], Result],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """What a service gives that has short transactions of its own."""
        return service(self._database, *given, **named)
