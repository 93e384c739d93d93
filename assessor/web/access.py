"""Who may call a route. A route that does not say so stops the start; nothing else decides access."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, request

from assessor.errors import NotFound
from assessor.services import grants, refusals
from assessor.services.sittings import life
from assessor.web import security, transactions

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Policy:
    """A rule of access: its name, and a check of a route's arguments that raises NotFound."""

    name: str
    check: Callable[[Mapping[str, Any]], None]


def _anybody(_arguments: Mapping[str, Any]) -> None:
    return None


def is_granted(ref: str) -> bool:
    """Whether this browser may open the sitting now: it holds a grant, and the server still counts it."""
    secret = security.secret_of(ref)
    return secret is not None and grants.is_given(transactions.session(), ref, secret, now=transactions.now())


def admit(ref: str, epoch: int) -> None:
    """From now on this browser may open the sitting; nothing that was known of it before is of use for that.

    ``epoch`` is the count of takings-up that it comes by. Other sittings keep their own grants.
    """
    session, now = transactions.session(), transactions.now()
    former = security.secret_of(ref)
    if former is not None:
        grants.replace(session, former, now=now)
    _give(ref, epoch)
    security.renew_form_token()


def new_link(ref: str, epoch: int) -> str:
    """The token of a new private link; of all browsers only this one still opens the sitting."""
    asking = security.secret_of(ref)
    token = life.new_link(transactions.session(), ref, now=transactions.now(), asked_by=asking)
    _give(ref, epoch)
    return token


def _give(ref: str, epoch: int) -> None:
    session, now = transactions.session(), transactions.now()
    for dropped in security.hold(ref, epoch, grants.give(session, ref, now=now)):
        grants.end(session, dropped, now=now)


def dismiss(ref: str) -> None:
    """Neither this browser nor a copy of its cookie opens the sitting any more; its private link does."""
    secret = security.secret_of(ref)
    if secret is not None:
        grants.end(transactions.session(), secret, now=transactions.now())
    security.forget(ref)


def _granted(arguments: Mapping[str, Any]) -> None:
    # Somebody else's sitting and one that never was look the same, and so does one whose grant has ended.
    if not is_granted(arguments["ref"]):
        raise refusals.Gone("this browser has no grant for that sitting")


def _operates(arguments: Mapping[str, Any]) -> None:
    # Whether there is such a page at all is nobody's business who has no key.
    if not security.is_operator(arguments["key"]):
        raise NotFound("this is not the operator's key")


PUBLIC = Policy("public", _anybody)
#: Whoever holds the token: the view itself looks for it, as its hash.
LINK = Policy("link", _anybody)
#: The browser that began the sitting ``ref``, or opened it by its private link.
SITTING = Policy("sitting", _granted)

#: Whoever holds the key that the server prints at its start.
OPERATOR = Policy("operator", _operates)


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
    """Ask the policy before every view of ``app``."""

    @app.before_request
    def ask() -> None:
        if request.endpoint is not None:
            rule = policy_of(app, request.endpoint)
            assert rule is not None
            rule.check(request.view_args or {})


def require_policies(app: Flask) -> None:
    """Nothing; raises UndeclaredRoute with every route that has no policy."""
    bare = sorted(str(rule) for rule in app.url_map.iter_rules() if policy_of(app, rule.endpoint) is None)
    if bare:
        raise UndeclaredRoute(f"routes without a policy: {', '.join(bare)}")
