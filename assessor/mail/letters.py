"""The kinds of letters and their words, as text and as HTML, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from assessor.config import resource
from assessor.language.catalogues import translations
from assessor.messages import N_


@dataclass(frozen=True)
class Kind:
    """A kind of letter: its subject, a message id, and the values that its templates hold."""

    subject: str
    values: frozenset[str]


@dataclass(frozen=True)
class Letter:
    """The words of one letter, in one language."""

    language: str
    subject: str
    text: str
    html: str


#: Each kind has ``templates/email/<name>.txt`` and ``.html``.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {"trial": Kind(N_("Test letter: mail leaves this server"), frozenset({"server"}))}
)


def letter(kind: str, language: str, values: Mapping[str, str]) -> Letter:
    """The letter of that kind.

    Raises ValueError for a kind that is not known, and where its values are not exactly those it holds.
    """
    known = KINDS.get(kind)
    if known is None:
        raise ValueError(f"no letter is called {kind!r}")
    if values.keys() != known.values:
        raise ValueError(f"the letter {kind!r} holds {sorted(known.values)}, not {sorted(values)}")
    subject = translations(language).gettext(known.subject)
    shown = {**values, "language": language, "subject": subject}
    pages = _templates(language)
    text, html = (pages.get_template(f"email/{kind}.{ending}").render(shown) for ending in ("txt", "html"))
    return Letter(language, subject, text, html)


@lru_cache(maxsize=32)
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resource("templates")),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    return environment
