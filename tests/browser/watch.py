"""What a browser must never report while somebody uses the pages; the pages are used elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

#: An answer that is not complete yet is refused with 422, and Chromium writes every refusal to its console.
USUAL = ("status of 422",)
#: A page that is left stops what it was still asking for; so does a download, for the browser.
STOPPED = "net::ERR_ABORTED"


@dataclass
class Watch:
    """The faults that one browser reported, but for those that the test brings about (as patterns)."""

    origin: str
    expected: Sequence[str] = ()
    faults: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._page_error)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def note(self, fault: str) -> None:
        if not any(re.search(pattern, fault) for pattern in (*USUAL, *self.expected)):
            self.faults.append(fault)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.note(f"console: {message.text} ({message.location.get('url')})")

    def _page_error(self, error: WebError) -> None:
        self.note(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        if request.method == "POST":
            self.posts.append(urlsplit(request.url).path)
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.note(f"asked another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != STOPPED:
            self.note(f"failed: {request.method} {request.url}: {request.failure}")

    def _response(self, reply: Response) -> None:
        if reply.status >= 500:
            self.note(f"status of {reply.status}: {reply.url}")
