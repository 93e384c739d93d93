"""One database session a request, and the rule of its end: commit below 400, else roll back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask, Response, current_app, g, request

from assessor.services.sessions import UNAVAILABLE, RequestSession, Sessions
from assessor.web.plumbing.server import server

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HELD = "held_session"


def now() -> datetime:
    """The server's clock, aware, in UTC; tests set their own."""
    return server().clock()


def session() -> RequestSession:
    """This request's session for services, from its first use; it writes unless the request only reads."""
    held: RequestSession | None = g.get(_HELD)
    if held is None:
        held = server().sessions.open(writing=request.method not in SAFE_METHODS)
        g.setdefault(_HELD, held)
    return held


def release() -> None:
    """Give a reading session back before something slow; nothing is committed."""
    held = g.pop(_HELD, None)
    if held is not None:
        _close(held)


def _close(held: RequestSession) -> None:
    """Close the session; a database that has gone meanwhile undoes nothing of what the reply says.

    What was to be kept is committed by now, and what is rolled back is lost with its connection.
    """
    try:
        held.close()
    except UNAVAILABLE as error:
        current_app.logger.warning("a session could not be closed: %s", type(error).__name__)


def independent() -> Sessions:
    """Sessions of their own, for what must outlive a refusal; never inside the request's own."""
    assert _HELD not in g, "SQLite has one writer: this would wait for the request itself"
    return server().sessions


def install(app: Flask, refused: Callable[[Exception, int], Response]) -> None:
    """Settle every request of ``app``; ``refused`` makes the page for a commit that cannot be made.

    Flask asks no error handler for what happens after the view: the 503 or 500 is built here, and nothing has
    been sent yet.
    """

    @app.after_request
    def settle(reply: Response) -> Response:
        held = g.pop(_HELD, None)
        if held is None:
            return reply
        try:
            if reply.status_code < 400 and request.method not in SAFE_METHODS:
                held.commit()
        except UNAVAILABLE as error:
            return refused(error, 503)
        except Exception as error:
            # The outermost edge: whatever a commit raises, the page must not say that something was saved.
            return refused(error, 500)
        finally:
            _close(held)
        return reply

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        release()
