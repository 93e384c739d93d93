"""What protects a browser: its signed session, signed page times, headers, targets. Decides no access."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, session
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response as Reply

from assessor.config import Settings

#: The newest sittings that one browser keeps open; an older one is reached again by its private link.
MOST_SITTINGS = 12
MOST_BYTES = 64 * 1024
SESSION_DAYS = 90

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def configure(app: Flask, settings: Settings) -> None:
    """Cookies, limits, CSRF and headers of ``app``."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-assessor" if settings.is_https else "assessor",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=SESSION_DAYS),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=200,
        WTF_CSRF_TIME_LIMIT=int(timedelta(hours=12).total_seconds()),
        # Our pages send no referrer, so it cannot be asked for; the token is bound to the signed session.
        WTF_CSRF_SSL_STRICT=False,
    )
    CSRFProtect(app)
    app.jinja_env.globals.update(browser_sittings=granted)

    @app.after_request
    def protect(reply: Response) -> Response:
        for name, value in HEADERS.items():
            reply.headers.setdefault(name, value)
        if settings.is_https:
            reply.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in reply.headers:
            reply.headers["Cache-Control"] = "no-store"
        return reply


def grant(ref: str, epoch: int) -> None:
    """From now on this browser may open the sitting; ``epoch`` is the count of takings-up that it came by."""
    others = [(known, held) for known, held in granted().items() if known != ref]
    session.permanent = True
    session["sittings"] = [*others, (ref, epoch)][-MOST_SITTINGS:]


def is_granted(ref: str) -> bool:
    """Whether this browser began the sitting or opened it by its private link."""
    return ref in granted()


def is_here(ref: str, epoch: int) -> bool:
    """Whether no other browser has taken up the sitting since this one did."""
    return granted().get(ref) == epoch


def newest_grant() -> str | None:
    """The sitting that this browser opened last, if it has one."""
    return next(reversed(granted()), None)


def forget(ref: str) -> None:
    """This browser may not open the sitting any more; its private link still does."""
    session["sittings"] = [(known, held) for known, held in granted().items() if known != ref]
    session.pop("link", None)


def granted() -> dict[str, int]:
    """The sittings that this browser may open, each with the epoch that it came by, the newest last."""
    return dict(session.get("sittings", ()))


def swept(reply: Reply) -> Reply:
    """The reply to an act that ends a sitting here: the browser is to empty its store, and forget pages.

    A browser that has another sitting open keeps what it holds for that one: scripts take out the rest. The
    header is heeded over HTTPS only; scripts do the same without it.
    """
    if not granted():
        reply.headers["Clear-Site-Data"] = '"cache", "storage"'
    return reply


def hand_over_link(ref: str, token: str) -> None:
    """Keep a private link's token for the one page that shows it."""
    session["link"] = [ref, token]


def take_link(ref: str) -> str | None:
    """The token to show on this page, once; None if it has been shown."""
    kept = session.get("link")
    if not kept or kept[0] != ref:
        return None
    session.pop("link")
    return str(kept[1])


def operator_key(secret: str) -> str:
    """The key of the operator's page: made of the server's secret, so that every start gives the same."""
    made = hmac.new(secret.encode(), b"operator", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def is_operator(key: str) -> bool:
    """Whether this is the operator's key."""
    return hmac.compare_digest(key.encode(), operator_key(cast(str, current_app.secret_key)).encode())


def signed_showing(at: datetime, language: str) -> str:
    """When a page was shown and in which language, so that its form can bring both back unaltered."""
    return _showings().dumps([round(at.timestamp()), language])


def read_showing(token: str) -> tuple[float, str] | None:
    """The Unix time and language of a page, or None for a token that this server did not make."""
    try:
        shown: Any = _showings().loads(token)
    except BadData:
        return None
    return float(shown[0]), str(shown[1])


def _showings() -> URLSafeSerializer:
    return URLSafeSerializer(cast(str, current_app.secret_key), salt="shown")


def local_target(target: str) -> str:
    """The address if it is a page of this site, else the home page: no form sends anybody elsewhere."""
    parts = urlsplit(target)
    is_path = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if is_path and not parts.scheme and not parts.netloc and target.isprintable() else "/"


def wants_json() -> bool:
    """Whether a script asks, not a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
