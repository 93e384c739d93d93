"""Answers that people rate: pending without ratings, scored and in the document with them."""

from __future__ import annotations

import pytest

from assessor.banks.schema import Bookkeeping, Item, RoleProfile
from assessor.items import read_content
from assessor.profile import Profile, build, document
from assessor.scoring.model import PLANNING
from assessor.sittings import Answer, Sitting
from tests.core import items_examples
from tests.core.small_library import TODAY, core_items, sitting, small_library

LIBRARY = small_library()
ROLE: RoleProfile = LIBRARY.roles["baker"]
BOOK = Bookkeeping.model_validate({"minutes": 8.0, "pool": "open", "status": "author-keyed", "as_of": TODAY})
CONTENT = read_content(items_examples.written((3, 3, 2)))
WRITTEN = Item(CONTENT, CONTENT.digest(), "core", BOOK)


def profile(answer: Answer) -> Profile:
    keyed = sitting(core_items())
    taken = Sitting(keyed.candidate, keyed.language, keyed.pool, (*keyed.answers, answer))
    return build(taken, ROLE, LIBRARY, parameters=PLANNING, role_digest="d", software="1")


def answer(*ratings: dict[str, int], response: str | None = "One two three.") -> Answer:
    return Answer(
        WRITTEN, "left_empty" if response is None else "answered", response, "en", ratings=tuple(ratings)
    )


def test_without_ratings_an_answer_is_pending_and_moves_nothing() -> None:
    found = profile(answer())
    assert found.provisional
    assert (found.items[-1].answer.state, found.items[-1].score) == ("pending", None)
    keyed = build(sitting(core_items()), ROLE, LIBRARY, parameters=PLANNING, role_digest="d", software="1")
    assert found.mean == keyed.mean
    assert document(found)["items"][-1]["state"] == "pending"
    assert document(found)["ratings"] == {}


def test_ratings_are_the_score_and_stand_in_the_document() -> None:
    first, second = {"c1": 3, "c2": 3, "c3": 2}, {"c1": 1, "c2": 2, "c3": 1}
    found = profile(answer(first, second))
    assert not found.provisional
    assert found.items[-1].score == pytest.approx((8 + 4) / 16)
    assert document(found)["ratings"] == {WRITTEN.id: [first, second]}


def test_a_blank_text_scores_nothing_and_waits_for_nobody() -> None:
    found = profile(answer(response=None))
    assert not found.provisional
    assert found.items[-1].score == 0


def test_unsound_ratings_are_refused() -> None:
    with pytest.raises(ValueError, match="c1"):
        profile(answer({"c1": 9, "c2": 0, "c3": 0}))
