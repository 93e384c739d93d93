"""What the database itself refuses: answers are added to open sittings only and never changed (SE7)."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from assessor.store.db import Database, open_database
from tests.fixtures.sittings import Held, responses

INSERT = """INSERT INTO response (attempt_id, item_digest, seq, language, response, saved_at)
    SELECT attempt.id, version.digest, :seq, 'fr', 'null', attempt.saved_at FROM attempt, version
    WHERE version.kind = 'item' ORDER BY version.digest LIMIT 1"""


def run(database: Database, statement: str, **values: object) -> None:
    with database.writing() as session:
        session.execute(text(statement), values)


def count(database: Database, table: str = "response") -> int:
    with database.reading() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


@pytest.fixture
def answered(held: Held) -> Held:
    held.save(0, responses(held.view(), 0)[0])
    return held


def test_an_open_sitting_takes_answers_and_a_finished_one_none(answered: Held) -> None:
    run(answered.database, INSERT, seq=7)
    assert count(answered.database) == 2
    answered.finish()
    with pytest.raises(DBAPIError, match="open sitting only"):
        run(answered.database, INSERT, seq=8)
    assert count(answered.database) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE response SET response = 'null'",
        "UPDATE response SET seq = seq + 1",
        "DELETE FROM response",
        "UPDATE version SET canonical = '{}'",
    ],
)
@pytest.mark.parametrize("finished", [False, True])
def test_answers_and_versions_are_never_changed(answered: Held, statement: str, finished: bool) -> None:
    if finished:
        answered.finish()
    with pytest.raises(DBAPIError, match=r"answers are|versions are never changed"):
        run(answered.database, statement)
    assert count(answered.database) == 1


def test_answers_are_deleted_by_erasure_only(answered: Held) -> None:
    answered.finish()
    with answered.database.writing() as session:
        session.execute(text("UPDATE attempt SET state = 'erasing'"))
        session.execute(text("DELETE FROM response"))
    assert count(answered.database) == 0


@pytest.mark.parametrize("state", ["finished", "erasing"])
def test_a_sitting_is_never_opened_again(answered: Held, state: str) -> None:
    if state == "finished":
        answered.finish()
    else:
        run(answered.database, "UPDATE attempt SET state = 'erasing'")
    with pytest.raises(DBAPIError, match="never opened again"):
        run(answered.database, "UPDATE attempt SET state = 'open', finished_at = NULL")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attempt SET state = 'finished'",
        "UPDATE attempt SET state = 'lost'",
        "UPDATE attempt SET kind = 'other'",
        "UPDATE attempt SET epoch = 0",
        "DELETE FROM attempt",
        "DELETE FROM form",
        "DELETE FROM version",
    ],
)
def test_states_that_make_no_sense_cannot_be_stored(answered: Held, statement: str) -> None:
    with pytest.raises(IntegrityError):
        run(answered.database, statement)


def test_a_sequence_starts_at_one_and_is_taken_once(answered: Held) -> None:
    for seq in (0, -1):
        with pytest.raises(IntegrityError):
            run(answered.database, INSERT, seq=seq)
    run(answered.database, INSERT, seq=5)
    with pytest.raises(IntegrityError):
        run(answered.database, INSERT, seq=5)


def test_an_answer_past_the_services_waits_for_a_submission_under_way(answered: Held, address: str) -> None:
    """The trigger alone holds on PostgreSQL too, where two transactions run side by side."""
    other = open_database(address)
    refused: list[str] = []

    def insert() -> None:
        try:
            run(other, INSERT, seq=9)
        except DBAPIError as error:
            refused.append(str(error.orig))

    late = threading.Thread(target=insert)
    with answered.database.writing() as session:
        session.execute(text("UPDATE attempt SET state = 'finished', finished_at = saved_at"))
        late.start()
        time.sleep(0.1)
        assert not refused
    late.join(timeout=120)
    other.close()
    assert len(refused) == 1
    assert "open sitting only" in refused[0]
    assert count(answered.database) == 1
