"""Attempts as rows: found by what the other side knows of them, changed while they are there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, select
from sqlalchemy.orm import Session

from assessor.banks.schema import Library
from assessor.errors import Invalid, NotFound
from assessor.messages import N_
from assessor.services import permissions, refusals
from assessor.services.actors import Actor
from assessor.services.permissions import Permission
from assessor.store import scope
from assessor.store.models import Attempt, Form


def found(
    session: Session, actor: Actor, permission: Permission, now: datetime, *which: ColumnElement[bool]
) -> Attempt:
    """The attempt that the actor may do this with; raises Gone for any other, and for one that expired."""
    within = scope.sittings(permissions.reach(actor, permission))
    query = within.where(*which, Attempt.expires_at > now, Attempt.state != "erasing")
    # What this session read before may be older than what another one has committed since.
    attempt = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if attempt is None:
        raise refusals.Gone("there is no such sitting, or it has expired")
    return attempt


def form_of(session: Session, attempt: Attempt) -> Form:
    """The form of an attempt that was found; raises NotFound where it was erased since."""
    form = session.scalars(select(Form).where(Form.id == attempt.form_id)).one_or_none()
    if form is None:
        raise NotFound("the sitting has been erased")
    return form


def change(session: Session, attempt: Attempt, **values: object) -> None:
    """Set columns of an attempt that was found; raises NotFound where it was erased since."""
    changed = session.execute(scope.changes_of(attempt).values(**values))
    if isinstance(changed, CursorResult) and changed.rowcount != 1:
        raise NotFound("the sitting has been erased")


def require_carried(library: Library, domain: str, language: str) -> None:
    """Raise Invalid where the domain's items do not exist in that language."""
    if language not in library.languages(domain):
        raise Invalid(
            "language", N_("This domain's questions do not exist in that language. Choose another.")
        )
