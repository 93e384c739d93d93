"""The gate to what belongs to somebody: sittings and what hangs on them, workspaces and what belongs to them.

Whoever wants such a row says how far they reach, and gets a statement that goes no further; conditions may be
added, none can be taken away. A test of the house forbids to select or change these tables elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from sqlalchemy import ColumnElement, ScalarSelect, Select, Update, select, true, update

from assessor.store.chains import chain_of
from assessor.store.models import (
    Attempt,
    AuditEntryRow,
    MemberRow,
    OneTimeLinkRow,
    PersonRow,
    ProfileRow,
    RecoveryCodeRow,
    RememberedDeviceRow,
    ResponseRow,
    SignInRow,
    WorkspaceRow,
)


@dataclass(frozen=True)
class Named:
    """The sitting of that ref."""

    ref: str


@dataclass(frozen=True)
class Linked:
    """The sitting whose private link has that hash."""

    token_hash: str


@dataclass(frozen=True)
class Everything:
    """All sittings: for work that belongs to nobody."""


@dataclass(frozen=True)
class Within:
    """The workspace of that ref, and what belongs to it."""

    workspace: str


@dataclass(frozen=True)
class Own:
    """The person of that ref, and what is theirs alone."""

    person: str


Reach: TypeAlias = Named | Linked | Everything


def _within(reach: Reach) -> ColumnElement[bool]:
    match reach:
        case Named(ref):
            return Attempt.ref == ref
        case Linked(token_hash):
            return Attempt.token_hash == token_hash
        case Everything():
            return true()
        case _:
            assert_never(reach)


def sittings(reach: Reach) -> Select[Attempt]:
    """The sittings within reach."""
    return select(Attempt).where(_within(reach))


def changes(reach: Reach) -> Update:
    """A change of the sittings within reach."""
    return update(Attempt).where(_within(reach))


def changes_of(attempt: Attempt) -> Update:
    """A change of that sitting, which was found within reach."""
    return update(Attempt).where(Attempt.id == attempt.id)


def answers_of(attempt: Attempt) -> Select[ResponseRow]:
    """The answers of that sitting, which was found within reach."""
    return select(ResponseRow).where(ResponseRow.attempt_id == attempt.id)


def profiles_of(attempt: Attempt) -> Select[ProfileRow]:
    """The kept profiles of that sitting, which was found within reach."""
    return select(ProfileRow).where(ProfileRow.attempt_id == attempt.id)


def workspaces(reach: Within) -> Select[WorkspaceRow]:
    """That workspace."""
    return select(WorkspaceRow).where(WorkspaceRow.ref == reach.workspace)


def members(reach: Within) -> Select[MemberRow, PersonRow]:
    """The members of the workspace, each with their person."""
    return (
        select(MemberRow, PersonRow)
        .join(PersonRow, PersonRow.id == MemberRow.person_id)
        .where(MemberRow.workspace_id == _id_of(reach))
    )


def links_into(reach: Within) -> Select[OneTimeLinkRow]:
    """The links that lead into the workspace, used or not."""
    return select(OneTimeLinkRow).where(OneTimeLinkRow.workspace_id == _id_of(reach))


def people(reach: Own) -> Select[PersonRow]:
    """That person."""
    return select(PersonRow).where(PersonRow.ref == reach.person)


def sign_ins(reach: Own) -> Select[SignInRow]:
    """The sign-ins of that person, ended or not."""
    person = select(PersonRow.id).where(PersonRow.ref == reach.person).scalar_subquery()
    return select(SignInRow).where(SignInRow.person_id == person)


def devices(reach: Own) -> Select[RememberedDeviceRow]:
    """The browsers that are not asked again for a second factor of that person."""
    person = select(PersonRow.id).where(PersonRow.ref == reach.person).scalar_subquery()
    return select(RememberedDeviceRow).where(RememberedDeviceRow.person_id == person)


def recovery_codes(reach: Own) -> Select[RecoveryCodeRow]:
    """The recovery codes of that person, used or not."""
    person = select(PersonRow.id).where(PersonRow.ref == reach.person).scalar_subquery()
    return select(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person)


def audit_entries(reach: Within) -> Select[AuditEntryRow]:
    """What was recorded in the workspace."""
    return select(AuditEntryRow).where(AuditEntryRow.chain == chain_of(reach.workspace))


def _id_of(reach: Within) -> ScalarSelect[int]:
    return select(WorkspaceRow.id).where(WorkspaceRow.ref == reach.workspace).scalar_subquery()
