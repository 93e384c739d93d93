"""PDF files in a bounded number at once; one is kept for a moment, and dropped with its sitting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from assessor.report import pool
from assessor.report.pool import Busy, Key, Pool

KEY: Key = ("sitting", "role", "self", "fr", "letter")


class Press:
    """Makes a file as soon as it is let, and counts."""

    def __init__(self) -> None:
        self.made = 0
        self.most = 0
        self.now = 0
        self.go = threading.Event()
        self.lock = threading.Lock()

    def __call__(self) -> bytes:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.go.wait(10)
        with self.lock:
            self.now -= 1
            self.made += 1
        return b"%PDF-"


def looped(files: Pool, press: Press, keys: list[Key]) -> list[str]:
    """What each of so many requests at once was given, in the order in which they were answered."""
    given: list[str] = []

    def ask(key: Key) -> None:
        try:
            given.append(files.file(key, press).decode())
        except Busy:
            given.append("busy")

    with ThreadPoolExecutor(len(keys)) as threads:
        for key in keys:
            threads.submit(ask, key)
        latest = time.monotonic() + 5
        while len(given) < len(keys) - pool.AT_ONCE - pool.WAITING and time.monotonic() < latest:
            time.sleep(0.01)
        press.go.set()
    return given


@pytest.mark.parametrize("same", [True, False])
def test_what_would_pile_up_is_refused_at_once(same: bool) -> None:
    """Twelve at once hold no more threads than make and wait, however long a file takes."""
    press, files = Press(), Pool()
    keys = [KEY if same else (f"sitting {number}", *KEY[1:]) for number in range(12)]
    given = looped(files, press, keys)
    assert given[:10] == ["busy"] * 10
    assert given[10:] == ["%PDF-"] * 2
    assert press.most == 1
    assert press.made == (1 if same else 2)


def test_whoever_waits_too_long_is_refused() -> None:
    press, files = Press(), Pool(wait_s=0.05)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(files.file, KEY, press)
        while not press.now:
            time.sleep(0.01)
        with pytest.raises(Busy):
            files.file(("other", *KEY[1:]), press)
        press.go.set()
        assert first.result() == b"%PDF-"


def test_the_same_file_is_made_once_and_another_is_another() -> None:
    files, made = Pool(), list[Key]()

    def make(key: Key) -> Callable[[], bytes]:
        def write() -> bytes:
            made.append(key)
            return repr(key).encode()

        return write

    others = [(*KEY[:place], "other", *KEY[place + 1 :]) for place in range(len(KEY))]
    for _ in range(2):
        for key in (KEY, *others):
            assert files.file(key, make(key)) == repr(key).encode()
    assert made == [KEY, *others]


def test_a_fault_is_kept_by_nobody_and_gives_its_place_back() -> None:
    files = Pool()
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            files.file(KEY, lambda: bytes(1 // 0))
    assert files.file(KEY, lambda: b"whole") == b"whole"


def test_a_file_goes_with_its_sitting_and_only_with_it() -> None:
    files, other = Pool(), ("other", *KEY[1:])
    files.file(KEY, lambda: b"first")
    files.file(other, lambda: b"other")
    files.forget("sitting")
    assert files.file(KEY, lambda: b"second") == b"second"
    assert files.file(other, lambda: b"new") == b"other"


def test_a_file_whose_sitting_is_erased_meanwhile_is_not_kept() -> None:
    files = Pool()

    def make() -> bytes:
        files.forget("sitting")
        return b"erased"

    assert files.file(KEY, make) == b"erased"
    assert files.file(KEY, lambda: b"new") == b"new"
    assert files.file(KEY, lambda: b"newer") == b"new"


def test_a_file_goes_by_itself_after_a_while() -> None:
    files = Pool(kept_s=0.05)
    files.file(KEY, lambda: b"first")
    assert list(files._kept) == [KEY]
    latest = time.monotonic() + 5
    while files._kept and time.monotonic() < latest:
        time.sleep(0.01)
    assert not files._kept


def test_no_more_is_kept_than_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "KEPT_BYTES", 100)
    files = Pool()
    for number in range(40):
        files.file((str(number),), lambda: b"x" * 3)
    assert list(files._kept) == [(str(number),) for number in range(40 - pool.KEPT_FILES, 40)]
    files.file(("large",), lambda: b"x" * 90)
    assert sum(len(written) for _, written in files._kept.values()) <= 100
    files.file(("too large",), lambda: b"x" * 101)
    assert not files._kept
