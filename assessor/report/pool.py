"""How many PDF files are made at once, and the few kept for a moment. Knows no database and no page."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

#: Files that one process makes at a time: it has one renderer.
AT_ONCE = 1
#: Requests that may wait for their turn; each holds a thread that others need for their answers.
WAITING = 1
#: Seconds after which a wait is given up.
WAIT_S = 10.0
#: Seconds for which a file is kept: long enough for a second press, short as it is somebody's profile.
KEPT_S = 120.0
KEPT_FILES = 16
KEPT_BYTES = 16 * 1024**2

#: The sitting first, then whatever makes its files differ: role, edition, language, paper.
Key = tuple[str, ...]


class Busy(Exception):
    """As many files are being made as this process makes at once."""


class Pool:
    """Makes files in turn, refuses what would pile up, and keeps the newest in memory for a moment.

    In memory only, so that no file of anybody's profile is left on a disk; dropped with ``forget`` when the
    sitting is erased, and by a clock of its own in any case.
    """

    def __init__(self, *, waiting: int = WAITING, wait_s: float = WAIT_S, kept_s: float = KEPT_S) -> None:
        """An empty pool."""
        self._places = threading.BoundedSemaphore(AT_ONCE + waiting)
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._wait_s, self._kept_s = wait_s, kept_s
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[float, bytes]] = OrderedDict()
        self._making: list[str] = []
        self._forgotten: set[str] = set()

    def file(self, key: Key, make: Callable[[], bytes]) -> bytes:
        """The file of that key, kept or made now; raises Busy at once where too many are being made."""
        found = self._found(key)
        if found is not None:
            return found
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            if not self._turn.acquire(timeout=self._wait_s):
                raise Busy
            try:
                # Whoever was before may have made the very same.
                found = self._found(key)
                return self._made(key, make) if found is None else found
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def forget(self, sitting: str) -> None:
        """Drop all files of that sitting; one that is being made now is not kept."""
        with self._lock:
            if sitting in self._making:
                self._forgotten.add(sitting)
            for key in [key for key in self._kept if key[0] == sitting]:
                del self._kept[key]

    def _found(self, key: Key) -> bytes | None:
        with self._lock:
            self._drop_old()
            found = self._kept.get(key)
            return found and found[1]

    def _made(self, key: Key, make: Callable[[], bytes]) -> bytes:
        sitting = key[0]
        with self._lock:
            self._making.append(sitting)
        try:
            written = make()
            with self._lock:
                if sitting not in self._forgotten:
                    self._keep(key, written)
        finally:
            with self._lock:
                self._making.remove(sitting)
                if sitting not in self._making:
                    self._forgotten.discard(sitting)
        return written

    def _keep(self, key: Key, written: bytes) -> None:
        self._kept[key] = (time.monotonic() + self._kept_s, written)
        while len(self._kept) > KEPT_FILES or sum(len(kept) for _, kept in self._kept.values()) > KEPT_BYTES:
            self._kept.popitem(last=False)
        # Also where nobody asks again.
        clock = threading.Timer(self._kept_s + 0.01, self._look)
        clock.daemon = True
        clock.start()

    def _look(self) -> None:
        with self._lock:
            self._drop_old()

    def _drop_old(self) -> None:
        now = time.monotonic()
        while self._kept and next(iter(self._kept.values()))[0] <= now:
            self._kept.popitem(last=False)
