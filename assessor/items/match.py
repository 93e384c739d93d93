"""The ``match`` type: put each prompt into one category; the score is the share right against chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from assessor.items._abilities import Guess
from assessor.items._chance import MOST_LISTED, Floats, within_reach
from assessor.items._keys import MAX_LAZY
from assessor.items.base import (
    NO_MARK,
    Choice,
    Content,
    Control,
    Explanation,
    Line,
    Mark,
    Part,
    PartId,
    Parts,
    Response,
    ResponseError,
    Shared,
    Shown,
    Text,
    Wording,
    author_id,
    repeated_ids,
    single,
)
from assessor.messages import N_, Fault, Said, refuse, said, unsound

RULE = "match/1"
FAMILY = Shared("prompts", ("prompts",), whole=("categories",), acts=False)
SHAPE = '{"A": "2", "B": "1", "C": "2", ...}'


class Category(Part):
    """Where prompts may be put; any number of them."""

    id: PartId
    text: Text


class Prompt(Part):
    """What is to be put into a category, with the right one and why."""

    id: PartId
    text: Text
    category: PartId
    why: Text


class Schema(Content):
    """The item as its author writes it."""

    type: Literal["match"]
    categories: tuple[Category, ...] = Field(min_length=2, max_length=6)
    prompts: tuple[Prompt, ...] = Field(min_length=3, max_length=8)

    @model_validator(mode="after")
    def _sound_key(self) -> Schema:
        refuse(self._unsound())
        lazy = {
            said("putting everything into {ident!r}", ident=one.id): [one.id] * len(self.prompts)
            for one in self.categories
        }
        around = [category.id for category in self.categories] * len(self.prompts)
        lazy[said("the categories in turn, in the order of the file,")] = around[: len(self.prompts)]
        for how, given in lazy.items():
            paid = score(self, {prompt.id: one for prompt, one in zip(self.prompts, given, strict=True)})
            if paid > MAX_LAZY + 1e-9:
                raise unsound(
                    ("prompts",),
                    said("{how} scores {score:.2f}", how=how, score=paid),
                    said(
                        "share the prompts out more evenly, or shuffle them, "
                        "until it scores {most:.2f} or less",
                        most=MAX_LAZY,
                    ),
                )
        return self

    def _unsound(self) -> Iterator[Fault]:
        categories = [category.id for category in self.categories]
        yield from repeated_ids(("prompts",), [*categories, *(prompt.id for prompt in self.prompts)])
        for number, prompt in enumerate(self.prompts):
            if prompt.category not in categories:
                found = said("{ident!r} is no category", ident=prompt.category)
                wanted = said("use one of {known}", known=", ".join(categories))
                yield Fault(("prompts", number, "category"), found, wanted)

    def wording(self, ident: str) -> Wording:
        """The words of a prompt or of a category."""
        found = {category.id: Wording(category.text) for category in self.categories}
        found |= {prompt.id: Wording(prompt.text, prompt.why) for prompt in self.prompts}
        return found[ident]


def _chance(content: Schema) -> float:
    """The expected share right under uniform assignment: categories may be used any number of times."""
    return 1 / len(content.categories)


def parts(content: Schema) -> tuple[Parts, ...]:
    """The prompts, shuffled, and the categories in the author's order, the same at every prompt."""
    categories = tuple(category.id for category in content.categories)
    return (
        Parts("prompts", tuple(prompt.id for prompt in content.prompts)),
        Parts("categories", categories, shuffled=False),
    )


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """One question a prompt: its category."""
    choices = tuple(
        Choice(shown.public[ident], content.wording(ident).text[language])
        for ident in shown.order["categories"]
    )
    return tuple(
        Control(shown.public[ident], "one", choices, content.wording(ident).text[language])
        for ident in shown.order["prompts"]
    )


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """Prompt id -> category id; some but not all answered is refused at the first that is missing."""
    given = {ident: single(values, shown.public[ident]) for ident in shown.order["prompts"]}
    if all(value is None for value in given.values()):
        return None
    found = {}
    for ident, value in given.items():
        control = shown.public[ident]
        if value is None:
            raise ResponseError(control, N_("Choose a category here too."))
        found[ident] = author_id(shown, control, value)
        if found[ident] not in shown.order["categories"]:
            raise ResponseError(control, N_("Choose one of the answers on this page."))
    return check(content, found)


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """Each prompt's category as the page sends it."""
    return {shown.public[ident]: [shown.public[category]] for ident, category in response.items()}


def check(content: Schema, response: Response) -> Response:
    """The response if it puts every prompt, and nothing else, into a category."""
    ids = [prompt.id for prompt in content.prompts]
    if not isinstance(response, dict) or set(response) != set(ids):
        raise ResponseError("", N_("Choose a category for everything in the list."))
    categories = [category.id for category in content.categories]
    for ident in ids:
        if not isinstance(response[ident], str) or response[ident] not in categories:
            raise ResponseError(ident, N_("Choose one of the answers on this page."))
    return {ident: response[ident] for ident in ids}


def score(content: Schema, response: Response) -> float:
    """``(p - c) / (1 - c)``: p the share right, c the share that blind answers get right."""
    right: int = sum(response[prompt.id] == prompt.category for prompt in content.prompts)
    chance = _chance(content)
    return (right / len(content.prompts) - chance) / (1 - chance)


def key(content: Schema) -> Response:
    """Every prompt in its category."""
    return {prompt.id: prompt.category for prompt in content.prompts}


def responses(content: Schema) -> Iterator[Response] | None:
    """Every assignment, while they can be listed."""
    ids = [prompt.id for prompt in content.prompts]
    categories = [category.id for category in content.categories]
    if len(categories) ** len(ids) > MOST_LISTED:
        return None
    return (dict(zip(ids, each, strict=True)) for each in product(categories, repeat=len(ids)))


def sample(content: Schema, means: Floats, rng: np.random.Generator) -> list[Response]:
    """Each prompt right with probability c + m(1-c), else in one of the others, all alike."""
    chance = _chance(content)
    wanted = within_reach(means, lowest(content))
    uniform = rng.random((len(wanted), len(content.prompts), 2))
    is_right = uniform[:, :, 0] < (chance + wanted * (1 - chance))[:, None]
    ways = [
        [one.id for one in content.categories if one.id != prompt.category] + [prompt.category]
        for prompt in content.prompts
    ]
    others = len(content.categories) - 1
    place = np.where(is_right, others, (uniform[:, :, 1] * others).astype(np.intp))
    ids = [prompt.id for prompt in content.prompts]
    return [{ident: way[at] for ident, way, at in zip(ids, ways, row, strict=True)} for row in place.tolist()]


def spread(content: Schema, means: Floats) -> Floats:
    """The SD of the score of such answers at each mean."""
    chance = _chance(content)
    right = chance + within_reach(means, lowest(content)) * (1 - chance)
    found: Floats = np.sqrt(right * (1 - right) / len(content.prompts)) / (1 - chance)
    return found


def lowest(content: Schema) -> float:
    """Every prompt in a wrong category."""
    return -_chance(content) / (1 - _chance(content))


def preferred(content: Schema, response: Response) -> str | None:
    """None: prompts have no best."""
    return None


def guesses(content: Schema) -> tuple[Guess, ...]:
    """A pick of one category for each prompt: ``(1 - c) / (1 - c)`` if right, else ``-c / (1 - c)``."""
    ids = tuple(category.id for category in content.categories)
    missed = -_chance(content) / (1 - _chance(content))
    return tuple(
        Guess(ids, tuple(1.0 if ident == prompt.category else missed for ident in ids), prompt.text)
        for prompt in content.prompts
    )


def avoided(content: Schema) -> list[Response]:
    """Every prompt in another category, the same number of categories further on."""
    categories = [category.id for category in content.categories]
    return [
        {
            prompt.id: categories[(categories.index(prompt.category) + further) % len(categories)]
            for prompt in content.prompts
        }
        for further in range(1, len(categories))
    ]


def ceiling(contents: Sequence[Schema]) -> float:
    """The highest mean score of one assignment: each prompt where it is right most often."""
    chance, prompts = _chance(contents[0]), contents[0].prompts
    often = (
        max(Counter(content.prompts[place].category for content in contents).values())
        for place in range(len(prompts))
    )
    return (sum(often) / (len(prompts) * len(contents)) - chance) / (1 - chance)


def key_size(content: Schema) -> str:
    """How many prompts are in each category, the fullest first: ``4+2+0``."""
    counts = Counter(prompt.category for prompt in content.prompts)
    return "+".join(str(n) for n in sorted((counts[one.id] for one in content.categories), reverse=True))


def asked(content: Schema) -> Said:
    """What a sheet of paper asks."""
    return said("Where does each of these belong?")


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each prompt in the author's order, with the category given and the right one."""
    lines = []
    for prompt in content.prompts:
        given = NO_MARK if response is None else Mark("category", ref=response[prompt.id])
        keyed = Mark("category", ref=prompt.category)
        lines.append(Line(prompt.id, given, keyed, given == keyed))
    return Explanation(tuple(lines))
