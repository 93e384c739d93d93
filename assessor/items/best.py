"""The ``best`` type: pick the most effective response. The score is its effectiveness against chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import model_validator

from assessor.items._abilities import Guess, guess_best
from assessor.items._keys import (
    by_effectiveness,
    check_lopsided,
    mean,
    option_parts,
    picked,
    require_option,
    second_best,
)
from assessor.items.base import (
    NO_MARK,
    Choice,
    Control,
    Explanation,
    Line,
    Mark,
    OptionContent,
    Parts,
    Response,
    Shared,
    Shown,
)
from assessor.messages import Said, said

RULE = "best/1"
FAMILY = Shared("responses", ("options",))
SHAPE = '"B"'


class Schema(OptionContent):
    """The item as its author writes it."""

    type: Literal["best"]

    @model_validator(mode="after")
    def _sound_key(self) -> Schema:
        check_lopsided(self)
        return self


def parts(content: Schema) -> tuple[Parts, ...]:
    """The options."""
    return option_parts(content)


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """One question: which option."""
    choices = tuple(
        Choice(shown.public[ident], content.option(ident).text[language]) for ident in shown.order["options"]
    )
    return (Control("pick", "one", choices),)


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """The id of the picked option."""
    return picked(values, "pick", shown)


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """The picked option as the page's radio group sends it."""
    return {"pick": [shown.public[response]]}


def check(content: Schema, response: Response) -> Response:
    """The response if it is one option's id."""
    return require_option(content, "pick", response)


def score(content: Schema, response: Response) -> float:
    """``(e[pick] - mean(e)) / (max(e) - mean(e))``: 1 for the best option, 0 on average over blind picks."""
    values = content.effectiveness()
    middle = mean(values.values())
    return (values[response] - middle) / (max(values.values()) - middle)


def key(content: Schema) -> Response:
    """The most effective option."""
    return max(content.options, key=lambda option: option.effectiveness).id


def responses(content: Schema) -> Iterator[Response]:
    """Every option."""
    return (option.id for option in content.options)


def preferred(content: Schema, response: Response) -> str | None:
    """The pick itself."""
    return str(response)


def guesses(content: Schema) -> tuple[Guess, ...]:
    """The one pick."""
    return (guess_best(content.effectiveness()),)


def avoided(content: Schema) -> list[Response]:
    """The best of what was not best; each of several."""
    return [option.id for option in second_best(content)]


def asked(content: Schema) -> Said:
    """What a sheet of paper asks."""
    return said("Which response is the most effective?")


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each option, the most effective first, with the pick and the best marked."""
    best = key(content)
    return Explanation(
        tuple(
            Line(
                option.id,
                given=Mark("best") if option.id == response else NO_MARK,
                keyed=Mark("best") if option.id == best else NO_MARK,
                agrees=(option.id == response) == (option.id == best),
            )
            for option in by_effectiveness(content)
        )
    )
