"""Letter and A4: which one a reader gets, and what the page then measures."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from assessor.report import papers, pdf


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


def test_a_page_has_the_size_of_its_paper_and_no_other_is_taken() -> None:
    shown = "<!doctype html><html lang=en><title>t</title><h1>Hello</h1>"
    sizes = []
    for paper in ("letter", "a4", "letter"):
        written = pdf.to_pdf(shown, language="en", title="t", finished=None, paper=paper)
        box = PdfReader(io.BytesIO(written)).pages[0].mediabox
        sizes.append((round(float(box.width)), round(float(box.height))))
    assert sizes == [(612, 792), (595, 842), (612, 792)]
    with pytest.raises(ValueError, match="use one of letter, a4"):
        pdf.to_pdf(shown, language="en", title="t", finished=None, paper="a5; } body { color: red")
