"""What was computed from answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assessor.store.models.tables import Base


class ProfileRow(Base):
    """A score document as it was computed; never updated, a new scoring is a new row."""

    __tablename__ = "profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    role: Mapped[str] = mapped_column(String(80))
    document: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("attempt_id", "role"),)
