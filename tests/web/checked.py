"""A browser for tests that looks at every page it gets: strict HTML, names, labels, language, secrets."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from assessor.web.plumbing.server import server_of

UNTRANSLATED = "⟦"
CONTROLS = ("input", "select", "textarea")
HEADERS = ("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "Permissions-Policy")


def faults_of(text: str, *, language: str, soup: BeautifulSoup | None = None) -> list[str]:
    """What is wrong with a page, in words; an empty list for a sound one; ``soup`` is the page, parsed."""
    found = _syntax(text)
    soup = soup or BeautifulSoup(text, "html.parser")
    tags = list(soup.find_all(True))
    html = soup.find("html")
    if not isinstance(html, Tag) or not str(html.get("lang", "")).startswith(language):
        found.append(f"the page is not in {language}")
    if len(soup.find_all("h1")) != 1:
        found.append(f"{len(soup.find_all('h1'))} first headings")
    title = soup.title.get_text(strip=True) if soup.title else ""
    if len(title.split(" – ")) < 2 or title.startswith(" – "):
        found.append(f"the title says nothing of this page: {title!r}")
    ids = [str(tag["id"]) for tag in tags if tag.has_attr("id")]
    found.extend(f"the id {ident!r} stands twice" for ident in sorted({i for i in ids if ids.count(i) > 1}))
    found.extend(_targets(tags, set(ids)))
    found.extend(_labels(tags))
    found.extend(_descriptions(soup, tags))
    found.extend(_inline(tags))
    found.extend(_forms(soup))
    if UNTRANSLATED in text:
        found.append("an untranslated message")
    return found


def _syntax(text: str) -> list[str]:
    try:
        html5lib.HTMLParser(strict=True).parse(io.StringIO(text))
    except html5lib.html5parser.ParseError as error:
        return [f"HTML: {error}"]
    return []


def _targets(tags: list[Tag], ids: set[str]) -> list[str]:
    found = [
        f"nothing has the id of {tag['href']}"
        for tag in tags
        if tag.name == "a" and str(tag.get("href", "")).startswith("#") and str(tag["href"])[1:] not in ids
    ]
    for name in ("aria-describedby", "aria-labelledby", "for", "form"):
        for tag in tags:
            found.extend(
                f"{name} names no id: {wanted}"
                for wanted in str(tag.get(name, "")).split()
                if wanted not in ids
            )
    return found


def _labels(tags: list[Tag]) -> list[str]:
    labelled = {str(tag["for"]) for tag in tags if tag.name == "label" and tag.has_attr("for")}
    bare = [
        tag
        for tag in tags
        if tag.name in CONTROLS
        and tag.get("type") != "hidden"
        and tag.get("id") not in labelled
        and not tag.get("aria-label")
    ]
    empty = [
        tag
        for tag in tags
        if (tag.name == "button" or (tag.name == "a" and tag.has_attr("href")))
        and not tag.get_text(strip=True)
        and not tag.get("aria-hidden")
    ]
    return [f"no label: {tag}" for tag in bare] + [f"no words: {tag}" for tag in empty]


def _descriptions(soup: BeautifulSoup, tags: list[Tag]) -> list[str]:
    """What explains the controls of a group must be read out with one of them, or with the group."""
    named = {one for tag in tags for one in str(tag.get("aria-describedby", "")).split()}
    # Dear to look for: only where there is a group or a complaint at all.
    if not any(tag.name == "fieldset" or "field-error" in tag.get("class", ()) for tag in tags):
        return []
    return [
        f"read out with nothing: {str(tag)[:80]}"
        for tag in soup.select("fieldset .hint, fieldset .ends span, fieldset .criteria, .field-error")
        if tag.get("id") not in named
    ]


def _inline(tags: list[Tag]) -> list[str]:
    found = [f"inline script: {str(tag)[:60]}" for tag in tags if tag.name == "script" and not tag.get("src")]
    found += [f"inline style: {str(tag)[:60]}" for tag in tags if tag.name == "style"]
    for tag in tags:
        found += [f"inline {name}" for name in tag.attrs if name == "style" or name.startswith("on")]
        for name in tag.attrs.keys() & {"src", "href", "action"}:
            parts = urlsplit(str(tag[name]))
            if (parts.netloc and name != "href") or parts.scheme in ("data", "javascript"):
                found.append(f"{name} leads elsewhere: {tag[name]}")
    return found


def _forms(soup: BeautifulSoup) -> list[str]:
    """What browsers would say in a language of their own, and files that they would not send."""
    found = []
    for form in soup.find_all("form"):
        if form.select_one("[required], [type=email], [type=date]") and not form.has_attr("novalidate"):
            found.append(f"the browser would say what is wrong: {str(form)[:80]}")
        sends = form.get("method") == "post" and form.select_one("[type=file]")
        if sends and form.get("enctype") != "multipart/form-data":
            found.append(f"sends no file: {str(form)[:80]}")
    return found


@dataclass
class Page:
    """One checked page and what can be done on it."""

    browser: Browser
    path: str
    reply: TestResponse
    soup: BeautifulSoup

    @property
    def status(self) -> int:
        return self.reply.status_code

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", self.soup.get_text(" ")).strip()

    def form(self, wanted: str = "main form") -> Tag:
        found = self.soup.select_one(wanted)
        assert found is not None, f"{self.path} has no {wanted}"
        return found

    def values(self, form: Tag) -> dict[str, list[str]]:
        """What a browser would send of this form without its buttons."""
        sent: dict[str, list[str]] = {}
        for control in form.find_all(CONTROLS):
            name, kind = str(control.get("name", "")), control.get("type")
            if not name or control.has_attr("disabled"):
                continue
            if control.name == "select":
                chosen = control.select_one("option[selected]") or control.select_one("option")
                assert chosen is not None
                sent.setdefault(name, []).append(str(chosen["value"]))
            elif control.name == "textarea":
                # A browser takes the first line end for the tag's own.
                sent.setdefault(name, []).append(control.get_text().removeprefix("\n"))
            elif kind not in ("radio", "checkbox") or control.has_attr("checked"):
                sent.setdefault(name, []).append(str(control.get("value", "")))
        return sent

    def choices(self, name: str, form: str = "main form") -> list[str]:
        """The values that a field of the form offers."""
        radios = self.form(form).select(f"input[name='{name}']")
        options = self.form(form).select(f"select[name='{name}'] option")
        return [str(tag["value"]) for tag in [*radios, *options] if tag["value"] != ""]

    def submit(
        self, wanted: str = "main form", *, expect: int = 303, follow: bool = True, **changes: Any
    ) -> Page:
        """Send the real form with these changes, and go where it leads.

        A page that only asks to confirm the answer is confirmed, unless its 422 is expected.
        """
        form = self.form(wanted)
        sent = self.values(form)
        for name, value in changes.items():
            sent[name] = value if isinstance(value, list) else [str(value)]
        action = str(form.get("action") or self.path)
        if expect == 303:
            return self.browser.post_confirming(action, sent, follow=follow)
        return self.browser.post(action, sent, expect=expect, follow=follow)

    def click(self, words: str) -> Page:
        """Follow the link with these words."""
        for link in self.soup.find_all("a"):
            if words in link.get_text(" ", strip=True):
                return self.browser.get(str(link["href"]))
        raise AssertionError(f"{self.path} has no link {words!r}")


@dataclass
class Browser:
    """One browser with its own cookies; every HTML page that it gets is checked."""

    app: Flask
    language: str = "en"
    secrets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.headers = {"Accept-Language": self.language}

    def get(self, path: str, *, expect: int = 200) -> Page:
        path = path.removeprefix(server_of(self.app).settings.base_url)
        reply = self.client.get(path, headers=self.headers)
        while reply.status_code in (301, 302, 303) and expect == 200:
            path = str(reply.headers["Location"])
            reply = self.client.get(path, headers=self.headers)
        return self._checked(path, reply, expect)

    def post_confirming(self, path: str, sent: Any, *, follow: bool = True) -> Page:
        """Send a form; where the page asks to confirm what was sent, do."""
        reply = self.client.post(path, data=sent, headers=self.headers)
        if reply.status_code == 422:
            page = self._checked(path, reply, 422)
            asked = page.soup.select_one("#answer [name=confirmed]")
            assert asked is not None, f"{path}: 422: {page.text[:400]}"
            sent = page.values(page.form("#answer")) | {"go": sent["go"]}
            reply = self.client.post(path, data=sent, headers=self.headers)
        return self._arrived(path, reply, 303, follow)

    def post(self, path: str, sent: Any, *, expect: int = 303, follow: bool = True) -> Page:
        reply = self.client.post(path, data=sent, headers=self.headers)
        return self._arrived(path, reply, expect, follow)

    def _arrived(self, path: str, reply: TestResponse, expect: int, follow: bool) -> Page:
        if reply.status_code == 303 and expect == 303:
            # As a server does once all is sent: what was left for then is done now.
            reply.close()
            if not follow:
                return Page(self, path, reply, BeautifulSoup("", "html.parser"))
            return self.get(str(reply.headers["Location"]))
        return self._checked(path, reply, expect)

    def _may_keep(self, path: str, reply: TestResponse) -> None:
        """A browser keeps no page but a question, until any cookie changes: Back then shows the choice."""
        kept = reply.headers["Cache-Control"]
        assert kept in ("no-store", "private, no-cache"), f"{path} may be kept: {kept}"
        if kept != "no-store":
            assert re.fullmatch(r"/a/[0-9a-f]+/[0-9]+(#\w+)?", path), f"{path} may be kept: {kept}"
            assert "Cookie" in reply.headers["Vary"]

    def _checked(self, path: str, reply: TestResponse, expect: int) -> Page:
        assert reply.status_code == expect, f"{path}: {reply.status_code}, not {expect}: {reply.text[:400]}"
        missing = [name for name in HEADERS if name not in reply.headers]
        assert not missing, f"{path} lacks {missing}"
        soup = BeautifulSoup(reply.text if reply.mimetype == "text/html" else "", "html.parser")
        if reply.mimetype == "text/html":
            faults = faults_of(reply.text, language=self.language, soup=soup)
            assert not faults, f"{path}: " + "; ".join(faults)
            self._may_keep(path, reply)
            for secret in self.secrets:
                assert secret not in reply.text, f"{path} holds {secret[:80]!r}"
        return Page(self, path, reply, soup)
