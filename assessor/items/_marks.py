"""What the types share in which parts are marked or left alone: parsing, score, simulation. Not a type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, product

import numpy as np
from pydantic import Field

from assessor.items._chance import Floats, within_reach
from assessor.items.base import (
    NO_MARK,
    Choice,
    Control,
    Explanation,
    Line,
    Mark,
    Part,
    PartId,
    Response,
    ResponseError,
    Shown,
    Text,
    author_id,
    repeated_ids,
)
from assessor.messages import N_, refuse, said, unsound

CONTROL = "marks"
#: So many that every response can still be listed (scoring.md 1).
MOST_PARTS = 15
#: J where what should be left alone is marked, and nothing else.
LEAST = -1.0
_STEPS = 60


class Markable(Part):
    """A part that the candidate marks or leaves alone; ``keyed`` says which of the two is right."""

    id: PartId
    text: Text
    keyed: bool = Field(strict=True)
    why: Text


def check_marks(parts: Sequence[Markable], name: str) -> None:
    """Refuse repeated ids, and a key that marks nothing or everything; ``ValueError`` about ``name``."""
    refuse(repeated_ids((name,), [part.id for part in parts]))
    count = sum(part.keyed for part in parts)
    if count in (0, len(parts)):
        found = said("none is keyed") if count == 0 else said("all are keyed")
        raise unsound((name,), found, said("key some and leave some"))


def control(texts: Mapping[str, Text], order: Sequence[str], shown: Shown, language: str) -> Control:
    """The one question: which of the parts."""
    choices = tuple(Choice(shown.public[ident], texts[ident][language]) for ident in order)
    return Control(CONTROL, "some", choices)


def read(values: Mapping[str, Sequence[str]], ids: Sequence[str], shown: Shown) -> Response | None:
    """The marked ids in the author's order; None where nothing is: no page tells that from no answer."""
    given = [author_id(shown, CONTROL, value) for value in values.get(CONTROL, ()) if value != ""]
    return check(ids, given) if given else None


def filled(response: Response, shown: Shown) -> dict[str, list[str]]:
    """The marked parts as the page's checkboxes send them."""
    return {CONTROL: [shown.public[ident] for ident in response]}


def check(ids: Sequence[str], response: Response) -> Response:
    """The response, in the author's order, if it lists at least one part and none twice."""
    if not isinstance(response, list) or not response:
        raise ResponseError(CONTROL, N_("Choose at least one of the answers on this page."))
    for ident in response:
        if not isinstance(ident, str) or ident not in ids:
            raise ResponseError(CONTROL, N_("Choose one of the answers on this page."))
    if len(set(response)) < len(response):
        raise ResponseError(CONTROL, N_("Choose each answer once."))
    return [ident for ident in ids if ident in response]


def youden(parts: Sequence[Markable], response: Response) -> float:
    """Hit rate minus false-alarm rate (Youden 1950, Cancer 3:32)."""
    keyed = [part.id in response for part in parts if part.keyed]
    others = [part.id in response for part in parts if not part.keyed]
    return sum(keyed) / len(keyed) - sum(others) / len(others)


def responses(parts: Sequence[Markable]) -> Iterator[Response]:
    """Every set of parts but the empty one: its J is 0, so the mean over the others is 0 without it."""
    ids = [part.id for part in parts]
    return (list(compress(ids, marks)) for marks in product((0, 1), repeat=len(ids)) if any(marks))


def ceiling(siblings: Sequence[Sequence[Markable]]) -> float:
    """The highest mean J of one set of marks: J is a sum over parts, so each is marked where that adds.

    Over all parts what marking adds sums to 0: some set of marks always reaches 0 or more.
    """
    worth = np.zeros(len(siblings[0]))
    for parts in siblings:
        keyed = np.array([part.keyed for part in parts])
        worth += np.where(keyed, 1 / keyed.sum(), -1 / (~keyed).sum())
    return float(worth[worth > 0].sum() / len(siblings))


def _levels(keyed: Floats, means: Floats) -> tuple[Floats, Floats]:
    """The m at which marking each part independently gives these means, and the chance of no mark at all.

    An empty set is no response. It scores 0, so leaving it out raises the mean to ``m / (1 - P(empty))``.
    """

    def empty(level: Floats) -> Floats:
        hit, alarm = (1 + level) / 2, (1 - level) / 2
        chance: Floats = (1 - hit) ** keyed.sum() * (1 - alarm) ** (len(keyed) - keyed.sum())
        return chance

    level = means
    for _ in range(_STEPS):
        level = means * (1 - empty(level))
    return level, empty(level)


def sample(parts: Sequence[Markable], means: Floats, rng: np.random.Generator) -> list[Response]:
    """Each keyed part marked with probability (1+m)/2, each other with (1-m)/2, given at least one mark."""
    keyed = np.array([part.keyed for part in parts], dtype=np.float64)
    level, _ = _levels(keyed, within_reach(means, LEAST))
    chance = np.where(keyed == 1, (1 + level[:, None]) / 2, (1 - level[:, None]) / 2)
    none_from = np.cumprod((1 - chance)[:, ::-1], axis=1)[:, ::-1]
    uniform = rng.random(chance.shape)
    marks = np.zeros(chance.shape, dtype=np.bool_)
    for place in range(len(parts)):
        wanting = ~marks.any(axis=1)
        asked = np.where(wanting, chance[:, place] / (1 - none_from[:, place]), chance[:, place])
        marks[:, place] = uniform[:, place] < asked
    ids = [part.id for part in parts]
    return [list(compress(ids, row)) for row in marks.tolist()]


def spread(parts: Sequence[Markable], means: Floats) -> Floats:
    """The SD of J over such answers of each mean."""
    keyed = np.array([part.keyed for part in parts], dtype=np.float64)
    wanted = within_reach(means, LEAST)
    level, empty = _levels(keyed, wanted)
    count = float(keyed.sum())
    variance = (1 + level) * (1 - level) / 4 * (1 / count + 1 / (len(parts) - count))
    found: Floats = np.sqrt(np.maximum((variance + level**2) / (1 - empty) - wanted**2, 0.0))
    return found


def explained(parts: Sequence[Markable], response: Response | None) -> Explanation:
    """Each part in the order given, with the marks of the response and of the key."""
    lines = []
    for part in parts:
        is_marked = response is not None and part.id in response
        given, keyed = (Mark("chosen") if marked else NO_MARK for marked in (is_marked, part.keyed))
        lines.append(Line(part.id, given, keyed, is_marked == part.keyed))
    return Explanation(tuple(lines))
