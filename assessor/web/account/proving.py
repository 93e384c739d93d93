"""The second step of signing in: a code, once the password was shown."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired

from assessor.errors import Invalid, Wait
from assessor.messages import N_
from assessor.services import limits
from assessor.services.people import second_factors, sign_ins
from assessor.services.people.sign_ins import Standing
from assessor.web.account import arriving
from assessor.web.account.signing import MANY_TRIES
from assessor.web.plumbing import access, security, transactions
from assessor.web.plumbing.access import PUBLIC, policy
from assessor.web.plumbing.forms import PageForm, posted

blueprint = Blueprint("proving", __name__)


class CodeForm(PageForm):
    """A code of either kind, and whether it is asked for again in this browser."""

    code = StringField(
        N_("Code"),
        description=N_("The six figures that your authenticator application shows now, or a recovery code."),
        validators=[InputRequired(N_("Enter a code."))],
        render_kw={"autocomplete": "one-time-code"},
    )
    remember = BooleanField(
        N_("Do not ask again in this browser for 30 days"),
        description=N_("Only on a device that nobody else uses."),
    )
    next = HiddenField()


@blueprint.get("/sign-in/code")
@policy(PUBLIC)
def door() -> Reply:
    """The code; whoever has not shown a password a short while ago begins there."""
    if access.unproven() is None:
        return redirect(url_for("signing.door"), 303)
    return _page(CodeForm(data={"next": security.local_target(request.args.get("next", ""))}), 200)


@blueprint.post("/sign-in/code")
@policy(PUBLIC)
def enter() -> Reply:
    """Signed in, at the page that was asked for; or this page again."""
    found, token = access.unproven(), security.sign_in_token()
    if found is None or token is None:
        return redirect(url_for("signing.door"), 303)
    form = CodeForm(request.form)
    if not form.validate():
        return _page(form, 422)
    transactions.release()
    _count(found)
    try:
        return _proven(found, token, is_remembered=form.remember.data)
    except Invalid as error:
        form.refuse(error)
        return _page(form, 422)


def _proven(found: Standing, token: str, *, is_remembered: bool) -> Reply:
    session, now = transactions.session(), transactions.now()
    renewed, person_id = session.run(
        second_factors.show,
        token,
        found.person,
        posted("code"),
        server_secret=str(current_app.secret_key),
        now=now,
    )
    security.renew_sign_in(renewed)
    if is_remembered:
        secret = session.run(sign_ins.remember, person_id, now=now)
        security.remember_device(arriving.account_mark(found.person), secret)
    access.forget_standing()
    target = security.local_target(posted("next"))
    return redirect(target if target != "/" else arriving.own_place(), 303)


def _count(found: Standing) -> None:
    """Count one more code that was tried after that password; raises Wait where there were far too many."""
    secret, apart, now = str(current_app.secret_key), transactions.independent(), transactions.now()
    whose = ("code", found.person, found.password_mark)
    network = limits.subject_of(request.remote_addr, secret)
    counted = (
        (limits.CODES_THERE, limits.named(*whose, network, secret=secret)),
        (limits.CODES_OF_ACCOUNT, limits.named(*whose, secret=secret)),
    )
    waits = [apart.write(limits.take, limit, subject, now=now) for limit, subject in counted]
    if max(waits):
        raise Wait(max(waits), MANY_TRIES)


def _page(form: CodeForm, status: int) -> Response:
    return make_response(render_template("account/code.html", form=form), status)
