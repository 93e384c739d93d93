"""Second factors: the six figures of an authenticator application, and codes for when it is not at hand.

The secret that the application holds is made of the server's own and of a seed in the database: neither gives
a code without the other. A code, of either kind, is taken once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp
from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from assessor.errors import Conflict, Invalid, NotFound
from assessor.messages import N_
from assessor.services import permissions
from assessor.services.actors import Actor
from assessor.services.codes import hashed, recovery_code
from assessor.services.events import Event
from assessor.services.people import entries, sign_ins
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.models import MemberRow, PersonRow, RecoveryCodeRow, SignInRow, WorkspaceRow

STEP_S = 30
#: Codes of the step before and after count too: clocks differ, and typing takes its time.
DRIFT = 1
CODES = 10
WRONG_CODE = N_("This code does not fit. Take the one that is shown now, or a recovery code not used before.")
ISSUER = "Assessor"


def new_seed() -> bytes:
    """What a new secret is made of."""
    return secrets.token_bytes(20)


def secret_of(seed: bytes, server_secret: str) -> str:
    """The secret that an application holds, in base 32."""
    made = hmac.new(server_secret.encode(), b"totp:" + seed, hashlib.sha256).digest()
    return b32encode(made[:20]).decode()


def address_of(secret: str, email: str) -> str:
    """What the square for an application's camera says."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The time step whose code that is, among those that count now; None for any other code."""
    figures = re.sub(r"\s", "", code).encode()
    totp, here = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    steps = range(here - DRIFT, here + DRIFT + 1)
    return next(
        (step for step in steps if hmac.compare_digest(totp.at(step * STEP_S).encode(), figures)), None
    )


def set_up(
    session: Session,
    actor: Actor,
    seed: bytes,
    code: str,
    *,
    server_secret: str,
    kept: str | None,
    now: datetime,
) -> list[str]:
    """The recovery codes of the actor, who has shown a code of that seed's secret; they are kept as hashes.

    Of the actor's sign-ins only that of the ref ``kept`` goes on, proven. Raises Invalid for another code,
    Conflict where there is a second factor already.
    """
    person = _own(session, actor)
    if person.totp_seed is not None:
        raise Conflict(N_("You have a second factor already."))
    step = step_of(secret_of(seed, server_secret), code, now=now)
    if step is None:
        raise Invalid("code", WRONG_CODE)
    person.totp_seed, person.totp_step = seed, step
    session.flush()
    sign_ins.note(session, actor, Event.SECOND_FACTOR_SET, person.ref, now=now)
    sign_ins.end_others(session, actor, kept, now=now)
    proven = update(SignInRow).where(SignInRow.person_id == person.id, SignInRow.ended_at.is_(None))
    session.execute(proven.values(proven_at=now), execution_options={"synchronize_session": False})
    return _new_codes(session, person.id)


def renew_codes(session: Session, actor: Actor, *, now: datetime) -> list[str]:
    """New recovery codes of the actor; the former open nothing any more. Raises Conflict without a factor."""
    person = _own(session, actor)
    if person.totp_seed is None:
        raise Conflict(N_("You have no second factor any more."))
    sign_ins.note(session, actor, Event.SECOND_FACTOR_CODES_RENEWED, person.ref, now=now)
    return _new_codes(session, person.id)


def codes_left(session: Session, actor: Actor) -> int:
    """How many recovery codes the actor has not used."""
    own = scope.recovery_codes(permissions.own(actor, Permission.OWN_ACCOUNT))
    unused = own.where(RecoveryCodeRow.used_at.is_(None))
    return session.scalar(unused.with_only_columns(func.count(RecoveryCodeRow.id))) or 0


def are_codes_of(session: Session, actor: Actor, codes: list[str]) -> bool:
    """Whether these are recovery codes of the actor's, each of them."""
    own = scope.recovery_codes(permissions.own(actor, Permission.OWN_ACCOUNT))
    kept = set(session.scalars(own.with_only_columns(RecoveryCodeRow.code_hash)))
    return bool(codes) and all(hashed(code) in kept for code in codes)


def remove(session: Session, actor: Actor, *, now: datetime) -> None:
    """The actor signs in by password alone again; raises Conflict where a workspace asks for more."""
    person = _own(session, actor)
    query = (
        select(WorkspaceRow, MemberRow)
        .join(MemberRow, MemberRow.workspace_id == WorkspaceRow.id)
        .where(MemberRow.person_id == person.id)
    )
    if any(sign_ins.membership(place, member).asks_second for place, member in session.execute(query)):
        raise Conflict(N_("A workspace of yours asks for a second factor."))
    _lift(session, person)
    sign_ins.note(session, actor, Event.SECOND_FACTOR_REMOVED, person.ref, now=now)


def lift(session: Session, actor: Actor, email: str, *, now: datetime) -> None:
    """Whoever has that address and has lost their second factor has none any more.

    Raises NotFound where nobody has that address, or for another actor.
    """
    permissions.require(actor, Permission.INVITE_OWNER)
    query = select(PersonRow).where(PersonRow.email == entries.email_of(email))
    person = session.scalars(query.with_for_update()).one_or_none()
    if person is None:
        raise NotFound("nobody has that address")
    _lift(session, person)
    sign_ins.note(session, actor, Event.SECOND_FACTOR_REMOVED, person.ref, now=now)


def show(
    session: Session, token: str, ref: str, code: str, *, server_secret: str, now: datetime
) -> tuple[str, int]:
    """The token in place of the former, now that the person of that ref has shown a code; their id.

    Raises Invalid for a code that does not fit, or was taken before.
    """
    query = select(PersonRow).where(PersonRow.ref == ref)
    person = session.scalars(query).one_or_none()
    if person is None or person.totp_seed is None:
        raise NotFound("nobody with a second factor")
    if not (
        _takes_step(session, person, code, server_secret, now) or _takes_recovery(session, person, code, now)
    ):
        raise Invalid("code", WRONG_CODE)
    return sign_ins.prove(session, person.id, token, now=now), person.id


def _takes_step(session: Session, person: PersonRow, code: str, server_secret: str, now: datetime) -> bool:
    assert person.totp_seed is not None
    step = step_of(secret_of(person.totp_seed, server_secret), code, now=now)
    if step is None:
        return False
    taken = update(PersonRow).where(
        PersonRow.id == person.id, or_(PersonRow.totp_step.is_(None), PersonRow.totp_step < step)
    )
    return _changed(session, taken.values(totp_step=step))


def _takes_recovery(session: Session, person: PersonRow, code: str, now: datetime) -> bool:
    letters = re.sub(r"[^A-Z0-9]", "", code.upper())
    written = "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))
    taken = update(RecoveryCodeRow).where(
        RecoveryCodeRow.person_id == person.id,
        RecoveryCodeRow.code_hash == hashed(written),
        RecoveryCodeRow.used_at.is_(None),
    )
    return _changed(session, taken.values(used_at=now))


def _changed(session: Session, statement: object) -> bool:
    found = session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
    return isinstance(found, CursorResult) and found.rowcount == 1


def _lift(session: Session, person: PersonRow) -> None:
    person.totp_seed = person.totp_step = None
    session.flush()
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person.id))
    sign_ins.forget_devices(session, person.id)


def _new_codes(session: Session, person_id: int) -> list[str]:
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id))
    codes = [recovery_code() for _ in range(CODES)]
    session.add_all(RecoveryCodeRow(person_id=person_id, code_hash=hashed(code)) for code in codes)
    session.flush()
    return codes


def _own(session: Session, actor: Actor) -> PersonRow:
    query = scope.people(permissions.own(actor, Permission.OWN_ACCOUNT)).with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFound("the account has gone")
    return row
