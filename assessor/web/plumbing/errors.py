"""One page for every refusal: type to status to words, with a reference number. Works without a database."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from assessor.errors import Conflict, Invalid, NotFound, Refused, Wait
from assessor.messages import N_
from assessor.services.refusals import Gone
from assessor.services.sessions import UNAVAILABLE
from assessor.services.tasks.document import Busy
from assessor.web.plumbing import access, i18n, security

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notice:
    """The title of an error page, and what to do now; both message ids."""

    title: str
    advice: str


WORDS = {
    400: Notice(
        N_("This page had been open too long"),
        N_("Nothing was saved from it. Open the page again and repeat the last step."),
    ),
    403: Notice(
        N_("This is not open to you"),
        N_("If you came by a link, open that link again on this device."),
    ),
    404: Notice(
        N_("There is nothing here"),
        N_(
            "The address may be incomplete, or what it led to has expired or was erased. A sitting opens "
            "only on the device that began it, or by its private link."
        ),
    ),
    405: Notice(
        N_("This address cannot be opened like that"),
        N_("Go back to the page you came from and use its buttons."),
    ),
    409: Notice(
        N_("This cannot be done any more"),
        N_("Things have moved on since this page was opened. Go back and open the page again."),
    ),
    413: Notice(
        N_("That was too much to take in"),
        N_("Shorten what you entered and send it again."),
    ),
    422: Notice(
        N_("Something needs to be changed"),
        N_("Go back, change it, and send it again."),
    ),
    429: Notice(
        N_("Please wait a moment"),
        N_("This was asked very often in a short time. Wait a little, then try again."),
    ),
    500: Notice(
        N_("Something went wrong on our side"),
        N_("What was shown as saved is still saved. Try again in a moment."),
    ),
    503: Notice(
        N_("The server cannot save anything right now"),
        N_("What was shown as saved is still saved. Keep this page open and try again in a moment."),
    ),
}


#: Not a fault: others are before.
BUSY = Notice(
    N_("The server is making other documents"),
    N_("Your profile is kept. Wait a moment and ask for the document again."),
)
BUSY_S = 5


def page(
    status: int, *, message: str = "", reference: str | None = None, words: Notice | None = None
) -> Response:
    """The page, or the JSON object for a script, of a refusal; ``message`` is a message id."""
    words = words or WORDS.get(status, WORDS[500 if status >= 500 else 404])
    reference = reference or secrets.token_hex(4)
    said = i18n.translated(message or words.advice)
    if security.wants_json():
        reply = jsonify(error=said, reference=reference)
    else:
        reply = make_response(
            render_template(
                "errors/error.html",
                title=i18n.translated(words.title),
                advice=said,
                reference=reference,
                status=status,
            )
        )
    reply.status_code = status
    reply.headers["Cache-Control"] = "no-store"
    return reply


def broken(error: Exception, status: int) -> Response:
    """The page of a fault of ours, logged under the reference that the page shows."""
    security.leave_as_it_was()
    reference = secrets.token_hex(4)
    # The route's pattern, never the path: it may hold a private link's token.
    rule = request.url_rule.rule if request.url_rule else "no route"
    # What the store says of itself holds nothing of a request; any other error may quote one.
    name = type(error).__name__
    said = f"{name}: {error}" if status == 503 else name
    LOG.error("%s %s %s: %s", reference, request.method, rule, said, exc_info=error)
    return page(status, reference=reference)


def configure(app: Flask) -> None:
    """Answer every refusal and fault of ``app`` with the one page."""

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> Response:
        return page(404)

    @app.errorhandler(Gone)
    def gone(_error: Gone) -> Response:
        # A browser that had the sitting open forgets it.
        ref = access.sitting_asked()
        reply = page(404)
        if ref is not None and security.secret_of(ref) is not None:
            security.forget(ref)
            security.swept(reply)
        return reply

    @app.errorhandler(Refused)
    def refused(_error: Refused) -> Response:
        return page(403)

    @app.errorhandler(Conflict)
    def conflict(error: Conflict) -> Response:
        return page(409, message=str(error))

    @app.errorhandler(Invalid)
    def invalid(error: Invalid) -> Response:
        return page(422, message=error.message)

    @app.errorhandler(Wait)
    def wait(error: Wait) -> Response:
        reply = page(429, message=error.message)
        reply.headers["Retry-After"] = str(error.seconds)
        return reply

    @app.errorhandler(Busy)
    def busy(_error: Busy) -> Response:
        reply = page(503, words=BUSY)
        reply.headers["Retry-After"] = str(BUSY_S)
        return reply

    @app.errorhandler(CSRFError)
    def too_old(_error: CSRFError) -> Response:
        return page(400)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:
            return cast(Response, error.get_response())
        if error.code == 400:
            return page(400, message=N_("The server could not read what was sent. Go back and try again."))
        return page(error.code)

    @app.errorhandler(500)
    def fault(error: Exception) -> Response:
        return broken(getattr(error, "original_exception", None) or error, 500)

    for kind in UNAVAILABLE:

        @app.errorhandler(kind)
        def down(error: Exception) -> Response:
            return broken(error, 503)
