"""Whether the store can be written to now: asked apart from the requests that it may keep waiting."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from assessor.store.db import Database

LOG = logging.getLogger(__name__)

#: Seconds after which a database that has not answered counts as down.
WITHIN_S = 2.0
#: For how long an answer is given again, so that many who ask cost no more than one.
FRESH_S = 1.0

DATABASE = "the database cannot be used"
DISK = "the disk is full, or nearly"
UNATTENDED = "no worker has given a sign of life for a minute: documents and retention wait"


class Readiness:
    """The one place that says whether a server can serve, within a bound, whatever the database does."""

    def __init__(
        self,
        database: Database,
        data: Path,
        spare_bytes: int,
        *,
        is_attended: Callable[[], bool] = lambda: True,
    ) -> None:
        """Watch the database, and the file systems of its file and of the data folder.

        ``is_attended`` says whether a worker is at work: without one a server serves, but some things wait.
        """
        self._is_attended = is_attended
        self._notice = ""
        self._database = database
        self._folders = {folder for folder in (database.folder, data) if folder is not None}
        self._spare_bytes = spare_bytes
        self._lock = threading.Lock()
        self._asking: threading.Thread | None = None
        self._found: str | None = None
        self._found_at = -math.inf

    def fault(self) -> str | None:
        """Why the server cannot serve now, in a few words; None where it can. Takes two seconds at most."""
        with self._lock:
            if time.monotonic() - self._found_at < FRESH_S:
                return self._found
            asking = self._asking
            if asking is None or not asking.is_alive():
                asking = threading.Thread(target=self._ask, name="readiness", daemon=True)
                self._asking = asking
                asking.start()
        asking.join(WITHIN_S)
        if asking.is_alive():
            self._keep(DATABASE)
        return self._found

    def notice(self) -> str:
        """What an operator should know of a server that can serve, as it was when the fault was asked for."""
        return self._notice

    def _ask(self) -> None:
        found = self._disk() or self._answer()
        # Before the answer: whoever waits for it reads both.
        self._notice = "" if found is not None or self._is_attended() else UNATTENDED
        self._keep(found)

    def _keep(self, found: str | None) -> None:
        if found is not None and found != self._found:
            LOG.error("not ready: %s", found)
        self._found, self._found_at = found, time.monotonic()

    def _disk(self) -> str | None:
        if self._database.is_full:
            return DISK
        return DISK if any(_free(folder) < self._spare_bytes for folder in self._folders) else None

    def _answer(self) -> str | None:
        return None if _passes(self._database.check) else DATABASE


def _passes(check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception as error:
        # The outermost edge of this thread: whatever it was, nobody can be served.
        LOG.warning("the database did not pass its check: %s", type(error).__name__)
        return False
    return True


def _free(folder: Path) -> int:
    """The bytes that this user may still write there; none where the folder is away."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return 0
    return found.f_bavail * found.f_frsize
