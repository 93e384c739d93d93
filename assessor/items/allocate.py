"""The ``allocate`` type: spread 100 points over channels; what counts is how few lie outside their bands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from assessor.items._abilities import Guess
from assessor.items._keys import MAX_LAZY, MAX_LOPSIDED
from assessor.items.base import (
    NO_MARK,
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
    repeated_ids,
    single,
)
from assessor.language.texts import is_blank, whole_number
from assessor.messages import N_, Fault, Said, refuse, said, unsound

RULE = "allocate/1"
FAMILY = Shared("channels", ("channels",), fixed=("step",), acts=False)
SHAPE = '{"A": 40, "B": 60, "C": 0, ...}'
TOTAL = 100

Points = Annotated[int, Field(ge=0, le=TOTAL, strict=True)]
Band = tuple[int, int]
_IN_STEPS = {
    10: N_("Give a number of points from 0 to 100, in steps of 10."),
    20: N_("Give a number of points from 0 to 100, in steps of 20."),
}
_ALL = N_("Share out 100 points: all of them, and no more.")


class Channel(Part):
    """Where points may go; ``band`` is the least and the most that is accepted."""

    id: PartId
    text: Text
    band: tuple[Points, Points]
    why: Text


class Schema(Content):
    """The item as its author writes it."""

    type: Literal["allocate"]
    step: Literal[10, 20] = 10
    channels: tuple[Channel, ...] = Field(min_length=3, max_length=8)

    @model_validator(mode="after")
    def _sound_key(self) -> Schema:
        refuse(self._unsound())
        _, chance = _scale(_bands(self), self.step)
        if chance / (1 - chance) > MAX_LOPSIDED:
            most = MAX_LOPSIDED / (1 + MAX_LOPSIDED)
            raise unsound(
                ("channels",),
                said("blind answers lie {share:.0%} inside the bands", share=chance),
                said("narrow the bands until it is {most:.0%} or less", most=most),
            )
        # Which channels get the points left over is blind too: channels are shuffled.
        every = _every(self.step, len(self.channels))
        apart = every.max(axis=1) - every.min(axis=1)
        even = float(np.mean(_scores(self, every[apart <= _most_apart(self)])))
        if even > MAX_LAZY:
            raise unsound(
                ("channels",),
                said("an even split scores {score:.2f}", score=even),
                said(
                    "let more channels deserve nothing, or one most, until it scores {most:.2f} or less",
                    most=MAX_LAZY,
                ),
            )
        return self

    def _unsound(self) -> Iterator[Fault]:
        yield from repeated_ids(("channels",), [channel.id for channel in self.channels])
        for number, channel in enumerate(self.channels):
            low, high = channel.band
            if low > high or low % self.step or high % self.step:
                found = said(
                    "{low} to {high} is no band in steps of {step}", low=low, high=high, step=self.step
                )
                wanted = said("give the least, then the most, in whole steps")
                yield Fault(("channels", number, "band"), found, wanted)
        least = sum(channel.band[0] for channel in self.channels)
        most = sum(channel.band[1] for channel in self.channels)
        if not least <= TOTAL <= most:
            found = said("the bands take {least} to {most} points", least=least, most=most)
            yield Fault(("channels",), found, said("let them take {total} together", total=TOTAL))
        if all(channel.band == (0, TOTAL) for channel in self.channels):
            yield Fault(("channels",), said("every allocation is accepted"), said("narrow the bands"))

    def wording(self, ident: str) -> Wording:
        """The words of a channel."""
        found = {channel.id: Wording(channel.text, channel.why) for channel in self.channels}
        return found[ident]


def _bands(content: Schema) -> tuple[Band, ...]:
    return tuple(channel.band for channel in content.channels)


def _spreads(points: int, step: int, count: int) -> Iterator[tuple[int, ...]]:
    """Every way to share the points out in steps."""
    if count == 1:
        yield (points,)
        return
    for first in range(0, points + 1, step):
        for rest in _spreads(points - first, step, count - 1):
            yield (first, *rest)


@lru_cache(maxsize=16)
def _every(step: int, count: int) -> NDArray[np.int64]:
    """Every way to share all the points out among so many channels, one a row."""
    return np.array(list(_spreads(TOTAL, step, count)), dtype=np.int64)


def _outside(bands: Sequence[Band], given: Sequence[int]) -> int:
    return sum(max(low - one, one - high, 0) for (low, high), one in zip(bands, given, strict=True))


def _all_outside(bands: Sequence[Band], given: NDArray[np.int64]) -> NDArray[np.int64]:
    """As ``_outside``, of many allocations (rows) at once."""
    low, high = np.array(bands, dtype=np.int64).T
    found: NDArray[np.int64] = np.maximum(np.maximum(low - given, given - high), 0).sum(axis=1)
    return found


def _scores(content: Schema, given: NDArray[np.int64]) -> NDArray[np.float64]:
    most, chance = _scale(_bands(content), content.step)
    found: NDArray[np.float64] = (1 - _all_outside(_bands(content), given) / most - chance) / (1 - chance)
    return found


@lru_cache(maxsize=4096)
def _scale(bands: tuple[Band, ...], step: int) -> tuple[int, float]:
    """The most points that can lie outside, and the exact mean of q over all allocations."""
    outside = _all_outside(bands, _every(step, len(bands)))
    most = int(outside.max())
    return most, 1 - float(outside.mean()) / most


def _listed(content: Schema) -> Iterator[dict[str, int]]:
    ids = [channel.id for channel in content.channels]
    return (dict(zip(ids, given, strict=True)) for given in _spreads(TOTAL, content.step, len(ids)))


def _is_even(content: Schema, response: Mapping[str, int]) -> bool:
    """Whether no two channels differ by more than one step: as even as the steps allow."""
    return max(response.values()) - min(response.values()) <= _most_apart(content)


def _most_apart(content: Schema) -> int:
    """What parts the channels of an even split: nothing, or the one step that does not go up."""
    return 0 if TOTAL // content.step % len(content.channels) == 0 else content.step


def parts(content: Schema) -> tuple[Parts, ...]:
    """The channels."""
    return (Parts("channels", tuple(channel.id for channel in content.channels)),)


def controls(content: Schema, shown: Shown, language: str) -> tuple[Control, ...]:
    """One number a channel."""
    return tuple(
        Control(shown.public[ident], "number", text=content.wording(ident).text[language])
        for ident in shown.order["channels"]
    )


def parse(content: Schema, values: Mapping[str, Sequence[str]], shown: Shown) -> Response | None:
    """Channel id -> points; refused at the first number at fault, and where they do not add up."""
    given = {ident: single(values, shown.public[ident]) or "" for ident in shown.order["channels"]}
    if all(is_blank(value) for value in given.values()):
        return None
    points = {}
    for ident, value in given.items():
        control = shown.public[ident]
        if is_blank(value):
            raise ResponseError(control, N_("Give points here too: 0 for none."))
        points[ident] = _in_steps(content, control, whole_number(value))
    if sum(points.values()) != TOTAL:
        raise ResponseError(shown.public[shown.order["channels"][0]], _ALL)
    return check(content, points)


def _in_steps(content: Schema, control: str, number: object) -> int:
    """A whole number in steps within the total; raises ResponseError."""
    if type(number) is not int or number not in range(0, TOTAL + 1, content.step):
        raise ResponseError(control, _IN_STEPS[content.step])
    return number


def fill(content: Schema, response: Response, shown: Shown) -> dict[str, list[str]]:
    """Each channel's points as the page's number inputs send them."""
    return {shown.public[ident]: [str(points)] for ident, points in response.items()}


def check(content: Schema, response: Response) -> Response:
    """The response if it gives every channel, and nothing else, points in steps that make 100."""
    ids = [channel.id for channel in content.channels]
    if not isinstance(response, dict) or set(response) != set(ids):
        raise ResponseError("", _ALL)
    points = {ident: _in_steps(content, ident, response[ident]) for ident in ids}
    if sum(points.values()) != TOTAL:
        raise ResponseError("", _ALL)
    return points


def doubt(content: Schema, response: Response) -> str | None:
    """The question whether an even split is meant; None for any other allocation."""
    if not _is_even(content, response):
        return None
    return N_("Every answer has the same share, or nearly. Is this what you mean?")


def score(content: Schema, response: Response) -> float:
    """``(q - c) / (1 - c)``: q = 1 - (points outside the bands) / (the most), c its exact mean."""
    most, chance = _scale(_bands(content), content.step)
    outside = _outside(_bands(content), [response[channel.id] for channel in content.channels])
    return (1 - outside / most - chance) / (1 - chance)


def key(content: Schema) -> Response:
    """The accepted allocation that fills the bands evenly, a step at a time from their least points."""
    points = {channel.id: channel.band[0] for channel in content.channels}
    while sum(points.values()) < TOTAL:
        room = {channel.id: channel.band[1] - points[channel.id] for channel in content.channels}
        points[max(room, key=lambda ident: room[ident])] += content.step
    return points


def responses(content: Schema) -> Iterator[Response]:
    """Every allocation in steps."""
    return _listed(content)


def preferred(content: Schema, response: Response) -> str | None:
    """None: points are shared out, none is chosen."""
    return None


def guesses(content: Schema) -> tuple[Guess, ...]:
    """One pick: all the points on a single channel."""
    ids = tuple(channel.id for channel in content.channels)
    worth = (score(content, {ident: TOTAL if ident == one else 0 for ident in ids}) for one in ids)
    return (Guess(ids, tuple(worth)),)


def avoided(content: Schema) -> list[Response]:
    """The points turned round: most where least was due."""
    given = sorted(key(content).items(), key=lambda one: one[1])
    points = [most for _, most in reversed(given)]
    turned = {ident: most for (ident, _), most in zip(given, points, strict=True)}
    return [{channel.id: turned[channel.id] for channel in content.channels}]


def asked(content: Schema) -> Said:
    """What a sheet of paper asks."""
    return said("How would you share out 100 points, in steps of {step}?", step=content.step)


def explain(content: Schema, response: Response | None) -> Explanation:
    """Each channel, the one that deserves most first, with the points given and the band accepted."""
    lines = []
    for channel in sorted(content.channels, key=lambda channel: -sum(channel.band)):
        low, high = channel.band
        points = None if response is None else response[channel.id]
        given = NO_MARK if points is None else Mark("points", points)
        agrees = points is not None and low <= points <= high
        lines.append(Line(channel.id, given, Mark("points", low, most=high), agrees))
    return Explanation(tuple(lines))
