"""Who may do what: the table, and each service that asks it, upon what is theirs and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from assessor.banks.schema import Library
from assessor.errors import NotFound
from assessor.services import actors, permissions, profiles, refusals
from assessor.services.actors import Actor, Capacity, Role, bearer_of, holder_of, member_of, person_of
from assessor.services.permissions import HELD, OVER_SITTINGS, RIGHTS, ROLE_NAMES, Extent, Permission
from assessor.services.sittings import answers, life, retention
from assessor.store.db import Database
from assessor.store.scope import Everything, Linked, Named, Within
from tests.fixtures.sittings import LATER, NOW, Held, begin
from tests.fixtures.store import everything_in

Act = Callable[[Session, Actor], object]


def acts_on(held: Held) -> dict[str, Act]:
    """Everything that a service does with one submitted sitting for an actor."""
    ref, view = held.ref, held.view()
    profile = profiles.profile_of(view, view.role_id)
    item = view.items[0].id
    return {
        "load": lambda session, actor: life.load(session, actor, ref, now=NOW),
        "epoch": lambda session, actor: life.epoch_of(session, actor, ref),
        "take back": lambda session, actor: life.take_back(session, actor, ref, now=NOW),
        "record": lambda session, actor: answers.record(
            session, actor, ref, item, None, epoch=1, seq=9, language="fr", seconds=1, now=NOW
        ),
        "language": lambda session, actor: life.switch_language(session, actor, ref, "en", now=NOW),
        "finish": lambda session, actor: life.finish(session, actor, ref, now=NOW),
        "link": lambda session, actor: life.new_link(session, actor, ref, now=NOW),
        "keep": lambda session, actor: retention.keep(session, actor, ref, days=30, now=NOW),
        "erase": lambda session, actor: retention.erase(session, actor, ref, now=NOW),
        "store": lambda session, actor: profiles.store(session, actor, view, profile, now=NOW),
    }


ACTS = frozenset(
    ("load", "epoch", "take back", "record", "language", "finish", "link", "keep", "erase", "store")
)


@pytest.fixture
def submitted(held: Held) -> Held:
    held.answer_all()
    held.finish()
    return held


def test_nobody_touches_a_sitting_that_is_not_theirs(
    submitted: Held, database: Database, library: Library
) -> None:
    other = begin(database, library)
    acts = acts_on(submitted)
    assert set(acts) == ACTS
    before = everything_in(database)
    strangers = (actors.VISITOR, actors.OPERATOR, actors.COMMAND_LINE, other.holder, other.bearer)
    for name, act in acts.items():
        for stranger in (*strangers, submitted.bearer):
            with database.writing() as session, pytest.raises(NotFound):
                act(session, stranger)
            assert everything_in(database) == before, name


def test_a_link_leads_to_its_own_sitting_and_opens_nothing_else(held: Held) -> None:
    for actor in (actors.VISITOR, held.holder, actors.JOB, bearer_of(held.ref)):
        with held.database.writing() as session:
            for ask in (life.peek, life.resume):
                with pytest.raises(refusals.Gone):
                    ask(session, actor, now=NOW)
    with held.database.writing() as session:
        assert life.peek(session, held.bearer, now=NOW).ref == held.ref


def test_only_a_job_and_the_command_line_sweep(submitted: Held) -> None:
    later = LATER + timedelta(days=2)
    for actor in (actors.VISITOR, actors.OPERATOR, submitted.holder, submitted.bearer):
        with submitted.database.writing() as session, pytest.raises(NotFound):
            retention.sweep(session, actor, now=later)
    with submitted.database.writing() as session:
        assert retention.sweep(session, actors.COMMAND_LINE, now=later, dry_run=True) == 1
        assert retention.sweep(session, actors.JOB, now=later) == 1


def test_every_capacity_holds_something_and_every_permission_is_held() -> None:
    assert set(HELD) == {*Capacity, *Role}
    assert {permission for held in HELD.values() for permission in held} == set(Permission)
    assert all(HELD.values())


def test_what_is_over_sittings_is_given_over_one_s_own_only_but_to_the_machine() -> None:
    wide = {
        (capacity, permission)
        for capacity, held in HELD.items()
        for permission, extent in held.items()
        if permission in OVER_SITTINGS and extent is Extent.ALL
    }
    assert {capacity for capacity, _ in wide} == {Capacity.JOB, Capacity.COMMAND_LINE}


def test_how_far_an_actor_reaches() -> None:
    own = holder_of("a")
    assert permissions.reach(own, Permission.READ) == Named("a")
    assert permissions.reach(actors.JOB, Permission.READ) == Everything()
    bearer = bearer_of("token")
    assert bearer.link is not None
    assert "token" not in repr(bearer)
    assert permissions.reach(bearer, Permission.TAKE_UP) == Linked(bearer.link)
    with pytest.raises(refusals.Gone):
        permissions.reach(bearer, Permission.READ)


def test_what_an_actor_is_allowed() -> None:
    own = holder_of("a")
    assert permissions.allows(own, Permission.READ, "a")
    assert not permissions.allows(own, Permission.READ, "b")
    assert not permissions.allows(own, Permission.READ)
    assert permissions.allows(own, Permission.VISIT)
    assert not permissions.allows(own, Permission.READ_BANKS)
    assert permissions.allows(actors.OPERATOR, Permission.READ_BANKS)
    assert not permissions.allows(bearer_of("token"), Permission.TAKE_UP, "a")


def test_roles_count_in_the_workspace_in_which_their_member_acts() -> None:
    owner = member_of("a", "w", frozenset({Role.OWNER}))
    assert permissions.workspace(owner, Permission.INVITE_MEMBERS) == Within("w")
    for nobody in (actors.VISITOR, actors.OPERATOR, actors.COMMAND_LINE, actors.JOB, person_of("a")):
        assert not permissions.allows(nobody, Permission.READ_WORKSPACE)
        with pytest.raises(NotFound):
            permissions.workspace(nobody, Permission.READ_WORKSPACE)
    rater = member_of("a", "w", frozenset({Role.RATER}))
    assert not permissions.allows(rater, Permission.READ_AUDIT)
    both = member_of("a", "w", frozenset({Role.RATER, Role.AUDITOR}))
    assert permissions.allows(both, Permission.READ_AUDIT)
    assert permissions.allows(both, Permission.OWN_ACCOUNT)
    assert not permissions.allows(both, Permission.REMOVE_MEMBERS)


def test_every_role_and_every_right_that_one_holds_is_told_in_words() -> None:
    assert list(ROLE_NAMES) == list(Role)
    assert set(RIGHTS) == {permission for role in Role for permission in HELD[role]}
    assert {extent for role in Role for extent in HELD[role].values()} == {Extent.WORKSPACE}
    everything = {*HELD[Role.OWNER]}
    assert all(set(HELD[role]) <= everything for role in Role), "an owner may do whatever members may"


def test_a_refusal_looks_like_something_that_is_not_there() -> None:
    with pytest.raises(refusals.Gone):
        permissions.require(actors.VISITOR, Permission.READ, "a")
    with pytest.raises(NotFound) as refused:
        permissions.require(actors.VISITOR, Permission.READ_BANKS)
    assert not isinstance(refused.value, refusals.Gone)
