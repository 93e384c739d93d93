"""Sittings, their answers, who may open them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessor.store.models.tables import Base
from assessor.store.models.versions import Form


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

    form: Mapped[Form] = relationship(lazy="raise")
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


class Grant(Base):
    """A browser's right to open one sitting; it holds the secret, and nothing here says which browser."""

    __tablename__ = "access_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    given_at: Mapped[datetime]
    #: From this moment on it opens nothing; the sweep deletes it.
    ends_at: Mapped[datetime] = mapped_column(index=True)
