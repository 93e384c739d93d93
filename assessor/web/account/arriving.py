"""Signed in: what the browser is given, and where it is led."""

from __future__ import annotations

from flask import current_app, request, url_for
from werkzeug.wrappers import Response as Reply

from assessor.services import limits
from assessor.services.people import accounts, sign_ins
from assessor.services.people.accounts import Entered
from assessor.services.people.devices import device_of
from assessor.web.plumbing import access, i18n, security, transactions


def signed_in(entered: Entered, *, language: str, target: str = "/") -> Reply:
    """The redirect of somebody who has shown who they are; whoever was signed in here before is no more."""
    session, now, former = transactions.session(), transactions.now(), security.sign_in_token()
    if former is not None:
        session.run(sign_ins.end, former, now=now)
    account = account_mark(entered.person)
    token = session.run(
        sign_ins.begin,
        entered.person,
        entered.password_hash,
        device=device_of(request.headers.get("User-Agent", "")),
        remembered=security.device_secret(account),
        now=now,
    )
    security.sign_in(token, account)
    access.forget_standing()
    i18n.choose(language)
    if access.standing() is None:
        # There is a second factor, and it was not shown here lately.
        wanted = url_for("workspace.home", workspace=entered.workspace) if entered.workspace else target
        return i18n.switched(url_for("proving.door", next=wanted))
    return i18n.switched(_place(entered, target))


def account_mark(person: str) -> str:
    """What a browser keeps of an account that was signed in to there: a name that says nothing to others."""
    return limits.named("account", person, secret=str(current_app.secret_key))


def _place(entered: Entered, target: str) -> str:
    if entered.workspace:
        return url_for("workspace.home", workspace=entered.workspace)
    return target if target != "/" else own_place()


def own_place() -> str:
    """Where somebody who is signed in is at home: in their workspace, or where they choose among several."""
    own = transactions.session().run(accounts.own, access.person()).workspaces
    return url_for("workspace.home", workspace=own[0].ref) if len(own) == 1 else url_for("own.account")
