"""How requests come in: a thread is given whole ones only, so that nobody holds it by sending slowly.

Gunicorn's threaded worker reads each request in the thread that answers it: as many half-sent requests as
there are threads silence it. Here the worker's own loop, which never blocks, reads head and body against a
deadline each, hands over what is complete, and sends what a client is slow to take. Whether the process
lives, and whether it can serve, is answered on threads kept for these two questions; starts, which take
long, have one too.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.http import RequestParser
from gunicorn.http import errors as refused
from gunicorn.util import write_error
from gunicorn.workers.gthread import TConn, ThreadWorker

from assessor.services import logs
from assessor.web.plumbing.security import MOST_BYTES

#: Seconds for the head of a request, and again for its body, where no setting says otherwise.
READ_S = 20.0
#: Seconds for a client to take its reply; the longest, a PDF, is some hundred kilobytes.
SEND_S = 60.0
#: Seconds in which the other side may take the end of a reply before the connection is cut.
LINGER_S = 2.0
#: The largest head; gunicorn's parser refuses what is cut off here.
MOST_HEAD = 64 * 1024
#: Connections of one process: with its files and pools this stays below the usual 1024 descriptors.
MOST_CONNECTIONS = 512
#: Questions about the process itself, each with a thread of its own.
ABOUT_THE_SERVER = (b"/healthz", b"/readyz")
#: Where a form is drawn, one after the other in each process: fifty who start at once would have all threads,
#: and whoever saves an answer would wait for them. A page with choices in its address is not meant.
STARTS = b"/self/notice"

_PIECE = 64 * 1024
_END = b"\r\n\r\n"
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_REFUSALS: Mapping[type[Exception], tuple[int, str]] = {
    refused.LimitRequestLine: (414, "URI Too Long"),
    refused.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    refused.ExpectationFailed: (417, "Expectation Failed"),
    refused.UnsupportedTransferCoding: (501, "Not Implemented"),
}


class Framing:
    """Where the first request in a growing buffer ends. Looks at no byte twice."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.head = 0
        self.end: int | None = None
        self.expects = False
        #: The body is not read: too long, or a head that only the parser can judge.
        self.is_cut = False
        self._seen = 0
        self._chunk: int | None = None

    def is_whole(self, arrived: bytearray) -> bool:
        """Whether the buffer now holds the request, or as much of it as will be read."""
        if not self.head and not self._find_head(arrived):
            return self.is_cut
        if self.is_cut:
            return True
        if self._chunk is not None:
            self._follow_chunks(arrived)
        return self.is_cut or (self.end is not None and len(arrived) >= self.end)

    def _find_head(self, arrived: bytearray) -> bool:
        found = arrived.find(_END, max(0, self._seen - len(_END) + 1))
        self._seen = len(arrived)
        if found < 0:
            self.is_cut = len(arrived) > MOST_HEAD
            return False
        self.head = found + len(_END)
        self._read_head(bytes(arrived[:found]).lower())
        return True

    def _read_head(self, head: bytes) -> None:
        fields = [line.partition(b":")[::2] for line in head.split(b"\r\n")[1:]]
        named = {name: value.strip() for name, value in fields}
        self.expects = named.get(b"expect") == b"100-continue"
        if b"transfer-encoding" in named:
            self._chunk = self.head
            return
        length = named.get(b"content-length", b"0")
        if length.isdigit() and len(length) < 19 and int(length) <= MOST_BYTES:
            self.end = self.head + int(length)
        else:
            self.is_cut = True

    def _follow_chunks(self, arrived: bytearray) -> None:
        """Go from chunk to chunk as far as they have come; the last has no bytes and ends in a blank line."""
        while self._chunk is not None:
            line_end = arrived.find(b"\r\n", self._chunk)
            too_long = max(self._chunk, line_end) - self.head > 2 * MOST_BYTES
            size = _chunk_size(arrived[self._chunk : line_end]) if line_end >= 0 else 0
            if too_long or size is None or (line_end < 0 and len(arrived) - self._chunk > 1024):
                self.is_cut = True
                return
            if line_end < 0:
                return
            if size == 0:
                end = arrived.find(_END, line_end)
                if end >= 0:
                    self.end, self._chunk = end + len(_END), None
                elif len(arrived) - line_end > MOST_HEAD:
                    self.is_cut = True
                return
            self._chunk = line_end + 2 + size + 2
            if self._chunk > len(arrived):
                return


def _chunk_size(line: bytearray) -> int | None:
    """The size that a chunk's first line gives; None where it gives none that will be read."""
    digits = bytes(line).partition(b";")[0].strip()
    try:
        size = int(digits, 16)
    except ValueError:
        return None
    return size if 0 <= size <= MOST_BYTES else None


class _Socket(socket.socket):
    """A client's socket on which no thread waits: what cannot be sent now is kept for the worker's loop."""

    def __init__(self, fileno: int) -> None:
        super().__init__(fileno=fileno)
        super().setblocking(False)
        self.outgoing = bytearray()

    def setblocking(self, flag: bool) -> None:
        """Nothing: gunicorn's threads ask for waiting, and never need it here."""

    def sendall(self, given: Any, flags: int = 0) -> None:
        self.outgoing += given
        self.send_on()

    def send_on(self) -> None:
        """Send what can be sent now; raises OSError where the client has gone."""
        with suppress(BlockingIOError):
            while self.outgoing:
                del self.outgoing[: self.send(self.outgoing[:_PIECE])]


class _Connection(TConn):  # type: ignore[misc]  # gunicorn publishes no types
    """A client, what it has sent of its next request, and until when the rest may take."""

    def __init__(self, cfg: Any, client: socket.socket, address: Any, server: Any) -> None:
        super().__init__(cfg, _Socket(client.detach()), address, server)
        self.initialized = self.data_ready = True
        self.arrived = bytearray()
        self.framing = Framing()
        self.was_cut = False
        self.is_kept = False

    def take_request(self) -> bytes:
        """The bytes of the first request; what came after them stays."""
        end = len(self.arrived) if self.framing.end is None else self.framing.end
        request = bytes(self.arrived[:end])
        del self.arrived[:end]
        self.was_cut, self.framing = self.framing.is_cut, Framing()
        # A source that ends: the parser can wait for nothing, even if it should frame the request otherwise.
        self.parser = RequestParser(self.cfg, [request], self.client)
        return request


class WholeRequests(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threaded worker, whose threads are given whole requests.

    Of its connections, ``pending_conns`` have a request on its way and ``keepalived_conns`` are idle, each
    ordered by deadline; ``parting`` have been answered and are read out before they are closed.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        """Read the setting of the application that is served, if it has settings."""
        super().__init__(*given, **named)
        settings = getattr(self.app, "settings", None)
        self.read_s = READ_S if settings is None else float(settings.request_seconds)
        self.sending: deque[_Connection] = deque()
        self.parting: deque[_Connection] = deque()
        self.own_threads: dict[bytes, ThreadPoolExecutor] = {}

    def init_process(self) -> None:
        """Start the threads that answer for the process itself, and the one on which people start."""
        apart = (*ABOUT_THE_SERVER, STARTS)
        self.own_threads = {path: ThreadPoolExecutor(max_workers=1) for path in apart}
        super().init_process()

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection in; where there are too many, the one that has waited longest makes room."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.ECONNABORTED, errno.EMFILE, errno.ENFILE):
                return
            raise
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        conn = _Connection(self.cfg, client, address, listener.getsockname())
        self._await(conn)

    def _make_room(self) -> None:
        for waiting in (self.parting, self.keepalived_conns, self.pending_conns, self.sending):
            if waiting:
                self._cut(waiting.popleft())
                return

    def _cut(self, conn: _Connection) -> None:
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def _await(self, conn: _Connection) -> None:
        """Read on until the request is whole, or its deadline comes."""
        conn.timeout = time.monotonic() + self.read_s
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_client_socket_readable(self, conn: _Connection, client: socket.socket) -> None:
        """The next request on a kept connection begins."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await(conn)
        self.on_pending_socket_readable(conn, client)

    def on_pending_socket_readable(self, conn: _Connection, client: socket.socket) -> None:
        """Take what has come; hand the request over once it is whole."""
        try:
            piece = client.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self.pending_conns.remove(conn)
            self._cut(conn)
            return
        had_head = bool(conn.framing.head)
        conn.arrived += piece
        if conn.framing.is_whole(conn.arrived):
            self.pending_conns.remove(conn)
            self.poller.unregister(client)
            self._hand_over(conn)
        elif conn.framing.head and not had_head:
            self._await_body(conn)

    def _await_body(self, conn: _Connection) -> None:
        self.pending_conns.remove(conn)
        conn.timeout = time.monotonic() + self.read_s
        self.pending_conns.append(conn)
        if conn.framing.expects:
            with suppress(OSError):
                conn.sock.send(_GO_ON)

    def _hand_over(self, conn: _Connection) -> None:
        path = conn.take_request().split(b"\r\n", 1)[0].split(b" ")[1:2]
        threads: Any = self.own_threads.get(path[0] if path else b"", self.tpool)
        answered = threads.submit(self.handle, conn)
        answered.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def _keepalive_after(self, conn: _Connection, keepalive: bool) -> bool:
        """Whether the connection can be reused: only if the parser has taken exactly what was handed over."""
        if not keepalive or conn.was_cut or not super()._keepalive_after(conn, keepalive):
            return False
        return not conn.parser.unreader.take_buffered()

    def finish_request(self, conn: _Connection, answered: Future[Any]) -> None:
        """See that the reply goes out, then wait for the next request or part; never waits itself."""
        conn.is_kept = not answered.cancelled() and answered.exception() is None and bool(answered.result())
        if not conn.sock.outgoing:
            self._go_on(conn)
            return
        conn.timeout = time.monotonic() + SEND_S
        self.sending.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_WRITE, partial(self._send_on, conn))

    def _send_on(self, conn: _Connection, client: _Socket) -> None:
        try:
            client.send_on()
        except OSError:
            self.sending.remove(conn)
            self._cut(conn)
            return
        if not client.outgoing:
            self.sending.remove(conn)
            self.poller.unregister(client)
            self._go_on(conn)

    def _go_on(self, conn: _Connection) -> None:
        if not conn.is_kept:
            self._part(conn)
        elif conn.arrived:
            if conn.framing.is_whole(conn.arrived):
                self._hand_over(conn)
            else:
                self._await(conn)
        else:
            conn.set_timeout()
            if not self.alive:
                conn.timeout = min(conn.timeout, time.monotonic() + LINGER_S)
            self.keepalived_conns.append(conn)
            self.poller.register(
                conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn)
            )

    def _part(self, conn: _Connection) -> None:
        """Say that nothing more comes, and read out what is still sent: a mere close could undo the reply."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._cut(conn)
            return
        conn.timeout = time.monotonic() + LINGER_S
        self.parting.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read_out, conn))

    def _read_out(self, conn: _Connection, client: socket.socket) -> None:
        try:
            is_over = not client.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            is_over = True
        if is_over:
            self.parting.remove(conn)
            self._cut(conn)

    def murder_pending(self) -> None:
        """Leave those whose request did not come in time, or who did not take their reply."""
        now = time.monotonic()
        for late in (self.parting, self.sending):
            while late and late[0].timeout <= now:
                self._cut(late.popleft())
        while self.pending_conns and self.pending_conns[0].timeout <= now:
            conn = self.pending_conns.popleft()
            with suppress(OSError, KeyError, ValueError):
                self.poller.unregister(conn.sock)
            if conn.arrived:
                with suppress(OSError):
                    conn.sock.send(_TOO_LATE)
            self._part(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what cannot be read, or a fault that no page could be made of.

        The log is told its kind only: gunicorn's own lines quote the request, and so a private link's path.
        """
        status, reason = _refusal_of(exc)
        if status == 500:
            self.log.error("a request could not be answered: %s", type(exc).__name__, exc_info=exc)
        else:
            self.log.warning("a request could not be read: %s", type(exc).__name__)
        with suppress(OSError):
            write_error(client, status, reason, "")

    def _cap_keepalive(self, deadline: float) -> None:
        """When the process stops, half-sent requests are waited for no longer than idle connections."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)


def _refusal_of(error: BaseException) -> tuple[int, str]:
    """The status and reason of a request that ended in this error; 500 where it is a fault of ours."""
    is_ours = isinstance(error, (refused.InvalidResponseHeader, refused.InvalidResponseHeaderName))
    if is_ours or not isinstance(error, refused.ParseException):
        return 500, "Internal Server Error"
    kinds = (found for kind, found in _REFUSALS.items() if isinstance(error, kind))
    return next(kinds, (400, "Bad Request"))


class Log(Logger):  # type: ignore[misc]
    """Gunicorn's own log, through the one handler that counts and quotes nothing."""

    def setup(self, cfg: Any) -> None:
        """Put our handler in place of gunicorn's, also when the settings are read again."""
        super().setup(cfg)
        for handler in list(self.error_log.handlers):
            self.error_log.removeHandler(handler)
        self.error_log.addHandler(logs.Counted(sys.stderr))


def options(host: str, port: int, workers: int, threads: int) -> Mapping[str, Any]:
    """What gunicorn is told: where to listen, how many processes of how many threads, and how to end."""
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return {
        "bind": at,
        "workers": workers,
        "threads": threads,
        # A file sent by the kernel would wait for its reader.
        "sendfile": False,
        "worker_class": "assessor.web.plumbing.intake.WholeRequests",
        "logger_class": "assessor.web.plumbing.intake.Log",
        "worker_connections": MOST_CONNECTIONS,
        "when_ready": _announce,
        "loglevel": "warning",
        "timeout": 120,
        "graceful_timeout": 20,
        "control_socket_disable": True,
        # Whom to trust is ASSESSOR_TRUSTED_PROXIES, and the application's own matter.
        "forwarded_allow_ips": "",
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,
    }


def _announce(arbiter: Arbiter) -> None:
    host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"Assessor answers at http://{shown}:{port} (Ctrl-C ends it)", flush=True)
