"""Workers and their work from the command line: one more worker, jobs listed, stopped and taken up."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assessor.services import jobs
from assessor.services.actors import JOB
from assessor.services.jobs import Order
from assessor.store.db import Database, open_database
from tests.cli.conftest import Run, left_of
from tests.cli.test_command_line import COMMAND, environment


@pytest.fixture
def state(run: Run, tmp_path: Path) -> Database:
    """The database that the commands of this test work on."""
    run("db", "upgrade")
    return open_database(f"sqlite:///{tmp_path / 'state' / 'assessor.db'}")


def asked(database: Database, key: str = "retention") -> int:
    with database.writing() as session:
        return jobs.enqueue(session, JOB, Order("retention", key, "clock"), now=datetime.now(UTC))


def test_jobs_are_listed_stopped_and_taken_up(run: Run, state: Database) -> None:
    number = asked(state)
    head, row, last = run("jobs", "list").lines
    assert head.split() == ["job", "kind", "state", "tries", "done", "asked", "by", "asked", "fault"]
    assert row.split()[:5] == [str(number), "retention", "waiting", "0", "clock"]
    assert last == "0 workers at work"
    assert run("jobs", "stop", number).code == 0
    assert "stopped" in run("jobs", "list").out
    refused = run("jobs", "stop", number)
    assert (refused.code, refused.out) == (1, "")
    assert f"no job {number} waits" in refused.err
    assert run("jobs", "retry", number).code == 0
    assert "waiting" in run("jobs", "list").out
    assert run("jobs", "retry", number).code == 1
    state.close()


def test_a_worker_refuses_a_database_of_another_version(run: Run, tmp_path: Path) -> None:
    refused = run("worker")
    assert refused.code == 1
    assert "assessor db upgrade" in refused.err


@pytest.mark.slow
def test_one_more_worker_does_what_waits_and_ends_on_a_signal(state: Database, tmp_path: Path) -> None:
    number = asked(state, "asked before there was a worker")
    worker = subprocess.Popen(
        [*COMMAND, "worker", "--threads", "1"], stderr=subprocess.PIPE, text=True, env=environment(tmp_path)
    )
    try:
        latest = time.monotonic() + 120
        while time.monotonic() < latest:
            with state.reading() as session:
                found = {job.id: job.state for job in jobs.listed(session)}
                at_work = jobs.workers(session, now=datetime.now(UTC))
            if found[number] == "done":
                break
            time.sleep(0.1)
        assert (found[number], at_work) == ("done", 1)
    finally:
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=120)
    assert (worker.returncode, errors) == (0, "")
    with state.reading() as session:
        assert jobs.workers(session, now=datetime.now(UTC)) == 0
    assert not left_of(tmp_path)
    state.close()


@pytest.mark.slow
def test_a_worker_without_its_queue_says_so_without_its_password(state: Database, tmp_path: Path) -> None:
    address = f"postgresql+psycopg://nobody:hunter2@/nowhere?host={tmp_path}"
    ran = subprocess.run(
        [sys.executable, "-m", "assessor", "worker"],
        capture_output=True,
        text=True,
        env=environment(tmp_path) | {"ASSESSOR_QUEUE_URL": address},
        timeout=60,
    )
    assert ran.returncode == 1
    assert "the queue of work cannot be opened" in ran.stderr
    assert "hunter2" not in ran.stderr
    assert ran.stderr.count("\n") == 1
    state.close()
