"""Sheets to read blind: which situations stand on one, under which letters, and what answers to it are worth.

Everything is drawn from the sheet's token, so that who has the banks can tell letters and situations again;
nothing on the sheet tells them to anybody else. What a sheet looks like is not decided here.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

from assessor.banks.schema import Item, Library
from assessor.items import OnPaper, Unfolding, shared_score, shown_to, type_of
from assessor.items.base import Content, Response, ResponseError
from assessor.messages import N_

Reading = Literal["whole", "responses", "open"]
READINGS: tuple[Reading, ...] = ("whole", "responses", "open")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: An item that scores less was not found from its facts, or was read otherwise.
LOW = 0.5
_UNREADABLE = N_("this is no answer of the shape that the sheet shows")


@dataclass(frozen=True)
class Turn:
    """What is answered at once: what had happened, the letters, and where each leads; of most items all.

    ``after`` are the answers that lead here, ``next`` the number of the turn after each of the letters.
    """

    content: Content
    text: Mapping[str, str] | None
    groups: tuple[tuple[tuple[str, Mapping[str, str]], ...], ...]
    next: Mapping[str, int]


@dataclass(frozen=True)
class Entry:
    """One situation of a sheet, or the responses that several situations share; ``mark`` is its code."""

    mark: str
    items: tuple[Item, ...]

    @property
    def content(self) -> Content:
        """What is printed: the first of those that share their responses."""
        return self.items[0].content


@dataclass(frozen=True)
class Draw:
    """How a sheet was drawn: what it shows, and the token of its seed."""

    reading: Reading
    token: str

    @property
    def secret(self) -> bytes:
        """What letters and order come from."""
        return f"{self.reading}|{self.token}".encode()

    def keyed(self, purpose: str, mark: str) -> str:
        """A word that only the token leads to."""
        found = hmac.new(self.secret, f"{purpose}|{mark}".encode(), hashlib.sha256).digest()
        return b32encode(found).decode().lower()[:8]


@dataclass(frozen=True)
class Read:
    """What the answer to one entry is worth, the mean over the situations that share it."""

    number: int
    entry: Entry
    given: Any
    score: float


def token_of(seed: int) -> str:
    """The token of a seed: a word that does not tell it."""
    return b32encode(hashlib.sha256(f"sheet|{seed}".encode()).digest()).decode().lower()[:12]


def entries(
    items: Iterable[Item], draw: Draw, limit: int | None = None, *, is_once: bool = False
) -> tuple[Entry, ...]:
    """The entries of a sheet in their drawn order; ``is_once`` keeps one situation of a family.

    Where responses are read alone, siblings are one entry.
    """
    kept = [item for item in items if isinstance(type_of(item.content), OnPaper)]
    groups: dict[str, list[Item]] = {}
    for item in sorted(kept, key=lambda item: item.id):
        is_shared = draw.reading == "responses" and item.book.family is not None
        groups.setdefault(f"{item.book.family}|{item.content.type}" if is_shared else item.digest, []).append(
            item
        )
    made = [_entry(tuple(group), draw) for group in groups.values()]
    made.sort(key=lambda entry: draw.keyed("place", entry.mark))
    if is_once:
        first: dict[str, Entry] = {}
        for entry in made:
            first.setdefault(entry.items[0].book.family or entry.mark, entry)
        made = list(first.values())
    return tuple(made[:limit])


def readable(library: Library, language: str, banks: Sequence[str] = ()) -> list[Item]:
    """The items of these banks, or of all that measure, that have the language and are not retired."""
    return [
        item
        for item in library.items.values()
        if (item.bank in banks if banks else not library.is_practice(item))
        and item.book.status != "retired"
        and language in item.content.situation
    ]


def _entry(items: tuple[Item, ...], draw: Draw) -> Entry:
    return Entry(draw.keyed("code", "|".join(sorted(item.digest for item in items))), items)


def turns(entry: Entry, draw: Draw, *, are_all: bool = False) -> tuple[Turn, ...]:
    """What is asked; of what unfolds the first turn, as paper would show where each answer leads.

    ``are_all`` asks every turn all the same, a turn after the other.
    """
    content = entry.content
    if not isinstance(type_of(content), Unfolding):
        shown = shown_to(content, entry.mark, draw.secret)
        groups = tuple(
            tuple((ident, content.wording(ident).text) for ident in shown.order[group.name])
            for group in type_of(content).parts(content)
        )
        return (Turn(content, None, groups, {}),)
    return tuple(_unfolded(entry, draw, are_all and draw.reading == "whole"))


def _unfolded(entry: Entry, draw: Draw, are_all: bool) -> list[Turn]:
    """The turns in the order in which they are first reached; each once, whatever leads to it."""
    content, kind = entry.content, type_of(entry.content)
    assert isinstance(kind, Unfolding)
    found: dict[tuple[str, ...], list[Any]] = {}
    waiting: list[list[str]] = [[]]
    while waiting:
        so_far = waiting.pop(0)
        options = _options(entry, draw, so_far)
        if options in found or not options:
            continue
        found[options] = so_far
        if are_all:
            waiting += [[*so_far, ident.partition(".")[2]] for ident in options]
    numbers = {options: number for number, options in enumerate(found, start=1)}
    made = []
    for options, so_far in found.items():
        past = kind.past(content, [*so_far, options[0].partition(".")[2]])
        following = {
            ident: numbers[after]
            for ident in options
            if (after := _options(entry, draw, [*so_far, ident.partition(".")[2]])) in numbers
        }
        texts = tuple((ident, content.wording(ident).text) for ident in options)
        made.append(Turn(content, past[-1].text if so_far else None, (texts,), following))
    return made


def _options(entry: Entry, draw: Draw, so_far: list[str]) -> tuple[str, ...]:
    """The parts offered after these answers, in their drawn order; none after the last turn."""
    shown = shown_to(entry.content, entry.mark, draw.secret, so_far)
    controls = type_of(entry.content).controls(entry.content, shown, next(iter(entry.content.situation)))
    return tuple(shown.author(choice.value) or "" for control in controls for choice in control.choices)


def name_of(group: int, place: int) -> str:
    """What a part is called on a sheet: a letter, or a number for those that letters are put into."""
    return LETTERS[place] if group == 0 else str(place + 1)


def response_of(entry: Entry, draw: Draw, given: Any) -> Response:
    """The response that an answer in letters stands for; ``ResponseError`` where it is none."""
    if isinstance(type_of(entry.content), Unfolding):
        return _of_turns(entry, draw, given)
    (turn,) = turns(entry, draw)
    names = {
        name_of(number, place): ident
        for number, group in enumerate(turn.groups)
        for place, (ident, _) in enumerate(group)
    }
    kind = type_of(entry.content)
    try:
        return kind.check(entry.content, _named(given, names))
    except ResponseError:
        if not isinstance(given, dict):
            raise
        # Numbers that letters are put into may stand without quotes.
        quoted = {key: str(one) if type(one) is int else one for key, one in given.items()}
        return kind.check(entry.content, _named(quoted, names))


def _named(given: Any, names: Mapping[str, str]) -> Any:
    """The answer with ids for letters; what is no letter of the sheet stays, for the type to refuse."""
    if isinstance(given, str):
        return names.get(given.strip().upper(), f"?{given}")
    if isinstance(given, list):
        return [_named(one, names) for one in given]
    if isinstance(given, dict):
        return {names.get(key.strip().upper(), key): _named(one, names) for key, one in given.items()}
    return given


def _of_turns(entry: Entry, draw: Draw, given: Any) -> Response:
    found: list[str] = []
    for letter in given if isinstance(given, list) else [given]:
        options = _options(entry, draw, found)
        place = LETTERS.find(letter.strip().upper()) if isinstance(letter, str) and letter.strip() else -1
        if not 0 <= place < len(options):
            raise ResponseError("", _UNREADABLE)
        found.append(options[place].partition(".")[2])
    if not found:
        raise ResponseError("", _UNREADABLE)
    return type_of(entry.content).check(entry.content, found)


def read_answer(number: int, entry: Entry, draw: Draw, given: Any) -> Read:
    """What an answer is worth; ``ResponseError`` where it is none of this entry."""
    response = response_of(entry, draw, given)
    is_first = isinstance(type_of(entry.content), Unfolding) and len(response) == 1
    if draw.reading == "responses" or is_first:
        score = fmean(shared_score(item.content, response) for item in entry.items)
    else:
        score = type_of(entry.content).score(entry.content, response) or 0.0
    return Read(number, entry, given, score)


def summary(found: Sequence[Read]) -> dict[str, Any]:
    """The mean score whole, by type and by bank, each situation once; and the entries below one half."""
    scored = [(one.score, item) for one in found for item in one.entry.items]
    return {
        "whole": _mean([score for score, _ in scored]),
        "types": _by(scored, lambda item: item.content.type),
        "banks": _by(scored, lambda item: item.bank),
        "below_half": [one.number for one in found if one.score < LOW],
    }


def _by(scored: Sequence[tuple[float, Item]], label: Any) -> dict[str, Any]:
    labels = sorted({label(item) for _, item in scored})
    return {name: _mean([score for score, item in scored if label(item) == name]) for name in labels}


def _mean(scores: Sequence[float]) -> dict[str, float] | None:
    return {"mean": round(fmean(scores), 4), "n": len(scores)} if scores else None
