"""Waiting for a file that a worker makes: for moments in the request itself, longer on a page of its own."""

from __future__ import annotations

import threading
import time

from flask import jsonify, make_response, render_template
from werkzeug.wrappers import Response as Reply

from assessor.errors import Conflict
from assessor.messages import N_
from assessor.services import jobs
from assessor.services.jobs import Order
from assessor.services.sittings.life import AttemptView
from assessor.services.tasks import document as documents
from assessor.services.tasks.document import Found
from assessor.web.plumbing import access, i18n, security, transactions

#: Seconds that a request may wait for its file: most are made sooner, and nobody sees a page in between.
WITHIN_S = 2.0
_LOOK_S = 0.04
#: Requests of one process that may wait at a time: each holds a thread that others need for their answers.
_PLACES = threading.BoundedSemaphore(2)

#: Why there is no file, by the fault of its job.
NO_PROFILE = {
    documents.UNREADABLE: N_(
        "The profile that was kept of this test cannot be read by this version of the software. It is kept "
        "as it is, and nothing was calculated in its place."
    ),
}


def asked(order: Order) -> Found:
    """The file, or how far it is after a moment; it is asked for unless it is there.

    Raises Busy where too many files are waited for, Conflict for a sitting without a profile to show. This is
    one of the few requests that write although they only fetch.
    """
    found = _look(order)
    if found.content is not None:
        return found
    if found.job is None or found.job.ended_at is not None:
        transactions.independent().write(documents.ask, access.actor(), order, now=transactions.now())
    if _PLACES.acquire(blocking=False):
        try:
            found = _made_within(order, WITHIN_S)
        finally:
            _PLACES.release()
    _require_profile(found)
    return found


def _require_profile(found: Found) -> None:
    if found.job is not None and found.job.fault in NO_PROFILE:
        raise Conflict(NO_PROFILE[found.job.fault])


def _made_within(order: Order, seconds: float) -> Found:
    latest = time.monotonic() + seconds
    while True:
        found = _look(order)
        is_open = found.job is not None and found.job.ended_at is None
        if found.content is not None or not is_open or time.monotonic() >= latest:
            return found
        time.sleep(_LOOK_S)


def _look(order: Order) -> Found:
    """How the file stands now; holds no transaction afterwards."""
    try:
        return transactions.session().run(documents.find, access.actor(), order, now=transactions.now())
    finally:
        transactions.release()


def page(order: Order, address: str, *, view: AttemptView, role_id: str) -> Reply:
    """Where the file is, or how far it is, as a page and as JSON for its script; asks for nothing."""
    now = transactions.now()
    found = transactions.session().run(documents.find, access.actor(), order, now=now)
    is_attended = transactions.session().run(jobs.workers, now=now) > 0
    transactions.release()
    _require_profile(found)
    state = _state(found)
    said = _said(state, found, is_attended=is_attended)
    done = found.job.done or 0 if found.job else 0
    if security.wants_json():
        return jsonify(state=state, said=said, done=done, total=documents.STEPS, address=address)
    written = render_template(
        "candidate/waiting.html",
        view=view,
        role_id=role_id,
        state=state,
        said=said,
        done=done,
        total=documents.STEPS,
        address=address,
    )
    return make_response(written)


def _state(found: Found) -> str:
    """One of "ready", "waiting", and "failed" where it must be asked for again."""
    if found.content is not None:
        return "ready"
    return "waiting" if found.job is not None and found.job.ended_at is None else "failed"


def _said(state: str, found: Found, *, is_attended: bool) -> str:
    _ = i18n.catalogue().gettext
    if state == "ready":
        return _("Your document is ready.")
    if state == "failed":
        return _("The document is not there. Your results are kept: you can have it made again.")
    if not is_attended:
        return _("The server makes no documents at the moment. Yours is noted, and will be made.")
    if found.before:
        said = i18n.catalogue().ngettext(
            "%(num)s other document is made before yours.",
            "%(num)s other documents are made before yours.",
            found.before,
        )
        return said % {"num": found.before}
    return _("Your document is being made.")
