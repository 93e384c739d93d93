"""Profiles of stored sittings: under every role, the same each time, kept once."""

from __future__ import annotations

import threading

import pytest

from assessor.banks.schema import Library
from assessor.errors import Conflict, NotFound
from assessor.profile import build, document
from assessor.scoring.model import PLANNING
from assessor.services import profiles
from assessor.services.actors import JOB
from assessor.store.db import Database
from tests.core.small_library import sitting
from tests.fixtures.sittings import LATER, NOW, Held, begin, responses
from tests.fixtures.store import everything_in


def finished(database: Database, library: Library, domain: str = "bakery") -> Held:
    held = begin(database, library, domain=domain)
    held.answer_all()
    held.finish()
    return held


@pytest.mark.parametrize(
    ("domain", "roles"),
    [("bakery", ("general-bakery", "baker", "miller")), ("museum", ("general-museum",))],
)
def test_the_same_answers_are_read_under_every_role_of_the_domain(
    database: Database, library: Library, domain: str, roles: tuple[str, ...]
) -> None:
    view = finished(database, library, domain).view()
    for role_id in roles:
        profile = profiles.profile_of(view, role_id)
        assert profile.role == library.role(role_id)
        assert document(profile) == document(profiles.profile_of(view, role_id))
        assert {other.id for other, _ in profile.other_roles} == set(roles) - {role_id}
    for unknown in ("nobody", "general-nothing", "baker" if domain == "museum" else "general-museum"):
        with pytest.raises(NotFound):
            profiles.profile_of(view, unknown)


def test_a_stored_sitting_scores_as_the_same_answers_do_without_a_database(
    sqlite_database: Database, library: Library
) -> None:
    held = finished(sqlite_database, library)
    view = held.view()
    direct = build(
        sitting(view.items, {name: saved.response for name, saved in view.answers.items()}),
        library.role("baker"),
        library,
        parameters=PLANNING,
        role_digest=library.role("baker").digest(),
        software="any",
    )
    stored = profiles.profile_of(view, "baker")
    assert stored.mean == direct.mean
    assert stored.covariance == direct.covariance
    assert stored.fit == direct.fit
    assert stored.form_digest == direct.form_digest
    assert stored.framework_digest == direct.framework_digest


def test_an_open_sitting_has_no_profile(held: Held) -> None:
    held.answer_all()
    with pytest.raises(Conflict):
        profiles.profile_of(held.view(), "baker")


def test_what_was_left_empty_and_what_was_never_opened_are_both_unanswered(held: Held) -> None:
    view = held.view()
    held.save(0, responses(view, 0)[0], seconds=60, language="en")
    held.save(1, None, seconds=30)
    held.finish()
    taken = profiles.sitting_of(held.view())
    assert [answer.item for answer in taken.answers] == list(view.items)
    assert taken.answers[0].state == "answered"
    assert {answer.state for answer in taken.answers[1:]} == {"left_empty"}
    assert [answer.language for answer in taken.answers[:3]] == ["en", "fr", "fr"]
    assert [answer.seconds for answer in taken.answers[:3]] == [60, 30, None]
    effort = profiles.profile_of(held.view(), "baker").effort
    assert (effort.unanswered, effort.minutes) == (len(view.items) - 1, 1.5)


def test_a_profile_is_kept_once_and_as_it_was(database: Database, library: Library) -> None:
    held = finished(database, library)
    view = held.view()
    for now in (NOW, LATER):
        for role_id in ("baker", "miller"):
            with database.writing() as session:
                profiles.store(session, JOB, view, profiles.profile_of(view, role_id), now=now)
    kept = everything_in(database)["profile"]
    assert [(row[2], row[4]) for row in kept] == [("baker", NOW), ("miller", NOW)]
    assert [row[3] for row in kept] == [
        document(profiles.profile_of(view, role_id)) for role_id in ("baker", "miller")
    ]


def test_two_requests_that_keep_the_same_profile_at_once_keep_one(
    database: Database, library: Library
) -> None:
    held = finished(database, library)
    view = held.view()
    profile = profiles.profile_of(view, "baker")
    failed: list[Exception] = []

    def keep() -> None:
        try:
            with database.writing() as session:
                profiles.store(session, JOB, view, profile, now=NOW)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=keep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []
    assert len(everything_in(database)["profile"]) == 1


def test_no_profile_is_kept_of_a_sitting_that_was_erased_meanwhile(
    database: Database, library: Library
) -> None:
    held = finished(database, library)
    view = held.view()
    profile = profiles.profile_of(view, "baker")
    held.erase()
    with database.writing() as session, pytest.raises(NotFound):
        profiles.store(session, JOB, view, profile, now=NOW)
    assert everything_in(database)["profile"] == []
