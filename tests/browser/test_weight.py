"""What pages weigh over the wire: the home page for a first visitor, an item for somebody on the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import pages
from tests.browser.conftest import BeginSitting, EnterPage, take_up

pytestmark = pytest.mark.browser

MOST_HOME_BYTES = 200_000
MOST_ITEM_BYTES = 60_000


class Scale:
    """Weighs what one page loads: bytes over the wire, headers included; nothing for what the cache holds."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bytes = 0.0
        protocol = page.context.new_cdp_session(page)
        protocol.send("Network.enable")
        protocol.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, float]) -> None:
        self.bytes += event["encodedDataLength"]

    def of(self, path: str) -> float:
        self.bytes = 0.0
        self.page.goto(path, wait_until="networkidle")
        return self.bytes


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_home_page_is_light_for_a_first_visitor(visitor: EnterPage, language: str) -> None:
    one = visitor(language)
    scale = Scale(one.page)
    weight = scale.of("/")
    one.page.locator("footer").scroll_into_view_if_needed()
    one.page.wait_for_load_state("networkidle")
    assert 5_000 < weight <= max(scale.bytes, weight) <= MOST_HOME_BYTES


def test_a_later_item_is_light_with_what_the_browser_has_already(
    visitor: EnterPage, sitting: BeginSitting
) -> None:
    one = visitor("fr")
    held = sitting(length="full", language="fr")
    scale = Scale(take_up(one, held))
    first, *later = pages.questions_that_differ(held)
    one.page.goto(f"/a/{held.ref}/{first}", wait_until="networkidle")
    weights = {number: scale.of(f"/a/{held.ref}/{number}") for number in later}
    assert all(1_000 < weight <= MOST_ITEM_BYTES for weight in weights.values()), weights
