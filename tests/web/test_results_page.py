"""The results page around its report: what is kept, what can be taken along, and where it leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web import journeys
from tests.web.checked import Browser

#: Until when, two files, longer; the default; the end.
WORDS = {
    "en": ("Kept until", "PDF for me", "PDF to attach", "Keep longer", "24 hours", "everything is erased"),
    "fr": ("Conservé jusqu’au", "PDF pour moi", "PDF à joindre", "Prolonger", "24 heures", "tout est effacé"),
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_kept_and_what_can_be_taken_along_stand_first_and_are_said_before_the_end(
    new_browser: Callable[..., Browser], language: str
) -> None:
    browser, (*first, default, end) = new_browser(language), WORDS[language]
    ref = journeys.start(browser, domain="arts")
    assert default in browser.get(f"/a/{ref}/submit").text
    journeys.answer_all(browser, ref)
    page = journeys.finish(browser, ref)
    receipt = page.soup.select_one("#receipt")
    assert receipt is not None
    told = receipt.get_text(" ", strip=True)
    assert [words for words in (*first, end) if words not in told] == []
    assert receipt.find_next("nav", class_="contents") is not None
    assert len(receipt.find_all_previous("section")) == 0
    assert receipt.select_one("a[href='#kept']") is not None
    assert page.soup.select_one(".after #kept") is not None
    assert end in browser.get(f"/a/{ref}/leave").text


@pytest.mark.parametrize("length", ["short", "standard"])
def test_the_contents_name_the_sections_that_there_are_in_their_order(browser: Browser, length: str) -> None:
    ref = journeys.start(browser, domain="arts", length=length)
    journeys.answer_all(browser, ref)
    page = journeys.finish(browser, ref)
    named = [str(link["href"])[1:] for link in page.soup.select(".contents a")]
    headings = [str(tag["aria-labelledby"]) for tag in page.soup.select(".report section")]
    assert named == [*(one for one in headings if one != "report-think"), "after"]
    assert all(page.soup.find(id=ident) is not None for ident in named)


@pytest.mark.parametrize("length", ["short", "standard"])
def test_of_a_blank_sitting_the_page_shows_its_situations_and_the_data_are_there(
    browser: Browser, length: str
) -> None:
    ref = journeys.start(browser, domain="arts", length=length)
    page = journeys.finish(browser, ref)
    assert "No situation was answered" in page.soup.select_one(".report .lead").get_text()
    assert page.soup.select(".report .item")
    assert not page.soup.select(".report .rows")
    named = [str(link["href"])[1:] for link in page.soup.select(".contents a")]
    assert named == ["report-title", "report-items", "after"]
    assert all(page.soup.find(id=ident) is not None for ident in named)
    kept = browser.get(f"/a/{ref}/data.json").reply.get_json()
    assert kept["profile"]["evidence"]["is_enough"] is False
    assert {one["response"] for one in kept["answers"]} == {None}
