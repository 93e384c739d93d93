"""The people of a workspace: who they are and what they may do; invited, changed, removed."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply
from wtforms import EmailField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from assessor.errors import Conflict, Invalid
from assessor.messages import N_
from assessor.services import permissions
from assessor.services.actors import Role
from assessor.services.people import entries, links, members
from assessor.services.people.members import Member
from assessor.services.permissions import HELD, RIGHTS, ROLE_NAMES, Permission
from assessor.web.plumbing import access, i18n, transactions
from assessor.web.plumbing.access import policy, within
from assessor.web.plumbing.forms import PageForm, kept_as
from assessor.web.plumbing.server import server

blueprint = Blueprint("people", __name__)

NO_ROLE = N_("Choose one role or more.")


def _with_roles() -> SelectMultipleField:
    return SelectMultipleField(
        N_("Roles in the workspace"),
        validators=[_require_one],
        option_widget=CheckboxInput(),
        widget=ListWidget(),
        choices=[],
        validate_choice=False,
    )


def _require_one(_form: PageForm, field: SelectMultipleField) -> None:
    if not field.data or not set(field.data) <= {role.value for role in Role}:
        raise ValidationError(NO_ROLE)


class RolesForm(PageForm):
    """What a member is there for."""

    roles = _with_roles()

    def offer_roles(self) -> None:
        """Name every role, in the words of the page."""
        names = [SelectChoice(role.value, i18n.translated(name)) for role, name in ROLE_NAMES.items()]
        self.offer({"roles": names})

    def chosen(self) -> list[Role]:
        """The roles that were chosen."""
        return [Role(value) for value in self.roles.data]


class InviteForm(RolesForm):
    """A colleague to be, and what they will be there for."""

    email = EmailField(
        N_("Work e-mail"),
        validators=[kept_as(entries.email_of)],
        render_kw={"autocomplete": "off"},
    )
    roles = _with_roles()


@blueprint.get("/w/<workspace>/people")
@policy(within(Permission.READ_MEMBERS))
def people(workspace: str) -> Response:
    """Who belongs to the workspace, in which roles, and what these mean."""
    return _page(_form(InviteForm), 200)


@blueprint.post("/w/<workspace>/people/invite")
@policy(within(Permission.INVITE_MEMBERS))
def invite(workspace: str) -> Reply:
    """The link by which a colleague joins, shown this once."""
    form = _form(InviteForm)
    if not form.validate():
        return _page(form, 422)
    session, now = transactions.session(), transactions.now()
    try:
        token = session.run(links.for_colleague, access.actor(), form.email.data, form.chosen(), now=now)
    except Invalid as error:
        form.refuse(error)
        return _page(form, 422)
    address = server().settings.base_url + url_for("entering.door", token=token)
    ends_at = now + links.HELD_FOR[links.Purpose.JOIN]
    page = render_template(
        "staff/invited.html", address=address, ends_at=ends_at, email=form.email.data, workspace=workspace
    )
    return make_response(page)


@blueprint.post("/w/<workspace>/people/invitations/<invitation>/end")
@policy(within(Permission.INVITE_MEMBERS))
def take_back(workspace: str, invitation: str) -> Reply:
    """The list, without an invitation whose link opens nothing any more."""
    transactions.session().run(links.take_back, access.actor(), invitation, now=transactions.now())
    return _back(workspace, "ended")


@blueprint.get("/w/<workspace>/people/<member>")
@policy(within(Permission.CHANGE_MEMBERS))
def one(workspace: str, member: str) -> Response:
    """One colleague, whose roles can be changed and who can be removed."""
    found = transactions.session().run(members.found, access.actor(), member)
    form = RolesForm(data={"roles": [role.value for role in found.roles]})
    form.offer_roles()
    return _page_of(found, form, 200)


@blueprint.post("/w/<workspace>/people/<member>")
@policy(within(Permission.CHANGE_MEMBERS))
def change(workspace: str, member: str) -> Reply:
    """The list, with the colleague in the roles that were chosen."""
    session = transactions.session()
    found, form = session.run(members.found, access.actor(), member), _form(RolesForm)
    if form.validate():
        try:
            session.run(members.change_roles, access.actor(), member, form.chosen(), now=transactions.now())
        except Conflict as error:
            form.refuse(Invalid("roles", str(error)))
        else:
            return _back(workspace, "changed") if _still_sees() else _to_own_place()
    return _page_of(found, form, 422)


@blueprint.post("/w/<workspace>/people/<member>/remove")
@policy(within(Permission.REMOVE_MEMBERS))
def remove(workspace: str, member: str) -> Reply:
    """The list, without somebody who belongs to the workspace no more."""
    transactions.session().run(members.remove, access.actor(), member, now=transactions.now())
    return _back(workspace, "removed") if member != access.actor().person else _to_own_place()


@blueprint.get("/w/<workspace>/leave")
@policy(within(Permission.READ_WORKSPACE))
def leaving(workspace: str) -> str:
    """What leaving means, before it is done."""
    return render_template("staff/leave.html", workspace=workspace, name=_name())


@blueprint.post("/w/<workspace>/leave")
@policy(within(Permission.READ_WORKSPACE))
def leave(workspace: str) -> Reply:
    """The account, which belongs to the workspace no more."""
    transactions.session().run(members.leave, access.actor(), now=transactions.now())
    return _to_own_place()


@blueprint.get("/w/<workspace>/people/roles")
@policy(within(Permission.READ_WORKSPACE))
def roles(workspace: str) -> str:
    """What each role may do, as the table that decides has it."""
    rows = [
        [i18n.translated(says), *(_yes(right in HELD[role]) for role in Role)]
        for right, says in RIGHTS.items()
    ]
    return render_template("staff/roles.html", rows=rows, meanings=_meanings(Role))


def _yes(is_so: bool) -> str:
    return i18n.translated(N_("yes")) if is_so else i18n.translated(N_("no"))


def _meanings(roles: Iterable[Role]) -> dict[Role, list[str]]:
    """What each role may do beyond what every member may, in the words of the table."""
    return {role: [i18n.translated(RIGHTS[right]) for right in _beyond(role)] for role in roles}


def _beyond(role: Role) -> list[Permission]:
    held = permissions.held_by(role)
    return [right for right in held if right is not Permission.READ_WORKSPACE] or list(held)


def _form(kind: type[RolesForm]) -> RolesForm:
    form = kind(request.form)
    form.offer_roles()
    return form


def _may(permission: Permission) -> bool:
    return permissions.allows(access.actor(), permission)


def _still_sees() -> bool:
    access.forget_standing()
    found = access.standing()
    return found is not None and found.member is not None and Role.OWNER in found.member.roles


def _name() -> str:
    found = access.standing()
    return found.member.name if found is not None and found.member is not None else ""


def _back(workspace: str, done: str) -> Reply:
    return redirect(url_for("people.people", workspace=workspace, done=done), 303)


def _to_own_place() -> Reply:
    return redirect(url_for("own.account"), 303)


def _page(form: RolesForm, status: int) -> Response:
    actor = access.actor()
    page = render_template(
        "staff/people.html",
        form=form,
        found=transactions.session().run(members.listed, actor, now=transactions.now()),
        workspace=actor.workspace,
        me=actor.person,
        meanings=_meanings(Role),
        may_invite=_may(Permission.INVITE_MEMBERS),
        may_change=_may(Permission.CHANGE_MEMBERS),
        may_read_audit=_may(Permission.READ_AUDIT),
        done=request.args.get("done", ""),
    )
    return make_response(page, status)


def _page_of(found: Member, form: RolesForm, status: int) -> Response:
    page = render_template(
        "staff/member.html",
        found=found,
        form=form,
        workspace=access.actor().workspace,
        meanings=_meanings(Role),
        last_owner=members.LAST_OWNER,
    )
    return make_response(page, status)
