"""Answers saved by some while fifty others start, beside the same answers while nobody starts."""

import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import numpy as np
from sqlalchemy import delete

from assessor.store.db import Database, open_database
from assessor.store.models import Tally
from tests.benchmarks.bench_saving import (
    THREADS,
    WORKERS,
    Headers,
    Visitor,
    address,
    hidden,
    running,
    sitting,
)
from tests.benchmarks.material import DOMAIN, SEED
from tests.benchmarks.timing import Measured

STARTERS, SAVERS = 50, 4
ROUNDS = 5
CHOICES = {"domain": DOMAIN, "length": "standard", "language": "en"}
KEPT = "the same savers, nobody starts"

Post = tuple[str, bytes, Headers]


def measure(*, quick: bool) -> Iterator[Measured]:
    starters, savers, rounds = (3, 1, 1) if quick else (STARTERS, SAVERS, ROUNDS)
    workers, threads = (1, 2) if quick else (WORKERS, THREADS)
    with tempfile.TemporaryDirectory() as place, ExitStack() as open_:
        folder = Path(place)
        url = f"sqlite:///{folder / 'assessor.db'}"
        kept = {"ASSESSOR_DATA": place, "ASSESSOR_DATABASE_URL": url}
        serve = ("assessor", "serve", "--port", "0", "--workers", str(workers), "--threads", str(threads))
        ours = open_.enter_context(running(folder / "serve.log", serve, kept))
        database = open_database(url)
        open_.callback(database.close)
        crowd = Crowd(*address(*ours), database, savers)
        open_.callback(crowd.close)
        # The first forms of each process find nothing ready.
        crowd.saved_while(crowd.ready(2 * workers))
        busy, calm = [], []
        for _ in range(rounds):
            took, told = crowd.saved_while(crowd.ready(starters))
            busy.append((took, told))
            calm.append(crowd.saved_while(lambda took=took: time.sleep(took)))
        yield from rows(busy, calm, f"{starters} starts, {savers} savers", f"{workers}x{threads} threads")


Told = tuple[float, list[float]]


def rows(busy: list[Told], calm: list[Told], n: str, shape: str) -> Iterator[Measured]:
    """From answer to answer, and the 95th percentile of the waits, of each round beside its own calm."""
    per_second = [median(len(told) / took for took, told in each) for each in (busy, calm)]
    slow = [1000 * median(slowest(told) for _, told in each) for each in (busy, calm)]
    note = (
        f"SQLite FULL, {shape}: {per_second[0]:.0f} answers a second beside the starts, {per_second[1]:.0f} "
        f"alone; 95 % of them within {slow[0]:.0f} ms and {slow[1]:.0f} ms; the starts took "
        f"{median(took for took, _ in busy):.1f} s"
    )
    pace = [[1000 * took / len(told) for took, told in each] for each in (busy, calm)]
    waits = [[1000 * slowest(told) for _, told in each] for each in (busy, calm)]
    yield row("from answer to answer beside starts", n, *pace, note)
    yield row("wait of the slowest 5 % beside starts", n, *waits, "")


def slowest(told: list[float]) -> float:
    return quantiles(told, n=20)[-1] if len(told) > 1 else told[0]


def row(name: str, n: str, ours: list[float], reference: list[float], note: str) -> Measured:
    ratios = [mine / other for mine, other in zip(ours, reference, strict=True)]
    low, _, high = quantiles(ratios, n=4, method="inclusive") if len(ratios) > 1 else ratios * 3
    return Measured(
        name=name,
        n=n,
        rounds=len(ours),
        ms=median(ours),
        slow_ms=max(ours),
        reference=KEPT,
        reference_ms=median(reference),
        ratio=median(ratios),
        ratio_low=low,
        ratio_high=high,
        clock="wall",
        note=note,
    )


class Crowd:
    """Some who answer without a pause, and as many as you like who start at the same moment."""

    def __init__(self, host: str, port: int, database: Database, savers: int) -> None:
        self.host, self.port, self.database = host, port, database
        rng = np.random.default_rng(SEED)
        self.savers: list[tuple[Visitor, Iterator[Post]]] = []
        for _ in range(savers):
            visitor = Visitor(host, port)
            self.savers.append((visitor, numbered(sitting(visitor, database, rng))))

    def close(self) -> None:
        for visitor, _ in self.savers:
            visitor.close()

    def ready(self, count: int) -> Callable[[], None]:
        """So many visitors with the notice before them, and what has all of them start and waits for it."""
        with self.database.writing() as session:
            session.execute(delete(Tally))
        visitors = [Visitor(self.host, self.port) for _ in range(count)]
        tokens = []
        for visitor in visitors:
            _, notice = visitor.ask("GET", f"/self/notice?{urlencode(CHOICES)}")
            tokens.append(hidden(notice, "csrf_token"))
            visitor.close()

        def start() -> None:
            threads = [
                threading.Thread(
                    target=visitor.send, args=("/self/notice",), kwargs={"csrf_token": token} | CHOICES
                )
                for visitor, token in zip(visitors, tokens, strict=True)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for visitor in visitors:
                visitor.close()

        return start

    def saved_while(self, happening: Callable[[], None]) -> Told:
        """How long it took, and the seconds that each answer saved meanwhile was waited for."""
        over, told = threading.Event(), list[float]()
        threads = [
            threading.Thread(target=save_on, args=(visitor, posts, told, over))
            for visitor, posts in self.savers
        ]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        happening()
        took = time.perf_counter() - start
        over.set()
        for thread in threads:
            thread.join()
        return took, told


def numbered(posts: list[Post]) -> Iterator[Post]:
    """The answers over and over, each a new one of its item."""
    for turn, (path, body, cookies) in enumerate(cycle(posts)):
        seq = 1 + turn // len(posts) * 2
        yield (
            path,
            re.sub(rb"seq=(\d+)", lambda sent, seq=seq: b"seq=%d" % (seq + int(sent[1]) - 1), body),
            cookies,
        )


def save_on(visitor: Visitor, posts: Iterator[Post], told: list[float], over: threading.Event) -> None:
    while not over.is_set():
        path, body, cookies = next(posts)
        start = time.perf_counter()
        visitor.post(path, body, cookies, expected=200)
        told.append(time.perf_counter() - start)
