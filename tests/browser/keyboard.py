"""Somebody who uses the keyboard alone: no call here moves or presses a mouse."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Page

#: A page with more stops than this before what is sought wears its reader out.
MOST_STOPS = 150

#: Whether the focused element matches, and whether the eye can find it.
FOCUSED = """selector => {
  const focused = document.activeElement;
  const drawn = ["radio", "checkbox"].includes(focused.type) ? focused.labels[0] : focused;
  const style = getComputedStyle(drawn);
  return {
    matches: focused.matches(selector),
    words: focused.outerHTML.slice(0, 120),
    isSeen: focused === document.body
      || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
  };
}"""


@dataclass
class Keyboard:
    """Tab, arrows, space and Enter on one page; every stop must be visible."""

    page: Page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def tab_to(self, selector: str) -> None:
        for _ in range(MOST_STOPS):
            self.press("Tab")
            found = self.page.evaluate(FOCUSED, selector)
            assert found["isSeen"], f"{self.page.url}: the focus cannot be seen on {found['words']}"
            if found["matches"]:
                return
        raise AssertionError(f"{self.page.url}: Tab does not reach {selector}")

    def enter(self, selector: str, to: str) -> None:
        """Tab to a link or a button, press Enter, and arrive."""
        self.tab_to(selector)
        self.press("Enter")
        self.page.wait_for_url(re.compile(to))

    def choose(self, name: str, value: str) -> None:
        """Tab to a group of radio buttons; Space and the down arrow to the one that is meant."""
        self.tab_to(f'input[name="{name}"]')
        self.press("Space")
        for _ in range(12):
            if self.page.evaluate("document.activeElement.checked && document.activeElement.value") == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{self.page.url}: the arrows do not reach {name}={value}")

    def pick(self, name: str, value: str) -> None:
        """Tab to a list of places and type the place."""
        self.tab_to(f'select[name="{name}"]')
        self.press(value)

    def mark(self, name: str, value: str) -> None:
        """Tab to a checkbox; Space marks it."""
        self.tab_to(f'input[name="{name}"][value="{value}"]')
        self.press("Space")

    def write(self, name: str, text: str) -> None:
        """Tab to a field and type."""
        self.tab_to(f'[name="{name}"]')
        self.page.keyboard.type(text)
