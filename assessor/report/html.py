"""Profiles as HTML: a whole document for print, and the same sections for a page. Knows no web framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assessor.config import resource
from assessor.language.catalogues import translations
from assessor.language.figures import exact
from assessor.language.typography import direction, shown
from assessor.language.zones import HOME
from assessor.profile.model import Profile
from assessor.report.editions import Edition
from assessor.report.signs import in_words
from assessor.report.view import View
from assessor.report.words import Words

#: A section's own heading in a document: what a contents with page numbers can lead to.
_HEADING = re.compile(r'<h2 id="([\w-]+)">([^<]*)</h2>')


def render(
    profile: Profile,
    edition: Edition,
    language: str,
    *,
    attempt_url: str | None = None,
    zone: ZoneInfo = HOME,
) -> str:
    """The whole document of an edition, ready for ``pdf.to_pdf``; everything unfolded.

    ``attempt_url`` is where the same results stand as a page, ``zone`` that of its dates.
    """
    context = _context(profile, edition, Words(language, zone), 1, attempt_url, folded=False)
    parts = _parts(profile, edition, language, context)
    contents = [found for part in parts for found in headings(part)]
    template = _environment(language).get_template("report/_document.html")
    return in_words(shown(template.render(context, parts=parts, contents=contents)), language)


def sections(
    profile: Profile, edition: Edition, language: str, *, top: int = 1, zone: ZoneInfo = HOME
) -> Markup:
    """The edition's sections for a page, items folded; ``top`` is the level of the first heading.

    The first heading is the profile's title. Ids start with ``report-``.
    """
    context = _context(profile, edition, Words(language, zone), top, None, folded=True)
    return Markup(shown("".join(_parts(profile, edition, language, context))))


def headings(shown: str) -> list[tuple[str, str]]:
    """The id and the words of each section's own heading, in their order."""
    return _HEADING.findall(shown)


def _parts(profile: Profile, edition: Edition, language: str, context: Mapping[str, object]) -> list[Markup]:
    templates = _environment(language)
    names = edition.sections_of(profile)
    return [Markup(templates.get_template(f"report/sections/{name}.html").render(context)) for name in names]


def title(profile: Profile, language: str, zone: ZoneInfo = HOME) -> str:
    """The document's title, for its metadata and the name of its file."""
    words = Words(language, zone)
    _, role = words.catalogue.gettext, words.text(profile.role.title)
    if profile.finished is None:
        return _("Judgement and skills in social media: profile, %(role)s") % {"role": role}
    named = {"role": role, "date": words.date(profile.finished)}
    return _("Judgement and skills in social media: profile, %(role)s, %(date)s") % named


def _context(
    profile: Profile, edition: Edition, words: Words, top: int, attempt_url: str | None, *, folded: bool
) -> dict[str, object]:
    return {
        "profile": profile,
        "edition": edition,
        "language": words.language,
        "words": words,
        "view": View(profile, words, edition),
        "title": title(profile, words.language, words.zone),
        "top": top,
        "attempt_url": attempt_url,
        "folded": folded,
    }


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
    environment.filters["cell"] = exact
    environment.filters["direction"] = direction
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment
