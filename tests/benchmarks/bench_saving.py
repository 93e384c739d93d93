"""One answer saved by a real server over a kept connection, beside the least that can keep one."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from assessor.config import ROOT
from assessor.items import Doubting, Unfolding, answer, shown_to, type_of
from assessor.services.actors import holder_of
from assessor.services.sittings import life
from assessor.store.db import Database, open_database
from assessor.web.candidate.answering import PREFIX
from assessor.web.plumbing.intake import options
from tests.benchmarks.material import DOMAIN, SEED
from tests.benchmarks.timing import Measured, paired

START_WITHIN_S = 60.0
#: How often each item of a sitting is answered: people change their minds, and pages save as they go.
TIMES = 2
WORKERS, THREADS = 2, 4

Headers = dict[str, str]


def measure(*, quick: bool) -> Iterator[Measured]:
    rounds = 8 if quick else 300
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = f"sqlite:///{folder / 'assessor.db'}"
        kept = {"ASSESSOR_DATA": place, "ASSESSOR_DATABASE_URL": url}
        workers, threads = (1, 1) if quick else (WORKERS, THREADS)
        shape = ("--workers", str(workers), "--threads", str(threads))
        serve = ("assessor", "serve", "--port", "0", *shape)
        bare = ("tests.benchmarks.bare_server", place, settings_of_serve(workers, threads))
        with (
            running(folder / "serve.log", serve, kept) as ours,
            running(folder / "bare.log", bare) as other,
            closing(Visitor(*address(*ours))) as visitor,
            closing(Visitor(*address(*other))) as plain,
        ):
            posts = prepared(visitor, url, rounds + 1)
            body = urlencode({"text": posts[0][1]}).encode()
            yield paired(
                "save one answer",
                f"{rounds} requests, SQLite FULL",
                lambda: visitor.post(*posts.pop(0), expected=200),
                "bare Flask + SQLAlchemy, the same gunicorn",
                lambda: plain.post("/answer", body, {}, expected=204),
                rounds=rounds,
                note=f"one client, kept connections, {workers} processes of {threads} threads each; ours "
                "checks session, CSRF and answer",
            )


def settings_of_serve(workers: int, threads: int) -> str:
    """What `assessor serve` tells gunicorn, but for the sentence that it prints."""
    told = options("127.0.0.1", 0, workers, threads)
    return json.dumps({name: value for name, value in told.items() if not callable(value)})


@contextmanager
def running(
    log: Path, module: tuple[str, ...], settings: Headers | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The module as a process that ends with the block."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env={**os.environ, **(settings or {})},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process, log
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def address(process: subprocess.Popen[bytes], log: Path) -> tuple[str, int]:
    latest = time.monotonic() + START_WITHIN_S
    while time.monotonic() < latest and process.poll() is None:
        found = re.search(r"http://([\d.]+):(\d+)", log.read_text())
        if found and found[2] != "0":
            return found[1], int(found[2])
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


class Visitor:
    """A browser with cookies and one connection that is kept."""

    def __init__(self, host: str, port: int) -> None:
        self.connection = HTTPConnection(host, port, timeout=30)
        self.cookies: Headers = {}

    def close(self) -> None:
        """A server that is told to end waits for connections that are open."""
        self.connection.close()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self.connection.request(method, path, body, headers)
            reply = self.connection.getresponse()
        except ConnectionError:
            # The server closes a connection that was idle for two seconds: that is no answer to time.
            self.connection.close()
            self.connection.request(method, path, body, headers)
            reply = self.connection.getresponse()
        text = reply.read().decode()
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return reply.status, text + (reply.headers["Location"] or "")

    def send(self, path: str, **fields: str) -> str:
        kind = "application/x-www-form-urlencoded"
        status, text = self.ask("POST", path, urlencode(fields).encode(), **{"Content-Type": kind})
        if status != 303:
            raise RuntimeError(f"{path}: {status}")
        return text

    def post(self, path: str, body: bytes, cookies: Headers, *, expected: int) -> None:
        self.cookies = cookies
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        status, text = self.ask("POST", path, body, **kind)
        if status != expected:
            raise RuntimeError(f"{path}: {status} {text[:500]}")


def prepared(visitor: Visitor, url: str, count: int) -> list[tuple[str, bytes, Headers]]:
    """So many POSTs of answers, in sittings begun over HTTP as a visitor begins them."""
    rng, database = np.random.default_rng(SEED), open_database(url)
    posts: list[tuple[str, bytes, Headers]] = []
    while len(posts) < count:
        posts += sitting(visitor, database, rng)
    database.close()
    return posts[:count]


def sitting(
    visitor: Visitor, database: Database, rng: np.random.Generator
) -> list[tuple[str, bytes, Headers]]:
    visitor.cookies = {}
    choices = {"domain": DOMAIN, "length": "standard", "language": "en"}
    _, notice = visitor.ask("GET", f"/self/notice?{urlencode(choices)}")
    begun = visitor.send("/self/notice", csrf_token=hidden(notice, "csrf_token"), **choices)
    ref = re.search(r"/a/(\w+)/link", begun)[1]
    _, page = visitor.ask("GET", f"/a/{ref}/1")
    stamp = {name: hidden(page, name) for name in ("csrf_token", "epoch", "shown")}
    with database.reading() as session:
        view = life.load(session, holder_of(ref), ref, now=datetime.now(UTC))
    posts = []
    for seq in range(1, TIMES + 1):
        for number, item in enumerate(view.items, start=1):
            kind, content = type_of(item.content), item.content
            # These take several pages, or a confirmation.
            if isinstance(kind, Unfolding | Doubting):
                continue
            shown = shown_to(content, item.digest, view.secret)
            filled = kind.fill(content, answer(content, 0.5, rng), shown)
            fields = {PREFIX + name: values for name, values in filled.items()}
            body = urlencode({**stamp, "seq": seq, "go": "save", **fields}, doseq=True).encode()
            posts.append((f"/a/{ref}/{number}", body, visitor.cookies))
    return posts


def hidden(page: str, name: str) -> str:
    """The value of the page's first hidden field of that name."""
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]
