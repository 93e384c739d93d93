"""The front door and what is open to all: home, notice of privacy, choice of language, health. No sitting."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as Reply

from assessor.errors import NotFound
from assessor.services.sittings import life
from assessor.web.plumbing import access, forms, i18n, security, transactions
from assessor.web.plumbing.access import PUBLIC, policy
from assessor.web.plumbing.server import server

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@policy(PUBLIC)
def index() -> str:
    """The doors that exist, and the sitting that this browser has open."""
    return render_template("home/index.html", sitting=_sitting())


def _sitting() -> life.AttemptView | None:
    while (ref := security.newest_held()) is not None:
        try:
            return transactions.session().run(life.load, access.holder(ref), ref, now=transactions.now())
        except NotFound:
            # Expired, erased or closed since: nothing of it stays in this browser either.
            security.forget(ref)
    return None


@blueprint.get("/privacy")
@policy(PUBLIC)
def privacy() -> str:
    """Who runs the server and what becomes of answers: the notice, without a start."""
    return render_template("home/privacy.html", settings=server().settings)


@blueprint.post("/language")
@policy(PUBLIC)
def language() -> Reply:
    """The page that the reader came from, in the language chosen."""
    i18n.choose(forms.posted("language"))
    return i18n.switched(security.local_target(forms.posted("next")))


@blueprint.get("/healthz")
@policy(PUBLIC)
def alive() -> Response:
    """Whether this process answers; asks nothing of the database."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@policy(PUBLIC)
def ready() -> Response:
    """Whether this server can serve: 503, with the reason, where the database or the disk cannot.

    Without a worker it serves all the same, and a second line says so.
    """
    readiness = server().readiness
    fault = readiness.fault()
    if fault is not None:
        return Response(f"not ready: {fault}\n", status=503, mimetype="text/plain")
    said = ["ready", *filter(None, [readiness.notice()])]
    return Response("".join(f"{line}\n" for line in said), mimetype="text/plain")


@blueprint.get("/robots.txt")
@policy(PUBLIC)
def robots() -> Response:
    """Nothing but the home page is for search engines."""
    return Response("User-agent: *\nAllow: /$\nDisallow: /\n", mimetype="text/plain")
