"""Behind a link that lets in once: the first owner, a colleague, whoever has lost a password."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as Reply

from assessor.errors import Invalid, NotFound
from assessor.messages import N_
from assessor.services.actors import Actor
from assessor.services.people import accounts, entries, links, passwords
from assessor.services.people.accounts import Entered, NewPerson
from assessor.services.people.links import Link, Purpose
from assessor.web.account import arriving, fields
from assessor.web.plumbing import access, i18n, transactions
from assessor.web.plumbing.access import ENTRY, policy
from assessor.web.plumbing.forms import PageForm, SecretField, posted
from assessor.web.plumbing.server import server

blueprint = Blueprint("entering", __name__)


class WorkspaceForm(fields.WithLanguage):
    """A workspace that somebody makes who has an account."""

    workspace = fields.workspace_name()
    language = fields.language(N_("Language of the workspace"))


class OwnerForm(fields.WithLanguage):
    """A first owner, and the workspace that they make."""

    given_name = fields.given_name()
    family_name = fields.family_name()
    email = fields.email()
    password = fields.new_password()
    workspace = fields.workspace_name()
    language = fields.language(N_("Language"), N_("Of your pages, and of the workspace at first."))


class ColleagueForm(PageForm):
    """A colleague who was invited and has no account yet."""

    given_name = fields.given_name()
    family_name = fields.family_name()
    password = fields.new_password()


class ResetForm(PageForm):
    """Another password."""

    password = fields.new_password()


class NoForm(PageForm):
    """Nothing is asked: one presses, or leaves it."""


@blueprint.get("/enter/<token>")
@policy(ENTRY)
def door(token: str) -> Response:
    """What the link leads to, and what has to be said first; nothing is used up by looking."""
    link = _link()
    if link is None:
        return _gone()
    form = _form(link)
    if "language" in form:
        form["language"].data = i18n.language()
    return _page(token, link, form, 200)


@blueprint.post("/enter/<token>")
@policy(ENTRY)
def enter(token: str) -> Reply:
    """In: signed in, where the link led to; or the page again with what is wrong."""
    link = _link()
    if link is None:
        return _gone()
    form = _form(link, request.form)
    if posted("show"):
        form["password"].reveal()
        return _page(token, link, form, 200)
    if not form.validate() or not _may_enter(link):
        return _page(token, link, form, 422)
    # A password takes its time, and nobody is to wait for it: no session is held meanwhile.
    transactions.release()
    kept = passwords.hashed(entries.password_of(posted("password"))) if "password" in form else ""
    try:
        entered = _entered(link, kept)
    except Invalid as error:
        form.refuse(error)
        return _page(token, link, form, 422)
    except NotFound:
        return _gone()
    return arriving.signed_in(entered, language=posted("language"))


def _link() -> Link | None:
    try:
        return transactions.session().run(links.peek, access.actor(), now=transactions.now())
    except NotFound:
        return None


def _form(link: Link, sent: object = None) -> PageForm:
    """What the link asks for of whoever holds it, signed in or not."""
    is_signed_in = access.standing() is not None
    match link.purpose:
        case Purpose.OWNER:
            form = WorkspaceForm(sent) if is_signed_in else OwnerForm(sent)
            form.offer_languages()
            return form
        case Purpose.JOIN:
            return NoForm(sent) if link.is_known else ColleagueForm(sent)
        case Purpose.RESET:
            return ResetForm(sent)


def _may_enter(link: Link) -> bool:
    """Whether this browser may go on: an account that is there is joined by its own person only."""
    return link.purpose is not Purpose.JOIN or not link.is_known or _is_theirs(link)


def _is_theirs(link: Link) -> bool:
    if access.standing() is None:
        return False
    return transactions.session().run(accounts.own, access.person()).email == link.email


def _entered(link: Link, password_hash: str) -> Entered:
    session, now, bearer = transactions.session(), transactions.now(), access.actor()
    match link.purpose:
        case Purpose.OWNER:
            return session.run(
                accounts.found_workspace,
                bearer,
                _person(password_hash, posted("email")),
                name=posted("workspace"),
                language=posted("language"),
                languages=server().settings.languages,
                zone=server().settings.zone.key,
                now=now,
            )
        case Purpose.JOIN:
            return session.run(accounts.join_workspace, bearer, _person(password_hash, link.email), now=now)
        case Purpose.RESET:
            return session.run(accounts.reset_password, bearer, password_hash, now=now)


def _person(password_hash: str, email: str) -> NewPerson | Actor:
    """Whoever enters: a new person where a password was chosen, else the one who is signed in."""
    if not password_hash:
        return access.person()
    return NewPerson(
        email=entries.email_of(email),
        given_name=entries.name_of(posted("given_name"), "given_name"),
        family_name=entries.name_of(posted("family_name"), "family_name"),
        language=posted("language") or i18n.language(),
        password_hash=password_hash,
    )


def _page(token: str, link: Link, form: PageForm, status: int) -> Response:
    page = render_template(
        "account/enter.html",
        token=token,
        link=link,
        form=form,
        is_shown=bool(posted("show")),
        has_password=any(isinstance(field, SecretField) for field in form),
        may_enter=_may_enter(link),
    )
    return make_response(page, status)


def _gone() -> Response:
    return make_response(render_template("account/gone.html"), 404)
