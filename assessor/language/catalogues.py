"""The translations of every language: those that lie in one folder exist, and nowhere else is a list."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from babel.support import NullTranslations, Translations

from assessor.language.customs import customs_of
from assessor.language.figures import signs_of
from assessor.messages import Tongue

#: What translates messages, one or by their number.
Catalogue: TypeAlias = NullTranslations

#: A folder a language, ``<language>/LC_MESSAGES/messages.po``.
FOLDER: Final = Path(__file__).resolve().parent.parent / "translations"


def shipped_languages() -> tuple[str, ...]:
    """The languages that have a catalogue, French first where it is there, then by name."""
    folders = (path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))
    return tuple(sorted(folders, key=lambda language: (language != "fr", language)))


@lru_cache(maxsize=32)
def translations(language: str) -> Catalogue:
    """The catalogue of a language; where none is compiled, the English message ids."""
    return Translations.load(str(FOLDER), [language.replace("-", "_")])


def tongue(language: str) -> Tongue:
    """How the language says a message of the core, with its signs in figures and around words."""
    catalogue = translations(language)
    return Tongue(catalogue.gettext, catalogue.ngettext, *signs_of(language), customs_of(language).quotes)
