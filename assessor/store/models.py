"""The tables. Queries and rules of use stand in the services."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
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
