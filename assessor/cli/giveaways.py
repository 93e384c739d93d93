"""The tables of ``banks stats`` that show what somebody could learn who does not read the situation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assessor.authoring.bars import BARS, BarId
from assessor.authoring.recipes import FEW_ACTS
from assessor.cli.terminal import table
from assessor.language.catalogues import tongue
from assessor.language.figures import fixed
from assessor.messages import N_

Row = tuple[str, ...]


class _Tables:
    """The tables in one language; a figure that misses its bar carries a star."""

    def __init__(self, found: Mapping[str, Any], language: str) -> None:
        self.found = found
        self.tongue = tongue(language)

    def say(self, message: str) -> str:
        return self.tongue.translate(message)

    def head(self, *messages: str) -> Row:
        return tuple(self.say(message) for message in messages)

    def figure(self, value: float | None, bar: BarId | None = None) -> str:
        if value is None:
            return "-"
        star = "" if bar is None or BARS[bar].holds(value) else " *"
        return fixed(value, 2).replace(".", self.tongue.decimal) + star

    def banks(self) -> Iterator[Row]:
        yield self.head(
            N_("bank"),
            N_("families"),
            N_("three or more"),
            N_("alone"),
            N_("fixed response, options"),
            N_("keys repeated"),
            N_("keys avoided"),
        )
        for name, one in self.found.items():
            ceiling, repeated, avoided = (
                None if one[key] is None else one[key]["mean"]
                for key in ("ceiling_of_options", "repeated", "avoided")
            )
            yield (
                *(name, str(len(one["families"])), str(one["three_or_more"]), str(one["alone"])),
                self.figure(ceiling, "bank"),
                self.figure(repeated, "memory"),
                self.figure(avoided, "memory"),
            )

    def types(self) -> Iterator[Row]:
        yield self.head(N_("bank"), N_("type"), N_("fixed response"), N_("items"), N_("sizes of keys"))
        for name, one in self.own():
            for kind, held in one["ceiling"].items():
                sizes = "  ".join(f"{size}: {n}" for size, n in one["key_sizes"].get(kind, {}).items())
                yield (name, kind, self.figure(held["mean"]), str(held["n"]), sizes)

    def families(self) -> Iterator[Row]:
        yield self.head(
            N_("family"),
            N_("type"),
            N_("situations"),
            N_("fixed response"),
            N_("keys repeated"),
            N_("keys avoided"),
        )
        for _, one in self.own():
            for name, held in one["families"].items():
                yield (
                    *(name, held["type"], str(len(held["items"]))),
                    self.figure(held["ceiling"], "family"),
                    self.figure(held["repeated"], "family_memory"),
                    self.figure(held["avoided"], "family_memory"),
                )

    def acts(self) -> Iterator[Row]:
        yield self.head(N_("bank"), N_("act"), N_("worth of choosing it"), N_("times"))
        for name, one in self.found.items():
            for act, held in one["acts"].items():
                if held["n"] >= FEW_ACTS:
                    yield (name, act, self.figure(held["mean"], "taste"), str(held["n"]))

    def own(self) -> Iterator[tuple[str, Any]]:
        """The banks alone, without those that stand with the core once more."""
        return ((name, one) for name, one in self.found.items() if "+" not in name)


def tables(found: Mapping[str, Any], language: str) -> Iterator[str]:
    """The lines of the tables: banks, types, families, acts; what each figure is stands above it."""
    made = _Tables(found, language)
    yield made.say(N_("Without reading the situation (0: chance, 1: the key; * misses the bar):"))
    yield from table(list(made.banks()), right=range(1, 7))
    yield ""
    yield from table(list(made.types()), right=(2, 3))
    for rows, right in ((list(made.families()), range(2, 6)), (list(made.acts()), (2, 3))):
        if len(rows) > 1:
            yield ""
            yield from table(rows, right=right)
