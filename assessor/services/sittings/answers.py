"""Answers: kept as they were given, each with its receipt; the one of the highest number stands."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Select
from sqlalchemy.orm import Session

from assessor.banks.schema import Item
from assessor.errors import Wait
from assessor.items import Unfolding, type_of
from assessor.items.base import Response
from assessor.messages import N_
from assessor.services import permissions, refusals, versions
from assessor.services.actors import Actor
from assessor.services.permissions import Permission
from assessor.services.sittings import rows
from assessor.store import scope
from assessor.store.models import Attempt, ResponseRow

#: A page that lies open longer than this was not being read.
LONGEST_LOOK_S = 1800.0
#: So many savings of one item are never slowed down; rows are only added, so further ones keep a pace.
SAVED_FREELY = 300
#: Of further ones, so many within so long.
PACES = ((12, timedelta(minutes=1)), (200, timedelta(hours=1)))
#: The highest sequence or epoch that the tables can hold; a page may send any number.
LAST_NUMBER = 2**31 - 1


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


def standing(session: Session, attempt: Attempt) -> dict[str, Saved]:
    """Item digest -> the answer of the highest seq, with the seconds of all looks at the item."""
    # Columns, not objects: a long history is read at every page.
    kept = session.execute(
        scope.answers_of(attempt)
        .with_only_columns(
            ResponseRow.item_digest,
            ResponseRow.response,
            ResponseRow.seq,
            ResponseRow.language,
            ResponseRow.saved_at,
            ResponseRow.seconds,
        )
        .order_by(ResponseRow.seq)
    )
    found: dict[str, Saved] = {}
    for row in kept:
        before = found.get(row.item_digest)
        spent = [known for known in (before.seconds if before else None, row.seconds) if known is not None]
        found[row.item_digest] = Saved(
            response=json.loads(row.response),
            seq=row.seq,
            language=row.language,
            saved_at=row.saved_at,
            seconds=sum(spent) if spent else None,
        )
    return found


def record(
    session: Session,
    actor: Actor,
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
    attempt = _taking_answers(session, actor, ref, epoch, now)
    form = rows.form_of(session, attempt)
    library, items = versions.thaw(session, form)
    rows.require_carried(library, form.domain, language)
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


def _taking_answers(session: Session, actor: Actor, ref: str, epoch: int, now: datetime) -> Attempt:
    """The sitting, held by this transaction, if it still takes answers from pages of that epoch."""
    held = session.execute(
        scope.changes(permissions.reach(actor, Permission.ANSWER))
        .where(
            Attempt.ref == ref,
            Attempt.state == "open",
            Attempt.expires_at > now,
            Attempt.epoch == min(epoch, LAST_NUMBER),
        )
        .values(saved_at=now)
    )
    attempt = rows.found(session, actor, Permission.ANSWER, now, Attempt.ref == ref)
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
        scope.answers_of(attempt)
        .where(ResponseRow.item_digest == item.digest, ResponseRow.seq >= seq)
        .order_by(ResponseRow.seq)
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def _newest(attempt: Attempt, item: Item) -> Select[ResponseRow]:
    """The kept answers of that item, the newest first."""
    kept = scope.answers_of(attempt).where(ResponseRow.item_digest == item.digest)
    return kept.order_by(ResponseRow.seq.desc())


def _keep_turns(session: Session, attempt: Attempt, item: Item, response: Response | None) -> None:
    """Raise Turned where the response takes back a turn that was answered."""
    kind = type_of(item.content)
    if not isinstance(kind, Unfolding):
        return
    standing = session.scalar(_newest(attempt, item).with_only_columns(ResponseRow.response).limit(1))
    if standing is not None and not kind.may_replace(item.content, json.loads(standing), response):
        raise refusals.Turned(N_("This situation has gone on: a turn that is answered cannot be changed."))


def _keep_pace(session: Session, attempt: Attempt, item: Item, seq: int, now: datetime) -> None:
    """Raise Wait where one item is saved without end; what is kept of it stays as it is.

    Numbers only go up, so an item whose number is low has few rows and costs no question.
    """
    if seq <= SAVED_FREELY:
        return
    newest = _newest(attempt, item).with_only_columns(ResponseRow.saved_at)
    for most, within in PACES:
        earlier = session.scalar(newest.offset(most - 1).limit(1))
        if earlier is not None and earlier + within > now:
            raise Wait(max(1, math.ceil((earlier + within - now).total_seconds())), refusals.SAVED_VERY_OFTEN)
