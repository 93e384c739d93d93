"""A report on paper as its reader holds it: how many pages, how full, how large, nothing beyond a margin."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import ArrayObject

from assessor.profile import Profile
from assessor.report import html, pdf
from assessor.report.editions import SELF

Sample = Callable[[str, str], Profile]
Written = Callable[[str, str, str], Path]
#: What differs in print; the same files as those whose structure is tested.
CASES = [
    ("ordinary", "fr", "self"),
    ("told apart", "fr", "self"),
    ("ordinary", "en", "attach"),
    ("told apart", "en", "attach"),
    ("partly unanswered", "en", "attach"),
    ("glimpse", "en", "self"),
]
MM = 72 / 25.4
SIDE, TOP, FOOT = 14 * MM, 14 * MM, 13 * MM
SMALLEST = 8.0


def runs(path: Path | io.BytesIO) -> list[list[tuple[float, float, float, str]]]:
    """Of each page, the runs of text: x and y of their beginning, size, words."""
    pages = []
    for one in PdfReader(path).pages:
        found: list[tuple[float, float, float, str]] = []

        def seen(text: str, cm: list[float], tm: list[float], _font: Any, size: float, into=found) -> None:
            if text.strip():
                x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                into.append((x, y, abs(size * tm[3] * cm[3]), text.strip()))

        one.extract_text(visitor_text=seen)
        pages.append(found)
    return pages


@pytest.mark.parametrize(("name", "spoken", "edition"), CASES)
def test_nothing_is_smaller_than_eight_points(written: Written, name: str, spoken: str, edition: str) -> None:
    sizes = {round(size, 1) for page in runs(written(name, spoken, edition)) for _, _, size, _ in page}
    assert min(sizes) >= SMALLEST
    first = [
        (size, len(text)) for _, _, size, text in runs(written(name, spoken, edition))[0] if len(text) > 20
    ]
    assert sum(n for size, n in first if size >= 9.9) > 0.8 * sum(n for _, n in first)


@pytest.mark.parametrize(("name", "spoken", "edition"), CASES)
def test_the_first_page_is_full_and_no_last_page_has_two_lines(
    written: Written, name: str, spoken: str, edition: str
) -> None:
    path = written(name, spoken, edition)
    height = float(PdfReader(path).pages[0].mediabox.height)
    lowest = [min(y for _, y, _, _ in page if y > FOOT) for page in runs(path)]
    filled = [(height - TOP - y) / (height - TOP - FOOT) for y in lowest]
    assert filled[0] > 0.7
    assert filled[-1] > 0.2


def test_the_edition_to_attach_has_two_pages(written: Written) -> None:
    """With the numbers of the answered situations alone beside those of all, it may go on to a third."""
    assert len(PdfReader(written("ordinary", "en", "attach")).pages) == 2
    assert len(PdfReader(written("partly unanswered", "en", "attach")).pages) <= 3


def test_no_heading_of_a_situation_stands_alone_at_the_foot_of_a_page(written: Written) -> None:
    for page in runs(written("ordinary", "fr", "self")):
        body = [(y, text) for _, y, _, text in page if y > FOOT]
        for y, text in body:
            if re.match(r"\d+\. ", text):
                assert len({round(below) for below, _ in body if below < y - 2}) > 3, text


def test_the_contents_are_links_that_say_the_page_they_lead_to(written: Written) -> None:
    reader = PdfReader(written("told apart", "fr", "self"))
    links = [one.get_object() for one in reader.pages[0].get("/Annots", ArrayObject())]
    names = [link["/Dest"] for link in links if "/Dest" in link and "report-item-" not in str(link["/Dest"])]
    numbers = {
        str(name): reader.get_destination_page_number(reader.named_destinations[str(name)]) + 1
        for name in names
    }
    assert len(numbers) == 6
    said = [int(found) for found in re.findall(r"p\.\s(\d+)", reader.pages[0].extract_text())]
    assert said == list(numbers.values())
    assert all(before <= after for before, after in itertools.pairwise(said))


def test_a_long_address_breaks_at_the_margin(sample: Sample) -> None:
    long = "Voir https://example.org/" + "a" * 300 + " et la suite."
    profile = sample("ordinary", "fr")
    answer = profile.items[0].answer
    option = answer.item.content.options[0].model_copy(
        update={"text": {"fr": long, "en": long}, "why": {"fr": long, "en": long}}
    )
    content = answer.item.content.model_copy(
        update={"situation": {"fr": long, "en": long}, "options": (option, *answer.item.content.options[1:])}
    )
    item = replace(profile.items[0], answer=replace(answer, item=replace(answer.item, content=content)))
    shown = html.render(replace(profile, items=(item,)), SELF, "fr")
    advances = (_advance("a", path) for path in pdf._font_files().values())
    advance = min(one for one in advances if one)
    for paper in ("letter", "a4"):
        data = pdf.to_pdf(shown, language="fr", title="t", finished=None, paper=paper)
        width = float(PdfReader(io.BytesIO(data)).pages[0].mediabox.width)
        found = [one for page in runs(io.BytesIO(data)) for one in page if "aaaaaaaa" in one[3]]
        assert sum(text.count("a") for *_, text in found) >= 900
        for x, _, size, text in found:
            for line in text.split("\n"):
                assert x + line.count("a") * advance * size <= width - SIDE + 1, line


def _advance(letter: str, path: Path) -> float:
    font = TTFont(path)
    glyph = font.getBestCmap().get(ord(letter))
    return 0.0 if glyph is None else font["hmtx"][glyph][0] / font["head"].unitsPerEm
