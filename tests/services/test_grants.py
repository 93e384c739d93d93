"""Rights to open a sitting: whose they are, and when they end."""

from __future__ import annotations

import pytest

from assessor.banks.schema import Library
from assessor.services import grants, refusals
from assessor.store.db import Database
from assessor.store.models import Attempt
from tests.fixtures.sittings import NOW, Held, begin


def is_given(held: Held, secret: str) -> bool:
    with held.database.reading() as session:
        return grants.is_given(session, held.ref, secret, now=NOW)


def given(held: Held) -> str:
    with held.database.writing() as session:
        return grants.give(session, held.ref, now=NOW)


def test_a_grant_opens_its_own_sitting_only(database: Database, library: Library) -> None:
    mine, theirs = begin(database, library), begin(database, library)
    secret = given(mine)
    assert is_given(mine, secret)
    assert not is_given(theirs, secret)
    assert not is_given(mine, "")


def test_a_grant_that_ends_takes_nobody_else_s_along(database: Database, library: Library) -> None:
    mine, theirs = begin(database, library), begin(database, library)
    first, second, other = given(mine), given(mine), given(theirs)
    with database.writing() as session:
        grants.end(session, first, now=NOW)
        grants.end(session, "unknown", now=NOW)
    assert not is_given(mine, first)
    assert is_given(mine, second)
    assert is_given(theirs, other)


def test_eviction_spares_other_sittings_and_whoever_asked_for_a_moment(
    database: Database, library: Library
) -> None:
    mine, theirs = begin(database, library), begin(database, library)
    asking, evicted, other = given(mine), given(mine), given(theirs)
    with database.writing() as session:
        attempt_id = session.query(Attempt.id).filter_by(ref=mine.ref).scalar()
        grants.evict(session, attempt_id, asked_by=asking, now=NOW)
        assert not grants.is_given(session, mine.ref, evicted, now=NOW)
        assert grants.is_given(session, mine.ref, asking, now=NOW)
        assert not grants.is_given(session, mine.ref, asking, now=NOW + grants.LATE_FOR)
        with pytest.raises(refusals.Gone):
            grants.evict(session, attempt_id, asked_by=evicted, now=NOW)
        grants.evict(session, attempt_id, asked_by=None, now=NOW)
        assert not grants.is_given(session, mine.ref, asking, now=NOW)
    assert is_given(theirs, other)
