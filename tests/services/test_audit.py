"""The audit: what is recorded, what cannot be, and what verification finds (SE12)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError

from assessor.banks.schema import Library
from assessor.config import ROOT
from assessor.errors import NotFound
from assessor.services import audit, events, grants
from assessor.services.actors import COMMAND_LINE, JOB, Role, holder_of, member_of
from assessor.services.audit import Head
from assessor.services.events import EVENTS, Count, Event, Words
from assessor.services.sittings import life, retention
from assessor.store import guards
from assessor.store.chains import SERVER, START, chain_of, code_of
from assessor.store.db import Database, open_database
from assessor.store.models import AuditEntryRow
from tests.fixtures.sittings import NOW, Held, begin

ANOTHER = (
    "INSERT INTO audit_entry SELECT chain, {number}, at, capacity, actor, event, subject, object, details,"
    " previous, hash FROM audit_entry"
)
OWNER = member_of("person", "workspace", frozenset({Role.OWNER}))


def entries(database: Database, chain: str = SERVER) -> list[AuditEntryRow]:
    with database.reading() as session:
        wanted = select(AuditEntryRow).where(AuditEntryRow.chain == chain).order_by(AuditEntryRow.number)
        return list(session.scalars(wanted))


def faults(database: Database, *kept: Head) -> list[str]:
    with database.reading() as session:
        return [str(fault) for fault in audit.verify(session, kept).faults]


def heads(database: Database) -> dict[str, Head]:
    with database.reading() as session:
        return {head.chain: head for head in audit.verify(session).heads}


def record(database: Database, *refs: str, actor: object = JOB) -> None:
    for ref in refs:
        with database.writing() as session:
            audit.record(session, actor, Event.SITTING_EXPIRED, ref, now=NOW)


@pytest.fixture
def chained(database: Database) -> Database:
    """Four entries of the server, and one of a workspace."""
    record(database, "a", "b", "c", "d")
    record(database, "e", actor=OWNER)
    assert faults(database) == []
    return database


def test_what_is_done_with_a_sitting_is_recorded_with_who_did_it(
    database: Database, library: Library
) -> None:
    held, other = begin(database, library), begin(database, library)
    held.answer_all()
    held.finish()
    held.finish()
    with database.writing() as session:
        retention.keep(session, held.holder, held.ref, days=30, now=NOW)
        life.new_link(session, held.holder, held.ref, now=NOW)
        secret = grants.give(session, held.ref, now=NOW)
        life.close(session, held.holder, held.ref, secret, now=NOW)
        assert not grants.is_given(session, held.ref, secret, now=NOW)
    held.erase()
    with database.writing() as session:
        assert retention.sweep(session, COMMAND_LINE, now=NOW + retention.OPEN_FOR) == 1
    found = [(one.number, one.event, one.capacity, one.object, one.details) for one in entries(database)]
    own, swept = code_of(held.ref), code_of(other.ref)
    assert found == [
        (1, "sitting.submitted", "holder", own, "{}"),
        (2, "sitting.kept", "holder", own, '{"days":30}'),
        (3, "sitting.linked", "holder", own, "{}"),
        (4, "sitting.closed", "holder", own, "{}"),
        (5, "sitting.erased", "holder", own, "{}"),
        (6, "sitting.expired", "command line", swept, "{}"),
    ]
    assert {one.at for one in entries(database)[:5]} == {"2026-11-22T12:00:00.000000Z"}
    assert faults(database) == []


def test_what_is_taken_back_or_refused_is_not_recorded(held: Held) -> None:
    opened = held.database.open(writing=True)
    life.finish(opened.session, held.holder, held.ref, now=NOW)
    opened.close()
    with held.database.writing() as session:
        for actor in (JOB, holder_of("another")):
            with pytest.raises(NotFound):
                life.close(session, actor, held.ref, "secret", now=NOW)
        assert retention.sweep(session, JOB, now=NOW, dry_run=True) == 0
    assert entries(held.database) == []


def test_an_entry_names_nobody(database: Database) -> None:
    record(database, "the sitting", actor=OWNER)
    (entry,) = entries(database, chain_of("workspace"))
    assert (entry.capacity, entry.actor, entry.object) == (
        "person",
        code_of("person"),
        code_of("the sitting"),
    )
    kept = repr([getattr(entry, column.name) for column in AuditEntryRow.__table__.columns])
    assert not re.search(r"\bthe sitting\b|'workspace'", kept)
    assert entries(database) == []


@pytest.mark.parametrize("event", Event, ids=lambda event: event.value)
def test_an_event_has_words_and_details_without_free_text(event: Event) -> None:
    telling = EVENTS[event]
    assert telling.says
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", event.value)
    assert len(event.value) <= 40
    for detail in telling.details.values():
        assert isinstance(detail, Count | Words)
        for free in ("Noémie Lépine", "n@example.org", "x" * 43, ["n@example.org"], 1.5, True, None, {}):
            assert not detail.admits(free)
        if isinstance(detail, Words):
            assert all(re.fullmatch(r"[a-z][a-z -]{1,30}", word) for word in detail.among)


def test_details_are_those_of_the_event(database: Database) -> None:
    given: list[dict[str, object]] = [{}, {"days": "many"}, {"days": -1}, {"days": 30, "name": "Noémie"}]
    with database.writing() as session:
        for details in given:
            with pytest.raises(ValueError, match=r"^sitting\.kept") as refused:
                audit.record(session, JOB, Event.SITTING_KEPT, "ref", details, now=NOW)
            assert "Noémie" not in str(refused.value)
            assert "many" not in str(refused.value)
    assert entries(database) == []


def test_every_event_is_recorded_somewhere_and_told_once() -> None:
    assert set(EVENTS) == set(Event)
    assert len({telling.says for telling in EVENTS.values()}) == len(EVENTS)
    code = [path for path in (ROOT / "assessor").rglob("*.py") if path.name != Path(events.__file__).name]
    said = "".join(path.read_text(encoding="utf-8") for path in code)
    assert [event.name for event in Event if f"Event.{event.name}" not in said] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET details = '{}'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE number = 4",
        "UPDATE audit_head SET number = number - 1",
        "UPDATE audit_head SET number = number + 1",
        "DELETE FROM audit_head",
        "INSERT INTO audit_head VALUES ('other', 3, 'x')",
        f"{ANOTHER.format(number='2')} WHERE number = 3",
        f"{ANOTHER.format(number='number + 1')} WHERE number = 4",
    ],
)
def test_the_database_refuses_whatever_is_not_the_next_entry(chained: Database, statement: str) -> None:
    before = [vars(one)["hash"] for one in entries(chained)]
    with pytest.raises(DBAPIError, match="the audit"), chained.writing() as session:
        session.execute(text(statement))
    assert [vars(one)["hash"] for one in entries(chained)] == before
    assert faults(chained) == []


def test_sqlite_replaces_no_entry(sqlite_database: Database) -> None:
    """There a row that REPLACE puts out of the way is deleted without a trigger."""
    record(sqlite_database, "a", "b")
    for statement in (
        "INSERT OR REPLACE INTO audit_head VALUES ('server', 0, 'x')",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE number = 1",
    ):
        with pytest.raises(DBAPIError, match="the audit"), sqlite_database.writing() as session:
            session.execute(text(statement))
    assert faults(sqlite_database) == []


def past_the_guards(database: Database, *statements: str) -> None:
    with database.engine.execution_options(assessor_writing=True).begin() as connection:
        guards.drop(connection)
        for statement in statements:
            connection.execute(text(statement))
        guards.put(connection)


CHANGED = "it is not as it was written"
COLUMNS = {
    "at": "'2026-11-22T12:00:00.000001Z'",
    "capacity": "'visitor'",
    "actor": "'0000000000000000'",
    "event": "'sitting.erased'",
    "subject": "'sittinh'",
    "object": "'0000000000000000'",
    "details": "'{ }'",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_value_is_found_in_its_entry(chained: Database, column: str) -> None:
    where = "WHERE chain = 'server' AND number = 2"
    past_the_guards(chained, f"UPDATE audit_entry SET {column} = {COLUMNS[column]} {where}")
    assert faults(chained) == [f"chain server, entry 2: {CHANGED}"]


@pytest.mark.parametrize("hash_of", ["hash", "previous"])
def test_a_changed_hash_is_found(chained: Database, hash_of: str) -> None:
    where = "WHERE chain = 'server' AND number = 2"
    past_the_guards(chained, f"UPDATE audit_entry SET {hash_of} = '{'1' * 64}' {where}")
    assert f"chain server, entry 2: {CHANGED}" in faults(chained)


def test_entries_that_are_missing_are_found(chained: Database) -> None:
    last = heads(chained)[SERVER]
    past_the_guards(chained, "DELETE FROM audit_entry WHERE chain = 'server' AND number = 4")
    assert faults(chained) == ["chain server, entry 4: missing; the chain counts 4 entries"]
    past_the_guards(chained, "DELETE FROM audit_entry WHERE chain = 'server' AND number = 2")
    assert faults(chained)[0] == "chain server, entry 2: missing; the next that is there is 3"
    # Whoever also rewrites the end of the chain is found by the end that somebody else has kept.
    past_the_guards(
        chained,
        "DELETE FROM audit_entry WHERE chain = 'server' AND number > 1",
        "UPDATE audit_head SET number = 1, hash = (SELECT hash FROM audit_entry WHERE chain = 'server')"
        " WHERE chain = 'server'",
    )
    assert faults(chained) == []
    assert faults(chained, last) == ["chain server, entry 4: missing; its hash was kept"]
    past_the_guards(chained, "DELETE FROM audit_entry", "DELETE FROM audit_head")
    assert faults(chained, last) == ["chain server, entry 4: missing; its hash was kept"]


def test_a_chain_written_anew_is_found_by_an_end_that_was_kept(chained: Database) -> None:
    kept = heads(chained)[SERVER]
    past_the_guards(chained, "DELETE FROM audit_entry", "DELETE FROM audit_head")
    record(chained, "a", "b", "c", "another", "e")
    assert faults(chained) == []
    assert faults(chained, kept) == ["chain server, entry 4: it is not the one whose hash was kept"]
    assert faults(chained, heads(chained)[SERVER]) == []


def test_an_entry_moved_into_another_chain_is_found(chained: Database) -> None:
    past_the_guards(chained, "UPDATE audit_entry SET chain = 'server', number = 5 WHERE chain <> 'server'")
    assert f"chain server, entry 5: {CHANGED}" in faults(chained)
    assert any(f"chain {chain_of('workspace')}, entry 1: missing" in fault for fault in faults(chained))


def places_of(path: Path, what: bytes) -> Iterator[int]:
    content, place = path.read_bytes(), -1
    while (place := content.find(what, place + 1)) >= 0:
        yield place


@pytest.mark.parametrize("bit", [0x01, 0x80], ids=["another sign", "no text any more"])
def test_one_byte_changed_in_the_file_is_found(sqlite_database: Database, bit: int) -> None:
    """Past SQLite itself: the file is closed, one bit is turned, and the file is opened again."""
    record(sqlite_database, "a", "b", "c")
    wanted = entries(sqlite_database)[1].hash.encode()
    sqlite_database.empty_log()
    url = str(sqlite_database.url)
    sqlite_database.close()
    path = Path(str(make_url(url).database))
    # The hash stands in its entry, and as the previous one in the next.
    for place in list(places_of(path, wanted)):
        with path.open("r+b") as file:
            file.seek(place + 7)
            was = file.read(1)
            file.seek(place + 7)
            file.write(bytes([was[0] ^ bit]))
        database = open_database(url)
        found = faults(database)
        database.close()
        assert found
        assert all(re.match(r"chain server, entry [23]: ", fault) for fault in found)
        with path.open("r+b") as file:
            file.seek(place + 7)
            file.write(was)
    database = open_database(url)
    assert faults(database) == []
    database.close()


def test_writers_that_come_at_once_make_one_chain(address: str) -> None:
    """Four processes' worth of them, the first entry included, and none is lost."""
    start = threading.Barrier(4)
    failed: list[BaseException] = []

    def write(name: str) -> None:
        database = open_database(address)
        try:
            start.wait(timeout=30)
            for number in range(6):
                record(database, f"{name}{number}", actor=OWNER if number % 2 else JOB)
        except BaseException as error:
            failed.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    database = open_database(address)
    for chain in (SERVER, chain_of("workspace")):
        found = entries(database, chain)
        assert [one.number for one in found] == list(range(1, 13))
        assert len({one.object for one in found}) == 12
        assert [one.previous for one in found] == [START, *(one.hash for one in found[:-1])]
    assert faults(database) == []
    database.close()
