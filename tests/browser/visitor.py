"""Somebody in front of a browser: chooses, answers, presses. What must come of it stands in the tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Error, Locator, Page, expect

from tests.browser.watch import Watch

SAVED = re.compile(r"^(Saved at|Enregistrée à)\s\S")
WAITING = re.compile(r"^(Waiting for network|En attente du réseau)$")
ANY_ITEM = re.compile(r"/a/[0-9a-f]+/\d+$")

#: The next page is whole, and asks nothing back.
CONFIRMED = "() => document.readyState === 'complete' && !document.querySelector('#doubt')"
#: What Playwright says of a question that was asked of a page while the browser left it.
LEFT = "Execution context was destroyed"

Answer = Mapping[str, str]
#: What the controls of a type look like, and its name; a draft to mark is answered as a selection is.
SHAPES = (
    (".ranking", "rank"),
    (".pair", "best_worst"),
    (".scale", "rate"),
    (".categories", "match"),
    (".amounts", "allocate"),
    ("#answer textarea", "written"),
    ("#answer input[type=checkbox]", "select"),
    (".turn", "scenario"),
)


def asked(page: Page, script: str) -> Any:
    """What a script finds on the page, or on the one that takes its place while it is asked."""
    while True:
        try:
            return page.evaluate(script)
        except Error as error:
            if LEFT not in error.message:
                raise
            page.wait_for_load_state()


@dataclass
class Visitor:
    """One browser with its own cookies; a finger or a mouse presses what a locator names."""

    page: Page
    watch: Watch
    has_touch: bool = False

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def press(self, wanted: str | Locator) -> None:
        target = self.page.locator(wanted) if isinstance(wanted, str) else wanted
        if self.has_touch:
            target.tap()
        else:
            target.click()

    def leads(self, wanted: str | Locator, to: str) -> None:
        """Press, and arrive at an address that matches the regular expression."""
        self.press(wanted)
        self.page.wait_for_url(re.compile(to))

    # The way in

    def begin(self, *, domain: str = "banking", length: str = "short", language: str = "en") -> str:
        """From the home page to the first question; the private link's address."""
        self.page.goto("/")
        self.leads("a.door", "/self/start$")
        for name, value in (("domain", domain), ("length", length), ("language", language)):
            self.choose(name, value)
        self.leads("main button", "/self/notice")
        self.leads("main button", "/link$")
        address = self.page.locator(".address a").inner_text()
        self.leads(".onward-link", ANY_ITEM.pattern)
        return address

    def choose(self, name: str, value: str, inside: str = "main") -> None:
        """Press the label of one radio button."""
        button = self.page.locator(f'{inside} input[name="{name}"][value="{value}"]')
        self.press(f'label[for="{button.get_attribute("id")}"]')
        expect(button).to_be_checked()

    # One question

    @property
    def number(self) -> int:
        return int(self.page.url.partition("#")[0].rsplit("/", 1)[1])

    @property
    def total(self) -> int:
        return int(self.page.locator("progress").get_attribute("max") or 0)

    @property
    def kind(self) -> str:
        """The type of the item on the page, by the shape of its controls."""
        return next((kind for selector, kind in SHAPES if self.page.locator(selector).count()), "best")

    def fields(self) -> dict[str, list[str]]:
        """The fields of the question with the values that each offers; none where it is written in."""
        found: dict[str, list[str]] = {}
        for name, values in self.page.locator("#answer [name^='r-']").evaluate_all(
            "all => all.map(one => [one.name, one.options"
            " ? [...one.options].map(option => option.value).filter(Boolean)"
            " : ['radio', 'checkbox'].includes(one.type) ? [one.value] : []])"
        ):
            found.setdefault(name, []).extend(values)
        return found

    def an_answer(self, turn: int = 0) -> Answer:
        """A valid answer to the item on the page; another ``turn`` gives another answer."""
        offered, kind = self.fields(), self.kind
        values = next(iter(offered.values()))
        if kind == "best_worst":
            return {"r-best": values[turn], "r-worst": values[turn - 1]}
        if kind == "written":
            return dict.fromkeys(offered, f"Bonjour, voici le texte numéro {turn}.")
        if kind == "allocate":
            points = ["60", "40", *["0"] * (len(offered) - 2)]
            return dict(zip(offered, points[-turn:] + points[:-turn] if turn else points, strict=True))
        return {
            name: values[(turn + place) % len(values)] for place, (name, values) in enumerate(offered.items())
        }

    def give(self, answer: Answer) -> None:
        kind = self.kind
        for name, value in answer.items():
            field = self.page.locator(f'#answer [name="{name}"]')
            if kind == "rank":
                field.select_option(value)
            elif kind in ("written", "allocate"):
                field.fill(value)
                field.blur()
            elif kind == "select":
                for marked in self.page.locator("#answer input:checked").all():
                    self.press(f'label[for="{marked.get_attribute("id")}"]')
                self.choose(name, value, "#answer")
            else:
                self.choose(name, value, "#answer")

    def answer(self, turn: int = 0) -> Answer:
        given = self.an_answer(turn)
        self.give(given)
        return given

    def change(self) -> None:
        """Make a whole answer into another whole answer by one act."""
        kind = self.kind
        if kind == "rank":
            return self.press(".mover[data-step='1'] >> nth=0")
        if kind == "allocate":
            return self.give(self.an_answer(turn=2))
        name, values = next(iter(self.fields().items()))
        given = self.given()
        taken = set(given.values()) if kind == "best_worst" else {given[name]}
        self.choose(name, next(value for value in values if value not in taken), "#answer")

    def given(self) -> dict[str, str]:
        """What is chosen or written on the page."""
        pairs = self.page.locator("#answer [name^='r-']").evaluate_all(
            "all => all.filter(one => ['radio', 'checkbox'].includes(one.type) ? one.checked : one.value)"
            ".map(one => [one.name, one.value])"
        )
        return dict(pairs)

    def expect_saved(self) -> None:
        expect(self.page.locator("[data-saved-word]")).to_have_text(SAVED)

    def expect_waiting(self) -> None:
        expect(self.page.locator("[data-saved-word]")).to_have_text(WAITING)

    def expect_locked(self) -> None:
        """The page says that it can only be read, and that is true."""
        notice = self.page.locator("#errors")
        expect(notice).to_contain_text(re.compile("can only be read|ne peut plus être que lu|lecture"))
        controls = self.page.locator("#answer [name^='r-']")
        assert controls.count()
        assert controls.evaluate_all("all => all.every(one => one.disabled)")
        expect(self.page.locator("button[value=next]:not(.unseen)")).to_have_count(0)

    def go(self, step: Literal["next", "previous", "review", "leave"]) -> None:
        """Press one of the buttons that save and move."""
        here, total = self.number, self.total
        landing = {"previous": str(here - 1), "review": "review", "leave": "leave", "next": str(here + 1)}[
            step
        ]
        if step == "next" and here == total:
            landing = "review"
        self.leads(f'button[name="go"][value="{step}"]:not(.unseen)', f"/{landing}$")

    def confirm_turns(self) -> None:
        """Answer the turns of a situation that unfolds, each confirmed; ends on the next page."""
        here = self.number
        while self.page.url.partition("#")[0].endswith(f"/{here}"):
            self.answer()
            self.press('button[name="go"][value="next"]:not(.unseen)')
            self.page.wait_for_selector("#doubt")
            self.press("#doubt button")
            self.page.wait_for_function(CONFIRMED)

    def answer_the_rest(self) -> None:
        """Answer every question from here on; ends on the page of all questions."""
        while ANY_ITEM.search(self.page.url):
            if self.kind == "scenario":
                self.confirm_turns()
            else:
                self.answer()
                self.go("next")

    def submit(self) -> None:
        """From the page of all questions to the results."""
        self.leads(".actions .button", "/submit$")
        self.leads("main form button", "/results$")
