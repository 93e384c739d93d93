"""Which language a page is in, and what templates may ask of it. How it is written stands in ``language``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as Reply

from assessor.config import Settings
from assessor.language import moments
from assessor.language.catalogues import Catalogue, translations
from assessor.language.figures import exact
from assessor.language.locales import language_of, own_name, tag
from assessor.language.texts import is_blank, lines, number_in_steps, word_count
from assessor.language.typography import typeset
from assessor.web.plumbing import access
from assessor.web.plumbing.server import server

COOKIE = "language"


def configure(app: Flask, settings: Settings) -> None:
    """Choose the language of every page of ``app`` among ``settings.languages``."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: catalogue().gettext(message),
        lambda one, many, n: catalogue().ngettext(one, many, n),
        newstyle=True,
    )
    app.jinja_env.filters.update(
        cell=exact,
        day=day,
        hour=hour,
        blank=is_blank,
        paragraphs=lines,
        read=read,
        stepped=number_in_steps,
        translated=translated,
        typeset=typeset,
        word_count=word_count,
    )

    @app.context_processor
    def words() -> dict[str, Any]:
        return {
            "language": language(),
            "locale_tag": tag(language()),
            "languages": settings.languages,
            "name_of": own_name,
            "tag": tag,
            "switch_action": _switch_action(),
            "return_to": _return_to(),
        }


def _switch_action() -> str:
    """Where this page's language switch is sent: the sitting of its reader goes on in the language chosen."""
    ref = access.actor().sitting
    return url_for("candidate.language", ref=ref) if ref else url_for("home.language")


def _return_to() -> str:
    """The page to come back to: this one, unless it was only an answer to a form."""
    readable = request.url_rule is None or "GET" in (request.url_rule.methods or ())
    return request.full_path.removesuffix("?") if readable else "/"


def language() -> str:
    """The language of this page: the reader's choice, else the browser's wish, else the server's first."""
    chosen = request.environ.get("assessor.language")
    if chosen is None:
        chosen = _wished()
        request.environ["assessor.language"] = chosen
    return str(chosen)


def _wished() -> str:
    offered = _offered()
    cookie = request.cookies.get(COOKIE, "")
    if cookie in offered:
        return cookie
    return request.accept_languages.best_match(offered) or _by_prefix(offered) or offered[0]


def locales() -> tuple[str, ...]:
    """Whose customs to follow, the nearest first: the browser's locales that speak the page's language.

    The language itself comes last: it is read where the product is at home.
    """
    wished = (value.replace("-", "_") for value, _ in request.accept_languages)
    own = [value for value in wished if value.partition("_")[0].lower() == language() and "_" in value]
    return (*own, language())


def _by_prefix(offered: Sequence[str]) -> str | None:
    """A reader of fr-BE reads fr."""
    wished = (value.partition("-")[0].lower() for value, _ in request.accept_languages)
    return next((prefix for prefix in wished if prefix in offered), None)


def _offered() -> Sequence[str]:
    return server().settings.languages


def choose(chosen: str) -> None:
    """This page, and the next ones, are in that language if it is offered."""
    if chosen in _offered():
        request.environ["assessor.language"] = chosen
        g.chosen_language = chosen


def remember(reply: Response) -> Response:
    """The reply with the language that was chosen in this request, kept for a year."""
    chosen = g.pop("chosen_language", None)
    if chosen is not None:
        reply.set_cookie(
            COOKIE,
            chosen,
            max_age=timedelta(days=365),
            httponly=True,
            samesite="Lax",
            secure=server().settings.is_https,
        )
    return reply


def switched(target: str) -> Reply:
    """A redirect that carries the language chosen in this request."""
    return remember(make_response(redirect(target, 303)))


def zone() -> ZoneInfo:
    """The zone of the days and hours that this server writes."""
    return server().settings.zone


def day(at: datetime) -> str:
    """A date in words, in the reader's language and the server's time zone."""
    return moments.day(at, language(), zone())


def hour(at: datetime) -> str:
    """The time of day with the name of the server's time zone, in the reader's language."""
    return moments.hour(at, language(), zone())


def catalogue() -> Catalogue:
    """The translations behind this page."""
    return translations(language())


def translated(message: str) -> str:
    """The translation of a message id that a room below marked with ``N_``."""
    return catalogue().gettext(message) if message else ""


def read(text: Mapping[str, str]) -> str:
    """A bank's text in the language of this page; in the text's first language where it lacks this one."""
    return text[language_of(text, language())]
