"""What is a person's own: names, language, password, and where they are signed in."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply
from wtforms.validators import InputRequired

from assessor.errors import Invalid
from assessor.messages import N_
from assessor.services.people import accounts, entries, passwords, sign_ins
from assessor.services.people.accounts import Account
from assessor.web.account import arriving, fields
from assessor.web.plumbing import access, i18n, security, transactions
from assessor.web.plumbing.access import OWN, policy
from assessor.web.plumbing.forms import PageForm, SecretField, posted

blueprint = Blueprint("own", __name__)

WRONG = N_("This is not your password.")


class NamesForm(fields.WithLanguage):
    """How a person is called, and which language their pages are in."""

    given_name = fields.given_name()
    family_name = fields.family_name()
    language = fields.language(N_("Language of your pages"))


class PasswordForm(PageForm):
    """The password of now, and the next one."""

    former = SecretField(
        N_("Password until now"),
        validators=[InputRequired(N_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    password = fields.new_password()


@blueprint.get("/account")
@policy(OWN)
def account() -> Response:
    """Names, password, sign-ins."""
    return _page(_own())


@blueprint.post("/account/names")
@policy(OWN)
def names() -> Reply:
    """Names and language as they are from now on."""
    form = NamesForm(request.form)
    form.offer_languages()
    if not form.validate():
        return _page(_own(), names=form, status=422)
    transactions.session().run(accounts.change, access.actor(), **form.data, now=transactions.now())
    i18n.choose(posted("language"))
    return i18n.switched(url_for("own.account", done="names", _anchor="names"))


@blueprint.post("/account/password")
@policy(OWN)
def password() -> Reply:
    """The password as it is from now on; whoever is signed in elsewhere is so no more."""
    form, own = PasswordForm(request.form), _own()
    if posted("show"):
        for field in (form.former, form.password):
            field.reveal()
        return _page(own, password=form, status=200)
    if not form.validate():
        return _page(own, password=form, status=422)
    found = access.standing()
    # A password takes its time, and nobody is to wait for it: no session is held meanwhile.
    transactions.release()
    if not passwords.matches(own.password_hash, posted("former")):
        form.refuse(Invalid("former", WRONG))
        return _page(own, password=form, status=422)
    kept = passwords.hashed(entries.password_of(posted("password")))
    transactions.session().run(
        accounts.change_password,
        access.actor(),
        former=own.password_hash,
        password_hash=kept,
        kept=found.sign_in if found else None,
        now=transactions.now(),
    )
    security.renew_form_token()
    return redirect(url_for("own.account", done="password", _anchor="password-heading"), 303)


@blueprint.post("/account/sign-ins/<sign_in>/end")
@policy(OWN)
def end_one(sign_in: str) -> Reply:
    """One sign-in is over, wherever it is; this one leads out."""
    transactions.session().run(sign_ins.end_own, access.actor(), sign_in, now=transactions.now())
    found = access.standing()
    if found is not None and found.sign_in == sign_in:
        security.sign_out()
        return redirect(url_for("signing.gone"), 303)
    return redirect(url_for("own.account", done="ended", _anchor="sign-ins"), 303)


@blueprint.post("/account/sign-ins/end")
@policy(OWN)
def end_others() -> Reply:
    """Every sign-in but this one is over."""
    found = access.standing()
    kept = found.sign_in if found else None
    transactions.session().run(
        sign_ins.end_others, access.actor(), kept, remembered=_remembered(), now=transactions.now()
    )
    return redirect(url_for("own.account", done="ended", _anchor="sign-ins"), 303)


def _remembered() -> str | None:
    """The secret by which this browser is not asked for the second factor of whoever is signed in."""
    found = access.standing()
    return security.device_secret(arriving.account_mark(found.person)) if found else None


def _own() -> Account:
    return transactions.session().run(accounts.own, access.actor())


def _page(
    own: Account,
    *,
    names: NamesForm | None = None,
    password: PasswordForm | None = None,
    status: int = 200,
) -> Response:
    if names is None:
        names = NamesForm(
            data={"given_name": own.given_name, "family_name": own.family_name, "language": own.language}
        )
        names.offer_languages()
    here = access.standing()
    page = render_template(
        "account/own.html",
        own=own,
        names=names,
        password=password or PasswordForm(),
        is_shown=bool(posted("show")),
        here=here.sign_in if here else "",
        listed=transactions.session().run(
            sign_ins.listed, access.actor(), idle=access.idle(), now=transactions.now()
        ),
        done=request.args.get("done", ""),
    )
    return make_response(page, status)
