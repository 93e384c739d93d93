"""Nothing that is sent to somebody who is still answering tells a key (SE5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from assessor.banks.schema import Library
from assessor.items import ITEM_TYPES, shown_to, type_of
from assessor.services.sittings import life
from tests.web.checked import Browser
from tests.web.journeys import an_answer, start

AUTHORS_WORDS = ('"effectiveness"', '"lure"', '"keyed"', '"band"', "author-keyed", "panel-keyed")


def secrets_of(library: Library) -> Iterator[str]:
    for item in library.items.values():
        yield item.id
        yield item.content.competency
        yield item.digest
        yield from (item.content.principle or {}).values()
        yield from reasons_of(item.content.model_dump())


def reasons_of(part: Any) -> Iterator[str]:
    """Every text that gives a reason or says what earns points."""
    if isinstance(part, Mapping):
        for name, inner in part.items():
            if name == "why" and inner is not None:
                yield from inner.values()
            elif name == "anchors":
                yield from (words for anchor in inner for words in anchor.values())
            else:
                yield from reasons_of(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from reasons_of(inner)


@pytest.mark.parametrize("domain", ["arts", "banking", "tourism"])
def test_no_page_of_an_open_sitting_holds_a_key(browser: Browser, banks: Library, domain: str) -> None:
    ref = start(browser, domain=domain)
    browser.secrets = [*secrets_of(banks), *AUTHORS_WORDS]
    walk(browser, ref)
    page = browser.get(f"/a/{ref}/review")
    browser.language = "fr"
    page.submit("form.language", language="fr")
    walk(browser, ref)


def walk(browser: Browser, ref: str) -> None:
    """Every page that an open sitting has, in the browser's language."""
    page = browser.get(f"/a/{ref}/1")
    while page.soup.select_one("#answer"):
        page = page.submit("#answer", go="next", **an_answer(page))
    for name in ("submit", "leave", "link", "delete"):
        browser.get(f"/a/{ref}/{name}")


def test_no_control_carries_an_author_s_id_or_stands_in_the_author_s_order(
    browser: Browser, banks: Library
) -> None:
    ref = start(browser)
    authors = {option.id for item in banks.items.values() for option in getattr(item.content, "options", ())}
    page = browser.get(f"/a/{ref}/1")
    while page.soup.select_one("#answer"):
        for control in page.form("#answer").select("input, select, option"):
            assert not {str(control.get(name)) for name in ("value", "id")} & authors
            assert str(control.get("name")).removeprefix("r-") not in authors
        page = page.submit("#answer", go="next", **an_answer(page))


def test_two_sittings_give_the_same_option_different_names(browser: Browser) -> None:
    def names() -> set[str]:
        ref = start(browser)
        page = browser.get(f"/a/{ref}/1")
        return set(re.findall(r"\bo[0-9a-f]{12}\b", page.reply.text))

    assert not names() & names()


def test_a_script_is_told_no_more_than_a_page(browser: Browser, banks: Library) -> None:
    ref = start(browser)
    page = browser.get(f"/a/{ref}/1")
    sent = {**page.values(page.form("#answer")), **an_answer(page), "go": "save"}
    reply = browser.client.post(page.path, data=sent, headers={"Accept": "application/json"})
    assert set(reply.get_json()) == {"seq", "saved_at", "shown"}


def test_a_failure_at_the_private_link_logs_no_token(
    browser: Browser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(life, "peek", fail)
    browser.app.config["PROPAGATE_EXCEPTIONS"] = False
    token = "T" * 43
    with caplog.at_level("DEBUG"):
        page = browser.get(f"/self/r/{token}", expect=500)
    assert "Reference" in page.text
    assert caplog.records
    assert token not in "".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("name", sorted(ITEM_TYPES))
def test_what_a_template_is_given_to_draw_holds_no_key(name: str, banks: Library) -> None:
    hidden = set(secrets_of(banks))
    for item in banks.items.values():
        if item.content.type == name:
            shown = shown_to(item.content, item.digest, b"secret")
            controls = type_of(item.content).controls(item.content, shown, "fr")
            texts = {control.text for control in controls}
            texts |= {choice.text for control in controls for choice in control.choices}
            assert not hidden & texts
