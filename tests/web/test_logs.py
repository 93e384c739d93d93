"""What a server writes to its log: nothing that was sent to it, errors that go on counted (SE6, SE12)."""

from __future__ import annotations

import io
import logging
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from assessor.config import ROOT
from assessor.services import logs
from assessor.store.db import Database, Unavailable

TOKEN = "Pr1vate-L1nk_" + "tHat-nobody-may-read-in-a-log0"
PATH = f"/self/r/{TOKEN}".encode()
HOST = b"Host: 127.0.0.1\r\n"
#: Each holds a private link's path where a server might complain of it.
MALFORMED = {
    "version": b"GET %s HTTP/9.9\r\n%s\r\n" % (PATH, HOST),
    "no version": b"GET %s\r\n%s\r\n" % (PATH, HOST),
    "space": b"GET %s x HTTP/1.1\r\n%s\r\n" % (PATH, HOST),
    "method": b"GET%s / HTTP/1.1\r\n%s\r\n" % (PATH, HOST),
    "long": b"GET %s?%s HTTP/1.1\r\n%s\r\n" % (PATH, b"x" * 9000, HOST),
    "header name": b"GET %s HTTP/1.1\r\n%s%s: x\r\n\r\n" % (PATH, HOST, PATH),
    "header value": b"GET / HTTP/1.1\r\n%sReferer: %s\0\r\n\r\n" % (HOST, PATH),
    "folded": b"GET %s HTTP/1.1\r\n%sX-One: a\r\n %s\r\n\r\n" % (PATH, HOST, PATH),
    "coding": b"POST %s HTTP/1.1\r\n%sTransfer-Encoding: %s\r\n\r\n" % (PATH, HOST, PATH),
    "length": b"POST %s HTTP/1.1\r\n%sContent-Length: %s\r\n\r\n" % (PATH, HOST, PATH),
    "chunk": b"POST %s HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n%s\r\n" % (PATH, HOST, PATH),
    "expectation": b"GET %s HTTP/1.1\r\n%sExpect: %s\r\n\r\n" % (PATH, HOST, PATH),
    "proxy": b"PROXY %s\r\n\r\n" % PATH,
    "absolute": b"GET http://evil.example%s HTTP/1.1\r\n%s\r\n" % (PATH, HOST),
    "percent": b"GET %s%%zz%%ff HTTP/1.1\r\n%s\r\n" % (PATH, HOST),
    "foreign host": b"GET %s HTTP/1.1\r\nHost: evil.example\r\n\r\n" % PATH,
    "odd host": b"GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (PATH, PATH),
    "script name": b"GET %s HTTP/1.1\r\n%sScript-Name: %s/x\r\n\r\n" % (PATH, HOST, PATH),
    "no token": b"POST %s HTTP/1.1\r\n%sContent-Length: 0\r\n\r\n" % (PATH, HOST),
    "half": b"GET %s HTTP/1.1\r\n%sX-Half: " % (PATH, HOST),
}


@contextmanager
def served(folder: Path, *, before: str = "") -> Iterator[tuple[int, Path]]:
    """The port and the log of a real server; ``before`` is run in its process first."""
    log = folder / "server.log"
    program = f"{before}\nimport sys\nfrom assessor.__main__ import main\nsys.exit(main())"
    shape = ["serve", "--port", "0", "--workers", "1", "--threads", "2"]
    with log.open("wb") as said:
        child = subprocess.Popen(
            [sys.executable, "-c", program, *shape],
            cwd=ROOT,
            env=os.environ | {"ASSESSOR_DATA": str(folder / "data"), "ASSESSOR_REQUEST_SECONDS": "1"},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        latest = time.monotonic() + 120
        while not (found := re.search(r"http://127.0.0.1:(\d+) ", log.read_text())):
            assert time.monotonic() < latest, log.read_text()
            time.sleep(0.05)
        yield int(found[1]), log
    finally:
        child.terminate()
        child.wait(timeout=120)


def told(port: int, request: bytes) -> bytes:
    said = b""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=120)) as client:
        client.sendall(request)
        while piece := client.recv(65536):
            said += piece
    return said


@pytest.mark.browser
def test_no_log_line_holds_the_path_of_a_private_link_whatever_is_sent(tmp_path: Path) -> None:
    # A fault of the server's own machinery, behind which there is no page any more.
    breaks = (
        "from assessor.app import Application\n"
        "plain = Application.wsgi_app\n"
        "def broken(self, environ, start):\n"
        "    if environ['QUERY_STRING'] == 'break':\n"
        "        raise ValueError(environ['PATH_INFO'])\n"
        "    return plain(self, environ, start)\n"
        "Application.wsgi_app = broken"
    )
    with served(tmp_path, before=breaks) as (port, log):
        whole = {**MALFORMED, "fault": b"GET %s?break HTTP/1.1\r\n%s\r\n" % (PATH, HOST)}
        statuses = {name: told(port, request)[9:12] for name, request in whole.items()}
        for name in ("version", "long", "header name", "coding", "chunk"):
            assert statuses[name][:1] in (b"4", b"5"), statuses
        assert statuses["foreign host"] == statuses["odd host"] == b"400"
        assert statuses["fault"] == b"500"
    written = log.read_text(errors="replace")
    assert "/self/r" not in written
    assert TOKEN[:12] not in written
    assert "ValueError" in written
    assert "could not be read: LimitRequestLine" in written


def test_a_line_that_is_written_again_and_again_is_counted() -> None:
    at, stream = [0.0], io.StringIO()
    handler = logs.Counted(stream, clock=lambda: at[0])
    log = logging.Logger("one")
    log.addHandler(handler)
    answer = "secret".upper()

    def fail(reference: int) -> None:
        try:
            raise RuntimeError(answer)
        except RuntimeError as error:
            log.error("%s: it failed", reference, exc_info=error)

    for reference in range(1000):
        fail(reference)
    log.error("another thing")
    written = stream.getvalue()
    assert written.count("Traceback") == 1
    assert written.count("it failed") == logs.LINES
    assert written.count("another thing") == 1
    assert "RuntimeError" in written
    assert answer not in written
    at[0] += logs.WINDOW_S + 1
    fail(1000)
    written = stream.getvalue()
    assert f"{1000 - logs.LINES} more" in written
    assert written.count("Traceback") == 1
    at[0] += logs.TRACED_EVERY_S
    fail(1001)
    assert stream.getvalue().count("Traceback") == 2
    handler.close()


def test_what_was_counted_is_told_without_another_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "WINDOW_S", 0.05)
    stream = io.StringIO()
    log = logging.Logger("one")
    log.addHandler(logs.Counted(stream))
    for _ in range(logs.LINES + 7):
        log.error("it failed")
    latest = time.monotonic() + 120
    while "7 more" not in stream.getvalue() and time.monotonic() < latest:
        time.sleep(0.01)
    assert "7 more" in stream.getvalue()


def test_lines_of_endless_kinds_take_no_endless_memory() -> None:
    stream = io.StringIO()
    handler = logs.Counted(stream, clock=lambda: 0.0)
    log = logging.Logger("one")
    log.addHandler(handler)
    for number in range(10 * logs.MOST_KINDS):
        log.error(f"kind {number}")
    assert stream.getvalue().count("\n") <= logs.MOST_KINDS + logs.LINES
    handler.close()


def test_a_dead_database_writes_little_whatever_is_asked(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    handler = logs.Counted(stream)

    def dead(*_given: object, **_named: object) -> object:
        raise Unavailable("the database did not answer in time")

    monkeypatch.setattr(type(database), "open", dead)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        client = app.test_client()
        with client.session_transaction() as session:
            session["grants"] = [("0" * 16, 1, "x")]
        for number in range(200):
            path = (f"/a/{'0' * 16}/{number}", "/", f"/self/r/{TOKEN}")[number % 3]
            assert client.get(path).status_code == 503
    finally:
        root.removeHandler(handler)
        handler.close()
    written = stream.getvalue()
    assert "the database did not answer in time" in written
    assert len(written) < 20_000
    assert TOKEN not in written
