"""Who did what to whom, and when: entries that are only ever added, and how far each chain of them goes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from assessor.store.models.tables import Base


class AuditHeadRow(Base):
    """How far a chain goes: its last entry, counted and hashed, so that one cut off at the end is missed.

    Whoever adds to a chain locks its row: two that come at once stand in line.
    """

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)

    #: A workspace's code, or that of what belongs to none; it refers to no row, and outlives the workspace.
    chain: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))


class AuditEntryRow(Base):
    """One act. It holds no name, address, answer or token: whom and what it is about it names by codes.

    Every column but the last is hashed as it is kept, therefore the moment and the details are text.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        Index("ix_audit_entry_chain_object", "chain", "object"),
        Index("ix_audit_entry_chain_actor", "chain", "actor"),
    )

    chain: Mapped[str] = mapped_column(ForeignKey("audit_head.chain"), primary_key=True)
    #: From 1, without a gap.
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(27))
    #: In which capacity whoever did it acted, and the code of the person, where it was one.
    capacity: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str | None] = mapped_column(String(16))
    event: Mapped[str] = mapped_column(String(40))
    #: The kind of thing that it was done to, and its code; None where no single one is meant.
    subject: Mapped[str] = mapped_column(String(20))
    object: Mapped[str | None] = mapped_column(String(16))
    details: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
