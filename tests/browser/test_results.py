"""The results page as its reader meets it: short, in sight of its contents, and as wide as it is opened."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from assessor.services import jobs
from assessor.store.models import JobFile
from tests.browser.conftest import PHONE, BeginSitting, EnterPage, take_up
from tests.browser.pages import held_back
from tests.browser.test_pages import TOO_WIDE

pytestmark = pytest.mark.browser

#: A full form in French took 29,400 px before its competencies were folded.
MOST_PHONE_PX = 14_000
#: How far down the contents reach while they stay, and where the focused element begins.
COVERED = """() => [
  document.querySelector(".contents").getBoundingClientRect().bottom,
  document.activeElement.getBoundingClientRect().top,
  document.activeElement.closest(".contents, header") !== null,
]"""
#: The words of the level names that stand on more than one line, or over one another.
BROKEN = """() => [...document.querySelectorAll(".levels")].flatMap(levels => {
  const boxes = [...levels.children].flatMap(level => {
    const text = level.firstChild, words = [...text.data.matchAll(/\\S+/g)];
    return words.map(word => {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      return { word: word[0], level, rects: [...range.getClientRects()] };
    });
  });
  const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return boxes.filter(one => one.rects.length > 1
    || boxes.some(other => other.level !== one.level && over(one.rects[0], other.rects[0])))
    .map(one => one.word);
})"""


def results(one: Any, sitting: BeginSitting, **choices: Any) -> Page:
    """The results of somebody who answered everything."""
    held, now = sitting(**choices), datetime.now(UTC)
    held.answer_all(now)
    held.finish(now)
    return take_up(one, held)


def test_on_a_phone_a_full_form_is_short_and_no_wider_than_the_phone(
    visitor: EnterPage, sitting: BeginSitting
) -> None:
    page = results(visitor("fr", **PHONE), sitting, length="full", language="fr")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    assert page.evaluate("document.documentElement.scrollHeight") <= MOST_PHONE_PX
    assert page.evaluate(TOO_WIDE) == []
    assert page.locator("details.competency").count() == 0, "no competency is told from its area"
    assert page.locator(".shown tbody tr").count() > 10
    assert page.evaluate(BROKEN) == []
    contents = page.locator(".contents").evaluate("one => one.scrollWidth - one.clientWidth")
    assert contents <= 0, "the contents do not fit in a line of a phone"


def test_a_printed_page_shows_what_the_screen_folds_with_and_without_script(
    visitor: EnterPage, sitting: BeginSitting
) -> None:
    for choices in ({}, {"java_script_enabled": False}):
        page = results(visitor("en", **choices), sitting, length="short", language="en")
        folded = page.locator("details.item:not([open])")
        assert folded.count() > 3
        written = folded.locator(".response").all_text_contents()
        shown = "".join(one.extract_text() for one in PdfReader(BytesIO(page.pdf())).pages)
        squeezed = re.sub(r"\s+", "", shown)
        assert [text for text in written if re.sub(r"\s+", "", text) not in squeezed] == []
        assert re.sub(r"\s+", "", "Keep, download or delete") not in squeezed
        assert folded.count() > 3, "what was folded is folded again"


def test_level_names_stay_whole_on_small_and_wide_screens(visitor: EnterPage, sitting: BeginSitting) -> None:
    page = results(visitor("fr"), sitting, length="standard", language="fr")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    for width in (320, 700, 720, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(BROKEN) == [], width


def test_the_contents_stay_and_cover_neither_the_focus_nor_what_they_lead_to(
    visitor: EnterPage, sitting: BeginSitting
) -> None:
    page = results(visitor("en", viewport={"width": 360, "height": 740}), sitting, length="full")
    links = page.locator(".contents a:visible")
    for place in range(links.count()):
        target = links.nth(place).get_attribute("href")
        links.nth(place).click()
        covered = page.evaluate(COVERED)[0]
        assert 0 < covered <= 60, target
        assert page.locator(str(target)).evaluate("one => one.getBoundingClientRect().top") >= covered, target
    page.locator("#report-item-9 summary").focus()
    for _ in range(25):
        page.keyboard.press("Shift+Tab")
        covered, top, is_above = page.evaluate(COVERED)
        assert is_above or top >= covered, page.evaluate("document.activeElement.outerHTML.slice(0, 90)")


def test_an_opened_situation_takes_the_width_of_its_list(visitor: EnterPage, sitting: BeginSitting) -> None:
    page = results(visitor("en", viewport={"width": 1280, "height": 800}), sitting)
    item = page.locator("details.item").first
    item.locator("summary").click()
    whole = item.bounding_box()
    assert whole is not None
    for inside in (".leaf", ".responses"):
        part = item.locator(inside).first.bounding_box()
        assert part is not None
        assert part["x"] - whole["x"] <= 40, inside
    assert part["width"] >= 0.9 * whole["width"]


@pytest.mark.parametrize("has_script", [True, False])
def test_the_number_of_a_situation_leads_to_it(
    visitor: EnterPage, sitting: BeginSitting, has_script: bool
) -> None:
    page = results(visitor("en", **PHONE, java_script_enabled=has_script), sitting, length="full")
    link = page.locator(".shown a[href^='#report-item-']:visible").first
    item = page.locator(str(link.get_attribute("href")))
    link.click()
    expect(item.locator("summary")).to_be_in_viewport()
    if has_script:
        expect(item.locator(".response").first).to_be_visible()
        expect(item.locator("summary")).to_be_focused()
    else:
        item.locator("summary").click()
        expect(item.locator(".response").first).to_be_visible()


@pytest.mark.parametrize("scripted", [True, False], ids=["with script", "without script"])
def test_a_document_that_takes_longer_is_waited_for_on_its_page(
    visitor: EnterPage, sitting: BeginSitting, scripted: bool
) -> None:
    """With script its download begins by itself; without it, a link looks again."""
    held = sitting(language="fr")
    now = datetime.now(UTC)
    held.answer_all(now)
    held.finish(now)
    one = visitor("fr", java_script_enabled=scripted)
    page = take_up(one, held)
    claim = held_back(held, "fr")
    page.goto(f"/a/{held.ref}/profile.pdf?paper=a4")
    expect(page.locator("[data-said]")).to_have_text("Votre document est en préparation.")
    again = page.get_by_role("link", name="Vérifier de nouveau")
    download = page.get_by_role("link", name="PDF")
    expect(again).to_be_visible(visible=not scripted)
    expect(download).to_be_hidden()
    with held.database.writing() as session:
        jobs.beat(session, claim, now=now + timedelta(days=1), done=2, total=3)
    if not scripted:
        again.click()
    expect(page.locator("progress")).to_have_js_property("value", 2)
    with page.expect_download() as given:
        with held.database.writing() as session:
            jobs.finish(session, claim, now=now)
            session.add(JobFile(job_id=claim.id, content=b"%PDF-", ends_at=now + timedelta(minutes=5)))
        if not scripted:
            again.click()
            download.click()
    assert given.value.suggested_filename.endswith(".pdf")
    expect(page.locator("[data-said]")).to_have_text("Votre document est prêt.")
    expect(download).to_be_visible()
    expect(page.locator("progress")).to_be_hidden()
