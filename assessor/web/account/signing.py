"""Sign in and out. Known and unknown accounts are answered alike: the same words, status and work."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply
from wtforms import EmailField, HiddenField
from wtforms.validators import InputRequired

from assessor.errors import Invalid, NotFound, Wait
from assessor.messages import N_
from assessor.services import limits
from assessor.services.people import accounts, entries, passwords, sign_ins
from assessor.services.people.accounts import Entered, Known
from assessor.web.account import arriving
from assessor.web.plumbing import access, security, transactions
from assessor.web.plumbing.access import PUBLIC, policy
from assessor.web.plumbing.forms import PageForm, SecretField, posted

blueprint = Blueprint("signing", __name__)

#: Of an address that nobody has and of a wrong password alike.
NOT_TOGETHER = N_("This address and this password do not go together. Check both.")
MANY_TRIES = N_(
    "There were very many tries to sign in. Wait ten minutes, then try again; whoever runs this server can "
    "also give you a link that lets you in once."
)


class SignInForm(PageForm):
    """Who somebody says that they are, and what shows it."""

    email = EmailField(
        N_("E-mail address"),
        validators=[InputRequired(N_("Enter your e-mail address."))],
        render_kw={"autocomplete": "username"},
    )
    password = SecretField(
        N_("Password"),
        validators=[InputRequired(N_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


@blueprint.get("/sign-in")
@policy(PUBLIC)
def door() -> Reply:
    """Address and password; whoever is signed in already is led to their place."""
    target = security.local_target(request.args.get("next", ""))
    if access.standing() is not None:
        return redirect(target if target != "/" else arriving.own_place(), 303)
    return _page(SignInForm(data={"next": target}), 200)


@blueprint.post("/sign-in")
@policy(PUBLIC)
def enter() -> Reply:
    """Signed in, at the page that was asked for; or this page again, which does not say what was wrong."""
    form = SignInForm(request.form)
    if posted("show"):
        form.password.reveal()
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    found = _shown(posted("email"), posted("password"))
    if found is not None:
        try:
            entered = Entered(found.person, found.password_hash)
            return arriving.signed_in(
                entered, language=found.language, target=security.local_target(posted("next"))
            )
        except NotFound:
            # The password was changed in the moment that it took to compare it.
            transactions.release()
    form.refuse(Invalid("password", NOT_TOGETHER))
    return _page(form, 422)


def _shown(email: str, password: str) -> Known | None:
    """Whoever has that address and that password; None for nobody. Holds no session while it compares."""
    apart = transactions.independent()
    found = apart.read(accounts.known, email)
    _count(email, found)
    if not passwords.matches(found.password_hash, password):
        apart.write(sign_ins.refuse, found.person, now=transactions.now())
        return None
    assert found.password_hash is not None
    if passwords.is_dated(found.password_hash):
        renewed = passwords.hashed(entries.password_of(password))
        apart.write(accounts.renew_hash, found.person, former=found.password_hash, password_hash=renewed)
        found = apart.read(accounts.known, email)
    return found


def _count(email: str, found: Known) -> None:
    """Count one more try; raises Wait where there were far too many.

    A browser in which somebody was signed in to this account before has a count of its own, so that nobody
    else can use up its tries.
    """
    secret, apart, now = str(current_app.secret_key), transactions.independent(), transactions.now()
    account = limits.named("sign-in", email.strip().lower(), secret=secret)
    network = limits.subject_of(request.remote_addr, secret)
    mark = security.mark_of(arriving.account_mark(found.person)) if found.person else None
    counted = (
        [(limits.SIGN_INS_OF_BROWSER, limits.named(account, mark, secret=secret))]
        if mark
        else [
            (limits.SIGN_INS_OF_ADDRESS, network),
            (limits.SIGN_INS_OF_ACCOUNT_THERE, limits.named(account, network, secret=secret)),
            (limits.SIGN_INS_OF_ACCOUNT, account),
        ]
    )
    waits = [apart.write(limits.take, limit, subject, now=now) for limit, subject in counted]
    if max(waits):
        raise Wait(max(waits), MANY_TRIES)


@blueprint.post("/sign-out")
@policy(PUBLIC)
def leave() -> Reply:
    """Nobody is signed in in this browser any more, nor where its cookie was copied to."""
    token = security.sign_in_token()
    if token is not None:
        transactions.session().run(sign_ins.end, token, now=transactions.now())
        security.sign_out()
    return security.swept(redirect(url_for("signing.gone"), 303))


@blueprint.get("/signed-out")
@policy(PUBLIC)
def gone() -> str:
    """That nobody is signed in here any more."""
    return render_template("account/signed_out.html")


def _page(form: SignInForm, status: int) -> Response:
    page = render_template("account/sign_in.html", form=form, is_shown=bool(posted("show")))
    return make_response(page, status)
