"""What protects a browser: its signed session, signed page times, headers, targets. Decides no access."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from werkzeug.wrappers import Response as Reply

from assessor.config import Settings
from assessor.services.grants import HELD_FOR

#: The newest sittings that one browser keeps open; an older one is reached again by its private link.
MOST_SITTINGS = 12
MOST_BYTES = 64 * 1024

#: Where the cookie holds grants: the sitting, its epoch and the secret. What an earlier version held under
#: "sittings" could be replayed for ever, and opens nothing.
_GRANTS = "grants"
#: Where it holds the token of whoever is signed in, and of which accounts somebody was signed in here before.
_SIGN_IN = "sign_in"
_KNOWN = "known"
_DEVICES = "devices"
#: For how long the page that sets up a second factor may stay open.
SEED_FOR = timedelta(hours=1)
#: The accounts that one browser is known to, the latest.
MOST_ACCOUNTS = 5
_BEFORE = "session_before"

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
        PERMANENT_SESSION_LIFETIME=HELD_FOR,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=200,
        WTF_CSRF_TIME_LIMIT=int(timedelta(hours=12).total_seconds()),
        # Our pages send no referrer, so it cannot be asked for; the token is bound to the signed session.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.before_request(_remember_before)
    CSRFProtect(app)
    app.jinja_env.globals.update(browser_sittings=held_sittings)

    @app.after_request
    def protect(reply: Response) -> Response:
        for name, value in HEADERS.items():
            reply.headers.setdefault(name, value)
        if settings.is_https:
            reply.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in reply.headers:
            reply.headers["Cache-Control"] = "no-store"
        return reply


def hold(ref: str, epoch: int, secret: str) -> list[str]:
    """Have this browser hold the grant of that secret; the secrets of older grants that it has no place for.

    ``epoch`` is the count of takings-up that the browser came by.
    """
    held = [*(one for one in _held() if one[0] != ref), (ref, epoch, secret)]
    session.permanent = True
    session[_GRANTS] = held[-MOST_SITTINGS:]
    session.pop("sittings", None)
    return [dropped for _, _, dropped in held[:-MOST_SITTINGS]]


def come_by(ref: str, epoch: int) -> None:
    """Have this browser hold its grant under a newer epoch."""
    secret = secret_of(ref)
    if secret is not None:
        hold(ref, epoch, secret)


def secret_of(ref: str) -> str | None:
    """The secret of the grant that this browser holds for the sitting; ``access`` asks if it still counts."""
    return next((secret for known, _, secret in _held() if known == ref), None)


def is_here(ref: str, epoch: int) -> bool:
    """Whether no other browser has taken up the sitting since this one did."""
    return held_sittings().get(ref) == epoch


def newest_held() -> str | None:
    """The sitting that this browser opened last, if it has one."""
    return next(reversed(held_sittings()), None)


def forget(ref: str) -> None:
    """Take the sitting out of this browser; the grant itself is ended by ``access``."""
    session[_GRANTS] = [one for one in _held() if one[0] != ref]
    session.pop("link", None)


def held_sittings() -> dict[str, int]:
    """The sittings that this browser holds grants for, each with the epoch it came by, the newest last."""
    return {ref: epoch for ref, epoch, _ in _held()}


def _held() -> list[tuple[str, int, str]]:
    return [(ref, epoch, secret) for ref, epoch, secret in session.get(_GRANTS, ())]


def sign_in(token: str, account: str) -> None:
    """Have this browser hold the token of a sign-in; ``account`` is a name that only this server can make."""
    others = [one for one in _known() if one[0] != account]
    session.permanent = True
    session[_SIGN_IN] = token
    session[_KNOWN] = [*others, (account, secrets.token_hex(8))][-MOST_ACCOUNTS:]
    renew_form_token()


def sign_in_token() -> str | None:
    """The token that this browser holds; ``access`` asks if it still counts."""
    token = session.get(_SIGN_IN)
    return token if isinstance(token, str) else None


def sign_out() -> None:
    """Take the sign-in out of this browser; it is ended by ``access``."""
    session.pop(_SIGN_IN, None)
    renew_form_token()


def mark_of(account: str) -> str | None:
    """The random mark of this browser, if somebody was signed in to that account here before."""
    return next((mark for name, mark in _known() if name == account), None)


def remember_device(account: str, secret: str) -> None:
    """Have this browser hold the secret by which it is not asked for a second factor of that account."""
    others = [one for one in session.get(_DEVICES, ()) if one[0] != account]
    session[_DEVICES] = [*others, (account, secret)][-MOST_ACCOUNTS:]


def device_secret(account: str) -> str | None:
    """The secret that this browser holds for that account; the rows say if it still counts."""
    return next((str(secret) for name, secret in session.get(_DEVICES, ()) if name == account), None)


def renew_sign_in(token: str) -> None:
    """Have this browser hold another token of the same sign-in, which opens more."""
    session[_SIGN_IN] = token
    renew_form_token()


def signed_seed(seed: bytes, person: str) -> str:
    """A seed shown to that person, so that their form brings it back unaltered."""
    return _seeds().dumps([base64.b64encode(seed).decode(), person])


def read_seed(token: str, person: str) -> bytes | None:
    """The seed that was shown to that person a short while ago; None for any other token."""
    try:
        seed, whose = _seeds().loads(token, max_age=int(SEED_FOR.total_seconds()))
    except BadData:
        return None
    return base64.b64decode(seed) if whose == person else None


def _seeds() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(cast(str, current_app.secret_key), salt="seed")


def _known() -> list[tuple[str, str]]:
    return [(name, mark) for name, mark in session.get(_KNOWN, ())]


def renew_form_token() -> None:
    """Forms shown to this browser before are too old now: whoever knew their token knows this one no more."""
    name = current_app.config["WTF_CSRF_FIELD_NAME"]
    session.pop(name, None)
    g.pop(name, None)


def leave_as_it_was() -> None:
    """Undo what this request has changed in the browser: the server could not keep its own part of it."""
    before = g.get(_BEFORE)
    if before is not None:
        session.clear()
        session.update(before)
        session.modified = False
        g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)


def _remember_before() -> None:
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        setattr(g, _BEFORE, dict(session))


def swept(reply: Reply) -> Reply:
    """The reply to an act that ends a sitting here: the browser is to empty its store, and forget pages.

    A browser that has another sitting open keeps what it holds for that one: scripts take out the rest. The
    header is heeded over HTTPS only; scripts do the same without it.
    """
    if not held_sittings():
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
