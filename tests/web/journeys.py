"""Walks that several tests begin with: choosing, starting, answering. Each step is a real page's form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.web.checked import Browser, Page


def start(browser: Browser, *, domain: str = "banking", length: str = "short") -> str:
    """Begin a sitting; its ref. The browser stands on the page with the private link."""
    return ref_of(chosen(browser, domain=domain, length=length).submit().path)


def chosen(browser: Browser, *, domain: str = "banking", length: str = "short") -> Page:
    """The notice of a sitting that can be started."""
    return browser.get("/self/start").submit(domain=domain, length=length, language=browser.language)


def ref_of(path: str) -> str:
    found = re.search(r"/a/([0-9a-f]+)", path)
    assert found, path
    return found[1]


def an_answer(page: Page, *, turn: int = 0) -> Mapping[str, Any]:
    """A valid answer to the item on the page; another ``turn`` gives another answer."""
    names = list(dict.fromkeys(tag["name"] for tag in page.form("#answer").select("[name^=r-]")))
    if page.soup.select_one("#answer textarea"):
        return {str(names[0]): " ".join(["Bonjour", "voici", "notre", "texte", "clair"] * 2 + ["oui"] * turn)}
    if page.soup.select_one("#answer .amounts"):
        points = ["60", "40", *["0"] * (len(names) - 2)]
        return dict(zip(map(str, names), points[turn:] + points[:turn], strict=True))
    options = {str(name): page.choices(str(name), "#answer") for name in names}
    if list(options) == ["r-best", "r-worst"]:
        values = options["r-best"]
        return {"r-best": values[turn], "r-worst": values[turn - 1]}
    if page.soup.select_one(".ranking"):
        places = [str(1 + (place + turn) % len(options)) for place in range(len(options))]
        return dict(zip(options, places, strict=True))
    return {
        name: values[(turn + place) % len(values)] for place, (name, values) in enumerate(options.items())
    }


def answer_all(browser: Browser, ref: str) -> Page:
    """Answer every item; the review page."""
    page = browser.get(f"/a/{ref}/1")
    while page.soup.select_one("#answer"):
        page = page.submit("#answer", go="next", **an_answer(page))
    return page


def finish(browser: Browser, ref: str) -> Page:
    """Submit the sitting as it is; the results page."""
    return browser.get(f"/a/{ref}/submit").submit("main form")
