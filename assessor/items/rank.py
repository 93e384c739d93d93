"""The ``rank`` type: put the responses in order; the score counts the pairs that stand as in the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations
from typing import Literal

from pydantic import model_validator

from assessor.items._abilities import Guess, guess_best
from assessor.items._keys import by_effectiveness, option_parts
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
    ResponseError,
    Shared,
    Shown,
    single,
)
from assessor.messages import N_, Said, said, unsound

RULE = "rank/1"
FAMILY = Shared("responses", ("options",))
SHAPE = '["C", "A", "D", "B"]'
MAX_LAZY = 0.10


class Schema(OptionContent):
    """The item as its author writes it."""

    type: Literal["rank"]

    @model_validator(mode="after")
    def _sound_key(self) -> Schema:
        presented = score(self, [option.id for option in self.options])
        if presented > MAX_LAZY:
            raise unsound(
                ("options",),
                said("the order in the file alone scores {score:.2f}", score=presented),
                said("shuffle the options until it scores {most:.2f} or less", most=MAX_LAZY),
            )
        return self


def parts(content: Schema) -> tuple[Parts, ...]:
    """The options."""
    return option_parts(content)


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """One question a response: its place, 1 the most effective."""
    places = tuple(Choice(str(place)) for place in range(1, len(content.options) + 1))
    return tuple(
        Control(shown.public[ident], "one", places, content.option(ident).text[language])
        for ident in shown.order["options"]
    )


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """The option ids, the most effective first; each place once, refused at the first control at fault."""
    given = {ident: single(values, shown.public[ident]) for ident in shown.order["options"]}
    if all(value is None for value in given.values()):
        return None
    allowed = {str(place) for place in range(1, len(content.options) + 1)}
    taken: dict[str, str] = {}
    for ident, place in given.items():
        control = shown.public[ident]
        if place is None:
            raise ResponseError(control, N_("Give this response a place too."))
        if place not in allowed:
            raise ResponseError(control, N_("Choose a place from the list."))
        if place in taken:
            raise ResponseError(control, N_("Give each response its own place: this one is taken twice."))
        taken[place] = ident
    return [taken[place] for place in sorted(taken, key=int)]


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """Each response's place as the page's selects send it."""
    return {shown.public[ident]: [str(place)] for place, ident in enumerate(response, start=1)}


def check(content: Schema, response: Response) -> Response:
    """The response if it lists every option once."""
    if not isinstance(response, list) or not all(isinstance(ident, str) for ident in response):
        raise ResponseError("", N_("Put every response in order, the most effective first."))
    if sorted(response) != sorted(content.effectiveness()):
        raise ResponseError("", N_("Put every response in order, the most effective first."))
    return response


def score(content: Schema, response: Response) -> float:
    """(concordant - discordant) / pairs that the key does not tie: Kendall's tau over the keyed pairs."""
    values = content.effectiveness()
    place = {ident: number for number, ident in enumerate(response)}
    agreements = [
        1 if (values[one] > values[other]) == (place[one] < place[other]) else -1
        for one, other in combinations(values, 2)
        if values[one] != values[other]
    ]
    return sum(agreements) / len(agreements)


def key(content: Schema) -> Response:
    """The options, the most effective first."""
    return [option.id for option in by_effectiveness(content)]


def responses(content: Schema) -> Iterator[Response]:
    """Every order."""
    return (list(order) for order in permutations([option.id for option in content.options]))


def preferred(content: Schema, response: Response) -> str | None:
    """The option put first."""
    return str(response[0])


def guesses(content: Schema) -> tuple[Guess, ...]:
    """One pick of the best: a trick finds an option, whatever is asked about all of them."""
    return (guess_best(content.effectiveness()),)


def avoided(content: Schema) -> list[Response]:
    """The order turned round."""
    return [key(content)[::-1]]


def asked(content: Schema) -> Said:
    """What a sheet of paper asks."""
    return said("Put the responses in order, the most effective first.")


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each option in the key's order, with the place given; options that the key ties share a place."""
    values = content.effectiveness()
    lines = []
    for option in by_effectiveness(content):
        place = 1 + sum(value > option.effectiveness for value in values.values())
        tied = sum(value == option.effectiveness for value in values.values())
        given = NO_MARK if response is None else Mark("place", response.index(option.id) + 1)
        agrees = given.value is not None and place <= given.value < place + tied
        lines.append(Line(option.id, given, Mark("place", place), agrees))
    return Explanation(tuple(lines))
