"""Immutable texts, and forms made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from assessor.store.models.tables import Base


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
