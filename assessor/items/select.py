"""The ``select`` type: choose all responses that apply; the score is hit rate minus false-alarm rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from assessor.items import _marks
from assessor.items._abilities import Guess
from assessor.items._chance import Floats
from assessor.items.base import Content, Control, Explanation, Lure, Parts, Response, Shared, Shown, Wording
from assessor.messages import Fault, Said, refuse, said

RULE = "select/1"
FAMILY = Shared("responses", ("options",))
SHAPE = '["A", "D"]'


class Choosable(_marks.Markable):
    """One response that applies (``keyed``) or does not; one that does not has its kind of miss."""

    lure: Lure | None = None


class Schema(Content):
    """The item as its author writes it."""

    type: Literal["select"]
    options: tuple[Choosable, ...] = Field(min_length=3, max_length=8)

    @model_validator(mode="after")
    def _sound_key(self) -> Schema:
        _marks.check_marks(self.options, "options")
        refuse(self._unsound())
        return self

    def _unsound(self) -> Iterator[Fault]:
        for number, option in enumerate(self.options):
            if option.keyed and option.lure is not None:
                found = said("{ident!r} applies and has a lure", ident=option.id)
                yield Fault(("options", number, "lure"), found, said("take it out"))
            if not option.keyed and option.lure is None:
                found = said("{ident!r} has no lure", ident=option.id)
                yield Fault(("options", number), found, said("name its kind of miss"))

    def wording(self, ident: str) -> Wording:
        """The words of an option."""
        found = {option.id: Wording(option.text, option.why) for option in self.options}
        return found[ident]


def _ids(content: Schema) -> tuple[str, ...]:
    return tuple(option.id for option in content.options)


def parts(content: Schema) -> tuple[Parts, ...]:
    """The options."""
    return (Parts("options", _ids(content)),)


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """One question: which options."""
    texts = {option.id: option.text for option in content.options}
    return (_marks.control(texts, shown.order["options"], shown, language),)


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """The ids of the chosen options, in the author's order."""
    return _marks.read(values, _ids(content), shown)


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """The chosen options as the page's checkboxes send them."""
    return _marks.filled(response, shown)


def check(content: Schema, response: Response) -> Response:
    """The response if it lists options, at least one and none twice; in the author's order."""
    return _marks.check(_ids(content), response)


def score(content: Schema, response: Response) -> float:
    """Youden's J: the share of what applies that was chosen, minus the share of what does not."""
    return _marks.youden(content.options, response)


def key(content: Schema) -> Response:
    """The options that apply."""
    return [option.id for option in content.options if option.keyed]


def responses(content: Schema) -> Iterator[Response]:
    """Every set of at least one option."""
    return _marks.responses(content.options)


def sample(content: Schema, means: Floats, rng: np.random.Generator) -> list[Response]:
    """Options chosen independently, those that apply with probability (1+m)/2, the others with (1-m)/2."""
    return _marks.sample(content.options, means, rng)


def spread(content: Schema, means: Floats) -> Floats:
    """The SD of the score of such answers at each mean."""
    return _marks.spread(content.options, means)


def lowest(content: Schema) -> float:
    """Everything marked that should not be, and nothing else."""
    return _marks.LEAST


def preferred(content: Schema, response: Response) -> str | None:
    """None: what applies has no best."""
    return None


def guesses(content: Schema) -> tuple[Guess, ...]:
    """One pick: a single option, alone."""
    ids = _ids(content)
    return (Guess(ids, tuple(score(content, [ident]) for ident in ids)),)


def avoided(content: Schema) -> list[Response]:
    """Everything that was not to be marked."""
    return [[part.id for part in content.options if not part.keyed]]


def ceiling(contents: Sequence[Schema]) -> float:
    """The highest mean J of one set of marks."""
    return _marks.ceiling([content.options for content in contents])


def key_size(content: Schema) -> str:
    """How many are to be marked."""
    return str(sum(part.keyed for part in content.options))


def asked(content: Schema) -> Said:
    """What a sheet of paper asks."""
    return said("Which responses apply?")


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each option, those that apply first, with what was chosen and what applies."""
    return _marks.explained(sorted(content.options, key=lambda option: not option.keyed), response)
