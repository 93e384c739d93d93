"""What a server owes after a reply is done even where it died in between (RE2), and expired sittings go."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from assessor.banks.schema import Library
from assessor.config import ROOT
from assessor.profile import document
from assessor.services import profiles
from assessor.services.actors import JOB, Actor
from assessor.services.sittings import life, retention
from assessor.store.db import Database, Unavailable, open_database
from assessor.worker import LEFT_AFTER, SWEEP_EVERY_S, Worker
from tests.fixtures.sittings import NOW, Held, begin
from tests.fixtures.store import everything_in

SOON = NOW + LEFT_AFTER


def submitted(database: Database, library: Library, now: datetime = NOW) -> Held:
    held = begin(database, library, now=now)
    held.answer_all(now)
    held.finish(now)
    return held


def roles_kept(database: Database) -> list[object]:
    return [row[2] for row in everything_in(database)["profile"]]


def test_a_profile_that_a_server_still_owes_is_kept_once(database: Database, library: Library) -> None:
    owed, done = submitted(database, library), submitted(database, library)
    assert profiles.keep_scored(database, JOB, done.ref, now=NOW)
    begin(database, library)
    worker = Worker(database, now=lambda: SOON)
    assert worker.keep_profiles() == 1
    assert len(roles_kept(database)) == 2
    kept = everything_in(database)
    assert worker.keep_profiles() == 0
    assert Worker(database, now=lambda: SOON).keep_profiles() == 0
    assert everything_in(database) == kept
    view = owed.view()
    stored = [row[3] for row in kept["profile"]]
    assert document(profiles.profile_of(view, view.role_id)) in stored


def test_a_server_that_has_just_answered_keeps_its_profile_itself(
    database: Database, library: Library
) -> None:
    submitted(database, library)
    assert Worker(database, now=lambda: SOON - timedelta(seconds=1)).keep_profiles() == 0


def test_a_sitting_that_gives_no_profile_is_tried_once_and_keeps_no_other_from_its_own(
    database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty, broken, whole = (submitted(database, library) for _ in range(3))
    tried: list[str] = []
    keep = profiles.keep_scored

    def watched(database: Database, actor: Actor, ref: str, *, now: datetime) -> bool:
        tried.append(ref)
        if ref == empty.ref:
            return False
        if ref == broken.ref:
            raise ZeroDivisionError
        return keep(database, actor, ref, now=now)

    monkeypatch.setattr(profiles, "keep_scored", watched)
    worker = Worker(database, now=lambda: SOON)
    assert [worker.keep_profiles() for _ in range(3)] == [1, 0, 0]
    assert tried == [empty.ref, broken.ref, whole.ref]
    empty.erase()
    broken.erase()
    worker.keep_profiles()
    assert not worker._without


def test_a_sitting_that_is_erased_meanwhile_is_passed_over(
    database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = submitted(database, library)
    profile_of = profiles.profile_of

    def erased(view: life.AttemptView, role: str) -> object:
        held.erase()
        return profile_of(view, role)

    monkeypatch.setattr(profiles, "profile_of", erased)
    assert Worker(database, now=lambda: SOON).keep_profiles() == 0
    assert roles_kept(database) == []


def test_the_sweep_comes_at_the_start_and_once_a_day_and_waits_for_a_database_that_is_away(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    passed, swept = [0.0], list[float]()
    worker = Worker(sqlite_database, now=lambda: SOON, clock=lambda: passed[0])

    def away() -> int:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(worker, "sweep", away)
    for _ in range(3):
        worker.round()
    assert [record.getMessage() for record in caplog.records] == [
        "work is waiting for the database: the disk is full"
    ]
    monkeypatch.setattr(worker, "sweep", lambda: swept.append(passed[0]))
    for minute in range(60 * 49):
        passed[0] = minute * 60.0
        worker.round()
    assert swept == [0.0, SWEEP_EVERY_S, 2 * SWEEP_EVERY_S]


def test_a_long_sweep_goes_in_short_transactions(database: Database, library: Library) -> None:
    for _ in range(25):
        begin(database, library)
    worker = Worker(database, now=lambda: NOW + retention.OPEN_FOR)
    assert worker.sweep() == 25
    assert everything_in(database)["attempt"] == []


def started(address: str) -> subprocess.Popen[bytes]:
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("ASSESSOR_")}
    return subprocess.Popen(
        [sys.executable, "-m", "assessor.worker"],
        cwd=ROOT,
        env=foreign | {"ASSESSOR_DATABASE_URL": address},
        stderr=subprocess.PIPE,
    )


def test_servers_killed_between_reply_and_profile_leave_none_owed(address: str, library: Library) -> None:
    """kill -9 after the submission was acknowledged; then a worker that is killed, and one that is not."""
    database = open_database(address)
    held = [submitted(database, library, datetime.now(UTC) - timedelta(minutes=1)) for _ in range(3)]
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.fixtures.submitting_child", address, *(one.ref for one in held)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "submitted\n"
    child.kill()
    child.wait(timeout=5)
    child.stdout.close()
    assert roles_kept(database) == []
    latest = time.monotonic() + 40
    first = started(address)
    while not roles_kept(database) and time.monotonic() < latest:
        time.sleep(0.01)
    first.kill()
    first.communicate(timeout=5)
    second = started(address)
    while len(roles_kept(database)) < len(held) and time.monotonic() < latest:
        time.sleep(0.02)
    second.terminate()
    _, said = second.communicate(timeout=10)
    assert len(roles_kept(database)) == len(held)
    assert said == b""
    database.close()
