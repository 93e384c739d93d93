"""How often something was done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from assessor.store.models.tables import Base


class Tally(Base):
    """How often a subject did something in one window of time; behind soft limits, deleted after two days."""

    __tablename__ = "tally"

    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    #: A keyed hash: an address itself is never stored.
    subject: Mapped[str] = mapped_column(String(32), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    count: Mapped[int] = mapped_column(Integer)
