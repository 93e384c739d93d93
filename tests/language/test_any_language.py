"""Whoever writes to somebody names a language and a zone, with or without a request: pages, print, mail."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from assessor.config import ROOT
from assessor.language import figures, locales, moments
from assessor.language.catalogues import shipped_languages, tongue, translations
from assessor.language.customs import CUSTOMS
from assessor.language.typography import typeset
from assessor.language.zones import zone_of
from assessor.messages import retold, said
from tests.test_house import PACKAGE, TEMPLATES, importers, lines_matching, project_files

AT = datetime(2026, 12, 1, 5, 10, tzinfo=UTC)
NOT_SHIPPED = ("ar", "de", "es", "ja", "pt_BR")
ROOM = PACKAGE / "language"


def test_the_room_is_used_without_a_web_framework() -> None:
    names = [f"assessor.language.{path.stem}" for path in ROOM.glob("[!_]*.py")]
    code = (
        f"import sys, {', '.join(names)}; "
        "from assessor.language.catalogues import translations; "
        "print(translations('fr').gettext('not measured')); "
        "print({name.partition('.')[0] for name in sys.modules} & "
        "{'flask', 'jinja2', 'markupsafe', 'sqlalchemy', 'weasyprint', 'wtforms'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines() == ["non mesuré", "set()"]


@pytest.mark.parametrize(
    ("language", "zone", "day", "hour"),
    [
        ("fr", "America/Toronto", "1er décembre 2026", "0 h 10 (heure de l’Est)"),
        ("fr", "Asia/Tokyo", "1er décembre 2026", "14 h 10 (heure du Japon)"),
        ("en", "America/Vancouver", "November 30, 2026", "9:10 p.m. (Pacific Time)"),
        ("de", "America/Toronto", "1. Dezember 2026", "00:10 (Nordamerikanische Ostküstenzeit)"),
        ("es", "Europe/Madrid", "1 de diciembre de 2026", "6:10 (hora de Europa central)"),
        ("pt_BR", "UTC", "1 de dezembro de 2026", "05:10 (UTC)"),
        ("ja", "Asia/Tokyo", "2026年12月1日", "14:10 (日本時間)"),
    ],
)
def test_a_moment_is_told_in_any_language_and_zone(language: str, zone: str, day: str, hour: str) -> None:
    told = (moments.day(AT, language, zone_of(zone)), moments.hour(AT, language, zone_of(zone)))
    assert [text.replace("\u00a0", " ") for text in told] == [day, hour]


@pytest.mark.parametrize("language", [*shipped_languages(), *NOT_SHIPPED])
def test_no_line_breaks_within_a_time_or_a_figure(language: str) -> None:
    times = re.sub(r" \(.*", "", moments.hour(AT, language))
    for text in (times, figures.figure(1234567.5, language), figures.percentage(0.5, language)):
        assert not set(text) & {" ", "\u202f"}, text


@pytest.mark.parametrize(
    ("language", "figure", "share", "names"),
    [
        ("fr", "20\u00a0000,5", "12\u00a0%", "a, b et c"),
        ("en", "20,000.5", "12%", "a, b and c"),
        ("de", "20.000,5", "12\u00a0%", "a, b und c"),
        ("es", "20.000,5", "12\u00a0%", "a, b y c"),
    ],
)
def test_figures_lists_and_messages_follow_one_language(
    language: str, figure: str, share: str, names: str
) -> None:
    assert figures.figure(20000.54, language) == figure
    assert figures.percentage(0.12, language) == share
    assert retold(said("{value:.0%}", value=0.12), tongue(language)) == share
    assert locales.listed(["a", "b", "c"], language) == names


def test_a_language_without_a_catalogue_says_the_message_ids() -> None:
    assert translations("de").gettext("not measured") == "not measured"


def test_languages_are_called_as_their_readers_call_them() -> None:
    assert [locales.own_name(language) for language in ("fr", "en", "es")] == [
        "Français",
        "English",
        "Español",
    ]
    assert (locales.name_of("en", "fr"), locales.name_of("fr", "en")) == ("anglais", "French")
    assert [locales.tag(language) for language in ("fr", "en", "es", "pt_BR")] == [
        "fr-CA",
        "en-CA",
        "es",
        "pt-BR",
    ]


def test_a_text_is_read_in_the_reader_s_language_or_in_its_first() -> None:
    text = {"fr": "Bonjour", "en": "Hello"}
    assert [locales.language_of(text, reader) for reader in ("fr", "en", "es")] == ["fr", "en", "fr"]


def test_a_region_has_the_customs_of_its_language_and_its_own_locale() -> None:
    assert (locales.tag("fr-BE"), locales.territory_of("fr_BE")) == ("fr-BE", "BE")
    assert typeset("12 h : oui", "fr-BE") == typeset("12 h : oui", "fr")
    assert translations("fr-BE").gettext("not measured") == "non mesuré"
    assert figures.figure(20000.5, "pt-BR") == figures.figure(20000.5, "pt_BR") == "20.000,5"
    assert locales.own_name("pt-BR") == "Português (Brasil)"


def test_a_language_that_has_no_locale_is_written_all_the_same() -> None:
    """A bank may be in Innu, which CLDR does not know."""
    assert moments.day(AT, "moe") == moments.day(AT, "en")
    assert figures.exact(2.25, "moe") == "2.25"
    assert (locales.tag("moe"), locales.own_name("moe"), locales.name_of("moe", "fr")) == (
        "moe",
        "Moe",
        "moe",
    )
    assert locales.territory_of("moe") is None


def test_a_zone_that_there_is_not_is_refused() -> None:
    for name in ("Montreal", "EST, of course", "../etc/passwd", "/etc/localtime", "America"):
        with pytest.raises(ValueError, match="there is no time zone"):
            zone_of(name)


def test_french_spaces_are_no_business_of_other_languages() -> None:
    text = "12 h : so « 5 % »"
    assert [typeset(text, language) for language in NOT_SHIPPED] == [text] * len(NOT_SHIPPED)


# One place


def test_every_custom_is_that_of_a_shipped_language() -> None:
    assert set(CUSTOMS) <= set(shipped_languages())
    assert [str(locales.locale_of(language)) for language in CUSTOMS] == [
        customs.locale for customs in CUSTOMS.values()
    ]


def test_what_knows_locales_and_zones_stands_in_one_room() -> None:
    assert all(name.startswith("assessor/language/") for name in importers("babel") | importers("gettext"))
    elsewhere = [
        path
        for path in project_files()
        if path.is_relative_to(PACKAGE) and path.suffix == ".py" and not path.is_relative_to(ROOM)
    ]
    assert not lines_matching(r"\bZoneInfo\(|\b(?:fr|en)[_-]CA\b", elsewhere)


def test_no_page_and_no_room_asks_which_language_it_is() -> None:
    """What one language does in its own way is one of its customs."""
    asking = [
        path
        for path in project_files()
        if (path.is_relative_to(PACKAGE) or path.is_relative_to(TEMPLATES))
        and path.suffix in {".py", ".html", ".txt", ".js"}
        and not path.is_relative_to(ROOM)
    ]
    assert not lines_matching(r"""(?:[=!]==?|\bin) *[({\["']*(?:fr|en)["']""", asking)
