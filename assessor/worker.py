"""The work that no request waits for: profiles that are owed, and what has expired. A process of its own.

``serve`` runs one beside its web processes (``python -m assessor.worker``). What is to be done is read from
the rows themselves, so that nothing is lost with a process: whatever one left undone, the next round finds.
Each piece is idempotent and has its own short transactions: two workers, or a killed one, do no harm.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

from assessor import logs
from assessor.config import load_settings
from assessor.errors import Conflict, NotFound
from assessor.services import grants, limits, profiles
from assessor.services.actors import JOB
from assessor.services.sittings import retention
from assessor.store.db import Database, Unavailable, open_database

LOG = logging.getLogger("assessor.worker")

EVERY_S = 60.0
SWEEP_EVERY_S = 24 * 3600.0
#: A process that has just answered keeps the profile itself; only later it counts as left undone.
LEFT_AFTER = timedelta(seconds=30)
#: Sittings erased in one transaction: whoever saves an answer meanwhile must not notice.
ERASED_AT_ONCE = 20


class Worker:
    """Does what is due in rounds; a database that cannot answer is tried again in the next one."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is done yet; the first round sweeps."""
        self._database, self._now, self._clock = database, now, clock
        self._sweep_at = clock()
        #: Submitted with too few answers: there is no profile to be kept, however often it is tried.
        self._without: set[str] = set()
        self._is_down = False

    def round(self) -> None:
        """Everything that is due now."""
        try:
            self.keep_profiles()
            if self._clock() >= self._sweep_at:
                self.sweep()
                self._sweep_at = self._clock() + SWEEP_EVERY_S
            self._is_down = False
        except Unavailable as error:
            if not self._is_down:
                LOG.error("work is waiting for the database: %s", error)
            self._is_down = True

    def keep_profiles(self) -> int:
        """The number of profiles that were owed and are kept now."""
        now = self._now()
        with self._database.reading() as session:
            owed = profiles.unscored(session, JOB, now=now, finished_before=now - LEFT_AFTER)
        self._without &= set(owed)
        return sum(self._keep_profile(ref) for ref in owed if ref not in self._without)

    def _keep_profile(self, ref: str) -> bool:
        try:
            kept = profiles.keep_scored(self._database, JOB, ref, now=self._now())
        except (NotFound, Conflict):
            # Erased meanwhile.
            return False
        except Unavailable:
            raise
        except Exception as error:
            # One sitting that cannot be scored must not keep the others from it.
            LOG.error("a profile could not be made: %s", type(error).__name__)
            kept = False
        if not kept:
            self._without.add(ref)
        return kept

    def sweep(self) -> int:
        """The number of expired sittings erased; tallies and rights that count no more go too."""
        with self._database.writing() as session:
            limits.forget(session, now=self._now())
            grants.forget(session, now=self._now())
        erased = 0
        while True:
            with self._database.writing() as session:
                found = retention.sweep(session, JOB, now=self._now(), most=ERASED_AT_ONCE)
            erased += found
            if found < ERASED_AT_ONCE:
                return erased


def main() -> int:
    """Work until a signal ends it."""
    logs.configure()
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    # People who wait for a page come first.
    os.nice(5)
    database = open_database(load_settings().database_url)
    worker = Worker(database)
    while not ended.is_set():
        worker.round()
        ended.wait(EVERY_S)
    database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
