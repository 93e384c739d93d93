"""Nobody holds a server by sending or reading slowly (RE8): whole requests only, each against a deadline."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask, url_for
from hypothesis import given
from hypothesis import strategies as st

from assessor.config import ROOT
from assessor.web.plumbing.intake import MOST_HEAD, STARTS, Framing
from assessor.web.plumbing.security import MOST_BYTES
from tests.fixtures.intake_child import LONG, SLOW_S

pytestmark = pytest.mark.browser

DEADLINE_S = 1
HEAD = b"GET / HTTP/1.1\r\nHost: tests\r\nX-Half: "
BODY = b"POST / HTTP/1.1\r\nHost: tests\r\nContent-Length: 100\r\n\r\nhalf"
WHOLE = b"GET / HTTP/1.1\r\nHost: tests\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: tests\r\nConnection: close\r\n\r\n"


@contextmanager
def served(folder: Path, seconds: int) -> Iterator[int]:
    """The port of a server with one process of two threads."""
    log = folder / "child.log"
    with log.open("wb") as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.fixtures.intake_child", str(seconds)],
            cwd=ROOT,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        latest = time.monotonic() + 120
        while not (found := re.search(r"http://127.0.0.1:(\d+)", log.read_text())):
            assert time.monotonic() < latest, log.read_text()
            time.sleep(0.02)
        yield int(found[1])
    finally:
        child.terminate()
        child.wait(timeout=120)
    assert "Traceback" not in log.read_text()


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with served(tmp_path_factory.mktemp("patient"), 60) as port:
        yield port


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with served(tmp_path_factory.mktemp("hurried"), DEADLINE_S) as port:
        yield port


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=120)


def until_closed(client: socket.socket) -> bytes:
    said = b""
    while piece := client.recv(65536):
        said += piece
    return said


def asked(port: int, request: bytes) -> bytes:
    with closing(connected(port)) as client:
        client.sendall(request)
        return until_closed(client)


def seconds_to_answer(port: int, request: bytes) -> float:
    begun = time.monotonic()
    assert b" 200 OK" in asked(port, request)
    return time.monotonic() - begun


@pytest.mark.parametrize("count", [8, 50, 200])
@pytest.mark.parametrize("half", [b"", HEAD, BODY], ids=["silent", "head", "body"])
def test_half_sent_requests_keep_nobody_waiting(patient: int, half: bytes, count: int) -> None:
    with ExitStack() as held:
        for _ in range(count):
            held.enter_context(closing(connected(patient))).sendall(half)
        filled = b"POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: 5\r\n\r\nwhole"
        assert seconds_to_answer(patient, LAST) < 1
        assert seconds_to_answer(patient, filled) < 1


@pytest.mark.parametrize("half", [HEAD, BODY], ids=["head", "body"])
def test_a_request_that_comes_drop_by_drop_is_ended_at_its_deadline(hurried: int, half: bytes) -> None:
    with closing(connected(hurried)) as client:
        client.sendall(half)
        begun = time.monotonic()
        client.settimeout(0.2)
        said = b""
        while time.monotonic() < begun + 10:
            try:
                client.sendall(b"x")
                if not (piece := client.recv(1000)):
                    break
                said += piece
            except TimeoutError:
                continue
            except ConnectionError:
                break
        took = time.monotonic() - begun
    assert said.startswith(b"HTTP/1.1 408")
    assert DEADLINE_S - 0.5 < took < DEADLINE_S * 2 + 4


def test_a_connection_on_which_nothing_comes_is_closed_without_a_word(hurried: int) -> None:
    with closing(connected(hurried)) as client:
        assert until_closed(client) == b""


def test_clients_that_leave_their_end_open_stop_nobody(patient: int) -> None:
    """A server that lingers in its one loop stands still for two seconds each."""
    with ExitStack() as held:
        for _ in range(5):
            client = held.enter_context(closing(connected(patient)))
            client.sendall(LAST)
            assert b" 200 OK" in client.recv(1000)
        assert seconds_to_answer(patient, LAST) < 1


def test_replies_that_nobody_reads_hold_no_thread(patient: int) -> None:
    asks = b"GET /long HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
    with ExitStack() as held:
        for _ in range(6):
            held.enter_context(closing(connected(patient))).sendall(asks)
        time.sleep(0.2)
        assert seconds_to_answer(patient, LAST) < 1
        assert len(asked(patient, asks)) > len(LONG)


def test_whether_the_server_lives_is_said_while_every_thread_is_busy(patient: int) -> None:
    with ExitStack() as held:
        for _ in range(4):
            client = held.enter_context(closing(connected(patient)))
            client.sendall(b"GET /slow HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        time.sleep(0.2)
        for path in (b"/healthz", b"/readyz"):
            assert seconds_to_answer(patient, LAST.replace(b"GET /", b"GET " + path)) < SLOW_S / 2


def test_who_saves_an_answer_does_not_wait_behind_those_who_start(patient: int) -> None:
    start = b"POST " + STARTS + b" HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with ExitStack() as held:
        # Whatever the tests before have left at work is over.
        while seconds_to_answer(patient, LAST) > SLOW_S / 4:
            pass
        for _ in range(4):
            held.enter_context(closing(connected(patient))).sendall(start)
        time.sleep(0.2)
        assert seconds_to_answer(patient, LAST) < SLOW_S / 2


def test_starts_are_where_the_server_looks_for_them(app: Flask) -> None:
    with app.test_request_context():
        assert url_for("starting.begin") == STARTS.decode()


def test_requests_that_come_together_are_answered_in_turn(patient: int) -> None:
    filled = b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc"
    said = asked(patient, WHOLE + filled + LAST)
    assert [body[:1] for body in said.split(b"\r\n\r\n")[1:]] == [b"0", b"3", b"0"]


def test_half_a_request_behind_a_whole_one_holds_no_thread(patient: int) -> None:
    with ExitStack() as held:
        for _ in range(8):
            client = held.enter_context(closing(connected(patient)))
            client.sendall(WHOLE + HEAD)
            assert b" 200 OK" in client.recv(1000)
        assert seconds_to_answer(patient, LAST) < 1


def test_a_body_in_chunks_and_one_that_asks_first_are_taken(patient: int) -> None:
    chunked = b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    said = asked(patient, chunked + b"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-Trailer: x\r\n\r\n")
    assert said.endswith(b"\r\n\r\n7")
    with closing(connected(patient)) as client:
        head = b"POST / HTTP/1.1\r\nHost: t\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 5"
        client.sendall(head + b"\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 100 ")
        client.sendall(b"whole")
        assert until_closed(client).endswith(b"\r\n\r\n5")


@pytest.mark.parametrize(
    "request_",
    [
        b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 999999999\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: -5\r\n\r\nabc",
        b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
        b"GET / HTTP/1.1\r\nHost: t\r\nX-Long: " + b"x" * (MOST_HEAD + 10),
        b"nonsense\r\n\r\n",
    ],
    ids=["long", "negative", "no chunk", "long chunk", "long head", "nonsense"],
)
def test_what_will_not_be_read_is_answered_at_once_and_the_connection_ends(
    patient: int, request_: bytes
) -> None:
    begun = time.monotonic()
    said = asked(patient, request_)
    assert time.monotonic() - begun < 15
    assert said.count(b"HTTP/1.1 ") <= 1


def test_framing_that_the_parser_reads_otherwise_starts_no_second_request(patient: int) -> None:
    """Two lengths, or a length and chunks: what follows must not be taken for a request."""
    smuggled = b"GET /slow HTTP/1.1\r\nHost: t\r\n\r\n"
    two = b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\nContent-Length: 0\r\n\r\n" % len(smuggled)
    both = b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    for head in (two, both):
        assert asked(patient, head + smuggled).count(b"HTTP/1.1 ") == 1


def test_a_server_that_ends_waits_for_no_half_sent_request(tmp_path: Path) -> None:
    with ExitStack() as held:
        with served(tmp_path, 60) as port:
            for half in (HEAD, BODY, b""):
                held.enter_context(closing(connected(port))).sendall(half)
            time.sleep(0.2)
            begun = time.monotonic()
        assert time.monotonic() - begun < 30


REQUESTS = st.one_of(
    st.binary(max_size=60).map(
        lambda body: b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    ),
    st.lists(st.binary(min_size=1, max_size=30), max_size=4).map(
        lambda parts: (
            b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"
            + b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
            + b"0\r\n\r\n"
        )
    ),
    st.just(WHOLE),
)


@given(request_=REQUESTS, rest=st.binary(max_size=20), cuts=st.lists(st.integers(1, 7), max_size=80))
def test_a_request_ends_where_it_ends_however_it_comes_in(
    request_: bytes, rest: bytes, cuts: list[int]
) -> None:
    framing, arrived = Framing(), bytearray()
    for place, piece in enumerate(pieces(request_, cuts)):
        arrived += piece
        assert framing.is_whole(arrived) == (len(arrived) >= len(request_)), place
    assert framing.end == len(request_)
    once = Framing()
    assert once.is_whole(bytearray(request_ + rest))
    assert once.end == len(request_)


def pieces(whole: bytes, cuts: list[int]) -> Iterator[bytes]:
    for cut in cuts:
        if whole:
            yield whole[:cut]
            whole = whole[cut:]
    if whole:
        yield whole


def test_no_client_makes_the_server_keep_more_than_a_form_and_its_head() -> None:
    endless, arrived = Framing(), bytearray(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not endless.is_whole(arrived):
        arrived += b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
        assert len(arrived) < 4 * MOST_BYTES
    assert endless.is_cut
