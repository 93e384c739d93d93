"""Jobs: asked for once, held by whoever began them last, found again whatever happened to worker and news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from assessor.banks.schema import Library
from assessor.errors import NotFound
from assessor.services import jobs
from assessor.services.actors import JOB
from assessor.services.jobs import Claim, JobView, Lost, Order, Stopped
from assessor.store.db import Database, News
from assessor.store.models import JobFile
from tests.fixtures.sittings import NOW, begin
from tests.fixtures.store import everything_in

ORDER = Order("scoring", "scoring one", "clock")


def told_by(database: Database) -> list[News]:
    """What workers are told from now on."""
    told: list[News] = []

    def hear(news: Sequence[News]) -> None:
        told.extend(news)

    database.tell = hear
    return told


def asked(database: Database, order: Order = ORDER, now: datetime = NOW) -> int:
    with database.writing() as session:
        return jobs.enqueue(session, JOB, order, now=now)


def claimed(database: Database, job: int, tries: int = 0, now: datetime = NOW) -> Claim | None:
    with database.writing() as session:
        return jobs.claim(session, job, tries, now=now)


def begun(database: Database, order: Order = ORDER) -> Claim:
    held = claimed(database, asked(database, order))
    assert held is not None
    return held


def job(database: Database, key: str = ORDER.key) -> JobView:
    with database.reading() as session:
        found = jobs.newest(session, key)
    assert found is not None
    return found


def swept(database: Database, now: datetime) -> int:
    with database.reading() as session:
        is_due = jobs.has_unswept(session, now=now)
    with database.writing() as session:
        found = jobs.sweep(session, now=now)
    assert is_due or not found
    return found


def test_work_is_told_of_once_it_is_committed_and_never_where_it_is_not(database: Database) -> None:
    told = told_by(database)
    opened = database.open(writing=True)
    jobs.enqueue(opened.session, JOB, ORDER, now=NOW)
    opened.close()
    assert told == []
    number = asked(database)
    assert told == [(number, 0)]


def test_the_same_work_is_asked_for_once_as_long_as_it_is_open(database: Database) -> None:
    told = told_by(database)
    first = asked(database)
    assert asked(database) == first
    assert told == [(first, 0)]
    held = claimed(database, first)
    assert held is not None
    assert asked(database) == first
    with database.writing() as session:
        jobs.finish(session, held, now=NOW)
    assert asked(database) != first


def test_a_job_is_begun_by_one_and_old_news_begins_nothing(database: Database) -> None:
    number = asked(database)
    assert claimed(database, number, 1) is None
    assert claimed(database, number, 0, NOW - timedelta(seconds=1)) is None
    held = claimed(database, number)
    assert held is not None
    assert (held.tries, held.kind) == (1, "scoring")
    assert claimed(database, number) is None
    assert claimed(database, number, 1) is None
    assert job(database).state == "running"


def test_a_job_that_its_worker_left_is_told_again_and_the_late_one_changes_nothing(
    database: Database,
) -> None:
    late, told = begun(database), told_by(database)
    soon = NOW + jobs.SILENT_FOR - timedelta(seconds=1)
    with database.writing() as session:
        jobs.beat(session, late, now=NOW + timedelta(seconds=5), done=1, total=3)
    assert swept(database, soon) == 0
    later = NOW + timedelta(seconds=5) + jobs.SILENT_FOR
    assert swept(database, later) == 1
    assert told == [(late.id, 1)]
    assert (job(database).done, job(database).fault) == (1, "Left")
    second = claimed(database, late.id, 1, later)
    assert second is not None
    for change in (jobs.finish, jobs.stopped, jobs.give_back, jobs.beat):
        with pytest.raises(Lost), database.writing() as session:
            change(session, late, now=later)
    with pytest.raises(Lost), database.writing() as session:
        jobs.fail(session, late, "Late", now=later)
    with database.writing() as session:
        jobs.alive(session, late, now=later + timedelta(minutes=1))
        jobs.give_back_if_held(session, late, now=later)
    assert swept(database, later + jobs.SILENT_FOR) == 1


def test_a_job_that_kills_its_workers_is_not_tried_for_ever(database: Database) -> None:
    now, number = NOW, asked(database)
    for tries in range(jobs.MOST_FAULTS):
        assert claimed(database, number, tries, now) is not None
        now += jobs.SILENT_FOR
        swept(database, now)
    assert (job(database).state, job(database).fault) == ("failed", "Left")
    assert claimed(database, number, jobs.MOST_FAULTS, now) is None


def test_news_that_was_lost_is_told_again(database: Database) -> None:
    number, told = asked(database), told_by(database)
    assert swept(database, NOW + jobs.RETOLD_AFTER - timedelta(seconds=1)) == 0
    assert swept(database, NOW + jobs.RETOLD_AFTER) == 1
    assert swept(database, NOW + jobs.RETOLD_AFTER) == 0
    assert swept(database, NOW + 2 * jobs.RETOLD_AFTER) == 1
    assert told == [(number, 0), (number, 0)]


def test_a_fault_is_followed_by_longer_and_longer_pauses_and_then_by_the_end(database: Database) -> None:
    now, number = NOW, asked(database)
    for tries in range(jobs.MOST_FAULTS):
        held = claimed(database, number, tries, now)
        assert held is not None
        with database.writing() as session:
            jobs.fail(session, held, "ZeroDivisionError", now=now)
        pause = jobs.PAUSES[tries]
        assert swept(database, now + pause - timedelta(seconds=1)) == 0
        now += pause
        assert swept(database, now) == (tries < jobs.MOST_FAULTS - 1)
    assert (job(database).state, job(database).fault) == ("failed", "ZeroDivisionError")


def test_what_cannot_be_done_fails_at_once_and_is_taken_up_by_hand(database: Database) -> None:
    held = begun(database)
    with database.writing() as session:
        jobs.fail(session, held, "NotEnough", now=NOW, for_good=True)
        assert not jobs.stop(session, held.id, now=NOW)
    told = told_by(database)
    with database.writing() as session:
        assert jobs.take_up(session, held.id, now=NOW)
        assert not jobs.take_up(session, held.id, now=NOW)
    assert told == [(held.id, 1)]
    assert claimed(database, held.id, 1) is not None


def test_a_job_stops_at_its_next_step_keeps_how_far_it_was_and_is_taken_up(database: Database) -> None:
    held = begun(database)
    with database.writing() as session:
        jobs.beat(session, held, now=NOW, done=40, total=100)
        assert jobs.stop(session, held.id, now=NOW)
    with pytest.raises(Stopped), database.writing() as session:
        jobs.beat(session, held, now=NOW, done=60, total=100)
    with database.writing() as session:
        jobs.stopped(session, held, now=NOW)
    assert (job(database).state, job(database).done) == ("stopped", 40)
    other = asked(database)
    with database.writing() as session:
        assert not jobs.take_up(session, held.id, now=NOW), "the same work is open"
        assert jobs.stop(session, other, now=NOW)
        assert jobs.take_up(session, held.id, now=NOW)
    again = claimed(database, held.id, 1)
    assert again is not None
    with database.writing() as session:
        jobs.beat(session, again, now=NOW, done=60, total=100)


def test_a_job_that_was_to_stop_when_its_worker_died_stops(database: Database) -> None:
    held = begun(database)
    with database.writing() as session:
        jobs.stop(session, held.id, now=NOW)
    assert swept(database, NOW + jobs.SILENT_FOR) == 0
    assert job(database).state == "stopped"


def test_a_job_given_back_is_nobodys_fault(database: Database) -> None:
    held = begun(database)
    for tries in range(1, 2 * jobs.MOST_FAULTS):
        told = told_by(database)
        with database.writing() as session:
            jobs.give_back(session, held, now=NOW)
        assert told == [(held.id, tries)]
        found = claimed(database, held.id, tries)
        assert found is not None
        held = found


def test_jobs_and_files_go_with_their_sitting_down_to_the_last_byte(
    sqlite_database: Database, library: Library
) -> None:
    database = sqlite_database
    sitting, other = begin(database, library), begin(database, library)
    mark = b"%PDF-of-somebody"
    for one in (sitting, other):
        held = begun(database, Order("document", f"document {one.ref}", "sitting", sitting=one.ref))
        with database.writing() as session:
            jobs.finish(session, held, now=NOW)
            session.add(JobFile(job_id=held.id, content=mark + one.ref.encode(), ends_at=NOW))
    running = begun(database, Order("scoring", f"scoring {sitting.ref}", "sitting", sitting=sitting.ref))
    sitting.erase()
    left = everything_in(database)
    assert len(left["job"]) == len(left["job_file"]) == 1
    with pytest.raises(Lost), database.writing() as session:
        jobs.finish(session, running, now=NOW)
    with pytest.raises(NotFound):
        asked(database, Order("scoring", "late", "sitting", sitting=sitting.ref))
    folder = database.folder
    assert folder is not None
    assert sum((mark + sitting.ref.encode()) in file.read_bytes() for file in folder.iterdir()) == 0


def test_rows_of_ended_jobs_are_kept_for_a_week_and_open_ones_as_long_as_they_are(database: Database) -> None:
    held = begun(database)
    with database.writing() as session:
        jobs.finish(session, held, now=NOW)
        session.add(JobFile(job_id=held.id, content=b"%PDF-", ends_at=NOW))
        jobs.present(session, "one", now=NOW)
    asked(database, Order("retention", "retention", "clock"))
    with database.writing() as session:
        jobs.forget(session, now=NOW + jobs.KEPT_FOR - timedelta(seconds=1))
    assert len(everything_in(database)["job"]) == 2
    with database.writing() as session:
        jobs.forget(session, now=NOW + jobs.KEPT_FOR)
    left = everything_in(database)
    assert [row[1] for row in left["job"]] == ["retention"]
    assert left["job_file"] == left["worker"] == []


def test_whoever_is_at_work_is_counted_as_long_as_there_are_signs_of_life(database: Database) -> None:
    with database.writing() as session:
        for name in ("one", "two"):
            jobs.present(session, name, now=NOW)
        jobs.present(session, "one", now=NOW + timedelta(seconds=30))
    with database.reading() as session:
        assert jobs.workers(session, now=NOW + timedelta(seconds=59)) == 2
        assert jobs.workers(session, now=NOW + timedelta(seconds=60)) == 1
        assert jobs.workers(session, now=NOW + timedelta(seconds=90)) == 0
    with database.writing() as session:
        jobs.leave(session, "one")
    assert [row[0] for row in everything_in(database)["worker"]] == ["two"]
