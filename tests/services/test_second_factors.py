"""Second factors: codes that count now, once, for their person; no secret in the database."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from assessor.errors import Conflict, Invalid, NotFound
from assessor.services import actors
from assessor.services.actors import Actor, person_of
from assessor.services.people import accounts, links, second_factors, sign_ins
from assessor.services.people.accounts import NewPerson
from assessor.services.people.second_factors import secret_of, step_of
from assessor.store.db import Database
from tests.fixtures.sittings import NOW
from tests.fixtures.store import everything_in

SERVER = "the server's own secret"
SEED = bytes(range(20))


def somebody(database: Database, email: str) -> Actor:
    person = NewPerson(email, "Noémie", "Lépine", "fr", "a hash")
    with database.writing() as session:
        link = actors.bearer_of(links.for_owner(session, actors.COMMAND_LINE, now=NOW))
        made = accounts.found_workspace(
            session, link, person, name="Atelier", language="fr", languages=("fr",), zone="UTC", now=NOW
        )
    return person_of(made.person)


def set_up(database: Database, actor: Actor, code: str | None = None) -> list[str]:
    with database.writing() as session:
        return second_factors.set_up(
            session,
            actor,
            SEED,
            code or pyotp.TOTP(secret_of(SEED, SERVER)).at(NOW),
            server_secret=SERVER,
            kept=None,
            now=NOW,
        )


def show(database: Database, actor: Actor, code: str, *, after: timedelta) -> None:
    assert actor.person is not None
    with database.writing() as session:
        token = sign_ins.begin(session, actor.person, "a hash", device="", now=NOW + after)
        renewed, _ = second_factors.show(
            session, token, actor.person, code, server_secret=SERVER, now=NOW + after
        )
        idle = timedelta(hours=1)
        assert sign_ins.standing(session, token, idle=idle, now=NOW + after) is None
        found = sign_ins.standing(session, renewed, idle=idle, now=NOW + after)
        assert found is not None
        assert found.is_proven


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)]
)
def test_codes_of_the_steps_before_and_after_count(seconds: int, counts: bool) -> None:
    secret = secret_of(SEED, SERVER)
    code = pyotp.TOTP(secret).at(NOW + timedelta(seconds=seconds))
    assert (step_of(secret, code, now=NOW) is not None) == counts
    assert step_of(secret, "", now=NOW) is None
    assert step_of(secret, "é" * 6, now=NOW) is None


def test_a_secret_wants_both_its_seed_and_the_server_s(database: Database) -> None:
    secret = secret_of(SEED, SERVER)
    assert len(secret) == 32
    assert secret not in {secret_of(SEED, "other"), secret_of(bytes(20), SERVER)}
    codes = set_up(database, somebody(database, "noemie@example.org"))
    kept = repr(everything_in(database))
    assert not [one for one in (secret, *codes) if one in kept]


def test_each_code_is_taken_once_and_from_its_own_person(database: Database) -> None:
    noemie, zoe = somebody(database, "noemie@example.org"), somebody(database, "zoe@example.org")
    with pytest.raises(Invalid):
        set_up(database, noemie, "000000")
    codes, others = set_up(database, noemie), set_up(database, zoe)
    with pytest.raises(Conflict):
        set_up(database, noemie)
    code = pyotp.TOTP(secret_of(SEED, SERVER)).at(NOW + timedelta(minutes=2))
    for fits in (code, codes[0]):
        show(database, noemie, fits, after=timedelta(minutes=2))
        with pytest.raises(Invalid):
            show(database, noemie, fits, after=timedelta(minutes=2))
    for wrong in (others[0], "", "-", "000000"):
        with pytest.raises(Invalid):
            show(database, noemie, wrong, after=timedelta(minutes=2))
    with database.reading() as session:
        assert second_factors.codes_left(session, noemie) == 9
        assert second_factors.codes_left(session, zoe) == 10


def test_only_the_command_line_lifts_the_factor_of_somebody_else(database: Database) -> None:
    noemie = somebody(database, "noemie@example.org")
    set_up(database, noemie)
    for nobody in (actors.VISITOR, actors.OPERATOR, noemie):
        with pytest.raises(NotFound), database.writing() as session:
            second_factors.lift(session, nobody, "noemie@example.org", now=NOW)
    with database.writing() as session:
        second_factors.lift(session, actors.COMMAND_LINE, "noemie@example.org", now=NOW)
        assert second_factors.codes_left(session, noemie) == 0
        assert not accounts.own(session, noemie).has_second
