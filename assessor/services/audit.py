"""The audit: who did what to whom, and when, recorded in the transaction of the change, and verified (SE12).

There is a chain for each workspace, and one for what belongs to none. What an entry may hold stands in
``services.events``, what is hashed of it in ``store.chains``, and what the database itself refuses in
``store.guards``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, String, cast, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from assessor.services import permissions
from assessor.services.actors import Actor, Capacity
from assessor.services.events import Event, require_told, subject_of
from assessor.services.permissions import Permission
from assessor.store import chains, scope
from assessor.store.chains import START, Link, chain_of, code_of
from assessor.store.models import AuditEntryRow, AuditHeadRow

#: In which capacity somebody acted: the first of these that they have.
_TELLING = (
    Capacity.JOB,
    Capacity.COMMAND_LINE,
    Capacity.OPERATOR,
    Capacity.PERSON,
    Capacity.HOLDER,
    Capacity.BEARER,
    Capacity.VISITOR,
)
#: Entries that are read at once for verification.
_READ_AT_ONCE = 1000
#: Entries of a page.
PAGE = 50

_NOTHING: Mapping[str, object] = MappingProxyType({})


def record(
    session: Session,
    actor: Actor,
    event: Event,
    ref: str | None,
    details: Mapping[str, object] = _NOTHING,
    *,
    now: datetime,
    workspace: str | None = None,
    person: str | None = None,
) -> None:
    """Add an entry to the chain of the workspace, in the transaction of the change; others wait for its end.

    ``ref`` is the random name of what was done something to; only its code is kept. The workspace is that in
    which the actor acts, unless another is named; ``person`` is who the actor turned out to be, where that
    was found out by the act itself. Raises ValueError for details that are not the event's.
    """
    require_told(event, details)
    head = _head(session, chain_of(workspace or actor.workspace))
    who = person or actor.person
    link = Link(
        chain=head.chain,
        number=head.number + 1,
        at=chains.written(now),
        capacity=_capacity(actor, who).value,
        actor=None if who is None else code_of(who),
        event=event.value,
        subject=subject_of(event),
        object=None if ref is None else code_of(ref),
        details=chains.told(details),
        previous=head.hash,
    )
    session.execute(insert(AuditEntryRow).values(**asdict(link), hash=link.hash()))
    moved = update(AuditHeadRow).where(AuditHeadRow.chain == link.chain)
    session.execute(moved.values(number=link.number, hash=link.hash()))


def _capacity(actor: Actor, person: str | None) -> Capacity:
    return Capacity.PERSON if person else next(one for one in _TELLING if one in actor.capacities)


@dataclass(frozen=True)
class Head:
    """How far a chain goes: its number of entries, and the hash of the last."""

    chain: str
    number: int
    hash: str


def _head(session: Session, chain: str) -> Head:
    """The head of the chain, which is this transaction's until its end; a chain that was not there begins."""
    locked = (
        select(AuditHeadRow.chain, AuditHeadRow.number, AuditHeadRow.hash)
        .where(AuditHeadRow.chain == chain)
        .with_for_update()
    )
    found = session.execute(locked).one_or_none()
    if found is None:
        # On SQLite the lock is the turn: nobody else begins it meanwhile.
        is_alone = session.get_bind().dialect.name == "sqlite"
        begun = insert(AuditHeadRow) if is_alone else postgresql.insert(AuditHeadRow).on_conflict_do_nothing()
        session.execute(begun.values(chain=chain, number=0, hash=START))
        found = session.execute(locked).one()
    return Head(*found)


@dataclass(frozen=True)
class Sought:
    """Which entries are looked for; what is empty restricts nothing. ``since`` is in, ``until`` is not."""

    event: Event | None = None
    #: Of whoever did it, or of what it was done to.
    code: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """An entry as it is read: the capacity and the codes as they were kept."""

    number: int
    at: datetime
    event: Event
    capacity: Capacity
    actor: str | None
    object: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """Some of the entries that were looked for, the newest first, of all that there are."""

    entries: Sequence[Entry]
    total: int
    page: int
    pages: int


def listed(session: Session, actor: Actor, sought: Sought, *, page: int = 1) -> Found:
    """The entries of the actor's workspace that are looked for; a page that is not there is the last.

    Raises NotFound where the actor may not read them.
    """
    within = permissions.workspace(actor, Permission.READ_AUDIT)
    query = scope.audit_entries(within).where(*_conditions(sought))
    total = session.scalar(query.with_only_columns(func.count(AuditEntryRow.number))) or 0
    pages = max(1, -(-total // PAGE))
    shown = min(max(1, page), pages)
    rows = session.scalars(query.order_by(AuditEntryRow.number.desc()).limit(PAGE).offset((shown - 1) * PAGE))
    return Found([_seen(row) for row in rows], total, shown, pages)


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.event is not None:
        yield AuditEntryRow.event == sought.event.value
    if sought.code:
        yield or_(AuditEntryRow.actor == sought.code, AuditEntryRow.object == sought.code)
    if sought.since is not None:
        yield AuditEntryRow.at >= chains.written(sought.since)
    if sought.until is not None:
        yield AuditEntryRow.at < chains.written(sought.until)


def _seen(row: AuditEntryRow) -> Entry:
    return Entry(
        row.number,
        datetime.fromisoformat(row.at),
        Event(row.event),
        Capacity(row.capacity),
        row.actor,
        row.object,
        json.loads(row.details),
    )


@dataclass(frozen=True)
class Fault:
    """An entry that is not as it was written, or not there; ``found`` says what is wrong, in English."""

    chain: str
    number: int
    found: str

    def __str__(self) -> str:
        """The place and what is wrong there, on one line."""
        return f"chain {self.chain}, entry {self.number}: {self.found}"


@dataclass(frozen=True)
class Verified:
    """How far each chain goes, and what is wrong in any of them."""

    heads: tuple[Head, ...]
    faults: tuple[Fault, ...]


def verify(session: Session, kept: Sequence[Head] = ()) -> Verified:
    """What every chain says of itself, and of the heads that somebody ``kept`` elsewhere.

    An entry that was changed, taken out or put in is named, and so are entries missing at the end, unless
    whoever took them rewrote the head too: that shows against a kept head only.
    """
    heads = {head.chain: head for head in _heads(session)}
    wanted: dict[str, dict[int, str]] = {}
    for one in kept:
        wanted.setdefault(one.chain, {})[one.number] = one.hash
    faults: list[Fault] = []
    seen = set()
    for chain, links in groupby(_entries(session), key=lambda entry: entry[0].chain):
        seen.add(chain)
        head = heads.get(chain, Head(chain, 0, START))
        faults += _faults_of(head, links, wanted.pop(chain, {}))
    for chain in sorted({*heads, *wanted} - seen):
        faults += _faults_of(heads.get(chain, Head(chain, 0, START)), (), wanted.get(chain, {}))
    return Verified(tuple(heads.values()), tuple(faults))


def _faults_of(head: Head, entries: Iterable[tuple[Link, str]], kept: Mapping[int, str]) -> Iterator[Fault]:
    """What is wrong in one chain; ``entries`` come in their order, each with the hash that it carries."""
    chain, last, before = head.chain, 0, START
    for link, hash in entries:
        if link.number != last + 1:
            yield Fault(chain, last + 1, f"missing; the next that is there is {link.number}")
        elif link.previous != before:
            yield Fault(chain, link.number, "it does not follow from the entry before it")
        if link.hash() != hash:
            yield Fault(chain, link.number, "it is not as it was written")
        if kept.get(link.number, hash) != hash:
            yield Fault(chain, link.number, "it is not the one whose hash was kept")
        last, before = link.number, hash
    if head.number > last:
        yield Fault(chain, last + 1, f"missing; the chain counts {head.number} entries")
    elif (head.number, head.hash) != (last, before):
        yield Fault(chain, last, "the chain's own end, which is kept apart, says otherwise")
    for number in sorted(number for number in kept if number > max(last, head.number)):
        yield Fault(chain, number, "missing; its hash was kept")


def _heads(session: Session) -> Iterator[Head]:
    columns = (AuditHeadRow.chain, AuditHeadRow.number, AuditHeadRow.hash)
    query = select(*(_as_kept(session, column) for column in columns)).order_by(AuditHeadRow.chain)
    for row in session.execute(query):
        yield Head(*map(_text, row))


def _entries(session: Session) -> Iterator[tuple[Link, str]]:
    """Every entry with the hash that it carries, chain by chain, read as its bytes stand."""
    columns = [getattr(AuditEntryRow, one.name) for one in fields(Link)] + [AuditEntryRow.hash]
    query = select(*(_as_kept(session, column) for column in columns))
    query = query.order_by(AuditEntryRow.chain, AuditEntryRow.number)
    for row in session.execute(query.execution_options(yield_per=_READ_AT_ONCE)):
        *values, hash = map(_text, row)
        yield Link(*values), hash


def _as_kept(session: Session, column: Any) -> ColumnElement[Any]:
    """The column as bytes where bytes may have been changed past the database, which would refuse to read."""
    is_file = session.get_bind().dialect.name == "sqlite"
    return cast(column, LargeBinary) if is_file and isinstance(column.type, String) else column


def _text(value: Any) -> Any:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value
