"""Letter and A4: what a page then measures."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from assessor.report import pdf


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
