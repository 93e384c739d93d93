"""Colleagues: invited, changed, removed, gone; and what is recorded of whoever has an account."""

from __future__ import annotations

import json
import threading

import pytest
from sqlalchemy import select

from assessor.errors import Conflict, Invalid, NotFound
from assessor.services import actors, audit
from assessor.services.actors import Actor, Role, bearer_of, member_of, person_of
from assessor.services.audit import Sought
from assessor.services.events import Event
from assessor.services.people import accounts, links, members, sign_ins, workspaces
from assessor.services.people.accounts import Entered, NewPerson
from assessor.store.chains import SERVER, chain_of, code_of
from assessor.store.db import Database, open_database
from assessor.store.models import AuditEntryRow
from tests.fixtures.sittings import NOW

PASSWORD = "a hash, as it is kept"


def new_person(email: str) -> NewPerson:
    return NewPerson(email, "Noémie", "Lépine", "fr", PASSWORD)


def owned(database: Database, email: str = "owner@example.org") -> Entered:
    with database.writing() as session:
        token = links.for_owner(session, actors.COMMAND_LINE, now=NOW)
        return accounts.found_workspace(
            session, bearer_of(token), new_person(email),
            name="Atelier", language="fr", languages=["fr", "en"], zone="America/Toronto", now=NOW,
        )  # fmt: skip


def as_(entered: Entered, *roles: Role) -> Actor:
    return member_of(entered.person, entered.workspace, frozenset(roles))


def joined(database: Database, owner: Actor, email: str, *roles: Role) -> Entered:
    with database.writing() as session:
        token = links.for_colleague(session, owner, email, roles, now=NOW)
        return accounts.join_workspace(session, bearer_of(token), new_person(email), now=NOW)


def trail(database: Database, chain: str) -> list[tuple[str, str, str | None, str | None, object]]:
    with database.reading() as session:
        assert audit.verify(session).faults == ()
        rows = session.scalars(
            select(AuditEntryRow).where(AuditEntryRow.chain == chain).order_by(AuditEntryRow.number)
        )
        return [(row.event, row.capacity, row.actor, row.object, json.loads(row.details)) for row in rows]


def test_what_is_done_with_members_is_recorded_in_their_workspace(database: Database) -> None:
    entered = owned(database)
    owner = as_(entered, Role.OWNER)
    colleague = joined(database, owner, "zoe@example.org", Role.RATER, Role.AUDITOR)
    with database.writing() as session:
        links.for_colleague(session, owner, "away@example.org", [Role.RATER], now=NOW)
        (invited,) = members.listed(session, owner, now=NOW).invited
        links.take_back(session, owner, invited.ref, now=NOW)
        members.change_roles(session, owner, colleague.person, [Role.RECRUITER], now=NOW)
        members.change_roles(session, owner, colleague.person, [Role.RECRUITER], now=NOW)
        workspaces.change(session, owner, name="Atelier du fleuve", asks_second=True, now=NOW)
        members.remove(session, owner, colleague.person, now=NOW)
    me, they = code_of(entered.person), code_of(colleague.person)
    found = trail(database, chain_of(entered.workspace))
    both = ["rater", "auditor"]
    assert found[0] == ("workspace.made", "person", me, code_of(entered.workspace), {})
    assert found[1][:3] + found[1][4:] == ("invitation.made", "person", me, {"roles": both})
    assert found[2] == ("member.joined", "person", they, they, {"roles": both})
    assert [one[0] for one in found[3:5]] == ["invitation.made", "invitation.ended"]
    assert found[5:] == [
        ("member.roles_changed", "person", me, they, {"before": both, "roles": ["recruiter"]}),
        ("workspace.changed", "person", me, code_of(entered.workspace), {}),
        ("member.removed", "person", me, they, {}),
    ]
    assert [one[0] for one in trail(database, SERVER)] == ["owner_link.made"]


def test_what_is_done_with_an_account_is_recorded_where_its_person_belongs(database: Database) -> None:
    entered = owned(database)
    me = person_of(entered.person)
    with database.writing() as session:
        token = sign_ins.begin(session, entered.person, PASSWORD, device="", now=NOW)
        sign_ins.begin(session, entered.person, PASSWORD, device="", now=NOW)
        sign_ins.end(session, token, now=NOW)
        sign_ins.end(session, token, now=NOW)
        sign_ins.refuse(session, entered.person, now=NOW)
        sign_ins.refuse(session, "", now=NOW)
        accounts.change(session, me, given_name="Noé", family_name="Roy", language="en", now=NOW)
        accounts.change_password(session, me, former=PASSWORD, password_hash="b", kept=None, now=NOW)
        reset = links.for_reset(session, actors.COMMAND_LINE, "owner@example.org", now=NOW)
        accounts.reset_password(session, bearer_of(reset), "c", now=NOW)
    code = code_of(entered.person)
    assert trail(database, chain_of(entered.workspace))[1:] == [
        ("person.signed_in", "person", code, code, {}),
        ("person.signed_in", "person", code, code, {}),
        ("person.signed_out", "person", code, code, {"devices": 1}),
        ("person.refused", "visitor", None, code, {}),
        ("person.changed", "person", code, code, {}),
        ("person.password_changed", "person", code, code, {}),
        ("person.signed_out", "person", code, code, {"devices": 1}),
        ("person.reset_link_made", "command line", None, code, {}),
        ("person.password_reset", "person", code, code, {}),
    ]
    assert trail(database, SERVER)[1:] == [("person.refused", "visitor", None, None, {})]


def test_there_is_always_an_owner(database: Database) -> None:
    entered = owned(database)
    owner = as_(entered, Role.OWNER)
    colleague = joined(database, owner, "zoe@example.org", Role.RATER)
    with database.writing() as session:
        for act in (
            lambda: members.leave(session, owner, now=NOW),
            lambda: members.remove(session, owner, entered.person, now=NOW),
            lambda: members.change_roles(session, owner, entered.person, [Role.AUDITOR], now=NOW),
        ):
            with pytest.raises(Conflict, match="last owner"):
                act()
        assert members.found(session, owner, entered.person).is_last_owner
        members.change_roles(session, owner, colleague.person, [Role.OWNER], now=NOW)
        assert not members.found(session, owner, entered.person).is_last_owner
        members.leave(session, owner, now=NOW)
        left = members.listed(session, as_(colleague, Role.OWNER) if colleague.workspace else owner, now=NOW)
    assert [(one.ref, one.is_last_owner) for one in left.members] == [(colleague.person, True)]


def test_of_the_last_two_owners_who_leave_at_once_one_stays(database: Database, address: str) -> None:
    first = owned(database)
    second = joined(database, as_(first, Role.OWNER), "zoe@example.org", Role.OWNER)
    start, refused = threading.Barrier(2), []

    def leave(entered: Entered) -> None:
        other = open_database(address)
        try:
            start.wait(timeout=30)
            with other.writing() as session:
                members.leave(session, as_(entered, Role.OWNER), now=NOW)
        except Conflict as error:
            refused.append(error)
        finally:
            other.close()

    threads = [threading.Thread(target=leave, args=(one,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(refused) == 1


def test_whoever_is_not_there_or_may_not_is_not_found(database: Database) -> None:
    entered, other = owned(database), owned(database, "other@example.org")
    owner = as_(entered, Role.OWNER)
    with database.writing() as session:
        links.for_colleague(session, as_(other, Role.OWNER), "a@example.org", [Role.RATER], now=NOW)
        (theirs,) = members.listed(session, as_(other, Role.OWNER), now=NOW).invited
        for act in (
            lambda: members.remove(session, owner, other.person, now=NOW),
            lambda: members.change_roles(session, owner, other.person, [Role.RATER], now=NOW),
            lambda: links.take_back(session, owner, theirs.ref, now=NOW),
            lambda: members.remove(session, as_(entered, Role.RECRUITER), entered.person, now=NOW),
            lambda: members.listed(session, as_(entered, Role.RATER), now=NOW),
            lambda: audit.listed(session, as_(entered, Role.RECRUITER), Sought()),
        ):
            with pytest.raises(NotFound):
                act()
        with pytest.raises(Invalid):
            members.change_roles(session, owner, entered.person, [], now=NOW)


def test_entries_are_found_by_event_code_and_day_and_by_their_own_workspace_only(database: Database) -> None:
    entered, other = owned(database), owned(database, "other@example.org")
    reader, me = as_(entered, Role.AUDITOR), code_of(entered.person)
    with database.writing() as session:
        for _ in range(audit.PAGE):
            sign_ins.refuse(session, entered.person, now=NOW)
        every = audit.listed(session, reader, Sought())
        assert (every.total, every.page, every.pages, len(every.entries)) == (51, 1, 2, 50)
        assert [one.number for one in every.entries] == list(range(51, 1, -1))
        last = audit.listed(session, reader, Sought(), page=9)
        assert [one.event for one in last.entries] == [Event.WORKSPACE_MADE]
        assert audit.listed(session, reader, Sought(event=Event.WORKSPACE_MADE)).total == 1
        assert audit.listed(session, reader, Sought(code=me)).total == 51
        assert audit.listed(session, reader, Sought(code=code_of(other.person))).total == 0
        assert audit.listed(session, reader, Sought(since=NOW)).total == 51
        assert audit.listed(session, reader, Sought(until=NOW)).total == 0
