"""A second factor: set up with an application's camera, recovery codes for when it is not at hand."""

from __future__ import annotations

import segno
from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as Reply
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired

from assessor.errors import Conflict, Invalid, NotFound
from assessor.messages import N_
from assessor.services.people import accounts, passwords, second_factors
from assessor.services.people.accounts import Account
from assessor.web.account.own import WRONG
from assessor.web.plumbing import access, i18n, security, transactions
from assessor.web.plumbing.access import OWN, policy
from assessor.web.plumbing.forms import PageForm, SecretField, posted

blueprint = Blueprint("second", __name__)


class SetUpForm(PageForm):
    """The first code of an application that has just been shown the secret."""

    seed = HiddenField()
    next = HiddenField()
    code = StringField(
        N_("Code that the application shows"),
        validators=[InputRequired(N_("Enter a code."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PasswordForm(PageForm):
    """The password, before something that protects the account is changed."""

    password = SecretField(
        N_("Your password"),
        validators=[InputRequired(N_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


@blueprint.get("/account/second-factor")
@policy(OWN)
def show() -> Response:
    """How to set one up; or how it stands."""
    return _page(_own(), target=security.local_target(request.args.get("next", "")))


@blueprint.post("/account/second-factor")
@policy(OWN)
def set_up() -> Reply:
    """The recovery codes, this once; or the page again with what is wrong."""
    own, form = _own(), SetUpForm(request.form)
    seed, found = security.read_seed(posted("seed"), own.ref), access.standing()
    target = security.local_target(posted("next"))
    if own.has_second or seed is None:
        # It is set up already, or the page was open for too long: what stands there now is shown.
        return redirect(url_for("second.show", next=target), 303)
    if not form.validate():
        return _page(own, set_up=form, target=target, status=422)
    try:
        codes = transactions.session().run(
            second_factors.set_up,
            access.actor(),
            seed,
            posted("code"),
            server_secret=str(current_app.secret_key),
            kept=found.sign_in if found else None,
            now=transactions.now(),
        )
    except Invalid as error:
        form.refuse(error)
        return _page(own, set_up=form, target=target, status=422)
    security.renew_form_token()
    return _codes(codes, target)


@blueprint.post("/account/second-factor/change")
@policy(OWN)
def change() -> Reply:
    """New recovery codes, this once, or no second factor any more, for whoever shows their password."""
    own, form = _own(), PasswordForm(request.form)
    if not form.validate():
        return _page(own, password=form, status=422)
    # A password takes its time, and nobody is to wait for it: no session is held meanwhile.
    transactions.release()
    if not passwords.matches(own.password_hash, posted("password")):
        form.refuse(Invalid("password", WRONG))
        return _page(own, password=form, status=422)
    session, actor = transactions.session(), access.actor()
    try:
        if posted("act") != "remove":
            return _codes(session.run(second_factors.renew_codes, actor, now=transactions.now()), "/")
        session.run(second_factors.remove, actor, now=transactions.now())
    except Conflict as error:
        form.refuse(Invalid("password", str(error)))
        return _page(own, password=form, status=422)
    return redirect(url_for("own.account", done="second"), 303)


@blueprint.post("/account/second-factor/codes.txt")
@policy(OWN)
def download() -> Response:
    """The recovery codes that stand on the page, as a file; of nobody else, and none that was made up."""
    codes = posted("codes").split()
    if not transactions.session().run(second_factors.are_codes_of, access.actor(), codes):
        raise NotFound("these are no codes of this person")
    title = i18n.translated(N_("Recovery codes; each works once"))
    reply = Response("\n".join([title, "", *codes, ""]), mimetype="text/plain; charset=utf-8")
    reply.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return reply


def _own() -> Account:
    return transactions.session().run(accounts.own, access.actor())


def _codes(codes: list[str], target: str) -> Response:
    return make_response(render_template("account/codes.html", codes=codes, target=target))


def _page(
    own: Account,
    *,
    set_up: SetUpForm | None = None,
    password: PasswordForm | None = None,
    target: str = "/",
    status: int = 200,
) -> Response:
    seed = security.read_seed(posted("seed"), own.ref) or second_factors.new_seed()
    form = set_up or SetUpForm()
    form.seed.data, form.next.data = security.signed_seed(seed, own.ref), target
    secret = second_factors.secret_of(seed, str(current_app.secret_key))
    page = render_template(
        "account/second.html",
        own=own,
        form=form,
        password=password or PasswordForm(),
        drawn=_drawn(second_factors.address_of(secret, own.email)),
        key=" ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        left=transactions.session().run(second_factors.codes_left, access.actor()),
        is_asked=any(one.asks_second for one in own.workspaces),
    )
    return make_response(page, status)


def _drawn(address: str) -> Markup:
    """The square for an application's camera."""
    drawn = segno.make_qr(address, error="m").svg_inline(
        scale=4, border=4, svgclass="qr", lineclass=None, omitsize=True, dark="#000", light="#fff"
    )
    # The reader of a screen has the key itself beside it.
    return Markup(drawn).replace("<svg ", Markup('<svg aria-hidden="true" focusable="false" '), 1)
