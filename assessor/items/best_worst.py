"""The ``best_worst`` type: pick the most and the least effective response, each scored against chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Literal

from pydantic import model_validator

from assessor.items._abilities import Guess, guess_best
from assessor.items._keys import (
    by_effectiveness,
    check_lopsided,
    check_single_worst,
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
    ResponseError,
    Shared,
    Shown,
)
from assessor.messages import N_, Said, said

RULE = "best_worst/1"
FAMILY = Shared("responses", ("options",))
SHAPE = '{"best": "B", "worst": "D"}'


class Schema(OptionContent):
    """The item as its author writes it."""

    type: Literal["best_worst"]

    @model_validator(mode="after")
    def _sound_key(self) -> Schema:
        check_single_worst(self)
        check_lopsided(self)
        return self


def parts(content: Schema) -> tuple[Parts, ...]:
    """The options."""
    return option_parts(content)


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """Two questions over the same options: which is the most effective, which the least."""
    choices = tuple(
        Choice(shown.public[ident], content.option(ident).text[language]) for ident in shown.order["options"]
    )
    return (Control("best", "one", choices), Control("worst", "one", choices))


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """Both picks; one alone is refused, so nobody loses half an answer unawares."""
    best, worst = picked(values, "best", shown), picked(values, "worst", shown)
    if best is None and worst is None:
        return None
    return check(content, {"best": best, "worst": worst})


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """Both picks as the page's radio groups send them."""
    return {half: [shown.public[response[half]]] for half in ("best", "worst")}


def check(content: Schema, response: Response) -> Response:
    """The response if it names two different options, one for each half."""
    if not isinstance(response, dict) or set(response) - {"best", "worst"}:
        raise ResponseError("best", N_("Choose the most effective response and the least effective one."))
    if response.get("best") is None:
        raise ResponseError("best", N_("Choose the most effective response too."))
    if response.get("worst") is None:
        raise ResponseError("worst", N_("Choose the least effective response too."))
    checked = {half: require_option(content, half, response[half]) for half in ("best", "worst")}
    if checked["best"] == checked["worst"]:
        raise ResponseError("worst", N_("Choose two different responses."))
    return checked


def score(content: Schema, response: Response) -> float:
    """Mean of ``(e[best]-mean)/(max-mean)`` and ``(mean-e[worst])/(mean-min)``."""
    values = content.effectiveness()
    middle = mean(values.values())
    upper = (values[response["best"]] - middle) / (max(values.values()) - middle)
    lower = (middle - values[response["worst"]]) / (middle - min(values.values()))
    return (upper + lower) / 2


def key(content: Schema) -> Response:
    """The most and the least effective option."""
    ordered = by_effectiveness(content)
    return {"best": ordered[0].id, "worst": ordered[-1].id}


def responses(content: Schema) -> Iterator[Response]:
    """Every ordered pair of different options."""
    ids = [option.id for option in content.options]
    return ({"best": best, "worst": worst} for best, worst in permutations(ids, 2))


def preferred(content: Schema, response: Response) -> str | None:
    """The option picked as the most effective."""
    return str(response["best"])


def guesses(content: Schema) -> tuple[Guess, ...]:
    """One pick of the best: a trick finds an option, whatever is asked about all of them."""
    return (guess_best(content.effectiveness()),)


def avoided(content: Schema) -> list[Response]:
    """The best of what was not best, each of several, and the worst of what was neither worst nor that."""
    keyed, ordered = key(content), by_effectiveness(content)
    found = []
    for best in second_best(content):
        rest = [option for option in ordered if option.id not in (best.id, keyed["worst"])]
        found.append({"best": best.id, "worst": rest[-1].id})
    return found


def asked(content: Schema) -> Said:
    """What a sheet of paper asks."""
    return said("Which response is the most effective, and which the least?")


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each option, the most effective first, with both picks and both keys marked."""

    def mark(picks: Mapping[str, str] | None, ident: str) -> Mark:
        if picks is None or ident not in picks.values():
            return NO_MARK
        return Mark("best") if picks["best"] == ident else Mark("worst")

    keyed = key(content)
    lines = []
    for option in by_effectiveness(content):
        given_mark, keyed_mark = mark(response, option.id), mark(keyed, option.id)
        lines.append(Line(option.id, given_mark, keyed_mark, given_mark == keyed_mark))
    return Explanation(tuple(lines))
