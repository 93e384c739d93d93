"""The ``highlight`` type: mark the problem spans of a draft; scored as ``select``, over the spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from assessor.items import _marks
from assessor.items._abilities import Guess
from assessor.items._chance import Floats
from assessor.items.base import Content, Control, Explanation, Parts, Response, Shared, Shown, Wording
from assessor.messages import Said, said

RULE = "highlight/1"
FAMILY = Shared("spans", ("spans",), acts=False)
SHAPE = '["B", "E"]'


class Schema(Content):
    """The item as its author writes it; the spans, one after the other, are the draft."""

    type: Literal["highlight"]
    spans: tuple[_marks.Markable, ...] = Field(min_length=3, max_length=_marks.MOST_PARTS)

    @model_validator(mode="after")
    def _sound_key(self) -> Schema:
        _marks.check_marks(self.spans, "spans")
        return self

    def wording(self, ident: str) -> Wording:
        """The words of a span."""
        found = {span.id: Wording(span.text, span.why) for span in self.spans}
        return found[ident]


def _ids(content: Schema) -> tuple[str, ...]:
    return tuple(span.id for span in content.spans)


def parts(content: Schema) -> tuple[Parts, ...]:
    """The spans, in the draft's order."""
    return (Parts("spans", _ids(content), shuffled=False),)


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """One question: which spans."""
    texts = {span.id: span.text for span in content.spans}
    return (_marks.control(texts, shown.order["spans"], shown, language),)


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """The ids of the marked spans, in the draft's order."""
    return _marks.read(values, _ids(content), shown)


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """The marked spans as the page's checkboxes send them."""
    return _marks.filled(response, shown)


def check(content: Schema, response: Response) -> Response:
    """The response if it lists spans, at least one and none twice; in the draft's order."""
    return _marks.check(_ids(content), response)


def score(content: Schema, response: Response) -> float:
    """Youden's J: the share of the problems that was marked, minus the share of the sound spans."""
    return _marks.youden(content.spans, response)


def key(content: Schema) -> Response:
    """The problem spans."""
    return [span.id for span in content.spans if span.keyed]


def responses(content: Schema) -> Iterator[Response]:
    """Every set of at least one span."""
    return _marks.responses(content.spans)


def sample(content: Schema, means: Floats, rng: np.random.Generator) -> list[Response]:
    """Spans marked independently, the problems with probability (1+m)/2, the others with (1-m)/2."""
    return _marks.sample(content.spans, means, rng)


def spread(content: Schema, means: Floats) -> Floats:
    """The SD of the score of such answers at each mean."""
    return _marks.spread(content.spans, means)


def lowest(content: Schema) -> float:
    """Everything marked that should not be, and nothing else."""
    return _marks.LEAST


def preferred(content: Schema, response: Response) -> str | None:
    """None: problems have no best."""
    return None


def guesses(content: Schema) -> tuple[Guess, ...]:
    """One pick: a single span, alone."""
    ids = _ids(content)
    return (Guess(ids, tuple(score(content, [ident]) for ident in ids)),)


def avoided(content: Schema) -> list[Response]:
    """Everything that was not to be marked."""
    return [[part.id for part in content.spans if not part.keyed]]


def ceiling(contents: Sequence[Schema]) -> float:
    """The highest mean J of one set of marks."""
    return _marks.ceiling([content.spans for content in contents])


def key_size(content: Schema) -> str:
    """How many are to be marked."""
    return str(sum(part.keyed for part in content.spans))


def asked(content: Schema) -> Said:
    """What a sheet of paper asks."""
    return said("Which passages of this draft are a problem?")


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each span in the draft's order, with what was marked and what is a problem."""
    return _marks.explained(content.spans, response)
