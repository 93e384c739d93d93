"""What is owed is done, whatever became of the worker that had it, of the news, or of the queue's file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assessor.banks.schema import Library
from assessor.config import ROOT
from assessor.profile import document
from assessor.services import jobs, profiles
from assessor.services.actors import JOB
from assessor.services.jobs import Impossible, JobView, Kind, Order, Run
from assessor.services.sittings.retention import OPEN_FOR
from assessor.services.tasks import retention, scoring
from assessor.store.carrier import Carrier
from assessor.store.db import Database, Unavailable, open_database
from assessor.worker import OWED_EVERY_S, PRESENT_EVERY_S, Worker
from tests.fixtures.sittings import NOW, Held, begin
from tests.fixtures.store import everything_in
from tests.fixtures.working import work_at_once

SOON = NOW + scoring.LEFT_AFTER
ORDER = Order("trial", "trial", "clock")


def submitted(database: Database, library: Library, now: datetime = NOW) -> Held:
    held = begin(database, library, now=now)
    held.answer_all(now)
    held.finish(now)
    return held


def roles_kept(database: Database) -> list[object]:
    return [row[2] for row in everything_in(database)["profile"]]


def worker_of(database: Database, run: Callable[[Run], None], now: datetime = NOW) -> Worker:
    return Worker(database, now=lambda: now, kinds={"trial": Kind("Trial", run, timedelta(minutes=1))})


def asked(database: Database, order: Order = ORDER) -> int:
    with database.writing() as session:
        return jobs.enqueue(session, JOB, order, now=NOW)


def job(database: Database) -> JobView:
    with database.reading() as session:
        (found,) = jobs.listed(session)
    return found


def test_a_profile_for_which_nobody_asked_is_found_in_the_rows_and_kept_once(
    database: Database, library: Library
) -> None:
    owed, done = submitted(database, library), submitted(database, library)
    profiles.keep_scored(database, JOB, done.ref, now=NOW)
    begin(database, library)
    worker = work_at_once(database, lambda: SOON)
    assert worker.look() == 2, "the profile, and the first round of retention"
    assert len(roles_kept(database)) == 2
    kept = everything_in(database)
    assert worker.look() == 0
    assert everything_in(database) == kept
    view = owed.view()
    assert document(profiles.profile_of(view, view.role_id)) in [row[3] for row in kept["profile"]]


def test_a_submission_asks_for_its_profile_itself(database: Database, library: Library) -> None:
    sitting = submitted(database, library)
    before = Worker(database, now=lambda: SOON - timedelta(seconds=1))
    before.look()
    assert [row[1] for row in everything_in(database)["job"]] == ["retention"]
    work_at_once(database, lambda: NOW)
    for _ in range(2):
        with database.writing() as session:
            scoring.ask(session, JOB, sitting.ref, now=NOW)
    assert len(roles_kept(database)) == 1
    assert len(everything_in(database)["job"]) == 2


def test_a_sitting_without_an_answer_is_kept_with_its_items_and_asked_for_no_more(
    database: Database, library: Library
) -> None:
    blank = begin(database, library)
    blank.finish()
    worker = work_at_once(database, lambda: SOON)
    assert [worker.look() for _ in range(3)] == [2, 0, 0]
    (kept,) = (row[3] for row in everything_in(database)["profile"])
    assert kept["evidence"]["is_enough"] is False
    assert len(kept["items"]) == len(blank.view().items)


def test_a_job_that_fails_keeps_no_other_from_being_done_and_says_its_kind_of_fault_alone(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def run(_run: Run) -> None:
        raise ValueError("Tremblay answered B")

    worker = worker_of(database, run)
    assert not worker.do(asked(database), 0)
    assert (job(database).state, job(database).fault) == ("waiting", "ValueError")
    assert [record.getMessage() for record in caplog.records] == [
        "a job of the kind trial failed: ValueError"
    ]


def test_work_of_a_kind_that_only_a_newer_worker_knows_is_left_to_it(database: Database) -> None:
    number = asked(database, Order("newer", "newer", "clock"))
    assert not Worker(database, now=lambda: NOW).do(number, 0)
    assert (job(database).state, job(database).tries) == ("waiting", 0)


def test_a_job_that_cannot_be_done_is_not_tried_again(database: Database) -> None:
    def run(_run: Run) -> None:
        raise Impossible("TooFew")

    assert not worker_of(database, run).do(asked(database), 0)
    assert (job(database).state, job(database).fault) == ("failed", "TooFew")


def test_a_worker_that_ends_gives_its_job_back_at_the_next_step(database: Database) -> None:
    def run(run: Run) -> None:
        run.step(1, 9)
        worker.ending.set()
        run.step(2, 9)
        raise AssertionError("it goes on")

    worker = worker_of(database, run)
    number = asked(database)
    assert not worker.do(number, 0)
    assert (job(database).state, job(database).done, job(database).fault) == ("waiting", 2, "")
    assert not worker.do(number, 1), "a worker that ends begins nothing"


def test_a_job_without_a_step_is_given_back_when_its_worker_leaves(database: Database) -> None:
    def run(_run: Run) -> None:
        worker.leave()

    worker = worker_of(database, run)
    assert not worker.do(asked(database), 0)
    assert (job(database).state, job(database).tries) == ("waiting", 1)


def test_a_long_job_is_kept_alive_as_long_as_its_kind_may_take_and_no_longer(database: Database) -> None:
    at, lives = [0.0], list[bool]()

    def moment() -> datetime:
        return NOW + timedelta(seconds=at[0])

    def run(_run: Run) -> None:
        for seconds in range(0, 120, 20):
            at[0] = float(seconds)
            worker.round()
            with database.reading() as session:
                lives.append(
                    not jobs.has_unswept(session, now=moment() + jobs.SILENT_FOR - timedelta(seconds=1))
                )

    worker = Worker(
        database, now=moment, clock=lambda: at[0], kinds={"trial": Kind("Trial", run, timedelta(minutes=1))}
    )
    worker.do(asked(database), 0)
    assert lives == [True, True, True, False, False, False]


def test_rounds_look_for_what_is_owed_once_a_minute_and_wait_for_a_database_that_is_away(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    passed, looked = [0.0], list[float]()
    worker = Worker(sqlite_database, now=lambda: SOON, clock=lambda: passed[0])

    def away() -> int:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(worker, "look", away)
    for _ in range(3):
        worker.round()
    assert [record.getMessage() for record in caplog.records] == [
        "work is waiting for the database: the disk is full"
    ]
    monkeypatch.setattr(worker, "look", lambda: looked.append(passed[0]))
    for step in range(25):
        passed[0] = step * 5.0
        worker.round()
    assert looked == [0.0, OWED_EVERY_S, 2 * OWED_EVERY_S]
    assert jobs.ABSENT_AFTER.total_seconds() > 2 * PRESENT_EVERY_S


def test_a_round_of_retention_is_asked_for_once_a_day(database: Database, library: Library) -> None:
    now = [NOW]
    worker = work_at_once(database, lambda: now[0])
    for hour in range(49):
        now[0] = NOW + timedelta(hours=hour)
        worker.look()
    rounds = [row for row in everything_in(database)["job"] if row[1] == retention.NAME]
    assert len(rounds) == 3
    begin(database, library)
    now[0] += OPEN_FOR
    worker.look()
    assert everything_in(database)["attempt"] == []


def started(address: str, folder: Path, module: str = "assessor.worker") -> subprocess.Popen[str]:
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("ASSESSOR_")}
    return subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=foreign | {"ASSESSOR_DATABASE_URL": address, "ASSESSOR_DATA": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline()


def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(
    address: str, library: Library, tmp_path: Path
) -> None:
    """kill -9; then another hears of the job by the next sweep, and does it to the end."""
    database = open_database(address)
    database.tell = Carrier(f"sqlite:///{tmp_path / 'queue.db'}").tell
    sitting = submitted(database, library, datetime.now(UTC))
    with database.writing() as session:
        scoring.ask(session, JOB, sitting.ref, now=datetime.now(UTC))
    child = started(address, tmp_path, "tests.fixtures.working_child")
    assert said(child) == "begun\n"
    child.kill()
    child.communicate(timeout=120)
    (left,) = (row for row in listed(database) if row.kind == "scoring")
    assert (left.state, left.tries) == ("running", 1)
    assert left.done
    later = datetime.now(UTC) + jobs.SILENT_FOR
    worker = work_at_once(database, lambda: later)
    worker.sweep()
    (done,) = (row for row in listed(database) if row.kind == "scoring")
    assert (done.state, done.tries) == ("done", 2)
    assert len(roles_kept(database)) == 1
    database.close()


def listed(database: Database) -> list[JobView]:
    with database.reading() as session:
        return jobs.listed(session)


def test_a_worker_that_is_told_to_end_gives_its_job_back_and_leaves(
    sqlite_database: Database, tmp_path: Path
) -> None:
    database = sqlite_database
    database.tell = Carrier(f"sqlite:///{tmp_path / 'queue.db'}").tell
    number = asked(database, Order("scoring", "scoring nobody", "clock"))
    child = started(f"sqlite:///{tmp_path / 'assessor.db'}", tmp_path, "tests.fixtures.working_child")
    assert said(child) == "begun\n"
    assert len(everything_in(database)["worker"]) == 1
    child.send_signal(signal.SIGTERM)
    _, complaints = child.communicate(timeout=120)
    assert (child.returncode, complaints) == (0, "")
    assert everything_in(database)["worker"] == []
    (given_back,) = (row for row in listed(database) if row.id == number)
    assert (given_back.state, given_back.tries, given_back.fault) == ("waiting", 1, "")


def test_a_queue_whose_file_is_lost_loses_nothing(
    sqlite_database: Database, library: Library, tmp_path: Path
) -> None:
    """The news of a submission is thrown away with its queue before any worker has heard it."""
    database = sqlite_database
    database.tell = Carrier(f"sqlite:///{tmp_path / 'queue.db'}").tell
    sitting = submitted(database, library, datetime.now(UTC))
    with database.writing() as session:
        scoring.ask(session, JOB, sitting.ref, now=datetime.now(UTC) - jobs.RETOLD_AFTER)
    for file in tmp_path.glob("queue.db*"):
        file.unlink()
    child = started(f"sqlite:///{tmp_path / 'assessor.db'}", tmp_path)
    latest = time.monotonic() + 120
    while not roles_kept(database) and time.monotonic() < latest:
        time.sleep(0.05)
    child.terminate()
    _, complaints = child.communicate(timeout=120)
    assert len(roles_kept(database)) == 1
    assert complaints == ""
