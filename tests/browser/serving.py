"""A server like its users' server, for as long as somebody needs it; knows nothing of browsers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assessor.config import resource

START_WITHIN_S = 90


@dataclass(frozen=True)
class Server:
    """Where the server answers, what it keeps, what it says."""

    address: str
    database_url: str
    log: Path

    def complaints(self, since: int) -> str:
        """What the server wrote after that many bytes; it writes only what somebody should look into."""
        return self.log.read_bytes()[since:].decode().strip()


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """`assessor serve` at a free port with the shipped banks; all that it keeps lies in ``folder``."""
    folder.mkdir(exist_ok=True)
    database_url = f"sqlite:///{folder / 'assessor.db'}"
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("ASSESSOR_")}
    settings = {"ASSESSOR_DATA": str(folder), "ASSESSOR_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "assessor", "serve", "--port", "0", "--workers", "1", "--threads", "8"]
    log = folder / "server.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=foreign | settings, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        address = _address(process, log)
        _wake(address)
        yield Server(address, database_url, log)
    finally:
        process.terminate()
        process.wait(timeout=120)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    latest = time.monotonic() + START_WITHIN_S
    while time.monotonic() < latest and process.poll() is None:
        found = re.search(r"http://[\w.:]+", log.read_text())
        if found:
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


def _wake(address: str) -> None:
    """Have the server load its banks and make its fonts: nobody should wait for that."""
    styles = (resource("static") / "base.css").read_text()
    for path in ("/readyz", *re.findall(r"/fonts/[\w-]+\.woff2", styles)):
        with urllib.request.urlopen(address + path, timeout=START_WITHIN_S) as reply:
            assert reply.status == 200
