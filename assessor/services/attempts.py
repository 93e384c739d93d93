"""Sittings: begin, take up again, answer, submit, keep and erase. Scores nothing and shows nothing."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, select, update
from sqlalchemy.orm import Session

from assessor.assembly import LENGTHS, NotFillable, TestForm, assemble
from assessor.banks.schema import Item, LengthId, Library
from assessor.errors import Conflict, Invalid, NotFound, Wait
from assessor.items import Unfolding, type_of
from assessor.items.base import Response
from assessor.messages import N_
from assessor.services import grants, refusals
from assessor.services import library as versions
from assessor.services.codes import hashed, receipt_code
from assessor.store.models import Attempt, Form, ResponseRow

OPEN_FOR = timedelta(days=7)
KEPT_FOR = timedelta(hours=24)
#: What the results page offers, in days; the first is the default.
KEEPABLE_DAYS = (1, 30, 365)
#: A page that lies open longer than this was not being read.
LONGEST_LOOK_S = 1800.0
#: So many savings of one item are never slowed down; rows are only added, so further ones keep a pace.
SAVED_FREELY = 300
#: Of further ones, so many within so long.
PACES = ((12, timedelta(minutes=1)), (200, timedelta(hours=1)))
#: The highest sequence or epoch that the tables can hold; a page may send any number.
LAST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class Started:
    """A new sitting: its public name, and the token of its private link, which is shown this once."""

    ref: str
    token: str


@dataclass(frozen=True)
class Saved:
    """The answer that stands for an item; ``response`` is None where it was left empty."""

    response: Response | None
    seq: int
    language: str
    saved_at: datetime
    seconds: float | None


@dataclass(frozen=True)
class Receipt:
    """The server's word that an answer will be kept; true once the request has committed."""

    seq: int
    saved_at: datetime


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
    *,
    domain: str,
    length: str,
    language: str,
    notice_digest: str,
    now: datetime,
) -> Started:
    """A new self-assessment on a form of its own; raises Invalid for a choice that is not on offer."""
    if domain not in library.domain_ids:
        raise Invalid("domain", N_("Choose one of the domains."))
    if language not in library.languages(domain):
        raise Invalid("language", N_("This domain's questions do not exist in that language."))
    if length not in LENGTHS:
        raise Invalid("length", N_("Choose one of the lengths."))
    stored = versions.freeze(session, library, _form(library, domain, cast(LengthId, length), now), now)
    token = secrets.token_urlsafe(32)
    attempt = Attempt(
        ref=secrets.token_hex(8),
        kind="self",
        token_hash=hashed(token),
        form=stored,
        language=language,
        state="open",
        secret=secrets.token_bytes(32),
        epoch=1,
        notice_digest=notice_digest,
        notice_language=language,
        code=receipt_code(),
        started_at=now,
        saved_at=now,
        expires_at=now + OPEN_FOR,
    )
    session.add(attempt)
    session.flush()
    return Started(attempt.ref, token)


def _form(library: Library, domain: str, length: LengthId, now: datetime) -> TestForm:
    try:
        role = library.general_role(domain)
        seed = secrets.randbelow(2**31)
        return assemble(library, role, length, seed=seed, today=now.date(), pool="open")
    except NotFillable as error:
        raise Invalid("length", N_("The question banks cannot fill this length. Choose another.")) from error


def _found(session: Session, now: datetime, **named: str) -> Attempt:
    query = select(Attempt).filter_by(**named).where(Attempt.expires_at > now, Attempt.state != "erasing")
    # What this session read before may be older than what another one has committed since.
    attempt = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if attempt is None:
        raise refusals.Gone("there is no such sitting, or it has expired")
    return attempt


def _form_of(session: Session, attempt: Attempt) -> Form:
    """The form of a sitting that was found; raises NotFound where it was erased since."""
    form = session.scalars(select(Form).where(Form.id == attempt.form_id)).one_or_none()
    if form is None:
        raise NotFound("the sitting has been erased")
    return form


def _change(session: Session, attempt: Attempt, **values: object) -> None:
    """Set columns of a sitting that was found; raises NotFound where it was erased since."""
    changed = session.execute(update(Attempt).where(Attempt.id == attempt.id).values(**values))
    if isinstance(changed, CursorResult) and changed.rowcount != 1:
        raise NotFound("the sitting has been erased")


def peek(session: Session, token: str, *, now: datetime) -> AttemptPeek:
    """What stands behind a private link; raises NotFound for an unknown or expired one."""
    attempt = _found(session, now, token_hash=hashed(token))
    form = _form_of(session, attempt)
    answered = sum(saved.response is not None for saved in _answers(session, attempt).values())
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


def resume(session: Session, token: str, *, now: datetime) -> str:
    """The ref of the sitting behind a private link; pages open elsewhere become read-only."""
    attempt = _found(session, now, token_hash=hashed(token))
    # By the token again: a link that is replaced in this very moment must not be taken up any more.
    _take_up(session, attempt, Attempt.token_hash == hashed(token))
    return attempt.ref


def take_back(session: Session, ref: str, *, now: datetime) -> int:
    """The new epoch of a sitting that goes on here; pages open elsewhere become read-only."""
    _take_up(session, _found(session, now, ref=ref))
    return epoch_of(session, ref)


def _take_up(session: Session, attempt: Attempt, *still: ColumnElement[bool]) -> None:
    # Counted by the database: of two devices that come at once, each makes the other's pages read-only.
    taken = update(Attempt).where(Attempt.id == attempt.id, *still).values(epoch=Attempt.epoch + 1)
    found = session.execute(taken)
    if isinstance(found, CursorResult) and found.rowcount != 1:
        raise refusals.Gone("the sitting was erased, or has another private link now")


def epoch_of(session: Session, ref: str) -> int:
    """How often the sitting was taken up, as this session sees it; raises NoResultFound for none."""
    return session.execute(select(Attempt.epoch).where(Attempt.ref == ref)).scalar_one()


def new_link(session: Session, ref: str, *, now: datetime, asked_by: str | None = None) -> str:
    """A new token for the private link; the old one opens nothing any more, nor do browsers that came by it.

    ``asked_by`` is the secret of the grant that asks for it: its browser is given another one in its place.
    """
    attempt = _found(session, now, ref=ref)
    token = secrets.token_urlsafe(32)
    # First the link, which holds the sitting: nobody comes in by the old one behind the eviction.
    _change(session, attempt, token_hash=hashed(token))
    grants.evict(session, attempt.id, asked_by=asked_by, now=now)
    return token


def load(session: Session, ref: str, *, now: datetime) -> AttemptView:
    """The sitting of that ref; raises NotFound for an unknown or expired one."""
    attempt = _found(session, now, ref=ref)
    form = _form_of(session, attempt)
    library, items = versions.thaw(session, form)
    ids = {item.digest: item.id for item in items}
    answers = {ids[digest]: saved for digest, saved in _answers(session, attempt).items()}
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


def _answers(session: Session, attempt: Attempt) -> dict[str, Saved]:
    """Item digest -> the answer of the highest seq, with the seconds of all looks at the item."""
    # Columns, not objects: a long history is read at every page.
    rows = session.execute(
        select(
            ResponseRow.item_digest,
            ResponseRow.response,
            ResponseRow.seq,
            ResponseRow.language,
            ResponseRow.saved_at,
            ResponseRow.seconds,
        )
        .where(ResponseRow.attempt_id == attempt.id)
        .order_by(ResponseRow.seq)
    )
    standing: dict[str, Saved] = {}
    for row in rows:
        before = standing.get(row.item_digest)
        spent = [known for known in (before.seconds if before else None, row.seconds) if known is not None]
        standing[row.item_digest] = Saved(
            response=json.loads(row.response),
            seq=row.seq,
            language=row.language,
            saved_at=row.saved_at,
            seconds=sum(spent) if spent else None,
        )
    return standing


def record(
    session: Session,
    ref: str,
    item_id: str,
    response: Response | None,
    *,
    epoch: int,
    seq: int,
    language: str,
    seconds: float | None,
    now: datetime,
    after: int | None = None,
) -> Receipt:
    """A receipt for one answer (None leaves the item empty); the same seq and response give the same receipt.

    ``seconds`` is the time since the page was shown, or since it last saved this item. ``after`` is the seq
    of the answer that this one was given upon, where other browsers may have answered since. Raises NotFound
    for an unknown sitting or item, ``ResponseError`` for a response that is none, and a Conflict: Closed when
    the sitting is finished, Elsewhere when it was taken up since (another epoch), Newer when it keeps a newer
    answer of this item already, Turned when that one has a turn that this response would take back.
    Wait where the item is saved without end.
    """
    attempt = _taking_answers(session, ref, epoch, now)
    form = _form_of(session, attempt)
    library, items = versions.thaw(session, form)
    if language not in library.languages(form.domain):
        raise Invalid("language", N_("This domain's questions do not exist in that language."))
    item = versions.named(items, item_id)
    if response is not None:
        response = type_of(item.content).check(item.content, response)
    written = json.dumps(response, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    kept = _kept(session, attempt, item, seq) if 1 <= seq <= LAST_NUMBER else None
    # What comes back from a browser that was overtaken may be an answer that others passed through since.
    is_passed = after is not None and seq < LAST_NUMBER and _kept(session, attempt, item, seq + 1) is not None
    if kept is not None and kept.seq == seq and kept.response == written and not is_passed:
        return Receipt(kept.seq, kept.saved_at)
    if after is not None and kept is None and 0 <= after < seq <= LAST_NUMBER:
        kept = _kept(session, attempt, item, after + 1)
    if kept is not None or not 1 <= seq <= LAST_NUMBER:
        raise refusals.Newer(
            N_("A newer answer to this question was saved in another tab, or on another device.")
        )
    _keep_turns(session, attempt, item, response)
    _keep_pace(session, attempt, item, seq, now)
    session.add(
        ResponseRow(
            attempt_id=attempt.id,
            item_digest=item.digest,
            seq=seq,
            language=language,
            response=written,
            seconds=_looked(seconds),
            saved_at=now,
        )
    )
    session.flush()
    return Receipt(seq, now)


def _taking_answers(session: Session, ref: str, epoch: int, now: datetime) -> Attempt:
    """The sitting, held by this transaction, if it still takes answers from pages of that epoch."""
    held = session.execute(
        update(Attempt)
        .where(
            Attempt.ref == ref,
            Attempt.state == "open",
            Attempt.expires_at > now,
            Attempt.epoch == min(epoch, LAST_NUMBER),
        )
        .values(saved_at=now)
    )
    attempt = _found(session, now, ref=ref)
    if isinstance(held, CursorResult) and held.rowcount == 1:
        return attempt
    if attempt.state != "open":
        raise refusals.Closed(refusals.SUBMITTED)
    raise refusals.Elsewhere(refusals.TAKEN_UP)


def _looked(seconds: float | None) -> float | None:
    """The seconds of one look within what can be believed; None for what is no number."""
    if seconds is None or not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_LOOK_S)


def _kept(session: Session, attempt: Attempt, item: Item, seq: int) -> ResponseRow | None:
    """The kept answer of that seq, else the newest above it, else None."""
    query = (
        select(ResponseRow)
        .where(
            ResponseRow.attempt_id == attempt.id,
            ResponseRow.item_digest == item.digest,
            ResponseRow.seq >= seq,
        )
        .order_by(ResponseRow.seq)
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def _keep_turns(session: Session, attempt: Attempt, item: Item, response: Response | None) -> None:
    """Nothing; raises Conflict where the response takes back a turn that was answered."""
    kind = type_of(item.content)
    if not isinstance(kind, Unfolding):
        return
    newest = (
        select(ResponseRow.response)
        .where(ResponseRow.attempt_id == attempt.id, ResponseRow.item_digest == item.digest)
        .order_by(ResponseRow.seq.desc())
        .limit(1)
    )
    standing = session.scalar(newest)
    if standing is not None and not kind.may_replace(item.content, json.loads(standing), response):
        raise refusals.Turned(N_("This situation has gone on: a turn that is answered cannot be changed."))


def _keep_pace(session: Session, attempt: Attempt, item: Item, seq: int, now: datetime) -> None:
    """Raise Wait where one item is saved without end; what is kept of it stays as it is.

    Numbers only go up, so an item whose number is low has few rows and costs no question.
    """
    if seq <= SAVED_FREELY:
        return
    newest = (
        select(ResponseRow.saved_at)
        .where(ResponseRow.attempt_id == attempt.id, ResponseRow.item_digest == item.digest)
        .order_by(ResponseRow.seq.desc())
    )
    for most, within in PACES:
        earlier = session.scalar(newest.offset(most - 1).limit(1))
        if earlier is not None and earlier + within > now:
            raise Wait(max(1, math.ceil((earlier + within - now).total_seconds())), refusals.SAVED_VERY_OFTEN)


def switch_language(session: Session, ref: str, language: str, *, now: datetime) -> None:
    """An open sitting goes on in another language; raises Invalid for one that its items lack.

    A submitted one keeps the language that it was taken in.
    """
    attempt = _found(session, now, ref=ref)
    form = _form_of(session, attempt)
    library, _ = versions.thaw(session, form)
    if language not in library.languages(form.domain):
        raise Invalid("language", N_("This domain's questions do not exist in that language."))
    session.execute(
        update(Attempt).where(Attempt.id == attempt.id, Attempt.state == "open").values(language=language)
    )


def finish(session: Session, ref: str, *, now: datetime) -> Submitted:
    """The receipt of a submitted sitting; a second submission gives the same one."""
    session.execute(
        update(Attempt)
        .where(Attempt.ref == ref, Attempt.state == "open", Attempt.expires_at > now)
        .values(state="finished", finished_at=now, expires_at=now + KEPT_FOR)
    )
    session.expire_all()
    view = load(session, ref, now=now)
    assert view.submitted is not None
    return view.submitted


def keep(session: Session, ref: str, *, days: int, now: datetime) -> datetime:
    """The moment until which a finished sitting is now kept; raises Invalid for a term not offered."""
    if days not in KEEPABLE_DAYS:
        raise Invalid("days", N_("Choose one of the terms."))
    attempt = _found(session, now, ref=ref)
    if attempt.finished_at is None:
        raise Conflict(N_("Submit your answers first."))
    until = now + timedelta(days=days)
    _change(session, attempt, expires_at=until)
    return until
