"""Soft limits: what they count, what they never refuse, and that they hold over processes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from assessor.banks.schema import Library
from assessor.errors import Wait
from assessor.services import limits
from assessor.services.limits import Limit, subject_of
from assessor.services.sittings import answers
from assessor.store.db import Database, open_database
from tests.fixtures.sittings import NOW, Held, begin, responses

TEN = (Limit("test", timedelta(minutes=10), 10),)
SECRET = "only-for-tests-" + "0123456789abcdef" * 2


def take(
    database: Database, subject: str = "a", *, minutes: float = 0, which: tuple[Limit, ...] = TEN
) -> int:
    """The seconds to wait, 0 where it was let through."""
    with database.writing() as session:
        return limits.take(session, which, subject, now=NOW + timedelta(minutes=minutes))


def test_the_eleventh_of_ten_waits_for_the_next_window_and_others_do_not(database: Database) -> None:
    assert [take(database) for _ in range(10)] == [0] * 10
    assert take(database) == 600
    assert take(database, minutes=4) == 360
    assert take(database, "b") == 0
    assert take(database, minutes=10) == 0


def test_a_limit_is_one_for_all_processes(database: Database) -> None:
    other = open_database(database.url.render_as_string(hide_password=False))
    try:
        waits = [take(one) for _ in range(6) for one in (database, other)]
    finally:
        other.close()
    assert waits == [0] * 10 + [600] * 2


def test_the_longer_of_two_waits_is_said(database: Database) -> None:
    both = (*TEN, Limit("day", timedelta(days=1), 3))
    assert [take(database, which=both) for _ in range(4)] == [0, 0, 0, 12 * 3600]


def test_counts_are_deleted_after_two_days(database: Database) -> None:
    take(database)
    for days, kept in ((1, 1), (3, 0)):
        with database.writing() as session:
            limits.forget(session, now=NOW + timedelta(days=days))
        with database.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM tally")) == kept


@pytest.mark.parametrize(
    ("address", "same", "other"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.8"),
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::1", "2001:db8:1:3::7"),
        ("::1", "::2", "1::"),
        (None, "not an address", "203.0.113.7"),
    ],
)
def test_an_address_is_counted_without_being_kept(address: str | None, same: str, other: str) -> None:
    name = subject_of(address, SECRET)
    assert name == subject_of(same, SECRET)
    assert name != subject_of(other, SECRET)
    assert name != subject_of(address, SECRET[::-1])
    assert str(address) not in name


def save_many(held: Held, numbers: range, *, seconds: float = 0) -> list[int]:
    """The waits of so many savings of the first item, each so long after the one before; 0: it was saved."""
    given, waits = responses(held.view(), 0), []
    for place, seq in enumerate(numbers):
        try:
            held.save(0, given[seq % 2], seq=seq, now=NOW + timedelta(seconds=place * seconds))
            waits.append(0)
        except Wait as error:
            waits.append(error.seconds)
    return waits


def test_an_item_saved_without_end_is_slowed_down_and_keeps_what_it_has(
    database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "SAVED_FREELY", 5)
    held = begin(database, library)
    assert save_many(held, range(1, 31)) == [0] * 12 + [60] * 18
    assert held.view().answers[held.view().items[0].id].seq == 12
    # A number that leaps does not pass by the pace, another item is its own matter, and time lets go.
    assert save_many(held, range(9000, 9003)) == [60] * 3
    held.save(1, responses(held.view(), 1)[0])
    held.save(0, responses(held.view(), 0)[0], seq=40, now=NOW + timedelta(seconds=61))
    held.finish(NOW + timedelta(seconds=62))


def test_somebody_who_types_for_twenty_minutes_is_never_slowed_down(held: Held) -> None:
    assert not any(save_many(held, range(1, 300), seconds=4))


def test_the_same_saving_again_is_its_receipt_however_often(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "SAVED_FREELY", 0)
    receipts = {held.save(0, None, seq=1) for _ in range(30)}
    assert len(receipts) == 1
