"""The sittings of a file one at a time, or all with no more than commands need. Scores none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from assessor.assembly import LENGTHS
from assessor.assembly.blueprint import Length
from assessor.banks.encodings import Readable
from assessor.banks.schema import Item, LengthId, Library
from assessor.cli.banks import library, settings
from assessor.cli.inputs import streamed, streamed_twice
from assessor.scoring.cuts import reaches
from assessor.sittings import Answer, Sitting
from assessor.sittings.lines import KIND, Line, sitting_lines, sittings_in

_DIGEST = re.compile(r'"digest"\s*:\s*"(sha256:[0-9a-f]{64})"')


class _Known:
    """Items by id and digest: those of the banks, and older versions from the database as lines name them."""

    def __init__(self, loaded: Library) -> None:
        self._loaded = loaded
        self.items = {**loaded.items, **{item.digest: item for item in loaded.items.values()}}
        self._asked: set[str] = set()

    def of(self, line: str) -> Mapping[str, Item]:
        """The items that this line may name."""
        missing = set(_DIGEST.findall(line)) - self.items.keys() - self._asked
        if missing:
            from assessor.services.versions import older_items

            self._asked |= missing
            self.items |= older_items(settings(), self._loaded, missing)
        return self.items


@dataclass(frozen=True)
class Checked:
    """A file of so many lines that are all sittings; ``sittings`` reads them anew, one at a time."""

    n: int
    sittings: Callable[[], Iterator[Sitting]]


@contextmanager
def checked(source: str) -> Iterator[Checked]:
    """The sittings of a file or of standard input, after all were checked; BankError with the bad lines.

    However many there are, one is in memory.
    """
    known = _Known(library())
    with streamed_twice(source, KIND) as (path, file, again):

        def lines(stream: Readable) -> Iterator[Line]:
            return sittings_in(sitting_lines(stream, path), path, known.of)

        def sittings() -> Iterator[Sitting]:
            return (_sitting(line, known.items) for line in lines(again()))

        yield Checked(sum(1 for _ in lines(file)), sittings)


def sittings_of(source: str) -> list[Sitting]:
    """Every sitting of a file or of standard input, without times; BankError with the bad lines.

    Many people give the same answer to the same item: it is kept once.
    """
    known = _Known(library())
    given: dict[tuple[object, ...], Answer] = {}
    with streamed(source, KIND) as (path, file):
        lines = sittings_in(sitting_lines(file, path), path, known.of)
        return [_sharing(_sitting(line, known.items), given) for line in lines]


def _sharing(sitting: Sitting, given: dict[tuple[object, ...], Answer]) -> Sitting:
    """The sitting with the very answers that others gave before, where these are the same but for time."""
    answers = []
    for one in sitting.answers:
        key = (one.item.digest, one.state, one.language, repr(one.response), repr(one.ratings))
        answers.append(given.get(key) or given.setdefault(key, replace(one, seconds=None)))
    return replace(sitting, answers=tuple(answers))


def _sitting(line: Line, known: Mapping[str, Item]) -> Sitting:
    items = [known[given.digest or given.id] for given in line.items]
    states = line.states
    return Sitting(
        candidate=line.candidate,
        language=line.language,
        pool="round" if any(item.book.pool == "round" for item in items) else "open",
        answers=tuple(
            Answer(
                item=item,
                state=states[given.id],
                response=line.responses.get(given.id),
                language=given.language or line.language,
                seconds=line.seconds.get(given.id),
                ratings=line.ratings.get(given.id, ()),
            )
            for item, given in zip(items, line.items, strict=True)
        ),
        started=line.started,
        finished=line.finished,
        length=_length(items),
    )


def _length(items: Sequence[Item]) -> LengthId | None:
    """The length whose minutes these are: sittings do not name it."""
    minutes = sum(item.book.minutes for item in items)
    return next((one.id for one in LENGTHS.values() if _lasts(minutes, one)), None)


def _lasts(minutes: float, length: Length) -> bool:
    """Whether so many minutes, a sum of tenths, lie within the bounds of the length."""
    return bool(
        reaches(minutes, length.at_least, scale=minutes) and reaches(length.at_most, minutes, scale=minutes)
    )
