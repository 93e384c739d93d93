"""The tables. Queries and rules of use stand in the services."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC moment: SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcTime(), dict[str, Any]: JSON, list[Any]: JSON}


class Version(Base):
    """An immutable text that attempts refer to: an item, a bank's head, the framework or a role."""

    __tablename__ = "version"
    __table_args__ = (CheckConstraint("kind IN ('item', 'bank', 'framework', 'role')", name="kind"),)

    #: ``sha256:`` of the canonical JSON.
    digest: Mapped[str] = mapped_column(String(71), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), index=True)
    #: The id of what this is a version of, e.g. the item's id.
    name: Mapped[str] = mapped_column(String(120), index=True)
    canonical: Mapped[str] = mapped_column(Text)
    first_seen: Mapped[datetime]


class Form(Base):
    """A frozen list of exact item versions, with what was known of each key when the form was made."""

    __tablename__ = "form"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(71), index=True)
    domain: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(80))
    length: Mapped[str] = mapped_column(String(16))
    pool: Mapped[str] = mapped_column(String(8))
    seed: Mapped[int] = mapped_column(Integer)
    #: In order: {"digest", "bank", "book": the item's bookkeeping}.
    items: Mapped[list[Any]]
    #: {"framework": digest, "banks": {id: digest}, "roles": {id: digest}}: the texts that reports use.
    texts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    attempts: Mapped[list[Attempt]] = relationship(back_populates="form", lazy="raise")


class Attempt(Base):
    """One sitting. The private link's token is kept as a hash only."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("kind IN ('self')", name="kind"),
        CheckConstraint("state IN ('open', 'finished', 'erasing')", name="state"),
        CheckConstraint("(state = 'open') = (finished_at IS NULL) OR state = 'erasing'", name="finished"),
        CheckConstraint("epoch >= 1", name="epoch"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The public, random name in addresses; opens nothing by itself.
    ref: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("form.id"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8))
    #: Names and orders the options of this attempt; never leaves the server.
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Goes up when the sitting is taken up elsewhere: pages of an older epoch become read-only.
    epoch: Mapped[int] = mapped_column(Integer)
    #: The hash of the notice that was shown, in the language of ``notice_language``.
    notice_digest: Mapped[str] = mapped_column(String(71))
    notice_language: Mapped[str] = mapped_column(String(8))
    #: Written in the receipt, so that both sides speak of the same sitting.
    code: Mapped[str] = mapped_column(String(16), unique=True)
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    #: From this moment on the sitting is gone for everybody; the sweep deletes it.
    expires_at: Mapped[datetime] = mapped_column(index=True)

    form: Mapped[Form] = relationship(back_populates="attempts", lazy="raise")
    responses: Mapped[list[ResponseRow]] = relationship(back_populates="attempt", lazy="raise")


class ResponseRow(Base):
    """One answer as it was given; the highest ``seq`` of an item is the answer. Rows are only ever added."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("attempt_id", "item_digest", "seq"),
        CheckConstraint("seq >= 1", name="seq"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    item_digest: Mapped[str] = mapped_column(ForeignKey("version.digest"))
    seq: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(String(8))
    #: The canonical JSON of the response in author ids; ``null`` where the item was left empty.
    response: Mapped[str] = mapped_column(Text)
    #: Seconds that this page had been open when it was saved; None where unknown.
    seconds: Mapped[float | None]
    saved_at: Mapped[datetime]

    attempt: Mapped[Attempt] = relationship(back_populates="responses", lazy="raise")


class ProfileRow(Base):
    """A score document as it was computed; never updated, a new scoring is a new row."""

    __tablename__ = "profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    role: Mapped[str] = mapped_column(String(80))
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("attempt_id", "role"),)


class Grant(Base):
    """A browser's right to open one sitting; it holds the secret, and nothing here says which browser."""

    __tablename__ = "access_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    given_at: Mapped[datetime]
    #: From this moment on it opens nothing; the sweep deletes it.
    ends_at: Mapped[datetime] = mapped_column(index=True)


class Tally(Base):
    """How often a subject did something in one window of time; behind soft limits, deleted after two days."""

    __tablename__ = "tally"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    #: A keyed hash: an address itself is never stored.
    subject: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    count: Mapped[int] = mapped_column(Integer)


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
