"""Languages and regions by their names: locales, tags, what they are called, which text a reader gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

from assessor.language.customs import customs_of

#: How a language is written that CLDR does not know, such as Innu.
FALLBACK = Locale.parse(customs_of("en").locale)


@lru_cache(maxsize=32)
def locale_of(language: str) -> Locale:
    """The locale by which dates and figures of a language are written; never none."""
    return _known(customs_of(language).locale) or FALLBACK


def tag(language: str) -> str:
    """The BCP 47 tag of a language where the product is at home: fr-CA."""
    return customs_of(language).locale.replace("_", "-")


def territory_of(locale: str) -> str | None:
    """The country of a locale, or of a language where the product is at home; None where it names none."""
    known = _known(customs_of(locale).locale)
    return None if known is None else known.territory


def name_of(language: str, reader: str) -> str:
    """What a language is called in the reader's, as within a sentence; its code where it has no name."""
    known = _known(language.replace("-", "_"))
    return language if known is None else known.get_display_name(locale_of(reader)) or language


def own_name(language: str) -> str:
    """A language's name in itself, as it stands alone: Français."""
    name = name_of(language, language)
    return name[:1].upper() + name[1:]


def script_name(script: str, reader: str) -> str:
    """What a script (an ISO 15924 code) is called in the reader's language; the code where it has no name."""
    return str(locale_of(reader).scripts.get(script, script))


def listed(names: Sequence[str], language: str) -> str:
    """The names as one enumeration."""
    return format_list(list(names), locale=locale_of(language))


def language_of(text: Mapping[str, str], reader: str) -> str:
    """The language in which a text of several is read: the reader's, else the text's first."""
    return reader if reader in text else next(iter(text))


def _known(locale: str) -> Locale | None:
    try:
        return Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return None
