"""Saves in any order, twice, late and at once: the acknowledged stands, the refused does not (SE7)."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor.banks.schema import Library
from assessor.errors import Conflict, Invalid, NotFound
from assessor.items.base import ResponseError
from assessor.services.sittings import answers, life
from assessor.services.sittings.answers import Receipt
from assessor.services.sittings.life import Submitted
from assessor.store.db import Database
from tests.fixtures.sittings import LATER, NOW, Held, begin, responses
from tests.fixtures.store import everything_in


def rows(database: Database) -> int:
    return len(everything_in(database)["response"])


def test_the_same_save_twice_is_one_row_and_one_receipt(held: Held) -> None:
    response = responses(held.view(), 0)[0]
    first = held.save(0, response, seq=3)
    assert first == Receipt(3, NOW)
    assert held.save(0, response, seq=3, seconds=99, now=LATER) == first
    assert rows(held.database) == 1


def test_what_an_overtaken_browser_held_back_is_refused_where_others_passed_through_it(held: Held) -> None:
    first, second, *_ = responses(held.view(), 0)
    for seq, response in enumerate((first, second, first), start=1):
        held.save(0, response, seq=seq)
    with held.database.writing() as session, pytest.raises(Conflict):
        answers.record(
            session,
            held.holder,
            held.ref,
            held.view().items[0].id,
            second,
            epoch=1,
            seq=2,
            after=1,
            language="fr",
            seconds=None,
            now=NOW,
        )
    assert held.view().answers[held.view().items[0].id].seq == 3


def test_a_lower_or_a_taken_sequence_is_refused(held: Held) -> None:
    one, two = responses(held.view(), 0)[:2]
    held.save(0, one, seq=3)
    for seq, response in ((3, two), (3, None), (2, one), (1, two)):
        with pytest.raises(Conflict, match="newer answer"):
            held.save(0, response, seq=seq)
    held.save(1, None, seq=1)
    held.save(0, None, seq=4)
    assert held.view().answers[held.view().items[0].id].response is None
    assert rows(held.database) == 3


@pytest.mark.parametrize("seq", [0, -1, 2**31, 10**30])
def test_a_number_that_cannot_be_stored_is_refused(held: Held, seq: int) -> None:
    with pytest.raises(Conflict, match="newer answer"):
        held.save(0, None, seq=seq)
    with pytest.raises(Conflict, match="somewhere else"):
        held.save(0, None, epoch=seq)
    assert rows(held.database) == 0


def test_what_is_no_answer_is_refused_and_leaves_the_sitting_untouched(held: Held) -> None:
    before = held.view()
    with pytest.raises(ResponseError):
        held.save(0, {"no": "answer"}, now=LATER)
    with pytest.raises(Invalid):
        held.save(0, None, language="xx", now=LATER)
    with held.database.writing() as session, pytest.raises(NotFound):
        answers.record(
            session,
            held.holder,
            held.ref,
            "no-such",
            None,
            epoch=1,
            seq=1,
            language="fr",
            seconds=None,
            now=LATER,
        )
    assert rows(held.database) == 0
    assert held.view() == before


def test_the_answer_comes_back_as_it_was_given_for_every_item(held: Held) -> None:
    given = held.answer_all()
    assert {name: saved.response for name, saved in held.view().answers.items()} == given


@pytest.mark.parametrize(
    ("looks", "total"),
    [
        ([10.0, 5.5], 15.5),
        ([None], None),
        ([None, 3.0], 3.0),
        ([3.0, None], 3.0),
        ([answers.LONGEST_LOOK_S + 1, 1.0], answers.LONGEST_LOOK_S + 1),
        ([math.inf], None),
        ([math.nan, 4.0], 4.0),
        ([-5.0, 2.0], 2.0),
    ],
)
def test_seconds_are_capped_and_summed_over_saves(
    held: Held, looks: list[float | None], total: float | None
) -> None:
    for seq, seconds in enumerate(looks, start=1):
        held.save(0, None, seq=seq, seconds=seconds)
        held.save(0, None, seq=seq, seconds=seconds)
    assert held.view().answers[held.view().items[0].id].seconds == total


ARRIVALS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(1, 5), st.one_of(st.none(), st.integers(0, 2))), max_size=10
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(arrivals=ARRIVALS)
def test_whatever_order_saves_come_in_the_highest_accepted_sequence_is_the_answer(
    database: Database, library: Library, arrivals: list[tuple[int, int, int | None]]
) -> None:
    held = begin(database, library)
    before, view = rows(database), held.view()
    expected: dict[int, dict[int, object]] = {}
    for item, seq, choice in arrivals:
        response = None if choice is None else responses(view, item)[choice]
        kept = expected.setdefault(item, {})
        if seq in kept and kept[seq] == response:
            assert held.save(item, response, seq=seq, now=LATER) == Receipt(seq, NOW)
        elif any(other >= seq for other in kept):
            with pytest.raises(Conflict):
                held.save(item, response, seq=seq)
        else:
            assert held.save(item, response, seq=seq) == Receipt(seq, NOW)
            kept[seq] = response
    found = {name: (saved.seq, saved.response) for name, saved in held.view().answers.items()}
    assert found == {
        view.items[item].id: (max(kept), kept[max(kept)]) for item, kept in expected.items() if kept
    }
    assert rows(database) - before == sum(len(kept) for kept in expected.values())


def at_once(*steps: Callable[[], object]) -> list[object]:
    """What each step returned or raised, all having started together."""
    results: list[object] = [None] * len(steps)
    gate = threading.Barrier(len(steps))

    def run(place: int, step: Callable[[], object]) -> None:
        gate.wait(timeout=120)
        try:
            results[place] = step()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return results


def test_two_submissions_at_once_give_the_same_receipt(held: Held) -> None:
    held.answer_all()
    receipts = at_once(lambda: held.finish(NOW), lambda: held.finish(LATER), lambda: held.finish(LATER))
    assert isinstance(receipts[0], Submitted)
    assert receipts[0] == receipts[1] == receipts[2] == held.view().submitted


def test_the_same_save_from_three_tabs_at_once_is_one_row(held: Held) -> None:
    response = responses(held.view(), 0)[0]
    receipts = at_once(*[lambda: held.save(0, response)] * 3)
    assert receipts == [Receipt(1, NOW)] * 3
    assert rows(held.database) == 1


def test_of_different_saves_at_once_one_is_kept_and_the_others_are_told(held: Held) -> None:
    given = responses(held.view(), 0)[:3]
    results = at_once(*[lambda response=response: held.save(0, response) for response in given])
    kept = [response for response, result in zip(given, results, strict=True) if isinstance(result, Receipt)]
    assert len(kept) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 2
    assert held.view().answers[held.view().items[0].id].response == kept[0]


def test_two_devices_that_resume_at_once_do_not_share_an_epoch(held: Held) -> None:
    def resume() -> str:
        with held.database.writing() as session:
            return life.resume(session, held.bearer, now=NOW)

    assert at_once(resume, resume) == [held.ref, held.ref]
    assert held.view().epoch == 3


@pytest.mark.parametrize("round_", range(3))
def test_an_answer_racing_the_submission_is_counted_if_it_was_acknowledged(held: Held, round_: int) -> None:
    view = held.view()
    saves = [
        lambda place=place: held.save(place, responses(view, place)[0]) for place in range(len(view.items))
    ]
    saves.insert(round_ * len(saves) // 3, held.finish)  # type: ignore[arg-type]
    results = at_once(*saves)
    unexpected = [found for found in results if not isinstance(found, Receipt | Submitted | Conflict)]
    assert unexpected == []
    submitted = next(found for found in results if isinstance(found, Submitted))
    acknowledged = sum(isinstance(found, Receipt) for found in results)
    assert submitted.answered == held.view().answered == acknowledged == rows(held.database)
