"""The whole self-assessment as a person walks it, through real forms."""

from collections.abc import Callable

import pytest

from assessor.services.logs import Wordless
from assessor.store.db import Database
from tests.fixtures.store import everything_in
from tests.web.checked import Browser
from tests.web.conftest import Clock
from tests.web.journeys import an_answer, answer_all, chosen, finish, ref_of, start

MakeBrowser = Callable[..., Browser]


@pytest.mark.parametrize("domain", ["arts", "banking", "tourism"])
def test_a_person_answers_submits_reads_and_deletes(browser: Browser, domain: str) -> None:
    ref = start(browser, domain=domain)
    review = answer_all(browser, ref)
    assert "Every question is answered" in review.text
    results = review.click("To submission").submit()
    assert results.path == f"/a/{ref}/results"
    assert results.soup.select_one(".report h1") is not None
    gone = results.click("Delete everything now").submit()
    assert gone.path == "/self/goodbye"
    browser.get(f"/a/{ref}/results", expect=404)


def test_the_same_answers_are_shown_under_every_role_of_the_domain(browser: Browser) -> None:
    ref = start(browser)
    answer_all(browser, ref)
    page = finish(browser, ref)
    links = [str(link["href"]) for link in page.soup.select(".role-choice a")]
    assert len(links) > 1
    titles = set()
    for link in links:
        shown = browser.get(link)
        current = shown.soup.select(".role-choice a[aria-current=page]")
        assert len(current) == 1
        titles.add(current[0].get_text(strip=True))
    assert len(titles) == len(links)
    browser.get(f"/a/{ref}/results?role=no-such-role", expect=404)


def test_next_on_an_empty_page_leaves_it_empty_and_says_so(browser: Browser) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1").submit("#answer", go="next")
    assert page.path == f"/a/{ref}/2"
    assert "Left empty" in browser.get(f"/a/{ref}/1").text
    assert "left empty" in browser.get(f"/a/{ref}/review").text


def test_an_answer_comes_back_and_can_be_cleared(browser: Browser) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    given = an_answer(page)
    page.submit("#answer", go="next", **given)
    again = browser.get(f"/a/{ref}/1")
    kept = again.values(again.form("#answer"))
    assert all(kept[name] == [value] for name, value in given.items())
    assert "Saved at" in again.text
    cleared = again.submit("#answer", go="clear")
    assert cleared.path == f"/a/{ref}/1"
    left = cleared.values(cleared.form("#answer"))
    assert not [value for name, values in left.items() if name.startswith("r-") for value in values if value]


def test_previous_leave_and_review_save_the_page_first(browser: Browser) -> None:
    ref = start(browser)
    for number, step in ((1, "leave"), (2, "previous"), (3, "review")):
        page = browser.get(f"/a/{ref}/{number}")
        page.submit("#answer", go=step, **an_answer(page))
    assert "3 of" in browser.get(f"/a/{ref}/review").text


def test_looking_at_a_page_and_going_back_leaves_no_answer(browser: Browser) -> None:
    ref = start(browser)
    browser.get(f"/a/{ref}/2").submit("#answer", go="previous")
    assert browser.get(f"/a/{ref}/review").text.count("not seen yet") == len(
        browser.get(f"/a/{ref}/review").soup.select(".overview li")
    )


def test_the_private_link_is_shown_once_and_opens_the_sitting_elsewhere(
    browser: Browser, new_browser: MakeBrowser
) -> None:
    shown = chosen(browser).submit()
    ref = ref_of(shown.path)
    link = shown.soup.select_one(".address a")
    assert link is not None
    assert shown.soup.select_one("svg.qr") is not None
    assert "/self/r/" not in browser.get(f"/a/{ref}/link").reply.text
    page = browser.get(f"/a/{ref}/1")
    page.submit("#answer", go="next", **an_answer(page))

    other = new_browser()
    door = other.get(str(link["href"]))
    assert "1 of" in door.text
    assert not door.soup.select("[name^=r-]")
    other.get(f"/a/{ref}/1", expect=404)
    assert door.submit().path == f"/a/{ref}/2"

    stale = page.submit("#answer", expect=409, go="next", **an_answer(page, turn=1))
    assert "taken up somewhere else" in stale.text


def test_a_new_link_replaces_the_old_one(browser: Browser, new_browser: MakeBrowser) -> None:
    shown = chosen(browser).submit()
    ref = ref_of(shown.path)
    old = str(shown.soup.select(".address a")[0]["href"])
    fresh = browser.get(f"/a/{ref}/link").submit()
    new = str(fresh.soup.select(".address a")[0]["href"])
    assert new != old
    other = new_browser()
    other.get(old, expect=404)
    other.get(new)


def test_the_language_switch_between_items_saves_the_page_first(browser: Browser) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    given = an_answer(page)
    browser.language = "fr"
    switched = page.submit("#answer", go="language:fr", **given)
    assert switched.path == f"/a/{ref}/1"
    kept = switched.values(switched.form("#answer"))
    assert all(kept[name] == [value] for name, value in given.items())


def test_a_half_given_answer_survives_the_language_switch_unsaved(browser: Browser) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    number = 1
    while not page.soup.select_one(".pair, .scale, .ranking"):
        number += 1
        page = browser.get(f"/a/{ref}/{number}")
    name = str(page.form("#answer").select("[name^=r-]")[0]["name"])
    value = page.choices(name, "#answer")[0]
    browser.language = "fr"
    again = page.submit("#answer", expect=422, go="language:fr", **{name: value})
    assert again.values(again.form("#answer"))[name] == [value]


def test_keeping_longer_moves_the_end_and_an_expired_sitting_is_gone(browser: Browser, clock: Clock) -> None:
    ref = start(browser)
    answer_all(browser, ref)
    page = finish(browser, ref)
    clock.pass_(hours=20)
    page = browser.get(page.path).submit("form[action$='/keep']", days=30)
    clock.pass_(days=29)
    browser.get(f"/a/{ref}/results")
    clock.pass_(days=2)
    browser.get(f"/a/{ref}/results", expect=404)


def test_an_unfinished_sitting_is_gone_after_a_week(browser: Browser, clock: Clock) -> None:
    ref = start(browser)
    clock.pass_(days=6, hours=23)
    assert "Continue your self-assessment" in browser.get("/").text
    clock.pass_(hours=2)
    assert "Continue your self-assessment" not in browser.get("/").text
    browser.get(f"/a/{ref}/1", expect=404)


def test_closing_on_this_device_leaves_only_the_link(browser: Browser) -> None:
    shown = chosen(browser).submit()
    ref = ref_of(shown.path)
    link = str(shown.soup.select(".address a")[0]["href"])
    browser.get(f"/a/{ref}/leave").submit()
    browser.get(f"/a/{ref}", expect=404)
    browser.get(link).submit()
    browser.get(f"/a/{ref}")


def test_a_double_submission_gives_the_same_receipt(browser: Browser) -> None:
    ref = start(browser)
    answer_all(browser, ref)
    confirm = browser.get(f"/a/{ref}/submit")
    first = confirm.submit().soup.select(".receipt p")[0].get_text()
    second = confirm.submit().soup.select(".receipt p")[0].get_text()
    assert first == second
    assert browser.get(f"/a/{ref}/1").path == f"/a/{ref}/results"


def test_a_submitted_sitting_keeps_its_score_document_once(browser: Browser, database: Database) -> None:
    ref = start(browser)
    answer_all(browser, ref)
    assert everything_in(database)["profile"] == []
    confirm = browser.get(f"/a/{ref}/submit")
    confirm.submit()
    confirm.submit()
    kept = everything_in(database)["profile"]
    assert len(kept) == 1
    assert kept[0][3] == browser.get(f"/a/{ref}/data.json").reply.get_json()["profile"]


def test_a_job_that_cannot_keep_the_score_document_stops_no_submission(
    browser: Browser, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # A traceback quotes lines of code: these hold no word of it.
    words = " ".join(("nothing", "of this may be logged"))

    def broken(*given: object, **named: object) -> bool:
        raise RuntimeError(words)

    monkeypatch.setattr("assessor.services.profiles.keep_scored", broken)
    ref = start(browser)
    answer_all(browser, ref)
    assert finish(browser, ref).path == f"/a/{ref}/results"
    # What the job has not done is done by whoever looks.
    assert len(everything_in(database)["profile"]) == 1
    said = "".join(Wordless().formatException(one.exc_info) for one in caplog.records if one.exc_info)
    assert "RuntimeError" in said
    assert words not in said


def test_own_data_hold_every_answer_and_the_score_document(browser: Browser) -> None:
    ref = start(browser)
    browser.get(f"/a/{ref}/data.json", expect=409)
    answer_all(browser, ref)
    finish(browser, ref)
    data = browser.get(f"/a/{ref}/data.json").reply.get_json()
    assert all(answer["response"] is not None and answer["saved"] for answer in data["answers"])
    assert data["profile"]["areas"]


def test_the_pdf_is_an_attachment_that_no_browser_keeps(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessor.services.tasks.document.to_pdf_isolated", lambda page, **about: b"%PDF-")
    ref = start(browser)
    browser.get(f"/a/{ref}/profile.pdf", expect=409)
    answer_all(browser, ref)
    finish(browser, ref)
    reply = browser.get(f"/a/{ref}/profile.pdf").reply
    assert reply.mimetype == "application/pdf"
    assert reply.headers["Content-Disposition"].startswith("attachment")
    assert reply.headers["Cache-Control"] == "no-store"
