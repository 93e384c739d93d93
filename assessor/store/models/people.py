"""People who have an account, the workspaces they belong to, and what shows that it is them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from assessor.store.models.tables import Base


class WorkspaceRow(Base):
    """A team's own place: what belongs to it is there for nobody else."""

    __tablename__ = "workspace"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The public, random name in addresses; opens nothing by itself.
    ref: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    #: The languages that it works in, the first being its own.
    languages: Mapped[list[Any]]
    #: A name of the IANA list.
    zone: Mapped[str] = mapped_column(String(64))
    #: What its owners chose otherwise than by default, by name.
    settings: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class PersonRow(Base):
    """Somebody with an account, whatever the workspaces they belong to."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The public, random name in addresses; opens nothing by itself.
    ref: Mapped[str] = mapped_column(String(32), unique=True)
    #: In the one spelling by which an address is known: composed, in lower case.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(8))
    #: argon2id, with its parameters; None where there is no password to sign in with.
    password_hash: Mapped[str | None] = mapped_column(String(200))
    #: What the secret of their second factor is made of, together with the server's own; None where they have
    #: none. Whoever reads the database alone can make no code.
    totp_seed: Mapped[bytes | None] = mapped_column(LargeBinary(20))
    #: The time step of the last code that was taken: no code is taken twice.
    totp_step: Mapped[int | None]
    created_at: Mapped[datetime]
    #: The last sign of life, to the minutes that a sign-in is marked by.
    seen_at: Mapped[datetime | None]


class MemberRow(Base):
    """That a person belongs to a workspace, and in which roles."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("workspace_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    #: Values of ``Role``, in its order; never empty.
    roles: Mapped[list[Any]]
    joined_at: Mapped[datetime]


class SignInRow(Base):
    """A browser in which a person is signed in; it holds the token, and here stands its hash."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The public, random name by which it is listed and ended.
    ref: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: The device in plain words, as its browser names itself.
    device: Mapped[str] = mapped_column(String(80))
    begun_at: Mapped[datetime]
    #: The last sign of life, to a few minutes.
    seen_at: Mapped[datetime] = mapped_column(index=True)
    #: From this moment on it opens nothing, however often it is used.
    ends_at: Mapped[datetime] = mapped_column(index=True)
    #: When it was ended by hand, or by a new password.
    ended_at: Mapped[datetime | None]
    #: When a second factor was shown here, now or lately; where its person has one, it opens nothing before.
    proven_at: Mapped[datetime | None]


class RecoveryCodeRow(Base):
    """A code that stands in for a second factor that is not at hand, once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class RememberedDeviceRow(Base):
    """A browser in which a second factor was shown lately; it holds the secret, and is not asked again."""

    __tablename__ = "remembered_device"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    given_at: Mapped[datetime]
    #: From this moment on the second factor is asked for; the sweep deletes it.
    ends_at: Mapped[datetime] = mapped_column(index=True)


class OneTimeLinkRow(Base):
    """A link that lets somebody in once: the first owner, a colleague, whoever has lost a password."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        CheckConstraint("purpose IN ('owner', 'reset', 'join')", name="purpose"),
        CheckConstraint("(purpose = 'reset') = (person_id IS NOT NULL)", name="person"),
        CheckConstraint("(purpose = 'join') = (workspace_id IS NOT NULL)", name="workspace"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: The public, random name by which it is listed and withdrawn.
    ref: Mapped[str] = mapped_column(String(32), unique=True)
    purpose: Mapped[str] = mapped_column(String(8))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: Whose password it resets.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    #: Which workspace it leads into, for whom, and in which roles.
    workspace_id: Mapped[int | None] = mapped_column(ForeignKey("workspace.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    roles: Mapped[list[Any]]
    made_at: Mapped[datetime]
    #: From this moment on it opens nothing; the sweep deletes it.
    ends_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
