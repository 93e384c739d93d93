"""Work that no request waits for, and who does it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from assessor.store.models.tables import Base


class JobRow(Base):
    """A piece of work that no request waits for: the truth about it, whoever carries the news or does it.

    It holds no name, answer or token: what it works on is found by ``attempt_id`` and read when it runs.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'stopped')", name="state"),
        CheckConstraint("tries >= 0 AND faults_left >= 0", name="tries"),
        CheckConstraint("(state IN ('waiting', 'running')) = (ended_at IS NULL)", name="ended"),
        # The same work is asked for once as long as it is not ended.
        Index(
            "uq_job_key_open",
            "key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_job_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The module of ``services.tasks`` that does it.
    kind: Mapped[str] = mapped_column(String(40))
    #: What makes it the same work as another.
    key: Mapped[str] = mapped_column(String(250), index=True)
    arguments: Mapped[dict[str, Any]]
    #: The sitting that it works on; erased with it.
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"), index=True)
    #: The kind of asker, never a person: "sitting", "clock", "operator".
    asked_by: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8))
    #: How often it was begun: whoever began it last, and nobody else, may change it.
    tries: Mapped[int] = mapped_column(Integer)
    #: How often it may still end in a fault, or with its worker.
    faults_left: Mapped[int] = mapped_column(Integer)
    #: Not before this moment.
    due_at: Mapped[datetime]
    #: When the news of it was last sent off; it may have been lost.
    told_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    #: The last sign of life of whoever runs it.
    beat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    #: Set where it is to stop at its next step.
    stop_asked_at: Mapped[datetime | None]
    #: Steps done, of all; both None before it knows.
    done: Mapped[int | None]
    total: Mapped[int | None]
    #: The kind of the last fault, never its words.
    fault: Mapped[str] = mapped_column(String(80))


class JobFile(Base):
    """What a job made, kept for a moment; erased with the sitting."""

    __tablename__ = "job_file"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    #: From this moment on it is given to nobody; the next round deletes it.
    ends_at: Mapped[datetime] = mapped_column(index=True)


class WorkerRow(Base):
    """A worker process and its last sign of life."""

    __tablename__ = "worker"

    #: Machine and process, and a word by chance: a number of a process comes again.
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime] = mapped_column(index=True)
