"""Work that no request waits for: asked for, begun, carried on, ended. Does none of it.

The row is the truth, whoever carries the news of it. What the kinds of work do stands in ``services.tasks``,
who does it in ``assessor.worker``. Whoever begins a job counts its tries up and holds it by that number: a
worker that was taken for dead, or that comes late, changes nothing any more. Every kind of work may be done
twice with the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeAlias

from sqlalchemy import CursorResult, Select, Update, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessor.errors import NotFound
from assessor.services import permissions
from assessor.services.actors import Actor
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.db import ERASED, NEWS, Database, Unavailable
from assessor.store.models import Attempt, JobFile, JobRow, UtcTime, WorkerRow

#: A running job without a sign of life for so long was left by its worker.
SILENT_FOR = timedelta(seconds=30)
#: News of a waiting job that nobody has followed for so long is told again: it was lost, or there is a queue.
RETOLD_AFTER = timedelta(seconds=15)
#: After a fault: twice as long each time, up to the last.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 300, 3600))
#: How long the row of an ended job is kept; longer than the longest time between two rounds of a kind.
KEPT_FOR = timedelta(days=7)
#: No worker has given a sign of life for so long: nobody is at work.
ABSENT_AFTER = timedelta(seconds=60)
#: Faults that a job may have, unless its kind says otherwise.
MOST_FAULTS = 4

WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
ENDS = (DONE, FAILED, STOPPED)


class Lost(Exception):
    """The job is another's by now, or gone with its sitting: nothing more of it may be written."""


class Stopped(Exception):
    """Somebody asked for the job to stop; it can be taken up again."""


class Ending(Exception):
    """The worker ends: the job is given back as it is."""


class Impossible(Exception):
    """However often it is tried, the job cannot be done; carries a word of why, never what was read."""


#: What a job made, written together with its end.
Outcome: TypeAlias = Callable[[Session, int], None]


@dataclass(frozen=True)
class Order:
    """A piece of work to be asked for; the same ``key`` is the same work as long as it has not ended."""

    kind: str
    key: str
    asked_by: str
    arguments: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    #: The public name of the sitting that it works on.
    sitting: str | None = None
    most_faults: int = MOST_FAULTS


@dataclass(frozen=True)
class Claim:
    """A job in somebody's hands."""

    id: int
    tries: int
    kind: str
    arguments: Mapping[str, Any] = field(compare=False)
    sitting: str | None


@dataclass(frozen=True)
class Run:
    """What a kind of work is given: its job, the database, the clock, and the way to say how far it is."""

    claim: Claim
    database: Database
    now: Callable[[], datetime]
    #: Steps done, of all. Raises Lost, Stopped or Ending where the work is not to go on.
    step: Callable[[int, int], None]

    @property
    def sitting(self) -> str:
        """The public name of the sitting that the job works on; raises Impossible for a job without one."""
        if self.claim.sitting is None:
            raise Impossible("NoSitting")
        return self.claim.sitting


@dataclass(frozen=True)
class Kind:
    """A kind of work: how it is done, how long one try may take, and what of it the rows owe by now.

    ``says`` is what an operator calls it, a message id. ``run`` works in short transactions of its own and
    may be run twice with the same end. ``owed`` reads.
    """

    says: str
    run: Callable[[Run], Outcome | None]
    limit: timedelta
    owed: Callable[[Session, datetime], Sequence[Order]] = lambda _session, _now: ()


@dataclass(frozen=True)
class JobView:
    """A job as its row has it, free of the database."""

    id: int
    kind: str
    state: str
    tries: int
    done: int | None
    total: int | None
    fault: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None


def enqueue(session: Session, actor: Actor, order: Order, *, now: datetime) -> int:
    """The number of the job, asked for in this transaction and told after it, or of its like that is open.

    Raises NotFound for a sitting that is not there any more, or that the actor may not read.
    """
    row = {
        "kind": order.kind,
        "key": order.key,
        "arguments": dict(order.arguments),
        "attempt_id": order.sitting and _attempt_of(session, actor, order.sitting),
        "asked_by": order.asked_by,
        "asked_at": now,
        "state": WAITING,
        "tries": 0,
        "faults_left": order.most_faults,
        "due_at": now,
        "told_at": now,
        "fault": "",
    }
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    asked = insert(JobRow).values(row).on_conflict_do_nothing().returning(JobRow.id)
    open_one = select(JobRow.id).where(JobRow.key == order.key, JobRow.ended_at.is_(None))
    while True:
        made = session.scalar(asked)
        if made is not None:
            session.info.setdefault(NEWS, []).append((made, 0))
            return made
        found = session.scalar(open_one)
        # Between the two statements it may have ended: then it is asked for anew.
        if found is not None:
            return found


def enqueue_all(session: Session, actor: Actor, orders: Iterable[Order], *, now: datetime) -> None:
    """Each is asked for, but those whose sitting has gone meanwhile."""
    for order in orders:
        with suppress(NotFound):
            enqueue(session, actor, order, now=now)


def _attempt_of(session: Session, actor: Actor, ref: str) -> int:
    within = scope.sittings(permissions.reach(actor, Permission.READ)).where(Attempt.ref == ref)
    # The row is held against an erasure, which would else leave a job without its sitting.
    held = within.with_only_columns(Attempt.id).with_for_update(read=True, key_share=True)
    found: int | None = session.scalar(held)
    if found is None:
        raise NotFound("there is no such sitting")
    return found


def claim(session: Session, job_id: int, tries: int, *, now: datetime) -> Claim | None:
    """The job, begun by this caller; None where others were first, or it is not to be done now."""
    begun = (
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.tries == tries, JobRow.state == WAITING, JobRow.due_at <= now)
        .values(
            state=RUNNING,
            tries=tries + 1,
            started_at=func.coalesce(JobRow.started_at, literal(now, UtcTime())),
            beat_at=now,
        )
    )
    if not _changed(session, begun):
        return None
    query = (
        select(JobRow.kind, JobRow.arguments, Attempt.ref)
        .outerjoin(Attempt, Attempt.id == JobRow.attempt_id)
        .where(JobRow.id == job_id)
    )
    kind, arguments, ref = session.execute(query).one()
    return Claim(job_id, tries + 1, kind, MappingProxyType(arguments), ref)


def kind_of(session: Session, job_id: int, tries: int, *, now: datetime) -> str | None:
    """The kind of a job that could be begun now; None where it could not."""
    query = select(JobRow.kind).where(
        JobRow.id == job_id, JobRow.tries == tries, JobRow.state == WAITING, JobRow.due_at <= now
    )
    return session.scalar(query)


def beat(
    session: Session, held: Claim, *, now: datetime, done: int | None = None, total: int | None = None
) -> None:
    """Give a sign of life, and how far the job is; raises Lost or Stopped where it is not to go on."""
    signs: dict[str, Any] = {"beat_at": now}
    if total is not None:
        signs |= {"done": done, "total": total}
    _hold(session, held, **signs)
    if session.scalar(select(JobRow.stop_asked_at).where(JobRow.id == held.id)) is not None:
        raise Stopped


def alive(session: Session, held: Claim, *, now: datetime) -> None:
    """A sign of life for a job that somebody is busy with; nothing, where it is another's by now."""
    with suppress(Lost):
        _hold(session, held, beat_at=now)


def finish(session: Session, held: Claim, outcome: Outcome | None = None, *, now: datetime) -> None:
    """The job is done, and what it made is written with that; raises Lost."""
    _hold(session, held, state=DONE, ended_at=now, fault="", stop_asked_at=None)
    if outcome is not None:
        outcome(session, held.id)


def stopped(session: Session, held: Claim, *, now: datetime) -> None:
    """The job ends where it is, to be taken up or not; raises Lost."""
    _hold(session, held, state=STOPPED, ended_at=now, stop_asked_at=None)


def give_back(session: Session, held: Claim, *, now: datetime) -> None:
    """The job waits for the next worker, which is told; it was nobody's fault. Raises Lost."""
    _hold(session, held, state=WAITING, due_at=now, told_at=now)
    session.info.setdefault(NEWS, []).append((held.id, held.tries))


def give_back_if_held(session: Session, held: Claim, *, now: datetime) -> None:
    """As ``give_back``; nothing, where the job is another's by now."""
    with suppress(Lost):
        give_back(session, held, now=now)


def fail(session: Session, held: Claim, fault: str, *, now: datetime, for_good: bool = False) -> None:
    """The try ended in a fault of that kind: another comes after a pause, unless there were too many.

    Raises Lost.
    """
    left = session.scalar(select(JobRow.faults_left).where(JobRow.id == held.id)) or 0
    _hold(session, held, **_after_fault(0 if for_good else left, held.tries, now), fault=fault[:80])


def _after_fault(left: int, tries: int, now: datetime, pause: timedelta | None = None) -> dict[str, Any]:
    if left <= 1:
        return {"state": FAILED, "faults_left": 0, "ended_at": now, "stop_asked_at": None}
    due = now + (PAUSES[min(tries, len(PAUSES)) - 1] if pause is None else pause)
    # Its news goes out with the sweep that finds it due.
    return {"state": WAITING, "faults_left": left - 1, "due_at": due, "told_at": due - RETOLD_AFTER}


def _hold(session: Session, held: Claim, **values: Any) -> None:
    """Change the job that is in these hands; raises Lost where it is not any more."""
    mine = update(JobRow).where(JobRow.id == held.id, JobRow.tries == held.tries, JobRow.state == RUNNING)
    if not _changed(session, mine.values(**values)):
        raise Lost


def _changed(session: Session, statement: Update) -> bool:
    found = session.execute(statement.execution_options(synchronize_session=False))
    return isinstance(found, CursorResult) and found.rowcount == 1


# Stopping and taking up


def stop(session: Session, job_id: int, *, now: datetime) -> bool:
    """Whether the job ends without being done: at once where it waits, else at its next step."""
    waiting = update(JobRow).where(JobRow.id == job_id, JobRow.state == WAITING)
    running = update(JobRow).where(JobRow.id == job_id, JobRow.state == RUNNING)
    return _changed(session, waiting.values(state=STOPPED, ended_at=now)) or _changed(
        session, running.values(stop_asked_at=now)
    )


def take_up(session: Session, job_id: int, *, now: datetime) -> bool:
    """Whether a stopped or failed job waits again, as if it had had no fault; not where its like is open."""
    row = session.execute(
        select(JobRow.key, JobRow.tries).where(JobRow.id == job_id, JobRow.state.in_((STOPPED, FAILED)))
    ).one_or_none()
    if row is None or session.scalar(
        select(JobRow.id).where(JobRow.key == row.key, JobRow.ended_at.is_(None))
    ):
        return False
    again = update(JobRow).where(JobRow.id == job_id, JobRow.tries == row.tries, JobRow.ended_at.is_not(None))
    values = {"state": WAITING, "faults_left": MOST_FAULTS, "due_at": now, "told_at": now, "ended_at": None}
    if not _changed(session, again.values(**values)):
        return False
    session.info.setdefault(NEWS, []).append((job_id, row.tries))
    return True


# The sweep


def _left(now: datetime) -> Select[int, int, int, datetime | None]:
    query = select(JobRow.id, JobRow.tries, JobRow.faults_left, JobRow.stop_asked_at)
    return query.where(JobRow.state == RUNNING, JobRow.beat_at <= now - SILENT_FOR)


def _unheard(now: datetime) -> Select[int, int]:
    query = select(JobRow.id, JobRow.tries)
    return query.where(JobRow.state == WAITING, JobRow.due_at <= now, JobRow.told_at <= now - RETOLD_AFTER)


def has_unswept(session: Session, *, now: datetime) -> bool:
    """Whether a sweep would find anything; reads only."""
    found = (_left(now).limit(1), _unheard(now).limit(1))
    return any(session.execute(query).first() is not None for query in found)


def sweep(session: Session, *, now: datetime) -> int:
    """The number of jobs told again: those that a worker left, and those of which the news was lost."""
    # Held, so that two sweeps at once do not both count the fault.
    for ident, tries, left, stop_asked_at in session.execute(
        _left(now).with_for_update(skip_locked=True)
    ).all():
        held = Claim(ident, tries, "", {}, None)
        if stop_asked_at is not None:
            stopped(session, held, now=now)
        else:
            # No pause: the silence was one.
            _hold(session, held, **_after_fault(left, tries, now, pause=timedelta(0)), fault="Left")
    told = session.execute(_unheard(now).with_for_update(skip_locked=True)).all()
    for ident, tries in told:
        session.execute(update(JobRow).where(JobRow.id == ident).values(told_at=now))
        session.info.setdefault(NEWS, []).append((ident, tries))
    return len(told)


def forget(session: Session, *, now: datetime) -> None:
    """Delete ended jobs whose time has passed with what they made, and workers long gone."""
    old = select(JobRow.id).where(JobRow.ended_at <= now - KEPT_FOR)
    session.execute(delete(JobFile).where(JobFile.job_id.in_(old)))
    session.execute(delete(JobRow).where(JobRow.id.in_(old)).execution_options(synchronize_session=False))
    session.execute(delete(WorkerRow).where(WorkerRow.beat_at <= now - KEPT_FOR))


def erase_of(session: Session, attempt_ids: Sequence[int]) -> None:
    """No job of these sittings is left, nor what it made; whoever runs one finds it lost."""
    # Held first: a worker may be writing what it made, and its file must be seen.
    query = select(JobRow.id).where(JobRow.attempt_id.in_(attempt_ids)).order_by(JobRow.id)
    ids = list(session.scalars(query.with_for_update()))
    session.execute(delete(JobFile).where(JobFile.job_id.in_(ids)))
    session.execute(delete(JobRow).where(JobRow.id.in_(ids)).execution_options(synchronize_session=False))


def drop_files(session: Session, *, now: datetime) -> None:
    """Delete what jobs made and nobody is given any more."""
    session.execute(delete(JobFile).where(JobFile.ends_at <= now))
    session.info[ERASED] = True


def has_old_files(session: Session, *, now: datetime) -> bool:
    """Whether there is something for ``drop_files``; reads only."""
    return session.scalar(select(JobFile.job_id).where(JobFile.ends_at <= now).limit(1)) is not None


# Who is at work, and on what


def present(session: Session, worker: str, *, now: datetime) -> None:
    """A sign of life of that worker."""
    mine = update(WorkerRow).where(WorkerRow.name == worker)
    if not _changed(session, mine.values(beat_at=now)):
        session.add(WorkerRow(name=worker, started_at=now, beat_at=now))


def leave(session: Session, worker: str) -> None:
    """That worker is gone."""
    session.execute(delete(WorkerRow).where(WorkerRow.name == worker))


def workers(session: Session, *, now: datetime) -> int:
    """How many workers have given a sign of life lately."""
    query = select(func.count()).select_from(WorkerRow).where(WorkerRow.beat_at > now - ABSENT_AFTER)
    return session.scalar(query) or 0


def is_attended(database: Database, now: datetime) -> bool:
    """Whether anybody is at work, as far as the database can say."""
    try:
        with database.reading() as session:
            return workers(session, now=now) > 0
    except Unavailable:
        return True


def counts(session: Session) -> dict[tuple[str, str], int]:
    """How many jobs there are, by kind and state."""
    query = select(JobRow.kind, JobRow.state, func.count()).group_by(JobRow.kind, JobRow.state)
    return {(kind, state): number for kind, state, number in session.execute(query)}


def listed(session: Session, *, states: Sequence[str] = (), most: int = 100) -> list[JobView]:
    """The newest jobs, in those states if any are named."""
    query = select(JobRow).order_by(JobRow.id.desc()).limit(most)
    return [
        view_of(row) for row in session.scalars(query.where(JobRow.state.in_(states)) if states else query)
    ]


def newest(session: Session, key: str) -> JobView | None:
    """The last job that was asked for under that key."""
    row = session.scalar(select(JobRow).where(JobRow.key == key).order_by(JobRow.id.desc()).limit(1))
    return None if row is None else view_of(row)


def before(session: Session, job_id: int, kind: str) -> int:
    """How many open jobs of the kind were asked for earlier."""
    query = select(func.count()).select_from(JobRow)
    earlier = query.where(JobRow.kind == kind, JobRow.ended_at.is_(None), JobRow.id < job_id)
    return session.scalar(earlier) or 0


def open_jobs(session: Session, kind: str, *, sitting: str | None = None) -> int:
    """How many jobs of the kind have not ended, of one sitting or of all."""
    query = select(func.count()).select_from(JobRow).where(JobRow.kind == kind, JobRow.ended_at.is_(None))
    if sitting is not None:
        query = query.join(Attempt, Attempt.id == JobRow.attempt_id).where(Attempt.ref == sitting)
    return session.scalar(query) or 0


def has_any(kind: str, *, since: datetime) -> Select[int]:
    """The jobs of the kind that were asked for since then, as a query for ``exists``."""
    return select(JobRow.id).where(JobRow.kind == kind, JobRow.asked_at > since)


def view_of(row: JobRow) -> JobView:
    """What the row says, free of the database."""
    return JobView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        tries=row.tries,
        done=row.done,
        total=row.total,
        fault=row.fault,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
    )
