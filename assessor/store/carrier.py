"""Who tells workers of new work: the only place that knows Huey. What the work is stands in the jobs' rows.

News may be lost, come late or come twice: whoever hears it looks at the row. Nothing but two numbers is sent,
as JSON, so that whatever else stands in a queue is never unpickled.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from assessor.store.db import News
from assessor.store.embedded import PRIVATE

LOG = logging.getLogger(__name__)

NAME = "assessor"
#: Seconds that somebody may wait for a carrier; afterwards the row is found without its news.
WAIT_S = 2
#: For how long a carrier that failed is not asked: whoever answers a request would wait for it each time.
SILENCE_S = 10.0
#: How often a worker looks into the file of an embedded carrier, in seconds; others wake it.
LOOK_S = 0.1
#: Seconds that a job is given to come to its next step when its worker ends.
ENDING_S = 15.0

Hear = Callable[[int, int], object]


class _Plain(Serializer):  # type: ignore[misc]
    """Messages as JSON: what comes from elsewhere is read, never run."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps([data.id, *data.args]).encode()

    def _deserialize(self, data: bytes) -> Message:
        ident, job, tries = json.loads(bytes(data))
        return Message(str(ident), f"queue.{NAME}", args=(int(job), int(tries)), retries=0, retry_delay=0)


class Carrier:
    """One queue at an address, opened by each process at its first use: told by all, heard by workers."""

    def __init__(self, url: str) -> None:
        """Nothing is opened yet; ``url`` is one of those that the settings know."""
        self.url = url
        self._lock = threading.Lock()
        self._owner = 0
        self._huey: Any = None
        self._task: Any = None
        self._silent_until = 0.0

    def tell(self, news: Sequence[News]) -> None:
        """The news is in the queue; where it cannot be, a sweep finds the rows. Raises nothing."""
        if time.monotonic() < self._silent_until:
            return
        try:
            self._opened(_unheard)
            for job, tries in news:
                self._task(job, tries)
        except Exception as error:
            # The outermost edge of what has been committed: nothing that is said here may undo it.
            self._silent_until = time.monotonic() + SILENCE_S
            LOG.error("workers could not be told of new work: %s", type(error).__name__)

    def consumer(self, hear: Hear, *, threads: int) -> Consumer:
        """What hears the news in so many threads once it is started; raises what the carrier raises."""
        return self._opened(hear).create_consumer(
            workers=threads,
            periodic=False,
            initial_delay=LOOK_S,
            max_delay=LOOK_S,
            backoff=1.0,
            shutdown_timeout=ENDING_S,
        )

    def _opened(self, hear: Hear) -> Huey:
        # A connection that was opened before a fork belongs to the parent.
        with self._lock:
            if self._owner != os.getpid():
                self._huey = _huey(self.url)
                self._task = self._huey.task(name=NAME)(_named(hear))
                self._owner = os.getpid()
            return self._huey


def _unheard(job: int, _tries: int) -> None:
    raise RuntimeError(f"this process only tells: it does no job, not even {job}")


def _named(hear: Hear) -> Hear:
    def heard(job: int, tries: int) -> None:
        hear(job, tries)

    # Every process names the task alike, whatever it was made of.
    heard.__module__ = "queue"
    return heard


def _huey(url: str) -> Huey:
    scheme, _, rest = url.partition("://")
    told: dict[str, Any] = {"results": False, "serializer": _Plain()}
    if scheme == "sqlite":
        return _embedded(_private_file(rest), told)
    if scheme.startswith("postgresql"):
        return PostgresHuey(NAME, dsn=f"postgresql://{rest}", connect_timeout=WAIT_S, **told)
    # A worker waits a second for news, so that a silent server is not taken for an empty queue.
    patience = f"socket_connect_timeout={WAIT_S}&socket_timeout={WAIT_S + 1}"
    return RedisHuey(NAME, url=f"{url}{'&' if '?' in url else '?'}{patience}", **told)


def _embedded(path: Path, told: dict[str, Any]) -> Huey:
    try:
        return SqliteHuey(NAME, filename=str(path), timeout=WAIT_S, cache_mb=0, **told)
    except sqlite3.DatabaseError as error:
        # Its kinds say that the file is busy or cannot be reached; only the bare error, that it is damaged.
        if type(error) is not sqlite3.DatabaseError:
            raise
    LOG.warning("the queue in %s was damaged and is begun anew: all that it held stands in the rows", path)
    for suffix in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
    return SqliteHuey(NAME, filename=str(path), timeout=WAIT_S, cache_mb=0, **told)


def _private_file(rest: str) -> Path:
    """The file of an embedded carrier, made before SQLite does, which would leave its rights to the umask."""
    path = Path(rest.removeprefix("/")).expanduser().absolute()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE))
    return path
