"""The ``rate`` type: rate every response from 1 to 5; the score is the correlation with the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from math import sqrt
from typing import Literal

import numpy as np
from pydantic import model_validator

from assessor.items._abilities import Guess, guess_best
from assessor.items._chance import Floats
from assessor.items._keys import by_effectiveness, mean, option_parts
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
from assessor.messages import N_, Said, counted, said, unsound

RULE = "rate/1"
FAMILY = Shared("responses", ("options",))
SHAPE = '{"A": 4, "B": 1, "C": 2, ...}'
SCALE = (1, 2, 3, 4, 5)
MIN_OPTIONS = 4
MIN_SPREAD = 0.8


class Schema(OptionContent):
    """The item as its author writes it."""

    type: Literal["rate"]

    @model_validator(mode="after")
    def _sound_key(self) -> Schema:
        values = list(self.effectiveness().values())
        if len(values) < MIN_OPTIONS:
            found = counted("rate has {count} option", "rate has {count} options", len(values))
            raise unsound(("options",), found, said("give at least {count}", count=MIN_OPTIONS))
        if _spread(values) < MIN_SPREAD:
            found = said("the key's standard deviation is under {least:g}", least=MIN_SPREAD)
            raise unsound(("options",), found, said("spread the key out"))
        return self


def _spread(values: Sequence[float]) -> float:
    middle = mean(values)
    return sqrt(mean((value - middle) ** 2 for value in values))


def _correlation(left: Sequence[float], right: Sequence[float]) -> float:
    """Pearson's r, 0 where one side does not vary: equal ratings say nothing about the options."""
    mean_left, mean_right = mean(left), mean(right)
    spread = sqrt(sum((x - mean_left) ** 2 for x in left) * sum((y - mean_right) ** 2 for y in right))
    if spread == 0:
        return 0.0
    return sum((x - mean_left) * (y - mean_right) for x, y in zip(left, right, strict=True)) / spread


@lru_cache(maxsize=4096)
def _closest(keyed: tuple[float, ...]) -> tuple[float, tuple[int, ...]]:
    """The highest correlation of integer ratings with this key, and the nearest ratings that reach it."""
    if all(float(value).is_integer() for value in keyed):
        return 1.0, tuple(int(value) for value in keyed)
    return max(
        ((_correlation(ratings, keyed), ratings) for ratings in product(SCALE, repeat=len(keyed))),
        key=lambda found: (
            round(found[0], 12),
            -sum((r - k) ** 2 for r, k in zip(found[1], keyed, strict=True)),
        ),
    )


def parts(content: Schema) -> tuple[Parts, ...]:
    """The options."""
    return option_parts(content)


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """One question a response: how effective, from 1 to 5."""
    scale = tuple(Choice(str(rating)) for rating in SCALE)
    return tuple(
        Control(shown.public[ident], "one", scale, content.option(ident).text[language])
        for ident in shown.order["options"]
    )


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """Option id -> rating; some but not all rated is refused at the first that is missing."""
    given = {ident: single(values, shown.public[ident]) for ident in shown.order["options"]}
    if all(value is None for value in given.values()):
        return None
    ratings = {}
    for ident, value in given.items():
        if value is None:
            raise ResponseError(shown.public[ident], N_("Rate this response too."))
        if value not in {str(rating) for rating in SCALE}:
            raise ResponseError(shown.public[ident], N_("Choose a rating from 1 to 5."))
        ratings[ident] = int(value)
    return {option.id: ratings[option.id] for option in content.options}


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """Each rating as the page's radio groups send it."""
    return {shown.public[ident]: [str(rating)] for ident, rating in response.items()}


def check(content: Schema, response: Response) -> Response:
    """The response if it rates every option, and nothing else, from 1 to 5."""
    if not isinstance(response, dict) or set(response) != set(content.effectiveness()):
        raise ResponseError("", N_("Rate every response from 1 to 5."))
    for ident, rating in response.items():
        if type(rating) is not int or rating not in SCALE:
            raise ResponseError(ident, N_("Choose a rating from 1 to 5."))
    return {option.id: response[option.id] for option in content.options}


def score(content: Schema, response: Response) -> float:
    """``r / r_max``: correlation with the key in the item (McDaniel et al. 2011, JAP 96:327)."""
    keyed = tuple(content.effectiveness().values())
    ratings = [float(response[option.id]) for option in content.options]
    return _correlation(ratings, keyed) / _closest(keyed)[0]


def key(content: Schema) -> Response:
    """The integer ratings that follow the key most closely."""
    ratings = _closest(tuple(content.effectiveness().values()))[1]
    return {option.id: rating for option, rating in zip(content.options, ratings, strict=True)}


def responses(content: Schema) -> Iterator[Response] | None:
    """Every sheet of ratings up to six options; above that there are too many to list."""
    ids = [option.id for option in content.options]
    if len(ids) > 6:
        return None
    return (dict(zip(ids, ratings, strict=True)) for ratings in product(SCALE, repeat=len(ids)))


def preferred(content: Schema, response: Response) -> str | None:
    """The option rated highest, where there is one alone."""
    top = max(response.values())
    leaders = [ident for ident, rating in response.items() if rating == top]
    return leaders[0] if len(leaders) == 1 else None


def guesses(content: Schema) -> tuple[Guess, ...]:
    """One pick of the best: a trick finds an option, whatever is asked about all of them."""
    return (guess_best(content.effectiveness()),)


def avoided(content: Schema) -> list[Response]:
    """The ratings turned round: 1 for 5, 5 for 1."""
    return [{ident: SCALE[0] + SCALE[-1] - rating for ident, rating in key(content).items()}]


@lru_cache(maxsize=4)
def _sheets(count: int) -> Floats:
    """Every sheet of ratings that tells the options apart, each around its mean and of length 1."""
    ratings = np.array(list(product(SCALE, repeat=count)), dtype=np.float64)
    ratings -= ratings.mean(axis=1, keepdims=True)
    length = np.sqrt((ratings**2).sum(axis=1, keepdims=True))
    told: Floats = ratings[length[:, 0] > 0] / length[length[:, 0] > 0]
    told.setflags(write=False)
    return told


def ceiling(contents: Sequence[Schema]) -> float:
    """The highest mean score of one sheet of ratings, over every sheet: a sum of correlations is linear."""
    keyed = np.array([list(content.effectiveness().values()) for content in contents])
    keyed = keyed - keyed.mean(axis=1, keepdims=True)
    most = np.array([[_closest(tuple(content.effectiveness().values()))[0]] for content in contents])
    keyed /= np.sqrt((keyed**2).sum(axis=1, keepdims=True)) * most
    return float((_sheets(keyed.shape[1]) @ keyed.mean(axis=0)).max())


def asked(content: Schema) -> Said:
    """What a sheet of paper asks."""
    return said(
        "How effective is each response, from {low} (very ineffective) to {high} (very effective)?",
        low=SCALE[0],
        high=SCALE[-1],
    )


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each option, the most effective first, with the rating given and the rating keyed."""
    lines = []
    for option in by_effectiveness(content):
        given = NO_MARK if response is None else Mark("rating", float(response[option.id]))
        agrees = given.value is not None and abs(given.value - option.effectiveness) <= 1
        lines.append(Line(option.id, given, Mark("rating", option.effectiveness), agrees))
    return Explanation(tuple(lines))
