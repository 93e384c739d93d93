"""Does the work that no request waits for. A process of its own; any number of them, on any machines.

``assessor serve`` holds one beside its web processes, ``assessor worker`` is one more. A worker hears of new
work by its carrier and reads what it is from the job's row (``services.jobs``). Between jobs it goes its
rounds: what a killed worker left, and what nobody was told of, is found in the rows and told again.
"""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from assessor.config import load_settings
from assessor.report import pdf
from assessor.services import jobs, logs, tasks
from assessor.services.actors import JOB
from assessor.services.jobs import Claim, Ending, Impossible, Kind, Lost, Outcome, Run, Stopped
from assessor.store.carrier import Carrier
from assessor.store.db import Database, Unavailable, open_database

LOG = logging.getLogger("assessor.worker")

#: Jobs that one worker does at a time: whoever waits for a document does not wait for the round of retention.
THREADS = 2
#: How often signs of life are given and rows looked at.
ROUND_S = 5.0
PRESENT_EVERY_S = 15.0
OWED_EVERY_S = 60.0
HEALTH_EVERY_S = 10.0
#: How long after its start a worker has the renderer of documents started: the first one is not slower then.
WARM_AFTER_S = 5.0


class Worker:
    """Does jobs, each at most once at a time, and goes the rounds between them."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        kinds: Mapping[str, Kind] | None = None,
    ) -> None:
        """Nothing is done yet; the first round looks for everything."""
        self.name = f"{socket.gethostname()[:80]} {os.getpid()} {secrets.token_hex(3)}"
        self.ending = threading.Event()
        self._database, self._now, self._clock = database, now, clock
        self._kinds = tasks.kinds() if kinds is None else kinds
        self._lock = threading.Lock()
        #: What this worker has in hand, and until when it gives signs of life for it.
        self._held: dict[Claim, float] = {}
        self._present_at = self._owed_at = clock()
        self._is_down = False

    # Doing

    def do(self, job_id: int, tries: int) -> bool:
        """Whether this worker did the job; never raises, and others may have had it first."""
        try:
            held = self._claimed(job_id, tries)
            return held is not None and self._done(held)
        except Unavailable as error:
            # Its row stands as it is: a round finds it.
            self._say_down(error)
        except Lost:
            # Taken by another, or erased: neither is a fault.
            pass
        return False

    def _claimed(self, job_id: int, tries: int) -> Claim | None:
        if self.ending.is_set():
            return None
        with self._database.reading() as session:
            kind = jobs.kind_of(session, job_id, tries, now=self._now())
        # News may be old, and of work that only a newer worker knows.
        if kind not in self._kinds:
            return None
        with self._database.writing() as session:
            return jobs.claim(session, job_id, tries, now=self._now())

    def _done(self, held: Claim) -> bool:
        kind = self._kinds[held.kind]
        with self._lock:
            self._held[held] = self._clock() + kind.limit.total_seconds()
        try:
            outcome = kind.run(Run(held, self._database, self._now, self._step_of(held)))
            self._ends(held, outcome)
        except Lost:
            raise
        except Ending:
            with self._database.writing() as session:
                jobs.give_back(session, held, now=self._now())
        except Stopped:
            with self._database.writing() as session:
                jobs.stopped(session, held, now=self._now())
        except Impossible as error:
            self._fails(held, str(error), for_good=True)
        except Unavailable:
            with self._database.writing() as session:
                jobs.give_back(session, held, now=self._now())
            raise
        except Exception as error:
            # The outermost edge of a job: one that cannot be done must not keep the others from being done.
            LOG.error("a job of the kind %s failed: %s", held.kind, type(error).__name__, exc_info=error)
            self._fails(held, type(error).__name__, for_good=False)
        else:
            return True
        finally:
            with self._lock:
                self._held.pop(held, None)
        return False

    def _ends(self, held: Claim, outcome: Outcome | None) -> None:
        with self._database.writing() as session:
            jobs.finish(session, held, outcome, now=self._now())

    def _fails(self, held: Claim, fault: str, *, for_good: bool) -> None:
        with self._database.writing() as session:
            jobs.fail(session, held, fault, now=self._now(), for_good=for_good)

    def _step_of(self, held: Claim) -> Callable[[int, int], None]:
        def step(done: int, total: int) -> None:
            with self._database.writing() as session:
                jobs.beat(session, held, now=self._now(), done=done, total=total)
            if self.ending.is_set():
                raise Ending

        return step

    # Rounds

    def round(self) -> None:
        """Signs of life, what was left or not told, what is owed; a database that is away is tried again."""
        try:
            self.beat()
            self.sweep()
            if self._clock() >= self._owed_at:
                self.look()
                self._owed_at = self._clock() + OWED_EVERY_S
            self._is_down = False
        except Unavailable as error:
            self._say_down(error)

    def _say_down(self, error: Unavailable) -> None:
        if not self._is_down:
            LOG.error("work is waiting for the database: %s", error)
        self._is_down = True

    def beat(self) -> None:
        """Signs of life of this worker, and of each job that it has not had for too long."""
        now = self._clock()
        with self._lock:
            held = [one for one, until in self._held.items() if now < until]
        is_due = now >= self._present_at
        if not held and not is_due:
            return
        with self._database.writing() as session:
            if is_due:
                jobs.present(session, self.name, now=self._now())
            for one in held:
                jobs.alive(session, one, now=self._now())
        if is_due:
            self._present_at = now + PRESENT_EVERY_S

    def sweep(self) -> int:
        """The number of jobs that were told again."""
        with self._database.reading() as session:
            if not jobs.has_unswept(session, now=self._now()):
                return 0
        with self._database.writing() as session:
            return jobs.sweep(session, now=self._now())

    def look(self) -> int:
        """The number of jobs that the rows and the clock owe, asked for now; old files go."""
        now = self._now()
        with self._database.reading() as session:
            owed = [order for kind in self._kinds.values() for order in kind.owed(session, now)]
            is_cluttered = jobs.has_old_files(session, now=now)
        if is_cluttered:
            with self._database.writing() as session:
                jobs.drop_files(session, now=now)
        if owed:
            with self._database.writing() as session:
                jobs.enqueue_all(session, JOB, owed, now=now)
        return len(owed)

    def leave(self) -> None:
        """What is still in hand waits for another worker, and nobody counts on this one."""
        with self._lock:
            held = list(self._held)
        try:
            with self._database.writing() as session:
                for one in held:
                    jobs.give_back_if_held(session, one, now=self._now())
                jobs.leave(session, self.name)
        except Unavailable as error:
            # A round of another worker finds both.
            self._say_down(error)


def main(argv: Sequence[str] | None = None) -> int:
    """Work until a signal ends it; 1 where its queue cannot be opened."""
    parser = argparse.ArgumentParser(prog="python -m assessor.worker")
    parser.add_argument("--threads", type=int, default=THREADS)
    given = parser.parse_args(argv)
    logs.configure()
    settings = load_settings()
    database, carrier = open_database(settings.database_url), Carrier(settings.queue)
    database.tell = carrier.tell
    worker = Worker(database)
    try:
        consumer = carrier.consumer(worker.do, threads=given.threads)
    except Exception as error:
        # Whatever the queue's own library raises: its words may hold an address with a password.
        LOG.error("the queue of work cannot be opened: %s", type(error).__name__)
        return 1
    try:
        _work(worker, consumer)
    finally:
        pdf.stop_renderer()
        database.close()
    return 0


def _work(worker: Worker, consumer: Any) -> None:
    """Hear of jobs and go the rounds until a signal; then each job is given a moment to come to a step."""
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    consumer.start()
    # Its own handlers would restart the process where a terminal goes.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)
    warming = threading.Timer(WARM_AFTER_S, pdf.start_renderer)
    warming.daemon = True
    warming.start()
    healthy_at = time.monotonic()
    while not ended.is_set():
        worker.round()
        if time.monotonic() >= healthy_at:
            consumer.check_worker_health()
            healthy_at = time.monotonic() + HEALTH_EVERY_S
        ended.wait(ROUND_S)
    warming.cancel()
    worker.ending.set()
    consumer.stop(graceful=True)
    worker.leave()


if __name__ == "__main__":
    sys.exit(main())
