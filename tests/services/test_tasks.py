"""Every kind of work: done twice it ends as done once, and its row holds nothing of anybody."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from inspect import signature
from typing import Any

import pytest
from sqlalchemy import select, update

from assessor.banks.schema import Library
from assessor.services import jobs, limits, profiles, tasks
from assessor.services.actors import JOB
from assessor.services.jobs import Order, Run
from assessor.services.sittings.retention import OPEN_FOR
from assessor.services.tasks import document, retention
from assessor.store.db import Database
from assessor.store.models import Base, JobFile, JobRow, ProfileRow
from tests.fixtures.sittings import NOW, Held, begin
from tests.fixtures.working import work_at_once


class Moving:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


def submitted(database: Database, library: Library) -> Held:
    held = begin(database, library)
    held.answer_all()
    held.finish()
    return held


def a_document(held: Held) -> Order:
    return document.order(
        held.ref,
        role=held.view().role_id,
        edition="self",
        language="fr",
        paper="letter",
        zone="America/Toronto",
        address=f"http://127.0.0.1:8000/a/{held.ref}/results",
    )


#: How a kind is asked for whose order takes more than the sitting that it is about.
EXAMPLES: Mapping[str, Callable[[Held], Order]] = {"document": a_document}


def an_order(kind: str, held: Held) -> Order:
    """How a kind is asked for: its example, else its ``order``, of a sitting where it takes one."""
    if kind in EXAMPLES:
        return EXAMPLES[kind](held)
    order = import_module(f"{tasks.__name__}.{kind}").order
    wanted = [one for one in signature(order).parameters.values() if one.default is one.empty]
    made: Order = order(held.ref) if wanted else order()
    return made


every_kind = pytest.mark.parametrize("kind", sorted(tasks.kinds()))


@pytest.fixture(autouse=True)
def quick_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page itself in place of the file: the same page is the same file (tests/report)."""

    def rendered(page: str, **told: Any) -> bytes:
        return repr((page, sorted(told.items()))).encode()

    monkeypatch.setattr(document, "to_pdf_isolated", rendered)


def end_state(database: Database) -> dict[str, object]:
    """All rows but those that say who did what when; of files, what they are."""
    with database.reading() as session:
        rows: dict[str, object] = {
            table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in ("job", "job_file", "worker")
        }
        return rows | {"files": set(session.scalars(select(JobFile.content)))}


@every_kind
def test_work_done_twice_ends_as_work_done_once(database: Database, library: Library, kind: str) -> None:
    """A worker is killed when all is done but the word of it; another does it again; it is asked for anew."""
    clock = Moving()
    begin(database, library, now=NOW - OPEN_FOR)
    with database.writing() as session:
        limits.take(session, limits.SITTINGS_OF_ADDRESS, "0" * 32, now=NOW - 2 * limits.KEPT_FOR)
    asked = an_order(kind, submitted(database, library))
    with database.writing() as session:
        number = jobs.enqueue(session, JOB, asked, now=NOW)
        held = jobs.claim(session, number, 0, now=NOW)
    assert held is not None
    before = end_state(database)
    tasks.kinds()[kind].run(Run(held, database, clock, lambda _done, _total: None))
    clock.at += jobs.SILENT_FOR
    worker = work_at_once(database, clock)
    assert worker.sweep() == 1
    once = end_state(database)
    assert once != before
    clock.at += timedelta(seconds=1)
    with database.writing() as session:
        jobs.enqueue(session, JOB, asked, now=clock.at)
    assert end_state(database) == once
    with database.reading() as session:
        assert [(row.state, row.tries) for row in jobs.listed(session)] == [("done", 1), ("done", 2)]


@every_kind
def test_a_row_holds_no_name_answer_or_token(database: Database, library: Library, kind: str) -> None:
    sitting = submitted(database, library)
    view = sitting.view()
    with database.writing() as session:
        jobs.enqueue(session, JOB, an_order(kind, sitting), now=NOW)
    with database.reading() as session:
        row = session.execute(select(JobRow.__table__)).one()
    kept = json.dumps([str(value) for value in row], ensure_ascii=False)
    assert view.submitted is not None
    private = [sitting.token, view.secret.hex(), view.submitted.code, *(item.id for item in view.items)]
    assert not [word for word in private if word in kept]
    assert all(isinstance(value, str | int) and len(str(value)) < 200 for value in row.arguments.values())


@every_kind
def test_work_for_a_sitting_that_was_erased_meanwhile_leaves_nothing(
    database: Database, library: Library, kind: str
) -> None:
    sitting = submitted(database, library)
    with database.writing() as session:
        number = jobs.enqueue(session, JOB, an_order(kind, sitting), now=NOW)
    worker = work_at_once(database, lambda: NOW)
    claim = worker._claimed(number, 0)
    assert claim is not None
    sitting.erase()
    try:
        worker._done(claim)
    except jobs.Lost:
        assert claim.sitting is not None
    left = end_state(database)
    assert left["attempt"] == left["profile"] == left["form"] == []
    assert left["files"] == set()


def test_a_round_of_retention_goes_in_short_transactions_and_is_taken_up_where_it_stopped(
    database: Database, library: Library
) -> None:
    for _ in range(45):
        begin(database, library)
    late, steps = NOW + OPEN_FOR, list[tuple[int, int]]()

    def step(done: int, total: int) -> None:
        steps.append((done, total))
        if done == 20:
            raise jobs.Stopped

    with pytest.raises(jobs.Stopped):
        retention.sweep(database, JOB, now=late, step=step)
    assert retention.expired(database, JOB, now=late) == 25
    assert retention.sweep(database, JOB, now=late) == 25
    assert steps == [(0, 45), (20, 45)]
    assert retention.sweep(database, JOB, now=late) == 0


def test_a_document_of_a_profile_that_cannot_be_read_fails_for_good(
    sqlite_database: Database, library: Library
) -> None:
    sitting = submitted(sqlite_database, library)
    profiles.keep_scored(sqlite_database, JOB, sitting.ref, now=NOW)
    with sqlite_database.writing() as session:
        session.execute(update(ProfileRow).values(document={"fit": 61.2}))
    work_at_once(sqlite_database, lambda: NOW)
    asked = a_document(sitting)
    with sqlite_database.writing() as session:
        document.ask(session, JOB, asked, now=NOW)
    with sqlite_database.reading() as session:
        found = document.find(session, JOB, asked, now=NOW)
    assert found.content is None
    assert found.job is not None
    assert (found.job.state, found.job.fault, found.job.tries) == ("failed", document.UNREADABLE, 1)


def test_no_more_documents_wait_than_a_few_of_one_sitting_and_some_of_all(
    database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "OPEN_OF_ALL", document.OPEN_OF_ONE + 1)
    one, other, third = (submitted(database, library) for _ in range(3))

    def ask(sitting: Held, paper: str) -> None:
        told = {name: str(value) for name, value in a_document(sitting).arguments.items()}
        with database.writing() as session:
            document.ask(session, JOB, document.order(sitting.ref, **(told | {"paper": paper})), now=NOW)

    for number in range(document.OPEN_OF_ONE):
        ask(one, str(number))
    ask(one, "0")
    with pytest.raises(document.Busy):
        ask(one, "one more")
    ask(other, "0")
    with pytest.raises(document.Busy):
        ask(third, "0")


def test_of_one_sitting_only_the_newest_documents_are_kept(database: Database, library: Library) -> None:
    sitting, other = submitted(database, library), submitted(database, library)
    work_at_once(database, lambda: NOW)
    told = {name: str(value) for name, value in a_document(sitting).arguments.items()}
    orders = [
        document.order(sitting.ref, **(told | {"zone": zone, "paper": str(number)}))
        for number, zone in enumerate(["UTC"] * (document.KEPT_FILES + 2))
    ]
    for order in (a_document(other), *orders):
        with database.writing() as session:
            document.ask(session, JOB, order, now=NOW)

    def is_kept(order: Order) -> bool:
        with database.reading() as session:
            return document.find(session, JOB, order, now=NOW).content is not None

    assert [is_kept(order) for order in orders] == [False] * 2 + [True] * document.KEPT_FILES
    assert is_kept(a_document(other))
