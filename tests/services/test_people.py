"""People with accounts: what is kept of what they enter, links that let in once, sign-ins that end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, Type
from hypothesis import given
from hypothesis import strategies as st

from assessor.errors import Conflict, Invalid, NotFound
from assessor.services import actors
from assessor.services.actors import Actor, Role, bearer_of, member_of, person_of
from assessor.services.people import accounts, devices, entries, links, passwords, sign_ins, workspaces
from assessor.services.people.accounts import Entered, NewPerson
from assessor.services.people.links import Purpose
from assessor.services.tasks import retention
from assessor.store.db import Database
from assessor.store.models import Base
from tests.fixtures.once import SHIPPED_HASHER
from tests.fixtures.sittings import NOW
from tests.fixtures.store import everything_in

IDLE = timedelta(hours=2)
NOEMIE = NewPerson("noemie@example.org", "Noémie", "Lépine", "fr", "a hash")


def owner_link(database: Database) -> Actor:
    with database.writing() as session:
        return bearer_of(links.for_owner(session, actors.COMMAND_LINE, now=NOW))


def found_workspace(database: Database, person: NewPerson = NOEMIE, *, by: Actor | None = None) -> Entered:
    bearer = by or owner_link(database)
    with database.writing() as session:
        return accounts.found_workspace(
            session,
            bearer,
            person,
            name="Atelier",
            language="fr",
            languages=("en", "fr"),
            zone="UTC",
            now=NOW,
        )


def owner_of(entered: Entered) -> Actor:
    return member_of(entered.person, entered.workspace, frozenset({Role.OWNER}))


def signed_in(database: Database, entered: Entered) -> str:
    with database.writing() as session:
        return sign_ins.begin(session, entered.person, entered.password_hash, device="Firefox", now=NOW)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Zoé@Example.ORG ", "zoé@example.org"),
        ("zoe\u0301@example.org", "zoé@example.org"),
        ("z@xn--caf-dma.example.com", "z@café.example.com"),
        ("STRASSE@example.org", "strasse@example.org"),
        ("straße@example.org", "straße@example.org"),
    ],
)
def test_an_address_has_one_spelling(written: str, kept: str) -> None:
    assert entries.email_of(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        *("", "zoe", "zoe@", "z@localhost", "a b@example.org", "a@example.org, b@example.org"),
        *("Zoé <z@example.org>", "z@exa\u202emple.org", "z@example.org\nb", "a" * 300 + "@example.org"),
    ],
)
def test_what_is_no_single_address_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        entries.email_of(written)


@given(st.text(max_size=100))
def test_a_name_is_one_line_to_see_or_refused(text: str) -> None:
    try:
        name = entries.name_of(text, "name")
    except Invalid:
        return
    assert name
    assert len(name) <= entries.LONGEST_NAME
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00-\x1f\x7f]|^\s|\s$|\s\s", name)
    assert entries.name_of(name, "name") == name


def test_letters_that_are_joined_or_kept_apart_by_spelling_stay_so() -> None:
    assert entries.name_of("علی\u200cرضا", "name") == "علی\u200cرضا"


def test_a_password_wants_twelve_characters_and_nothing_else() -> None:
    assert entries.password_of("aaaaaaaaaaaa") == "aaaaaaaaaaaa"
    for text in ("a" * 11, "e\u0301" * 11, "a" * 1001):
        with pytest.raises(Invalid):
            entries.password_of(text)


def test_passwords_are_kept_by_argon2id_at_the_price_that_is_recommended() -> None:
    assert SHIPPED_HASHER.type is Type.ID
    assert SHIPPED_HASHER.memory_cost >= 64 * 1024
    assert SHIPPED_HASHER.time_cost >= 3


def test_a_password_is_known_again_however_its_accents_were_typed() -> None:
    kept = passwords.hashed(entries.password_of("été été été été"))
    assert passwords.matches(kept, "e\u0301te\u0301 été été été")
    assert not passwords.matches(kept, "ete ete ete ete")
    assert not passwords.matches(None, "no account has this password")
    assert not passwords.matches("spoilt", "été été été été")


def test_a_hash_of_other_parameters_is_dated() -> None:
    assert not passwords.is_dated(passwords.hashed("quatre mots faciles"))
    assert passwords.is_dated(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash("x"))


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Firefox, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36", "Chrome, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1", "Safari, Mac"),
        ("curl/8.1", ""),
    ],
)
def test_a_device_is_said_in_plain_words(agent: str, said: str) -> None:
    assert devices.device_of(agent) == said


def test_a_link_opens_once_and_until_its_time(database: Database) -> None:
    bearer = owner_link(database)
    with database.reading() as session:
        assert links.peek(session, bearer, now=NOW).purpose is Purpose.OWNER
        assert links.peek(session, bearer, now=NOW + timedelta(hours=23, minutes=59)).purpose is Purpose.OWNER
        for actor, now in ((bearer, NOW + timedelta(hours=24)), (bearer_of("other"), NOW)):
            with pytest.raises(NotFound):
                links.peek(session, actor, now=now)
    found_workspace(database, by=bearer)
    before = everything_in(database)
    with pytest.raises(NotFound):
        found_workspace(database, replace(NOEMIE, email="other@example.org"), by=bearer)
    assert everything_in(database) == before


def test_of_two_that_use_a_link_at_once_one_is_in(database: Database) -> None:
    bearer = owner_link(database)
    with database.reading() as session:
        row = links._row(session, bearer, NOW)
    found_workspace(database, by=bearer)
    with database.writing() as session, pytest.MonkeyPatch.context() as patch:
        # As one who had read the row before the other used it.
        patch.setattr(links, "_row", lambda *_named: row)
        with pytest.raises(NotFound):
            links.use(session, bearer, Purpose.OWNER, now=NOW)


def test_a_new_link_ends_the_one_before_it(database: Database) -> None:
    first, second = owner_link(database), owner_link(database)
    with database.reading() as session:
        assert links.peek(session, second, now=NOW)
        with pytest.raises(NotFound):
            links.peek(session, first, now=NOW)


def test_a_link_does_what_it_is_for_and_nothing_else(database: Database) -> None:
    entered, owner = found_workspace(database), owner_link(database)
    with pytest.raises(NotFound), database.writing() as session:
        accounts.reset_password(session, owner, "other", now=NOW)
    with pytest.raises(NotFound), database.writing() as session:
        accounts.join_workspace(session, owner, person_of(entered.person), now=NOW)


@pytest.mark.parametrize(
    "actor",
    [actors.VISITOR, actors.OPERATOR, actors.JOB, person_of("a")],
    ids=["visitor", "operator", "job", "person"],
)
def test_only_the_command_line_makes_links_for_owners_and_resets(database: Database, actor: Actor) -> None:
    found_workspace(database)
    for make in (links.for_owner, lambda *given, now: links.for_reset(*given, NOEMIE.email, now=now)):
        with pytest.raises(NotFound), database.writing() as session:
            make(session, actor, now=NOW)


def test_there_is_an_owner_once_there_is_a_workspace(database: Database) -> None:
    with database.reading() as session:
        assert not links.has_owner(session)
    found_workspace(database)
    with database.reading() as session:
        assert links.has_owner(session)


def test_one_address_has_one_account(database: Database) -> None:
    found_workspace(database)
    with pytest.raises(Invalid) as refused:
        found_workspace(database)
    assert refused.value.field == "email"


def test_colleagues_are_invited_by_owners_into_their_own_workspace(database: Database) -> None:
    first = found_workspace(database)
    second = found_workspace(database, replace(NOEMIE, email="zoe@example.org"))
    owner = owner_of(first)
    recruiter = replace(owner, roles=frozenset({Role.RECRUITER}))
    with database.writing() as session:
        for actor in (recruiter, actors.COMMAND_LINE, person_of(first.person)):
            with pytest.raises(NotFound):
                links.for_colleague(session, actor, "k@example.org", [Role.RATER], now=NOW)
        for email, roles in (("k@example.org", []), (NOEMIE.email, [Role.RATER]), ("k", [Role.RATER])):
            with pytest.raises(Invalid):
                links.for_colleague(session, owner, email, roles, now=NOW)
        token = links.for_colleague(session, owner, "zoe@example.org", [Role.RATER, Role.OWNER], now=NOW)
    with pytest.raises(NotFound), database.writing() as session:
        accounts.join_workspace(session, bearer_of(token), person_of(first.person), now=NOW)
    with database.writing() as session:
        joined = accounts.join_workspace(session, bearer_of(token), person_of(second.person), now=NOW)
        own = accounts.own(session, person_of(second.person))
    assert joined.workspace == first.workspace
    assert {one.ref: one.roles for one in own.workspaces} == {
        first.workspace: {Role.OWNER, Role.RATER},
        second.workspace: {Role.OWNER},
    }


def test_a_sign_in_says_what_its_person_is_in_the_workspace_that_is_asked_about(database: Database) -> None:
    first = found_workspace(database)
    second = found_workspace(database, replace(NOEMIE, email="zoe@example.org"))
    token = signed_in(database, first)
    with database.reading() as session:
        for workspace, roles in (
            (first.workspace, {Role.OWNER}),
            (second.workspace, None),
            ("nowhere", None),
            (None, None),
        ):
            found = sign_ins.standing(session, token, workspace, idle=IDLE, now=NOW)
            assert found is not None
            assert found.person == first.person
            assert (found.member and found.member.roles) == roles
        assert sign_ins.standing(session, "other", first.workspace, idle=IDLE, now=NOW) is None


def test_a_sign_in_counts_until_it_idles_or_its_day_is_over_or_it_is_ended(database: Database) -> None:
    entered = found_workspace(database)
    token = signed_in(database, entered)

    def counts(now: timedelta) -> bool:
        with database.reading() as session:
            return sign_ins.standing(session, token, idle=IDLE, now=NOW + now) is not None

    assert counts(IDLE - timedelta(seconds=1))
    assert not counts(IDLE)
    late = sign_ins.ENDS_AFTER - timedelta(minutes=1)
    with database.writing() as session:
        sign_ins.mark(session, token, now=NOW + late)
    assert counts(late)
    assert not counts(sign_ins.ENDS_AFTER)
    with database.writing() as session:
        sign_ins.end(session, token, now=NOW)
        sign_ins.mark(session, token, now=NOW + late)
    assert not counts(late)


def test_nobody_signs_in_with_a_password_that_was_changed_meanwhile(database: Database) -> None:
    entered = found_workspace(database)
    person = person_of(entered.person)
    with database.writing() as session:
        accounts.change_password(session, person, former="a hash", password_hash="b", kept=None, now=NOW)
    with pytest.raises(NotFound), database.writing() as session:
        sign_ins.begin(session, entered.person, "a hash", device="", now=NOW)
    with database.writing() as session, pytest.raises(Conflict):
        accounts.change_password(session, person, former="a hash", password_hash="c", kept=None, now=NOW)


def test_what_is_a_person_s_own_is_nobody_else_s(database: Database) -> None:
    first = found_workspace(database)
    second = found_workspace(database, replace(NOEMIE, email="zoe@example.org"))
    signed_in(database, first)
    with database.reading() as session:
        (listed,) = sign_ins.listed(session, person_of(first.person), idle=IDLE, now=NOW)
        assert sign_ins.listed(session, person_of(second.person), idle=IDLE, now=NOW) == []
        for nobody in (actors.VISITOR, actors.COMMAND_LINE, actors.JOB):
            with pytest.raises(NotFound):
                accounts.own(session, nobody)
    with database.writing() as session:
        with pytest.raises(NotFound):
            sign_ins.end_own(session, person_of(second.person), listed.ref, now=NOW)
        assert sign_ins.end_others(session, person_of(second.person), None, now=NOW) == 0
        assert sign_ins.end_others(session, person_of(first.person), listed.ref, now=NOW) == 0
        assert sign_ins.end_others(session, person_of(first.person), None, now=NOW) == 1


def test_a_workspace_is_changed_by_its_own_owners(database: Database) -> None:
    first = found_workspace(database)
    with database.writing() as session:
        workspaces.change(session, owner_of(first), name=" Agence  Boréale ", asks_second=True, now=NOW)
        assert workspaces.overview(session, owner_of(first)) == workspaces.Workspace(
            first.workspace, "Agence Boréale", 1, True
        )
        for role in set(Role) - {Role.OWNER}:
            with pytest.raises(NotFound):
                workspaces.change(
                    session,
                    replace(owner_of(first), roles=frozenset({role})),
                    name="x",
                    asks_second=False,
                    now=NOW,
                )


def test_the_sweep_takes_links_and_sign_ins_that_count_no_more(database: Database) -> None:
    entered = found_workspace(database)
    signed_in(database, entered)
    owner_link(database)
    tables = Base.metadata.tables

    def left() -> tuple[int, int]:
        with database.reading() as session:
            return tuple(  # type: ignore[return-value]
                len(session.execute(tables[name].select()).all()) for name in ("sign_in", "one_time_link")
            )

    retention.sweep(database, actors.JOB, now=NOW + timedelta(hours=15))
    assert left() == (1, 2)
    retention.sweep(database, actors.JOB, now=NOW + timedelta(hours=24))
    assert left() == (0, 0)


def test_no_token_and_no_password_stands_in_the_database(database: Database) -> None:
    with database.writing() as session:
        link = links.for_owner(session, actors.COMMAND_LINE, now=NOW)
    entered = found_workspace(
        database, replace(NOEMIE, password_hash=passwords.hashed("quatre mots faciles")), by=bearer_of(link)
    )
    token = signed_in(database, entered)
    kept = repr(everything_in(database))
    assert not {secret for secret in (link, token, "quatre mots faciles") if secret in kept}
