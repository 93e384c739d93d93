"""Profiles of finished sittings: kept whole as score documents, shown as they were kept. Formats no text."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, exists
from sqlalchemy.orm import Session

from assessor import __version__
from assessor.banks.schema import LengthId, RoleProfile
from assessor.errors import Conflict, NotFound
from assessor.messages import N_
from assessor.profile import Profile, build, document, recalled
from assessor.scoring.model import PLANNING
from assessor.services import permissions
from assessor.services.actors import JOB, Actor
from assessor.services.permissions import Permission
from assessor.services.sessions import UNAVAILABLE
from assessor.services.sittings import life, rows
from assessor.services.sittings.life import AttemptView
from assessor.sittings import Answer, Sitting
from assessor.store import scope
from assessor.store.db import Database
from assessor.store.models import Attempt, Form, JobRow, ProfileRow


@dataclass(frozen=True)
class Scored:
    """A finished sitting under one of its roles: its score document, as it was kept or computed."""

    view: AttemptView
    role_id: str
    document: Mapping[str, Any]

    @property
    def profile(self) -> Profile:
        """What the document says, with the texts of the sitting; raise Unreadable where it cannot be read."""
        return recalled(
            self.document, sitting_of(self.view), _role(self.view, self.role_id), self.view.library
        )


def sitting_of(view: AttemptView) -> Sitting:
    """The sitting in the core's terms; an item without a response was left empty."""
    answers = []
    for item in view.items:
        saved = view.answers.get(item.id)
        response = saved.response if saved else None
        answers.append(
            Answer(
                item=item,
                state="left_empty" if response is None else "answered",
                response=response,
                language=saved.language if saved else view.language,
                seconds=saved.seconds if saved else None,
            )
        )
    return Sitting(
        candidate=view.ref,
        language=view.language,
        pool=view.pool,
        answers=tuple(answers),
        started=view.started_at,
        finished=view.finished_at,
        length=cast(LengthId, view.length),
        receipt=view.submitted.code if view.submitted else "",
    )


def profile_of(view: AttemptView, role_id: str) -> Profile:
    """The profile of a finished sitting under one of its roles, computed from the versions it was taken with.

    The same answers stand in it under its other roles. Raise Conflict if the sitting is unfinished, NotFound
    if the role is not one of ``roles_of``.
    """
    if view.finished_at is None:
        raise Conflict(N_("Submit your answers first."))
    role = _role(view, role_id)
    return build(
        sitting_of(view),
        role,
        view.library,
        parameters=PLANNING,
        role_digest=role.digest(),
        software=__version__,
        others=tuple(one for one in view.library.roles_of(view.domain) if one.id != role_id),
    )


def scored(database: Database, actor: Actor, view: AttemptView, role_id: str, *, now: datetime) -> Scored:
    """The score document of a finished sitting under one of its roles: what page, file and own data show.

    Under the role that its form was drawn for, the one that was kept. Where the job after the submission has
    not come to it, its work is done here, so that what is seen first is what is seen ever after; a database
    that cannot take it delays that and hides nothing. Under another role it is computed and not kept. Raise
    what ``profile_of`` raises, and NotFound where the sitting is not the actor's to read.
    """
    if role_id != view.role_id:
        permissions.require(actor, Permission.READ, view.ref)
        return Scored(view, role_id, document(profile_of(view, role_id)))
    with database.reading() as session:
        found = _kept(session, actor, view, now=now)
    if found is None:
        profile = profile_of(view, role_id)
        found = document(profile)
        with suppress(*UNAVAILABLE), database.writing() as session:
            found = store(session, JOB, view, profile, now=now)
    return Scored(view, role_id, found)


def _kept(session: Session, actor: Actor, view: AttemptView, *, now: datetime) -> dict[str, Any] | None:
    attempt = rows.found(session, actor, Permission.READ, now, Attempt.ref == view.ref)
    found: dict[str, Any] | None = session.scalar(_documents(attempt, view.role_id))
    return found


def _documents(attempt: Attempt, role_id: str) -> Select[dict[str, Any]]:
    kept = scope.profiles_of(attempt).with_only_columns(ProfileRow.document)
    return kept.where(ProfileRow.role == role_id)


def _role(view: AttemptView, role_id: str) -> RoleProfile:
    role = next((one for one in roles_of(view) if one.id == role_id), None)
    if role is None:
        raise NotFound("this domain has no such role profile")
    return role


def roles_of(view: AttemptView) -> tuple[RoleProfile, ...]:
    """The roles that a self-assessment may be read under: its form’s, then those kept with it."""
    kept = (view.library.role(view.role_id), *view.library.roles_of(view.domain))
    return tuple({role.id: role for role in kept}.values())


def keep_scored(database: Database, actor: Actor, ref: str, *, now: datetime) -> None:
    """Score a submitted sitting under its form's role and keep the document.

    The job after a submission, and idempotent: it may be done again, by anybody, at any time. It has two
    short transactions of its own, and scores between them, while it holds none. Raises NotFound for an
    unknown sitting, Conflict for an unfinished one.
    """
    with database.reading() as session:
        view = life.load(session, actor, ref, now=now)
        if _kept(session, actor, view, now=now) is not None:
            return
    profile = profile_of(view, view.role_id)
    with database.writing() as session:
        store(session, actor, view, profile, now=now)


def unscored(
    session: Session, actor: Actor, *, now: datetime, finished_before: datetime, unasked: str
) -> list[str]:
    """The refs of submitted sittings, the oldest first, whose profile under their form's role is not kept.

    Those are left out for which a job of the kind ``unasked`` was asked for.
    """
    kept = exists().where(ProfileRow.attempt_id == Attempt.id, ProfileRow.role == Form.role)
    asked = exists().where(JobRow.attempt_id == Attempt.id, JobRow.kind == unasked)
    query = (
        scope.sittings(permissions.reach(actor, Permission.SCORE))
        .with_only_columns(Attempt.ref)
        .join(Form, Form.id == Attempt.form_id)
        .where(
            Attempt.state == "finished",
            Attempt.expires_at > now,
            Attempt.finished_at <= finished_before,
            ~kept,
            ~asked,
        )
        .order_by(Attempt.id)
    )
    return list(session.scalars(query))


def store(
    session: Session, actor: Actor, view: AttemptView, profile: Profile, *, now: datetime
) -> dict[str, Any]:
    """The score document that is kept of this sitting and role: the first that was stored, else this one.

    Raises NotFound for a sitting that was erased meanwhile.
    """
    within = scope.sittings(permissions.reach(actor, Permission.SCORE))
    # Locked, so that neither an erasure nor a second store of the same profile comes in between.
    attempt = session.scalar(within.where(Attempt.ref == view.ref).with_for_update())
    if attempt is None:
        raise NotFound("there is no such sitting")
    kept: dict[str, Any] | None = session.scalar(_documents(attempt, profile.role.id))
    if kept is not None:
        return kept
    made = document(profile)
    session.add(ProfileRow(attempt_id=attempt.id, role=profile.role.id, document=made, created_at=now))
    session.flush()
    return made
