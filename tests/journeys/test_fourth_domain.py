"""A stranger adds a domain without code: from a folder elsewhere, it is drawn, answered and reported."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessor.config import resource
from tests.cli.conftest import Run
from tests.journeys.conftest import Server
from tests.web.checked import Browser, Page
from tests.web.journeys import answer_all, finish, ref_of

Visit = Callable[..., Browser]

GENERAL, OWN = "general-libraries", "library-network-social-lead"
NAMES = {"fr": "Bibliothèques publiques", "en": "Public libraries"}
REPORTED = {"fr": "Liberté de lire et vie privée", "en": "Freedom to read and privacy"}
KINDS = {"best", "best_worst", "rate", "rank"}


def begun(browser: Browser, *, length: str = "short") -> str:
    """Choose the libraries on the real pages; the sitting's ref."""
    notice = browser.get("/self/start").submit(domain="libraries", length=length, language=browser.language)
    assert NAMES[browser.language] in notice.text
    return ref_of(notice.submit().path)


def in_one_language(path: Path, language: str) -> None:
    """Rewrite a file of a bank as somebody would who writes in one language only."""

    def kept(value: Any) -> Any:
        if isinstance(value, Mapping):
            if set(value) == {"fr", "en"}:
                return {language: value[language]}
            return {key: [language] if key == "languages" else kept(inner) for key, inner in value.items()}
        return [kept(inner) for inner in value] if isinstance(value, list) else value

    path.write_text(
        yaml.safe_dump(kept(yaml.safe_load(path.read_text("utf-8"))), allow_unicode=True), "utf-8"
    )


# By command


@pytest.mark.parametrize("shape", ["bank", "folder"])
def test_a_domain_of_ones_own_is_checked_without_a_fault(
    run: Run, shape: str, request: pytest.FixtureRequest
) -> None:
    ran = run("banks", "check", request.getfixturevalue(shape))
    assert (ran.code, ran.out) == (0, "")
    assert "0 errors" in ran.err


def test_the_bank_of_the_tests_is_one_that_an_author_could_keep(folder: Path) -> None:
    """Two competencies, five situations over the four types, each teaching in both languages."""
    items = [yaml.safe_load(path.read_text("utf-8")) for path in (folder / "libraries" / "items").iterdir()]
    head = yaml.safe_load((folder / "libraries" / "bank.yaml").read_text("utf-8"))
    assert {item["type"] for item in items} == KINDS
    assert len(items) == 5
    assert {item["competency"] for item in items} == {one["id"] for one in head["competencies"]}
    for competency in head["competencies"]:
        kinds = {item["type"] for item in items if item["competency"] == competency["id"]}
        assert len(kinds) > 1, "no competency rests on one type"
        assert len(competency["interview"]) == 2


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("role", [GENERAL, OWN])
def test_it_is_drawn_answered_scored_and_reported_by_command(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, language: str
) -> None:
    shape = folder if role == OWN else folder / "libraries"
    monkeypatch.setenv("ASSESSOR_BANKS", str(shape))
    drawn = json.loads(run("form", "--role", role, "--length", "full", "--json").out)
    measured = {item["competency"] for item in drawn["items"]}
    assert {"libraries.freedom", "libraries.reach"} <= measured
    assert drawn["expected"]["areas"]["domain"] is not None

    sittings = run("simulate", "--role", role, "-n", 2, "--length", "full", "--lang", language).out
    (tmp_path / "sittings.jsonl").write_text(sittings, encoding="utf-8")
    table = run("score", "-", "--role", role, "--lang", language, typed=sittings)
    assert table.code == 0
    assert NAMES[language] in table.lines[0]
    documents = run("score", "-", "--role", role, "--json", typed=sittings).lines
    assert len(documents) == 2
    assert "libraries.reach" in documents[0]

    first = sittings.splitlines()[0]
    ran = run("report", "-", "--role", role, "-o", tmp_path / "one.html", typed=first)
    assert ran.code == 0
    page = (tmp_path / "one.html").read_text("utf-8")
    assert NAMES[language] in page
    assert REPORTED[language] in page


def test_a_role_of_its_own_stands_in_for_the_general_one(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_BANKS", str(folder))
    refused = run("form", "--role", "no-such-role")
    assert refused.code == 2
    assert OWN in refused.err
    assert GENERAL not in refused.err


@pytest.mark.parametrize("kind", ["bank", "item", "role"])
def test_an_id_that_is_shipped_already_is_refused_by_name(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    shipped = resource("question_banks")
    if kind == "bank":
        ident, taker = "tourism", shipped / "tourism" / "bank.yaml"
        shutil.copytree(shipped / "tourism", folder / "tourism")
    elif kind == "item":
        taker = sorted((shipped / "core" / "items").iterdir())[0]
        ident = taker.stem
        shutil.copy(taker, folder / "libraries" / "items")
    else:
        taker = sorted((shipped / "roles").iterdir())[0]
        ident = taker.stem
        shutil.copy(taker, folder / "roles")
    checked = run("banks", "check", folder)
    assert checked.code == 1
    assert f"{ident!r} is taken by {taker}" in checked.out
    assert re.search(r"give this (bank another id|item an id of its own|role an id of its own)", checked.out)

    monkeypatch.setenv("ASSESSOR_BANKS", str(folder))
    started = run("form", "--role", OWN)
    # What is at fault is left out and told; a bank goes with its item, and its role with the bank.
    assert started.code == (2 if kind == "item" else 0)
    assert f"{ident!r} is taken by {taker}" in started.err
    assert "Traceback" not in started.err


# On the pages


@pytest.mark.parametrize(
    ("added", "language"), [("a bank", "fr"), ("a folder of banks", "en")], indirect=["added"]
)
def test_it_is_chosen_answered_and_read_on_the_pages_and_its_results_outlive_the_folder(
    added: Path, server: Server, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What somebody was told is read from the database, under the words of then."""
    browser = Browser(server(), language)
    assert browser.get("/").soup.select_one('a[href="/self/start"]') is not None
    start = browser.get("/self/start")
    assert NAMES[language] in start.text
    assert "libraries" in start.choices("domain")
    assert set(start.choices("length")) >= {"short", "standard", "full"}

    ref = begun(browser, length="standard")
    review = answer_all(browser, ref)
    assert review.path.endswith("/review")
    results = finish(browser, ref)
    assert results.path == f"/a/{ref}/results"
    for words in (NAMES[language], REPORTED[language], *_own_titles(added, language)):
        assert words in results.text, words
    told = [_told(browser, f"/a/{ref}/{name}") for name in ("results", "data.json")]
    assert '"libraries"' in told[1]

    shutil.rmtree(added)
    monkeypatch.delenv("ASSESSOR_BANKS")
    _forget_what_was_read(monkeypatch)
    after = Browser(server(), language)
    after.client = _with_cookies_of(browser, after)
    assert [_told(after, f"/a/{ref}/{name}") for name in ("results", "data.json")] == told
    printed = _pdf(after, ref)
    assert NAMES[language] in printed
    assert REPORTED[language] in printed
    assert "libraries" not in after.get("/self/start").choices("domain")


def _own_titles(added: Path, language: str) -> list[str]:
    if not (added / "roles").is_dir():
        return [{"fr": "Profil général", "en": "General profile"}[language]]
    role = yaml.safe_load((added / "roles" / f"{OWN}.yaml").read_text("utf-8"))
    return [role["title"][language]]


def _pdf(browser: Browser, ref: str) -> str:
    reply = browser.get(f"/a/{ref}/profile.pdf").reply
    assert reply.mimetype == "application/pdf"
    said = subprocess.run(["pdftotext", "-", "-"], input=reply.data, capture_output=True, check=True).stdout
    return re.sub(r"\s+", " ", said.decode())


def test_each_length_that_is_offered_can_be_begun(
    bank: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_BANKS", str(bank))
    app = server()
    for length in ("short", "standard", "full"):
        browser = Browser(app)
        ref = begun(browser, length=length)
        assert browser.get(f"/a/{ref}/1").soup.select_one("#answer") is not None


def test_a_bank_in_french_only_is_offered_in_french_only(
    bank: Path, run: Run, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in [bank / "bank.yaml", *(bank / "items").iterdir()]:
        in_one_language(path, "fr")
    monkeypatch.setenv("ASSESSOR_BANKS", str(bank))
    assert run("banks", "check", bank).code == 0
    assert run("form", "--role", GENERAL, "--lang", "fr").code == 0
    refused = run("form", "--role", GENERAL, "--lang", "en")
    assert refused.code == 2
    assert "use one of fr" in refused.err

    english = visit("en")
    page = english.get("/self/start").submit(expect=422, domain="libraries", length="short", language="en")
    assert "do not exist in that language" in page.text
    french = Browser(english.app, "fr")
    ref = begun(french)
    answer_all(french, ref)
    assert NAMES["fr"] in finish(french, ref).text


def test_a_folder_that_is_gone_stops_the_start_with_the_setting_s_name(
    run: Run, bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_BANKS", str(bank))
    shutil.rmtree(bank)
    ran = run("form", "--role", GENERAL)
    assert ran.code == 1
    assert "ASSESSOR_BANKS" in ran.err
    assert len(ran.err.splitlines()) == 1


def _told(browser: Browser, path: str) -> str:
    """The page's or file's words, without what each visit makes new (the form's token)."""
    page: Page = browser.get(path)
    return page.text or page.reply.text


def _forget_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new process has read no version yet."""
    monkeypatch.setattr("assessor.services.versions._READ", {})


def _with_cookies_of(before: Browser, after: Browser) -> Any:
    client = after.app.test_client()
    client._cookies = before.client._cookies
    return client
