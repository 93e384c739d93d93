"""When a session begins to write: at its first writing statement, after which nobody else does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from assessor.banks.schema import Library
from assessor.errors import NotFound
from assessor.services.actors import holder_of
from assessor.services.sittings import life, retention
from assessor.store.db import Database, Unavailable
from assessor.store.embedded import sqlite_module
from assessor.store.models import Attempt, Tally
from assessor.store.unavailable import Patience
from tests.fixtures.sittings import NOW, Held, begin

HURRIED = Patience(lock=0.2, connect=1, pool=1)
COUNT = {"name": "n", "subject": "s", "since": NOW, "count": 1}

WRITES: dict[str, Callable[[Session], object]] = {
    "insert": lambda session: session.execute(insert(Tally).values(**COUNT)),
    "insert of many": lambda session: session.execute(
        insert(Tally), [COUNT, {**COUNT, "subject": "t"}]
    ),
    "flush": lambda session: (session.add(Tally(**COUNT)), session.flush()),
    "flush of many": lambda session: (
        session.add_all(Tally(**{**COUNT, "subject": one}) for one in "abc"),
        session.flush(),
    ),
    "update": lambda session: session.execute(update(Tally).values(count=2)),
    "delete": lambda session: session.execute(delete(Tally)),
    "text": lambda session: session.execute(text(" update tally set count = 3")),
    "savepoint": lambda session: (session.begin_nested(), session.connection()),
    "lock": lambda session: session.scalar(select(Attempt.id).with_for_update()),
}  # fmt: skip

READS: dict[str, Callable[[Session], object]] = {
    "columns": lambda session: session.execute(select(Tally.count)).all(),
    "objects": lambda session: session.scalars(select(Tally)).all(),
    "text": lambda session: session.execute(text(" select count(*) from tally")).all(),
    "pragma": lambda session: session.execute(text("PRAGMA page_count")).all(),
}


def is_free(database: Database) -> bool:
    """Whether another process could write now."""
    other = sqlite_module().connect(database.url.database, timeout=0, isolation_level=None)
    with closing(other):
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite_module().OperationalError:
            return False
        other.execute("ROLLBACK")
        return True


@pytest.mark.parametrize("write", WRITES.values(), ids=list(WRITES))
def test_a_writer_holds_the_file_from_its_first_writing_statement_on(
    sqlite_database: Database, write: Callable[[Session], object]
) -> None:
    with sqlite_database.writing() as session:
        for read in READS.values():
            read(session)
        assert is_free(sqlite_database)
        write(session)
        assert not is_free(sqlite_database)
        for read in READS.values():
            read(session)
        assert not is_free(sqlite_database)
    assert is_free(sqlite_database)


def test_a_reader_holds_nobody_up(sqlite_database: Database) -> None:
    with sqlite_database.reading() as session:
        session.execute(text("SELECT count(*) FROM attempt"))
        assert is_free(sqlite_database)


def test_a_session_that_was_rolled_back_waits_for_its_turn_anew(sqlite_database: Database) -> None:
    """Without a transaction each statement would be kept at once, whatever the session's end is."""
    opened = sqlite_database.open(writing=True)
    for _ in range(2):
        WRITES["insert"](opened.session)
        opened.session.rollback()
        assert is_free(sqlite_database)
    WRITES["insert"](opened.session)
    assert not is_free(sqlite_database)
    opened.close()
    with sqlite_database.reading() as session:
        assert session.scalars(select(Tally)).all() == []


@pytest.mark.parametrize(
    "look",
    [
        lambda session, ref: life.load(session, holder_of(ref), ref, now=NOW),
        lambda session, _ref: next(iter(session.execute(select(Attempt.id, Attempt.language)))),
        lambda session, _ref: next(iter(session.scalars(select(Attempt)))),
        lambda session, _ref: session.scalar(text("SELECT language FROM attempt")),
    ],
    ids=["service", "columns", "objects", "text"],
)
def test_who_has_read_before_another_wrote_writes_all_the_same(
    database: Database, library: Library, look: Callable[[Session, str], object]
) -> None:
    """On SQLite a transaction that had begun with the reading would be refused without any waiting."""
    held, other = begin(database, library), begin(database, library)
    assert other
    with database.writing() as session:
        look(session, held.ref)
        with database.writing() as meanwhile:
            meanwhile.execute(update(Attempt).values(epoch=Attempt.epoch + 1))
        session.execute(update(Attempt).values(epoch=Attempt.epoch + 1))
    assert held.view().epoch == 3


def test_what_the_first_writing_statement_finds_is_what_stands_then(held: Held) -> None:
    with held.database.writing() as session:
        assert life.load(session, held.holder, held.ref, now=NOW).epoch == 1
        with held.database.writing() as meanwhile:
            life.resume(meanwhile, held.bearer, now=NOW)
        assert life.take_back(session, held.holder, held.ref, now=NOW) == 3


def test_threads_take_their_turns_one_after_the_other(held: Held) -> None:
    """Each reads first: nobody is refused for what the others wrote meanwhile."""
    together, failed = threading.Barrier(8), list[BaseException]()

    def take_back() -> None:
        try:
            with held.database.writing() as session:
                life.load(session, held.holder, held.ref, now=NOW)
                together.wait(timeout=120)
                life.take_back(session, held.holder, held.ref, now=NOW)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=take_back) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []
    assert held.view().epoch == 9


def test_of_two_that_erase_at_once_the_second_waits_and_finds_nothing(held: Held) -> None:
    """The lock that an erasure begins with is, on SQLite, the turn to write."""
    ended: list[str] = []

    def erase_too() -> None:
        try:
            held.erase()
            ended.append("erased")
        except NotFound:
            ended.append("found nothing")

    waiting = threading.Thread(target=erase_too)
    with held.database.writing() as session:
        retention.erase(session, held.holder, held.ref, now=NOW)
        waiting.start()
        waiting.join(timeout=0.2)
        assert ended == []
    waiting.join(timeout=120)
    assert ended == ["found nothing"]


def test_a_turn_that_does_not_come_is_unavailable_and_leaves_the_queue_as_it_was(
    sqlite_database: Database,
) -> None:
    first = sqlite_database.open(writing=True)
    WRITES["insert"](first.session)
    sqlite_database.patience = HURRIED
    second = sqlite_database.open(writing=True)
    with pytest.raises(Unavailable, match="busy"):
        WRITES["update"](second.session)
    second.close()
    first.close()
    with sqlite_database.writing() as session:
        WRITES["update"](session)


def test_a_file_that_another_process_writes_is_waited_for_and_then_unavailable(
    sqlite_database: Database,
) -> None:
    sqlite_database.patience = HURRIED
    other = sqlite_module().connect(sqlite_database.url.database, isolation_level=None)
    with closing(other), sqlite_database.writing() as session:
        session.execute(text("PRAGMA busy_timeout = 50"))
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked"):
            WRITES["insert"](session)
        other.execute("ROLLBACK")
        # Nothing of what failed counts as begun: this takes the turn, and is rolled back with it.
        WRITES["insert"](session)
        assert not is_free(sqlite_database)
        session.rollback()
        session.execute(text("PRAGMA busy_timeout = 4000"))
