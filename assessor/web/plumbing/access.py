"""Which permission a route asks, and who is asking; a route that does not say so stops the start.

What somebody is allowed stands in ``services.permissions``; here is only how a request shows who sent it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as Reply

from assessor.services import grants, permissions
from assessor.services.actors import (
    OPERATOR,
    VISITOR,
    Actor,
    bearer_of,
    holder_of,
    member_of,
    person_of,
)
from assessor.services.people import sign_ins
from assessor.services.people.sign_ins import Standing
from assessor.services.permissions import Permission
from assessor.services.sessions import UNAVAILABLE
from assessor.services.sittings import life
from assessor.web.plumbing import security, transactions
from assessor.web.plumbing.server import server

View = TypeVar("View", bound=Callable[..., Any])
_ACTOR = "actor"
_STANDING = "standing"


@dataclass(frozen=True)
class Policy:
    """A rule of access: the permission that a route asks, and how the request shows who asks for it.

    ``argument`` is the route's argument by which the actor is known, empty where none is needed;
    ``is_of_sitting`` says that it is the ref of the sitting over which the permission is asked, and
    ``is_for_people`` that whoever is not signed in is led to sign in first, whatever the address names.
    """

    permission: Permission
    identify: Callable[[str], Actor]
    argument: str = ""
    is_of_sitting: bool = False
    is_for_people: bool = False


def _visitor(_key: str) -> Actor:
    return VISITOR


def holder(ref: str) -> Actor:
    """The holder of that sitting where this browser has a grant to it that still counts, else a visitor."""
    secret, now = security.secret_of(ref), transactions.now()
    is_given = secret is not None and transactions.session().run(grants.is_given, ref, secret, now=now)
    return holder_of(ref) if is_given else VISITOR


def _operator(key: str) -> Actor:
    return OPERATOR if security.is_operator(key) else VISITOR


def standing() -> Standing | None:
    """Who is signed in here, and what they are in the workspace of this address; None for nobody."""
    found = _standing()
    return found if found is not None and found.is_proven else None


def unproven() -> Standing | None:
    """Who has shown their password here and still has to show a second factor, in time; None for nobody."""
    found = _standing()
    return found if found is not None and found.may_still_prove(transactions.now()) else None


def _standing() -> Standing | None:
    if _STANDING not in g:
        setattr(g, _STANDING, _found_standing())
    found: Standing | None = g.get(_STANDING)
    return found


def _found_standing() -> Standing | None:
    token, now = security.sign_in_token(), transactions.now()
    if token is None:
        return None
    workspace = (request.view_args or {}).get("workspace")
    return transactions.session().run(sign_ins.standing, token, workspace, idle=idle(), now=now)


def forget_standing() -> None:
    """Find out anew who is signed in: it was somebody else, or nobody, before in this request."""
    g.pop(_STANDING, None)


def _mark() -> None:
    """Have the sign-in of this browser bear a sign of life, at its first request after a while."""
    found, token, now = standing(), security.sign_in_token(), transactions.now()
    if found is not None and token is not None and not found.is_marked(now):
        # In a short transaction of its own: most requests only read, and this one may yet be refused.
        transactions.release()
        with suppress(*UNAVAILABLE):
            transactions.independent().write(sign_ins.mark, token, now=now)


def idle() -> timedelta:
    """How long a sign-in counts without a sign of life."""
    return timedelta(minutes=server().settings.idle_minutes)


def person() -> Actor:
    """Whoever is signed in, as a person and no more; a visitor where nobody is."""
    found = standing()
    return VISITOR if found is None else person_of(found.person)


def _person(_key: str) -> Actor:
    return person()


def _member(_workspace: str) -> Actor:
    found = standing()
    if found is None or found.member is None:
        return person()
    return member_of(found.person, found.member.ref, found.member.roles)


def within(permission: Permission) -> Policy:
    """For the members of the workspace in the address whose roles give that permission there."""
    return Policy(permission, _member, argument="workspace", is_for_people=True)


def _over_sitting(permission: Permission) -> Policy:
    return Policy(permission, holder, argument="ref", is_of_sitting=True)


def behind_key(permission: Permission) -> Policy:
    """For whoever has the key that the server prints at its start, which stands in the address.

    Whether there is such a page at all is nobody's business who has none.
    """
    return Policy(permission, _operator, argument="key")


PUBLIC = Policy(Permission.VISIT, _visitor)
#: A start; it makes a sitting, and its browser the holder.
BEGINNING = Policy(Permission.BEGIN, _visitor)
#: Whoever has the token; whether it leads anywhere the rows say, by its hash.
LINK = Policy(Permission.TAKE_UP, bearer_of, argument="token")
#: Whoever has a link that lets in once; whether it still does the rows say, by its hash.
ENTRY = Policy(Permission.ENTER, bearer_of, argument="token")
#: Whoever is signed in, over their own account.
OWN = Policy(Permission.OWN_ACCOUNT, _person, is_for_people=True)
#: The browser that began the sitting ``ref``, or opened it by its private link.
READING = _over_sitting(Permission.READ)
ANSWERING = _over_sitting(Permission.ANSWER)
GOVERNING = _over_sitting(Permission.GOVERN)


def actor() -> Actor:
    """Who sent this request, as its route's policy found; a visitor where that refused, or was not asked."""
    found: Actor = g.get(_ACTOR, VISITOR)
    return found


def sitting_asked() -> str | None:
    """The sitting that this request's route is about, whoever asks; None where it is about none."""
    rule = None if request.endpoint is None else policy_of(current_app, request.endpoint)
    if rule is None or not rule.is_of_sitting:
        return None
    return str((request.view_args or {})[rule.argument])


def admit(ref: str) -> None:
    """From now on this browser may open the sitting; nothing that was known of it before is of use for that.

    For whoever has just begun it, or has shown its private link. Other sittings keep their own grants.
    """
    session, former = transactions.session(), security.secret_of(ref)
    if former is not None:
        session.run(grants.replace, former, now=transactions.now())
    _give(ref, session.run(life.epoch_of, holder_of(ref), ref))
    security.renew_form_token()


def new_link(ref: str, epoch: int) -> str:
    """The token of a new private link; of all browsers only this one still opens the sitting."""
    session, asking = transactions.session(), security.secret_of(ref)
    token = session.run(life.new_link, actor(), ref, now=transactions.now(), asked_by=asking)
    _give(ref, epoch)
    return token


def _give(ref: str, epoch: int) -> None:
    session, now = transactions.session(), transactions.now()
    for dropped in security.hold(ref, epoch, session.run(grants.give, ref, now=now)):
        session.run(grants.end, dropped, now=now)


def dismiss(ref: str) -> None:
    """Neither this browser nor a copy of its cookie opens the sitting any more; its private link does."""
    secret = security.secret_of(ref)
    if secret is not None:
        transactions.session().run(life.close, actor(), ref, secret, now=transactions.now())
    security.forget(ref)


class UndeclaredRoute(RuntimeError):
    """A route has no policy: the application must not start."""


def policy(rule: Policy) -> Callable[[View], View]:
    """The view, declared to be under ``rule``; stands below the route's decorator."""

    def declare(view: View) -> View:
        view.__dict__["policy"] = rule
        return view

    return declare


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """The declared policy of an endpoint."""
    return getattr(app.view_functions[endpoint], "policy", None)


def install(app: Flask) -> None:
    """Find out who asks before every view of ``app``, and whether they may."""
    app.jinja_env.globals.update(sitting_asked=sitting_asked)

    @app.before_request
    def ask() -> Reply | None:
        if request.endpoint is None:
            return None
        rule = policy_of(app, request.endpoint)
        assert rule is not None
        shown = (request.view_args or {}).get(rule.argument, "")
        found = rule.identify(shown)
        if rule.is_for_people and found.person is None:
            return redirect(url_for("signing.door", next=_asked_for()), 303)
        # Somebody else's sitting and one that never was look the same, and so does one whose grant has ended.
        if rule.is_for_people:
            _mark()
        permissions.require(found, rule.permission, shown if rule.is_of_sitting else None)
        setattr(g, _ACTOR, found)
        # What a workspace asks for comes before whatever it holds.
        here = standing() if found.workspace is not None else None
        if here is not None and here.member is not None and here.member.asks_second and not here.has_second:
            return redirect(url_for("second.show", next=_asked_for()), 303)
        return None


def _asked_for() -> str | None:
    """The page to come to once signed in: this one, unless it was only an act."""
    return request.full_path.removesuffix("?") if request.method in transactions.SAFE_METHODS else None


def require_policies(app: Flask) -> None:
    """Raise UndeclaredRoute, with every route that has no policy or lacks the argument that it needs."""
    wrong = []
    for route in app.url_map.iter_rules():
        rule = policy_of(app, route.endpoint)
        if rule is None or (rule.argument and rule.argument not in route.arguments):
            wrong.append(str(route))
    if wrong:
        raise UndeclaredRoute(f"routes without a policy, or without what it asks: {', '.join(sorted(wrong))}")
