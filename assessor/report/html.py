"""Profiles as HTML: a whole document for print, and the same sections for a page. Knows no web framework."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assessor.config import HOME, resource
from assessor.profile.model import Profile
from assessor.report.signs import in_words
from assessor.report.view import View
from assessor.report.words import NOT_A_NARROW_SPACE, Words, cell, direction, translations

_EDITION = re.compile(r"^[a-z]+(?:-[a-z]+)*$")


class UnknownEdition(ValueError):
    """There is no edition of that name; the message names those there are."""


def editions() -> tuple[str, ...]:
    """The editions that exist: the files of ``templates/report`` without an underscore."""
    names = (path.stem for path in (resource("templates") / "report").glob("*.html"))
    return tuple(sorted(name for name in names if not name.startswith("_")))


def render(
    profile: Profile, edition: str, language: str, *, attempt_url: str | None = None, zone: ZoneInfo = HOME
) -> str:
    """The whole document of an edition, ready for ``pdf.to_pdf``; everything unfolded.

    ``attempt_url`` is where the same results stand as a page, ``zone`` that of its dates. Raises
    UnknownEdition.
    """
    _require(edition)
    template = _environment(language).get_template("report/_document.html")
    shown = _shown(
        template.render(_context(profile, edition, Words(language, zone), 1, attempt_url, folded=False))
    )
    return in_words(shown, language)


def sections(profile: Profile, edition: str, language: str, *, top: int = 1, zone: ZoneInfo = HOME) -> Markup:
    """The edition's sections for a page, items folded; ``top`` is the level of the first heading.

    The first heading is the profile's title. Ids start with ``report-``. Raises UnknownEdition.
    """
    _require(edition)
    template = _environment(language).get_template(f"report/{edition}.html")
    context = _context(profile, edition, Words(language, zone), top, None, folded=True)
    return Markup(_shown(template.render(context)))


def title(profile: Profile, language: str, zone: ZoneInfo = HOME) -> str:
    """The document's title, for its metadata and the name of its file."""
    words = Words(language, zone)
    _, role = words.catalogue.gettext, words.text(profile.role.title)
    if profile.finished is None:
        return _("Judgement and skills in social media: profile, %(role)s") % {"role": role}
    named = {"role": role, "date": words.date(profile.finished)}
    return _("Judgement and skills in social media: profile, %(role)s, %(date)s") % named


def _context(
    profile: Profile, edition: str, words: Words, top: int, attempt_url: str | None, *, folded: bool
) -> dict[str, object]:
    return {
        "profile": profile,
        "edition": edition,
        "language": words.language,
        "words": words,
        "view": View(profile, words),
        "title": title(profile, words.language, words.zone),
        "top": top,
        "attempt_url": attempt_url,
        "folded": folded,
    }


def _require(edition: str) -> None:
    if not _EDITION.match(edition) or edition not in editions():
        raise UnknownEdition(f"no report edition is called {edition!r} - use one of {', '.join(editions())}")


@lru_cache(maxsize=8)
def _environment(language: str) -> Environment:
    """One environment per language, as a catalogue belongs to an environment; it keeps compiled templates."""
    environment = Environment(
        loader=FileSystemLoader(resource("templates")),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.filters["cell"] = cell
    environment.filters["direction"] = direction
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment


def _shown(markup: str) -> str:
    return markup.translate(NOT_A_NARROW_SPACE)
