"""The ``written`` type: a work sample that people rate by a rubric; it has no score until they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from assessor.items._chance import Floats
from assessor.items.base import (
    NO_MARK,
    Content,
    Control,
    Criterion,
    Explanation,
    Line,
    Mark,
    Part,
    Parts,
    Response,
    ResponseError,
    Shown,
    Wording,
    repeated_ids,
    single,
)
from assessor.language.texts import is_blank, tidied, word_count
from assessor.messages import N_, Fault, refuse, said

RULE = "written/1"
CONTROL = "text"
#: The planning SD until raters are known (scoring.md 2).
SIGMA = 0.30
#: Above what any number of words allowed can need: a limit for machines, not for writers.
MOST_CHARACTERS = 20_000
SIMULATED = "Simulated text."


class Lengths(Part):
    """How long the text should be, and the most that is accepted; a shorter one is kept, and rated."""

    least: int = Field(ge=1, strict=True)
    most: int = Field(le=600, strict=True)


class Schema(Content):
    """The item as its author writes it."""

    type: Literal["written"]
    words: Lengths
    rubric: tuple[Criterion, ...] = Field(min_length=3, max_length=4)

    @model_validator(mode="after")
    def _sound_rubric(self) -> Schema:
        faults = [*repeated_ids(("rubric",), [criterion.id for criterion in self.rubric])]
        if self.words.least >= self.words.most:
            found = said("the most is not above the least")
            faults.append(Fault(("words",), found, said("leave room between the two")))
        refuse(faults)
        return self

    def wording(self, ident: str) -> Wording:
        """The name of a criterion, and what its highest anchor asks for."""
        found = {criterion.id: Wording(criterion.name, criterion.anchors[-1]) for criterion in self.rubric}
        return found[ident]


def parts(content: Schema) -> tuple[Parts, ...]:
    """The criteria."""
    return (Parts("rubric", tuple(criterion.id for criterion in content.rubric), shuffled=False),)


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """One text."""
    return (Control(CONTROL, "text"),)


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """The text; None where there is nothing to see."""
    value = single(values, CONTROL)
    return None if value is None or is_blank(value) else check(content, value)


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """The text as the page's text area sends it."""
    return {CONTROL: [response]}


def check(content: Schema, response: Response) -> Response:
    """The tidied text if there is one of at most the words allowed; too short a one is kept as a draft is."""
    if not isinstance(response, str) or not (text := tidied(response)):
        raise ResponseError(CONTROL, N_("Write a text."))
    if word_count(text) > content.words.most:
        raise ResponseError(CONTROL, N_("Shorten your text: it has more words than allowed."))
    if len(text) > MOST_CHARACTERS:
        raise ResponseError(CONTROL, N_("Shorten your text: it has more than 20,000 characters."))
    return text


def score(content: Schema, response: Response) -> None:
    """None: people must rate it first; ``rated_score`` is the score then."""


def rubric(content: Schema) -> tuple[Criterion, ...]:
    """What raters look at."""
    return content.rubric


def rated_score(content: Schema, ratings: Sequence[Mapping[str, int]]) -> float:
    """Points / maximum, the mean over the raters: 1 for all points, 0 for none, as for a blank page."""
    most = {criterion.id: criterion.most for criterion in content.rubric}
    if not ratings:
        raise ValueError("there is no rating yet")
    for rating in ratings:
        if set(rating) != set(most):
            raise ValueError(f"a rating is of {', '.join(sorted(rating))}, not of {', '.join(most)}")
        for ident, points in rating.items():
            if type(points) is not int or not 0 <= points <= most[ident]:
                raise ValueError(f"{ident}: {points!r} is no number of points from 0 to {most[ident]}")
    return sum(sum(rating.values()) for rating in ratings) / (sum(most.values()) * len(ratings))


def key(content: Schema) -> None:
    """None: no one text is the key."""


def responses(content: Schema) -> None:
    """None: texts cannot be listed."""


def sample(content: Schema, means: Floats, rng: np.random.Generator) -> list[Response]:
    """A text each that says it is simulated; the level is in ``sample_ratings``."""
    return [SIMULATED for _ in means]


def sample_ratings(content: Schema, means: Floats, rng: np.random.Generator) -> list[dict[str, int]]:
    """Binomial points at each criterion, with the mean as the chance of each point."""
    most = [criterion.most for criterion in content.rubric]
    got = rng.random((len(means), sum(most))) < np.clip(means, 0, 1)[:, None]
    starts = np.cumsum([0, *most[:-1]])
    points = np.add.reduceat(got.astype(np.intp), starts, axis=1).tolist()
    return [{one.id: n for one, n in zip(content.rubric, row, strict=True)} for row in points]


def spread(content: Schema, means: Floats) -> Floats:
    """The planning SD of a rated text, at any mean the same."""
    return np.full(len(means), SIGMA)


def lowest(content: Schema) -> float:
    """No point of any rater."""
    return 0.0


def preferred(content: Schema, response: Response) -> str | None:
    """None: there are no options."""
    return None


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each criterion with the most points it gives; whether a text was written."""
    given = NO_MARK if response is None else Mark("text")
    return Explanation(
        tuple(Line(one.id, given, Mark("points", one.most), agrees=False) for one in content.rubric)
    )
