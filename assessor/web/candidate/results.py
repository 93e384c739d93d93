"""What a submitted sitting gives: results, PDF, own data, keeping, erasing. Computes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply
from wtforms.fields import SelectChoice

from assessor.errors import Conflict, NotFound
from assessor.language.moments import iso_day
from assessor.language.papers import PAPERS, paper_of
from assessor.messages import N_
from assessor.profile import Unreadable
from assessor.report import html as reports
from assessor.report.editions import ATTACH, SELF, Edition, edition_of
from assessor.services import profiles
from assessor.services.jobs import Order
from assessor.services.profiles import Scored
from assessor.services.sittings import life, retention
from assessor.services.sittings.life import AttemptView
from assessor.services.tasks import document as documents
from assessor.web.plumbing import access, forms, i18n, security, transactions, waiting
from assessor.web.plumbing.access import GOVERNING, PUBLIC, READING, policy
from assessor.web.plumbing.server import server

blueprint = Blueprint("results", __name__)


def finished(ref: str) -> AttemptView:
    """The submitted sitting that the route names; raises Conflict while it is open."""
    view = transactions.session().run(life.load, access.actor(), ref, now=transactions.now())
    # Nothing below asks the database again: what is slow must not hold a transaction open.
    transactions.release()
    if view.state == "open":
        raise Conflict(N_("Submit your answers first."))
    return view


def chosen_role(view: AttemptView) -> str:
    """The role in the address, else the one that the form was drawn for."""
    return request.args.get("role") or view.role_id


@blueprint.get("/a/<ref>/results")
@policy(READING)
def show(ref: str) -> Reply:
    """The profile under one role, with the other roles, the documents and the end of it all."""
    view = transactions.session().run(life.load, access.actor(), ref, now=transactions.now())
    transactions.release()
    if view.state == "open":
        return redirect(url_for("candidate.sitting", ref=ref))
    profile = None
    is_unreadable = False
    try:
        profile = _scored(view).profile
    except Unreadable:
        is_unreadable = True
    sections = profile and reports.sections(profile, SELF, i18n.language(), zone=i18n.zone())
    return make_response(
        render_template(
            "candidate/results.html",
            view=view,
            roles=profiles.roles_of(view),
            role_id=chosen_role(view),
            profile=profile,
            is_unreadable=is_unreadable,
            sections=sections,
            headings=[ident for ident, _ in reports.headings(sections or "")],
            keeping=_keeping(),
            paper=_paper(),
            papers=PAPERS,
        )
    )


def _keeping(sent: object = None) -> forms.KeepForm:
    form = forms.KeepForm(sent)
    form.offer({"days": [SelectChoice(days, _term(days)) for days in retention.KEEPABLE_DAYS]})
    return form


def _term(days: int) -> str:
    if days == 1:
        return i18n.catalogue().gettext("Keep 24 hours")
    gettext = i18n.catalogue().gettext
    return gettext("Keep a year") if days == 365 else gettext("Keep %(days)s days") % {"days": days}


@blueprint.get("/a/<ref>/profile.pdf")
@policy(READING)
def pdf(ref: str) -> Reply:
    """The same profile as a PDF, or the page on which it can be waited for."""
    return _printed(ref, SELF)


@blueprint.get("/a/<ref>/attach.pdf")
@policy(READING)
def attachment(ref: str) -> Reply:
    """The short PDF to attach: no question, answer or key."""
    return _printed(ref, ATTACH)


#: The addresses of the files, by their editions.
_FILES = {SELF.name: "results.pdf", ATTACH.name: "results.attachment"}


def _printed(ref: str, edition: Edition) -> Reply:
    """The file where it is there or made within moments, else its page."""
    view = finished(ref)
    found = waiting.asked(_order(view, edition))
    if found.content is None:
        return redirect(url_for("results.waiting_page", ref=ref, edition=edition.name, **_chosen(view)), 303)
    name = f"{_file_name(view, edition, i18n.language())}.pdf"
    return _download(found.content, "application/pdf", name)


@blueprint.get("/a/<ref>/document/<edition>")
@policy(READING)
def waiting_page(ref: str, edition: str) -> Reply:
    """How far a file is, for a page and for its script; once it is made, where it is."""
    endpoint = _FILES.get(edition)
    if endpoint is None:
        raise NotFound("there is no file of that edition")
    view = finished(ref)
    address = url_for(endpoint, ref=ref, **_chosen(view))
    return waiting.page(_order(view, edition_of(edition)), address, view=view, role_id=chosen_role(view))


def _order(view: AttemptView, edition: Edition) -> Order:
    """The file that the address asks for; raises NotFound for a role that the domain does not have."""
    role = chosen_role(view)
    if role not in {one.id for one in profiles.roles_of(view)}:
        raise NotFound("this domain has no such role profile")
    shown = url_for("results.show", ref=view.ref, role=role)
    return documents.order(
        view.ref,
        role=role,
        edition=edition.name,
        language=i18n.language(),
        paper=_paper(),
        zone=i18n.zone().key,
        address=server().settings.base_url + shown,
    )


def _chosen(view: AttemptView) -> dict[str, Any]:
    """What the address of a file says of it."""
    return {"role": chosen_role(view), "paper": _paper()}


def _paper() -> str:
    """The paper in the address, else the server's, else the one in use in the reader's country."""
    return paper_of(request.args.get("paper"), server().settings.paper, locales=i18n.locales())


@blueprint.get("/a/<ref>/data.json")
@policy(READING)
def own_data(ref: str) -> Response:
    """Everything that is kept of this sitting, and what was computed from it."""
    view = finished(ref)
    kept: dict[str, Any] = {
        "sitting": view.ref,
        "domain": view.domain,
        "length": view.length,
        "language": view.language,
        "started": view.started_at.isoformat(),
        "finished": view.finished_at and view.finished_at.isoformat(),
        "kept_until": view.expires_at.isoformat(),
        "receipt": view.submitted and view.submitted.code,
        "answers": [_kept_answer(view, number) for number in range(len(view.items))],
        "profile": _document(view),
    }
    written = json.dumps(kept, ensure_ascii=False, indent=2).encode()
    return _download(written, "application/json", f"assessor-{view.ref[:8]}.json")


def _kept_answer(view: AttemptView, index: int) -> dict[str, Any]:
    item = view.items[index]
    saved = view.answers.get(item.id)
    return {
        "item": item.id,
        "version": item.digest,
        "response": saved.response if saved else None,
        "language": saved.language if saved else None,
        "saved": saved.saved_at.isoformat() if saved else None,
        "seconds": saved.seconds if saved else None,
    }


def _scored(view: AttemptView) -> Scored:
    """What the sitting says under the chosen role, as it was kept; in short transactions of its own."""
    lent = transactions.independent().lend
    return lent(profiles.scored, access.actor(), view, chosen_role(view), now=transactions.now())


def _document(view: AttemptView) -> Mapping[str, Any]:
    return _scored(view).document


def _file_name(view: AttemptView, edition: Edition, language: str) -> str:
    day = iso_day(view.finished_at, i18n.zone()) if view.finished_at else ""
    role = re.sub(r"[^a-z0-9-]", "", chosen_role(view))
    return "-".join(part for part in ("assessor", edition.file_kind, role, language, day) if part)


def _download(written: bytes, kind: str, name: str) -> Response:
    reply = Response(written, mimetype=kind)
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


@blueprint.post("/a/<ref>/keep")
@policy(GOVERNING)
def keep(ref: str) -> Reply:
    """The results, kept until the day that was chosen."""
    session, days = transactions.session(), _keeping(request.form).days.data or 0
    session.run(retention.keep, access.actor(), ref, days=days, now=transactions.now())
    return redirect(url_for("results.show", ref=ref, _anchor="kept"), 303)


@blueprint.get("/a/<ref>/delete")
@policy(GOVERNING)
def deletion(ref: str) -> str:
    """What erasing means, before it is done."""
    view = transactions.session().run(life.load, access.actor(), ref, now=transactions.now())
    return render_template("candidate/delete.html", view=view)


@blueprint.post("/a/<ref>/delete")
@policy(GOVERNING)
def erase(ref: str) -> Reply:
    """A goodbye; nothing is left of the sitting, here or in this browser."""
    transactions.session().run(retention.erase, access.actor(), ref, now=transactions.now())
    security.forget(ref)
    return security.swept(redirect(url_for("results.goodbye"), 303))


@blueprint.get("/self/goodbye")
@policy(PUBLIC)
def goodbye() -> str:
    """The word that everything is gone; a script forgets the answers that the browser still held back."""
    return render_template("candidate/goodbye.html")
