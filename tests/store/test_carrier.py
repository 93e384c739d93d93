"""The news of work: two numbers that come to somebody once, or are lost without harm."""

from __future__ import annotations

import json
import logging
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assessor.store import carrier
from assessor.store.carrier import Carrier
from tests.fixtures.store import ENGINES, new_database


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a queue, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'folder' / 'queue.db'}"
    return new_database(request.getfixturevalue("postgresql_server"), f"queue_{tmp_path.name[-20:]}")


class Listener:
    """What a worker does with its carrier, without threads and signals."""

    def __init__(self, url: str) -> None:
        self.heard: list[tuple[int, int]] = []
        self.carrier = Carrier(url)
        self.huey: Any = self.carrier._opened(lambda job, tries: self.heard.append((job, tries)))

    def listen(self) -> list[tuple[int, int]]:
        """Everything heard so far, after whatever the queue holds."""
        while (task := self.huey.dequeue()) is not None:
            self.huey.execute(task)
        return self.heard

    def close(self) -> None:
        self.huey.storage.close()


@pytest.fixture
def listener(url: str) -> Iterator[Listener]:
    made = Listener(url)
    yield made
    made.close()


def test_what_is_told_is_heard_once_in_its_order(url: str, listener: Listener) -> None:
    teller = Carrier(url)
    teller.tell([(7, 0), (8, 2)])
    teller.tell([(9, 0)])
    assert listener.listen() == [(7, 0), (8, 2), (9, 0)]
    assert listener.listen() == [(7, 0), (8, 2), (9, 0)]
    teller._huey.storage.close()


def test_a_queue_holds_two_numbers_and_nothing_that_could_be_run(url: str, listener: Listener) -> None:
    listener.carrier.tell([(7, 3)])
    (kept,) = listener.huey.storage.enqueued_items()
    assert json.loads(bytes(kept))[1:] == [7, 3]


def test_what_stands_in_a_queue_and_is_no_news_is_not_heard(url: str, listener: Listener) -> None:
    listener.huey.storage.enqueue(b"\x80\x04cos\nsystem\n.")
    with pytest.raises(ValueError):
        listener.huey.dequeue()
    listener.carrier.tell([(1, 0)])
    assert listener.listen() == [(1, 0)]


def test_the_file_of_a_queue_is_its_owners_alone(tmp_path: Path) -> None:
    Carrier(f"sqlite:///{tmp_path / 'queue.db'}").tell([(1, 0)])
    files = list(tmp_path.glob("queue.db*"))
    assert files
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_damaged_file_is_begun_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "queue.db").write_bytes(b"this is no database" * 100)
    address = f"sqlite:///{tmp_path / 'queue.db'}"
    Carrier(address).tell([(1, 0)])
    assert "begun anew" in caplog.text
    assert Listener(address).listen() == [(1, 0)]


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///{folder}/file/queue.db",
        "postgresql+psycopg://nobody:hunter2@/nowhere?host={folder}",
    ],
)
def test_a_queue_that_is_away_delays_nobody_twice_and_keeps_its_password(
    address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    asked, opened = list[str](), carrier._huey

    def watched(url: str) -> Any:
        asked.append(url)
        return opened(url)

    monkeypatch.setattr(carrier, "_huey", watched)
    teller = Carrier(address.format(folder=tmp_path))
    begun = time.monotonic()
    for _ in range(5):
        teller.tell([(1, 0)])
    assert time.monotonic() - begun < 20
    assert len(asked) == 1
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "hunter2" not in caplog.text
    monkeypatch.setattr(carrier, "SILENCE_S", 0.0)
    teller._silent_until = 0.0
    teller.tell([(1, 0)])
    assert len(asked) == 2
