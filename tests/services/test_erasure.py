"""Erasure leaves nothing, at a person's word or when the time is up (FP4, FP5)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from assessor.banks.schema import Library
from assessor.errors import Conflict, NotFound
from assessor.services import grants, jobs, profiles, versions
from assessor.services.actors import JOB
from assessor.services.jobs import Claim, Lost
from assessor.services.sittings import answers, life, retention
from assessor.services.tasks import scoring
from assessor.store.db import Database, Unavailable, open_database
from assessor.store.models import JobFile
from assessor.store.unavailable import Patience
from tests.fixtures.sittings import NOW, Held, begin
from tests.fixtures.store import everything_in

HURRIED = Patience(lock=0.05, connect=5, pool=5)
#: The tables that hold something of a sitting.
OF_SITTINGS = {"access_grant", "attempt", "form", "job", "job_file", "profile", "response"}


def unaudited(tables: dict[str, list[tuple[object, ...]]]) -> dict[str, list[tuple[object, ...]]]:
    """What is there but the audit, which keeps that something was erased."""
    return {name: rows for name, rows in tables.items() if not name.startswith("audit_")}


def whole(database: Database, library: Library) -> Held:
    """A finished sitting with a row in every table."""
    with database.writing() as session:
        versions.load(session, library, NOW)
    held = begin(database, library)
    held.answer_all()
    held.finish()
    view = held.view()
    with database.writing() as session:
        profiles.store(session, JOB, view, profiles.profile_of(view, "baker"), now=NOW)
        grants.give(session, held.ref, now=NOW)
        job = jobs.enqueue(session, JOB, scoring.order(held.ref), now=NOW)
        session.add(JobFile(job_id=job, content=f"%PDF- {held.ref}".encode(), ends_at=NOW))
    return held


def test_nothing_of_an_erased_sitting_is_left_and_nothing_of_another_is_touched(
    database: Database, library: Library
) -> None:
    other = whole(database, library)
    before = everything_in(database)
    held = whole(database, library)
    assert all(
        len(rows) > len(before[name]) for name, rows in everything_in(database).items() if name in OF_SITTINGS
    )
    held.erase()
    after = everything_in(database)
    assert unaudited(after) == unaudited(before)
    assert held.ref not in repr(after)
    assert other.ref in repr(after)


@pytest.mark.parametrize("finished", [False, True])
def test_a_sitting_is_erased_in_whatever_state_and_after_its_time(held: Held, finished: bool) -> None:
    held.answer_all()
    if finished:
        held.finish()
    held.erase()
    left = everything_in(held.database)
    assert [name for name, rows in unaudited(left).items() if rows] == ["version"]
    assert held.ref not in repr(left)


def test_no_byte_of_an_erased_sitting_is_left_in_the_files(
    sqlite_database: Database, library: Library, tmp_path: Path
) -> None:
    """Deleted pages are overwritten, and the write-ahead log, which holds older copies, is emptied."""
    held = whole(sqlite_database, library)
    secret = held.view().secret

    def found(what: bytes) -> list[str]:
        return [path.name for path in tmp_path.glob("assessor.db*") if what in path.read_bytes()]

    assert found(held.ref.encode())
    assert found(secret)
    held.erase()
    assert found(held.ref.encode()) == []
    assert found(secret) == []


def test_the_sweep_erases_what_has_expired_and_only_that(database: Database, library: Library) -> None:
    kept = whole(database, library)
    with database.writing() as session:
        retention.keep(session, kept.holder, kept.ref, days=30, now=NOW)
    young = begin(database, library, now=NOW + timedelta(days=6))
    before = everything_in(database)
    for _ in range(3):
        begin(database, library).answer_all()
        whole(database, library)
    full = everything_in(database)
    moment = NOW + retention.OPEN_FOR
    with database.writing() as session:
        assert retention.sweep(session, JOB, now=moment - timedelta(microseconds=1), dry_run=True) == 3
        assert retention.sweep(session, JOB, now=moment, dry_run=True) == 6
    assert everything_in(database) == full
    with database.reading() as session:
        assert retention.sweep(session, JOB, now=moment, dry_run=True) == 6
    with database.writing() as session:
        assert retention.sweep(session, JOB, now=moment) == 6
    assert unaudited(everything_in(database)) == unaudited(before)
    with database.writing() as session:
        assert retention.sweep(session, JOB, now=moment) == 0
    assert young.view(moment).state == "open"
    assert kept.view(moment).state == "finished"


def test_a_long_sweep_goes_in_steps(
    database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SWEPT_AT_ONCE", 2)
    for _ in range(5):
        begin(database, library)
    with database.writing() as session:
        assert retention.sweep(session, JOB, now=NOW + retention.OPEN_FOR) == 5
    assert everything_in(database)["attempt"] == everything_in(database)["form"] == []


def test_an_erasure_that_is_rolled_back_takes_nothing(held: Held) -> None:
    held.answer_all()
    before = everything_in(held.database)
    opened = held.database.open(writing=True)
    retention.erase(opened.session, held.holder, held.ref, now=NOW)
    opened.close()
    assert everything_in(held.database) == before


def racing(held: Held, address: str, place: int, ask: Callable[[Session], object], *, writing: bool) -> bool:
    """Ask while the sitting is erased before that statement; whether the work has so many statements."""
    eraser = open_database(address, HURRIED)
    seen = 0

    def erase_once(*_given: object) -> None:
        nonlocal seen
        seen += 1
        if seen == place:
            # Where the work holds the sitting already, it is the erasure that waits.
            with suppress(Unavailable), eraser.writing() as session:
                retention.erase(session, held.holder, held.ref, now=NOW)

    event.listen(held.database.engine, "before_cursor_execute", erase_once)
    try:
        opened = held.database.writing() if writing else held.database.reading()
        with suppress(NotFound, Conflict), opened as session:
            ask(session)
    finally:
        event.remove(held.database.engine, "before_cursor_execute", erase_once)
        eraser.close()
    return seen >= place


def begun(held: Held) -> Claim:
    """A job of the sitting's, in the hands of a worker."""
    with held.database.writing() as session:
        job = jobs.enqueue(session, JOB, scoring.order(held.ref), now=NOW)
        claim = jobs.claim(session, job, 0, now=NOW)
    assert claim is not None
    return claim


def ended(session: Session, claim: Claim) -> None:
    """The job has made a file; or it is lost, as its worker finds."""
    with suppress(Lost):
        jobs.finish(session, claim, lambda session, job: session.add(made(job)), now=NOW)


def made(job: int) -> JobFile:
    return JobFile(job_id=job, content=b"%PDF-", ends_at=NOW)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "name",
    ["load", "peek", "resume", "record", "finish", "language", "link", "keep", "profile", "job", "file"],
)
def test_whatever_races_an_erasure_is_done_or_finds_nothing(
    name: str, postgresql_address: str, library: Library
) -> None:
    """Before each statement in turn: the other side sees "not found", never a fault."""
    database, place, goes_on = open_database(postgresql_address), 0, True
    while goes_on:
        place += 1
        held = begin(database, library)
        item = held.view().items[0].id
        if name in ("keep", "profile", "job", "file"):
            held.answer_all()
            held.finish()
        view, claim = held.view(), begun(held) if name == "file" else None
        ask: dict[str, Callable[[Session], object]] = {
            "load": lambda session, held=held: life.load(session, held.holder, held.ref, now=NOW),
            "peek": lambda session, held=held: life.peek(session, held.bearer, now=NOW),
            "resume": lambda session, held=held: life.resume(session, held.bearer, now=NOW),
            "record": lambda session, held=held, item=item: answers.record(
                session, held.holder, held.ref, item, None, epoch=1, seq=1, language="fr", seconds=1, now=NOW
            ),
            "finish": lambda session, held=held: life.finish(session, held.holder, held.ref, now=NOW),
            "language": lambda session, held=held: life.switch_language(
                session, held.holder, held.ref, "en", now=NOW
            ),
            "link": lambda session, held=held: life.new_link(session, held.holder, held.ref, now=NOW),
            "keep": lambda session, held=held: retention.keep(
                session, held.holder, held.ref, days=30, now=NOW
            ),
            "profile": lambda session, view=view: profiles.store(
                session, JOB, view, profiles.profile_of(view, "baker"), now=NOW
            ),
            "job": lambda session, held=held: scoring.ask(session, JOB, held.ref, now=NOW),
            "file": lambda session, claim=claim: claim and ended(session, claim),
        }
        goes_on = racing(held, postgresql_address, place, ask[name], writing=name not in ("load", "peek"))
        with suppress(NotFound):
            held.erase()
    database.close()
    assert place > 1
