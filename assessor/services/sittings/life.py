"""An attempt's life: begun, found by its private link, taken up, submitted. Scores and shows nothing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import CursorResult
from sqlalchemy.orm import Session

from assessor.assembly import TestForm
from assessor.banks.schema import Item, Library
from assessor.services import audit, grants, permissions, refusals, versions
from assessor.services.actors import Actor
from assessor.services.codes import hashed, receipt_code
from assessor.services.events import Event
from assessor.services.permissions import Permission
from assessor.services.sittings import retention, rows
from assessor.services.sittings.answers import Saved, standing
from assessor.store import scope
from assessor.store.models import Attempt


@dataclass(frozen=True)
class Started:
    """A new sitting: its public name, and the token of its private link, which is shown this once."""

    ref: str
    token: str


@dataclass(frozen=True)
class Submitted:
    """The agreement on what was handed in: items answered of all, when, under which code."""

    code: str
    answered: int
    total: int
    finished_at: datetime


@dataclass(frozen=True)
class AttemptPeek:
    """What may be said of a sitting to somebody who holds its link: no answers, no items."""

    ref: str
    state: str
    domain: str
    length: str
    language: str
    answered: int
    total: int
    expires_at: datetime


@dataclass(frozen=True)
class AttemptView:
    """One sitting with its items and standing answers, free of the database."""

    ref: str
    state: str
    domain: str
    length: str
    pool: str
    language: str
    role_id: str
    items: tuple[Item, ...]
    secret: bytes
    epoch: int
    answers: Mapping[str, Saved]
    started_at: datetime
    finished_at: datetime | None
    expires_at: datetime
    library: Library
    submitted: Submitted | None

    @property
    def answered(self) -> int:
        """How many items have a response."""
        return sum(saved.response is not None for saved in self.answers.values())


def begin(
    session: Session,
    library: Library,
    form: TestForm,
    *,
    language: str,
    secret: bytes,
    notice_digest: str,
    now: datetime,
) -> Started:
    """A new self-assessment on a form that was drawn; raises Invalid for a language that its items lack.

    ``secret`` names and orders the options of this attempt.
    """
    rows.require_carried(library, form.domain.bank.id, language)
    token = secrets.token_urlsafe(32)
    attempt = Attempt(
        ref=secrets.token_hex(8),
        kind="self",
        token_hash=hashed(token),
        form=versions.freeze(session, library, form, now),
        language=language,
        state="open",
        secret=secret,
        epoch=1,
        notice_digest=notice_digest,
        notice_language=language,
        code=receipt_code(),
        started_at=now,
        saved_at=now,
        expires_at=now + retention.OPEN_FOR,
    )
    session.add(attempt)
    session.flush()
    return Started(attempt.ref, token)


def peek(session: Session, actor: Actor, *, now: datetime) -> AttemptPeek:
    """What stands behind the actor's private link; raises NotFound for an unknown or expired one."""
    attempt = rows.found(session, actor, Permission.TAKE_UP, now)
    form = rows.form_of(session, attempt)
    answered = sum(saved.response is not None for saved in standing(session, attempt).values())
    return AttemptPeek(
        ref=attempt.ref,
        state=attempt.state,
        domain=form.domain,
        length=form.length,
        language=attempt.language,
        answered=answered,
        total=len(form.items),
        expires_at=attempt.expires_at,
    )


def resume(session: Session, actor: Actor, *, now: datetime) -> str:
    """The ref of the sitting behind the actor's private link; pages open elsewhere become read-only."""
    attempt = rows.found(session, actor, Permission.TAKE_UP, now)
    # Within reach of the link again: one that is replaced in this very moment must not be taken up any more.
    _take_up(session, attempt, permissions.reach(actor, Permission.TAKE_UP))
    return attempt.ref


def take_back(session: Session, actor: Actor, ref: str, *, now: datetime) -> int:
    """The new epoch of a sitting that goes on here; pages open elsewhere become read-only."""
    attempt = rows.found(session, actor, Permission.ANSWER, now, Attempt.ref == ref)
    _take_up(session, attempt, permissions.reach(actor, Permission.ANSWER))
    return epoch_of(session, actor, ref)


def _take_up(session: Session, attempt: Attempt, reach: scope.Reach) -> None:
    # Counted by the database: of two devices that come at once, each makes the other's pages read-only.
    taken = scope.changes(reach).where(Attempt.id == attempt.id).values(epoch=Attempt.epoch + 1)
    found = session.execute(taken)
    if isinstance(found, CursorResult) and found.rowcount != 1:
        raise refusals.Gone("the sitting was erased, or has another private link now")


def epoch_of(session: Session, actor: Actor, ref: str) -> int:
    """How often the sitting was taken up, as this session sees it; raises NotFound for none."""
    within = scope.sittings(permissions.reach(actor, Permission.READ))
    epoch: int | None = session.scalar(within.where(Attempt.ref == ref).with_only_columns(Attempt.epoch))
    if epoch is None:
        raise refusals.Gone("there is no such sitting")
    return epoch


def new_link(session: Session, actor: Actor, ref: str, *, now: datetime, asked_by: str | None = None) -> str:
    """A new token for the private link; the old one opens nothing any more, nor do browsers that came by it.

    ``asked_by`` is the secret of the grant that asks for it: its browser is given another one in its place.
    """
    attempt = rows.found(session, actor, Permission.GOVERN, now, Attempt.ref == ref)
    token = secrets.token_urlsafe(32)
    # First the link, which holds the sitting: nobody comes in by the old one behind the eviction.
    rows.change(session, attempt, token_hash=hashed(token))
    grants.evict(session, attempt.id, asked_by=asked_by, now=now)
    audit.record(session, actor, Event.SITTING_LINKED, ref, now=now)
    return token


def close(session: Session, actor: Actor, ref: str, secret: str, *, now: datetime) -> None:
    """The browser that holds the grant of that secret opens the sitting no more; its private link does."""
    permissions.require(actor, Permission.GOVERN, ref)
    grants.end(session, secret, now=now)
    audit.record(session, actor, Event.SITTING_CLOSED, ref, now=now)


def load(session: Session, actor: Actor, ref: str, *, now: datetime) -> AttemptView:
    """The sitting of that ref; raises NotFound for an unknown or expired one, and for another's."""
    attempt = rows.found(session, actor, Permission.READ, now, Attempt.ref == ref)
    form = rows.form_of(session, attempt)
    library, items = versions.thaw(session, form)
    ids = {item.digest: item.id for item in items}
    answers = {ids[digest]: saved for digest, saved in standing(session, attempt).items()}
    return AttemptView(
        ref=attempt.ref,
        state=attempt.state,
        domain=form.domain,
        length=form.length,
        pool=form.pool,
        language=attempt.language,
        role_id=form.role,
        items=items,
        secret=attempt.secret,
        epoch=attempt.epoch,
        answers=MappingProxyType(answers),
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        expires_at=attempt.expires_at,
        library=library,
        submitted=_submitted(attempt, answers, len(items)),
    )


def _submitted(attempt: Attempt, answers: Mapping[str, Saved], total: int) -> Submitted | None:
    if attempt.finished_at is None:
        return None
    answered = sum(saved.response is not None for saved in answers.values())
    return Submitted(attempt.code, answered, total, attempt.finished_at)


def switch_language(session: Session, actor: Actor, ref: str, language: str, *, now: datetime) -> None:
    """An open sitting goes on in another language; raises Invalid for one that its items lack.

    A submitted one keeps the language that it was taken in.
    """
    attempt = rows.found(session, actor, Permission.ANSWER, now, Attempt.ref == ref)
    form = rows.form_of(session, attempt)
    library, _ = versions.thaw(session, form)
    rows.require_carried(library, form.domain, language)
    session.execute(scope.changes_of(attempt).where(Attempt.state == "open").values(language=language))


def finish(session: Session, actor: Actor, ref: str, *, now: datetime) -> Submitted:
    """The receipt of a submitted sitting; a second submission gives the same one."""
    handed_in = session.execute(
        scope.changes(permissions.reach(actor, Permission.ANSWER))
        .where(Attempt.ref == ref, Attempt.state == "open", Attempt.expires_at > now)
        .values(state="finished", finished_at=now, expires_at=now + retention.KEPT_FOR)
    )
    if isinstance(handed_in, CursorResult) and handed_in.rowcount == 1:
        audit.record(session, actor, Event.SITTING_SUBMITTED, ref, now=now)
    session.expire_all()
    view = load(session, actor, ref, now=now)
    assert view.submitted is not None
    return view.submitted
