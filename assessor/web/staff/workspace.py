"""A workspace's home, and its settings."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply
from wtforms import BooleanField, StringField

from assessor.messages import N_
from assessor.services.people import entries, workspaces
from assessor.services.people.workspaces import Workspace
from assessor.services.permissions import Permission
from assessor.web.plumbing import access, transactions
from assessor.web.plumbing.access import policy, within
from assessor.web.plumbing.forms import PageForm, kept_as

blueprint = Blueprint("workspace", __name__)


class SettingsForm(PageForm):
    """What the owners of a workspace choose for it."""

    name = StringField(
        N_("Name of the workspace"),
        description=N_(
            "That of your organisation, for example. Colleagues read it at the top of every page."
        ),
        validators=[kept_as(entries.title_of)],
        render_kw={"autocomplete": "organization"},
    )
    asks_second = BooleanField(
        N_("Owners, recruiters and privacy officers need a second factor"),
        description=N_("Whoever has none is led to set one up before they see anything else here."),
    )


@blueprint.get("/w/<workspace>/")
@policy(within(Permission.READ_WORKSPACE))
def home(workspace: str) -> str:
    """How the workspace stands, and as what whoever reads this is there."""
    return render_template("staff/home.html", found=_found())


@blueprint.get("/w/<workspace>/settings")
@policy(within(Permission.CHANGE_WORKSPACE))
def settings(workspace: str) -> Response:
    """The name of the workspace, and what it asks of its members."""
    found = _found()
    return _page(SettingsForm(data={"name": found.name, "asks_second": found.asks_second}), 200)


@blueprint.post("/w/<workspace>/settings")
@policy(within(Permission.CHANGE_WORKSPACE))
def change(workspace: str) -> Reply:
    """The settings as they are from now on."""
    form = SettingsForm(request.form)
    if not form.validate():
        return _page(form, 422)
    transactions.session().run(workspaces.change, access.actor(), **form.data, now=transactions.now())
    return redirect(url_for("workspace.settings", workspace=workspace, done="saved"), 303)


def _found() -> Workspace:
    return transactions.session().run(workspaces.overview, access.actor())


def _page(form: SettingsForm, status: int) -> Response:
    done = request.args.get("done", "")
    return make_response(render_template("staff/settings.html", form=form, found=_found(), done=done), status)
