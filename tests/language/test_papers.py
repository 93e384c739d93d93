"""Letter and A4: which one a reader gets."""

from __future__ import annotations

import pytest

from assessor.language import papers


@pytest.mark.parametrize(
    ("locales", "paper"),
    [
        (["fr"], "letter"),
        (["en"], "letter"),
        (["en_US", "en"], "letter"),
        (["fr-FR", "fr"], "a4"),
        (["fr_BE"], "a4"),
        (["es_MX"], "letter"),
        (["not a locale", "de_AT"], "a4"),
        (["de"], "letter"),
        ([], "letter"),
    ],
)
def test_a_country_has_its_paper(locales: list[str], paper: str) -> None:
    assert papers.paper_of(None, "", locales=locales) == paper


def test_what_is_asked_for_comes_first_if_there_is_such_a_paper() -> None:
    assert papers.paper_of("a4", "letter", locales=["en"]) == "a4"
    assert papers.paper_of("legal", "a4", locales=["en"]) == "a4"
