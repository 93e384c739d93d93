"""A sitting's profile as a PDF file: asked for by a page, made by a worker, kept for a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from assessor.language.zones import zone_of
from assessor.messages import N_
from assessor.profile import Unreadable
from assessor.report import edition_of, html
from assessor.report.pdf import to_pdf_isolated
from assessor.services import jobs, permissions, profiles
from assessor.services.actors import JOB, Actor
from assessor.services.jobs import Impossible, JobView, Kind, Order, Outcome, Run
from assessor.services.permissions import Permission
from assessor.services.sittings import life
from assessor.store.models import Attempt, JobFile, JobRow

NAME = "document"
#: How long a file is kept: long enough for a second press, short as it is somebody's profile.
KEPT_FOR = timedelta(minutes=5)
#: Files kept of one sitting at a time.
KEPT_FILES = 8
#: Files that one sitting, and that all together, may have asked for and not been given.
OPEN_OF_ONE, OPEN_OF_ALL = 4, 60
#: Answers, the page laid out, the file written.
STEPS = 3
#: The fault of a profile that was kept and cannot be read.
UNREADABLE = "Unreadable"


class Busy(Exception):
    """As many files have been asked for as may wait at one time."""


@dataclass(frozen=True)
class Found:
    """How a file stands: its bytes, or its last job and how many files are made before it."""

    content: bytes | None
    job: JobView | None
    before: int = 0


def order(
    sitting: str, *, role: str, edition: str, language: str, paper: str, zone: str, address: str
) -> Order:
    """A file of that sitting; ``address`` is where the same results stand as a page.

    Nothing else makes one sitting's file differ from another file of it.
    """
    told = {"role": role, "edition": edition, "language": language, "paper": paper}
    key = " ".join((NAME, sitting, *told.values()))
    return Order(NAME, key, "sitting", {**told, "zone": zone, "address": address}, sitting, most_faults=2)


def ask(session: Session, actor: Actor, asked: Order, *, now: datetime) -> None:
    """The file is being made; raises Busy where too many wait, NotFound for a sitting that is gone."""
    assert asked.sitting is not None
    is_open = (last := jobs.newest(session, asked.key)) is not None and last.ended_at is None
    if not is_open and (
        jobs.open_jobs(session, NAME, sitting=asked.sitting) >= OPEN_OF_ONE
        or jobs.open_jobs(session, NAME) >= OPEN_OF_ALL
    ):
        raise Busy
    jobs.enqueue(session, actor, asked, now=now)


def find(session: Session, actor: Actor, asked: Order, *, now: datetime) -> Found:
    """The file, as long as it is kept, else how far it is; raises NotFound where it is not the actor's."""
    permissions.require(actor, Permission.READ, asked.sitting)
    kept = (
        select(JobFile.content)
        .join(JobRow, JobRow.id == JobFile.job_id)
        .where(JobRow.key == asked.key, JobFile.ends_at > now)
        .order_by(JobRow.id.desc())
    )
    content = session.scalar(kept.limit(1))
    if content is not None:
        return Found(content, None)
    last = jobs.newest(session, asked.key)
    is_open = last is not None and last.ended_at is None
    return Found(None, last, jobs.before(session, last.id, NAME) if last is not None and is_open else 0)


def run(run: Run) -> Outcome:
    """The file, to be kept with the end of its job; raises Impossible where there is no profile to show."""
    told: Mapping[str, str] = run.claim.arguments
    with run.database.reading() as session:
        view = life.load(session, JOB, run.sitting, now=run.now())
    try:
        profile = profiles.scored(run.database, JOB, view, told["role"], now=run.now()).profile
    except Unreadable as error:
        raise Impossible(UNREADABLE) from error
    run.step(1, STEPS)
    language, zone = told["language"], zone_of(told["zone"])
    page = html.render(profile, edition_of(told["edition"]), language, attempt_url=told["address"], zone=zone)
    title = html.title(profile, language, zone)
    run.step(2, STEPS)
    written = to_pdf_isolated(
        page, language=language, title=title, finished=view.finished_at, paper=told["paper"]
    )
    ends_at = run.now() + KEPT_FOR

    def keep(session: Session, job_id: int) -> None:
        session.add(JobFile(job_id=job_id, content=written, ends_at=ends_at))
        session.flush()
        _drop_oldest(session, run.sitting)

    return keep


def _drop_oldest(session: Session, sitting: str) -> None:
    kept = (
        select(JobFile.job_id)
        .join(JobRow, JobRow.id == JobFile.job_id)
        .join(Attempt, Attempt.id == JobRow.attempt_id)
        .where(Attempt.ref == sitting)
        .order_by(JobFile.job_id.desc())
    )
    old = list(session.scalars(kept.offset(KEPT_FILES)))
    session.execute(delete(JobFile).where(JobFile.job_id.in_(old)))


# One try ends before its worker is taken for hung: the renderer's own limit is shorter.
KIND = Kind(N_("Documents"), run, limit=timedelta(minutes=3))
