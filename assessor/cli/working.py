"""``worker`` and ``jobs``: work that no request waits for, done, listed, stopped, taken up. Serves nobody."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import NoReturn

from assessor.cli.banks import settings
from assessor.cli.exits import DONE
from assessor.cli.failures import WrongInput
from assessor.cli.terminal import table
from assessor.services import jobs, upkeep
from assessor.services.jobs import JobView

#: Columns of numbers in the table of jobs.
_RIGHT = (0, 3)


def worker(threads: int) -> NoReturn:
    """Become a worker; raises WrongInput where the tables are not those of this version."""
    if not upkeep.is_current_database(settings().database_url):
        raise WrongInput("the database has other tables than this version - run assessor db upgrade")
    become_worker("--threads", str(threads))


def become_worker(*arguments: str) -> NoReturn:
    """Become a program of its own, which shares only database and queue with the web processes."""
    os.execv(sys.executable, [sys.executable, "-m", "assessor.worker", *arguments])


def show() -> int:
    """Print the jobs of the last seven days, and how many workers are at work."""
    with upkeep.current_database(settings().database_url) as database:
        found = database.read(jobs.listed)
        at_work = database.read(jobs.workers, now=datetime.now(UTC))
    for line in table([_HEAD, *(_row(job) for job in found)], right=_RIGHT):
        print(line)
    print(f"{at_work} workers at work")
    return DONE


def stop(job: int) -> int:
    """Stop a job; raises WrongInput where it has ended, or there is none of that number."""
    with upkeep.current_database(settings().database_url) as database:
        if not database.write(jobs.stop, job, now=datetime.now(UTC)):
            raise WrongInput(f"no job {job} waits or is being done - see assessor jobs list")
    return DONE


def retry(job: int) -> int:
    """Take a job up again; raises WrongInput where it has not ended short, or the same work is open."""
    chosen = settings()
    with upkeep.current_database(chosen.database_url, queue=chosen.queue) as database:
        if not database.write(jobs.take_up, job, now=datetime.now(UTC)):
            raise WrongInput(
                f"no job {job} has failed or was stopped, or the same work was asked for since - "
                "see assessor jobs list"
            )
    return DONE


_HEAD = ("job", "kind", "state", "tries", "done", "asked by", "asked", "fault")


def _row(job: JobView) -> tuple[str, ...]:
    done = "" if job.total is None else f"{job.done}/{job.total}"
    asked = job.asked_at.isoformat(sep=" ", timespec="seconds")
    return (str(job.id), job.kind, job.state, str(job.tries), done, job.asked_by, asked, job.fault)
