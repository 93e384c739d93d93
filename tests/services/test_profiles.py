"""Profiles of stored sittings: under every role, the same each time, kept once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from assessor.banks.schema import Library
from assessor.errors import Conflict, NotFound
from assessor.profile import Profile, Unreadable, build, document
from assessor.scoring.model import PLANNING, Parameters
from assessor.services import profiles
from assessor.services.actors import JOB, Actor, holder_of
from assessor.services.sittings.life import AttemptView
from assessor.store.db import Database, Unavailable
from assessor.store.models import ProfileRow
from tests.core.small_library import sitting
from tests.fixtures.documents import of_the_first_version
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
    responses = {name: saved.response for name, saved in view.answers.items()}
    direct = build(
        replace(sitting(view.items, responses), length=view.length),
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


#: What somebody might have planned with before.
EARLIER = Parameters(tau_a=0.3, tau_c=0.02, beta=0.4, beta_t=0.2)


@contextmanager
def planned_with(monkeypatch: pytest.MonkeyPatch, parameters: Parameters) -> Iterator[None]:
    with monkeypatch.context() as earlier:
        earlier.setattr(profiles, "PLANNING", parameters)
        yield


def scored(database: Database, view: AttemptView, role: str = "baker", actor: Actor | None = None) -> Any:
    asking = actor or holder_of(view.ref)
    return profiles.scored(database, asking, view, role, now=LATER)


def rewrite(database: Database, document: object) -> None:
    """What stands in the table, whoever wrote it there."""
    with database.writing() as session:
        session.execute(update(ProfileRow).values(document=document))


def figures(profile: Profile) -> list[float]:
    return [round(area.estimate.estimate, 6) for area in profile.areas if area.estimate is not None]


def test_what_was_kept_is_shown_whatever_would_be_computed_today(
    database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = finished(database, library)
    view = held.view()
    with planned_with(monkeypatch, EARLIER):
        profiles.keep_scored(database, JOB, held.ref, now=NOW)
        then = profiles.profile_of(view, view.role_id)
    found = scored(database, view, view.role_id)
    assert found.document == document(then)
    assert figures(found.profile) == figures(then)
    assert found.profile.parameters == EARLIER
    assert figures(found.profile) != figures(profiles.profile_of(view, view.role_id))
    # Asked again, by whomever: the same, and nothing more is kept.
    profiles.keep_scored(database, JOB, held.ref, now=LATER)
    assert scored(database, view, view.role_id, JOB).document == document(then)
    assert len(everything_in(database)["profile"]) == 1


def test_under_another_role_the_answers_are_read_when_it_is_asked_for_and_nothing_is_kept(
    sqlite_database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = finished(sqlite_database, library).view()
    with planned_with(monkeypatch, EARLIER):
        scored(sqlite_database, view, view.role_id)
    (other,) = (role.id for role in profiles.roles_of(view) if role.id not in (view.role_id, "miller"))
    found = scored(sqlite_database, view, other)
    assert found.document == document(profiles.profile_of(view, other))
    assert [row[2] for row in everything_in(sqlite_database)["profile"]] == [view.role_id]


def test_whoever_looks_before_the_job_has_its_work_done_and_sees_what_is_kept(
    database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = finished(database, library)
    view = held.view()
    with planned_with(monkeypatch, EARLIER):
        first = scored(database, view, view.role_id)
    assert [row[3] for row in everything_in(database)["profile"]] == [first.document]
    # A later version whose job comes late changes nothing.
    profiles.keep_scored(database, JOB, held.ref, now=LATER)
    assert scored(database, view, view.role_id).document == first.document


def test_of_two_that_keep_a_profile_at_once_both_are_shown_the_one_that_is_kept(
    sqlite_database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = finished(sqlite_database, library).view()
    with planned_with(monkeypatch, EARLIER):
        then = profiles.profile_of(view, view.role_id)
    computed = profiles.profile_of

    def meanwhile(asked: AttemptView, role: str) -> Profile:
        with sqlite_database.writing() as session:
            profiles.store(session, JOB, asked, then, now=NOW)
        return computed(asked, role)

    monkeypatch.setattr(profiles, "profile_of", meanwhile)
    assert scored(sqlite_database, view, view.role_id).document == document(then)


def test_a_database_that_takes_nothing_hides_no_result(
    sqlite_database: Database, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = finished(sqlite_database, library).view()

    def full(*_given: object, **_named: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(profiles, "store", full)
    found = scored(sqlite_database, view, view.role_id)
    assert found.document == document(profiles.profile_of(view, view.role_id))
    assert everything_in(sqlite_database)["profile"] == []


def test_a_profile_of_the_first_version_is_read_and_one_that_cannot_be_is_not_computed_anew(
    database: Database, library: Library
) -> None:
    view = finished(database, library).view()
    now = scored(database, view, view.role_id)
    first = of_the_first_version(now.document)
    rewrite(database, first)
    found = scored(database, view, view.role_id)
    assert found.document == first
    assert figures(found.profile) == figures(now.profile)
    rewrite(database, {"fit": 61.2})
    found = scored(database, view, view.role_id)
    assert found.document == {"fit": 61.2}
    with pytest.raises(Unreadable):
        _ = found.profile


@pytest.mark.parametrize("is_kept", [False, True])
def test_somebody_else_s_profile_is_not_there(
    sqlite_database: Database, library: Library, *, is_kept: bool
) -> None:
    held, other = finished(sqlite_database, library), finished(sqlite_database, library)
    view = held.view()
    if is_kept:
        scored(sqlite_database, view, view.role_id)
    before = everything_in(sqlite_database)
    for role in profiles.roles_of(view):
        with pytest.raises(NotFound):
            scored(sqlite_database, view, role.id, other.holder)
    assert everything_in(sqlite_database) == before
