"""``banks sheet`` and ``banks read``: sheets for somebody who reads blind, and what their answers score."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch
from pathlib import Path
from typing import Any

from assessor.authoring.sheets import (
    READINGS,
    Draw,
    Entry,
    Read,
    Reading,
    Turn,
    entries,
    name_of,
    read_answer,
    readable,
    summary,
    token_of,
    turns,
)
from assessor.banks.loader import load_library
from assessor.banks.schema import Library
from assessor.cli.banks import language_of, library, settings
from assessor.cli.exits import DONE, WRONG
from assessor.cli.failures import UsageError, WrongInput, say
from assessor.cli.terminal import table
from assessor.config import resource
from assessor.items import OnPaper, Unfolding, type_of
from assessor.items.base import Brief, Calendar, Post, Reply, ResponseError, Table, Thread
from assessor.language.catalogues import tongue
from assessor.language.figures import fixed, rounded
from assessor.messages import N_, Tongue, retold, said
from assessor.report.words import Words

_TITLE, _OPEN = N_("Sheet to read"), N_("What would you do?")
_AS, _TURN = N_("As:"), N_("Turn")
_ONE_LETTER = '"B"'
_HEAD = re.compile(r"^`sheet ([a-z]+)-([a-z]{2,3}(?:-[A-Z]{2})?)-([a-z2-7]{12})`$", re.MULTILINE)
_ENTRY = re.compile(r"^## ([0-9]+) · ([a-z2-7]{8})$", re.MULTILINE)


def sheet(
    banks: Sequence[str],
    *,
    language: str,
    reading: Reading,
    seed: int | None,
    limit: int | None,
    is_once: bool,
    are_all: bool,
    output: Path,
) -> int:
    """Write a sheet of the situations of these banks, given by id or by folder; of all where none is."""
    held, names = _named(banks)
    language_of(language, held.framework.languages)
    draw = Draw(reading, token_of(secrets.randbits(64) if seed is None else seed))
    drawn = entries(readable(held, language, names), draw, limit, is_once=is_once)
    if not drawn:
        raise WrongInput(f"there is nothing to read in {language!r} in these banks")
    output.write_text("\n".join(_Page(draw, language, are_all).lines(drawn)) + "\n", "utf-8")
    say(
        f"{len(drawn)} to read in {output}; score the answers with: assessor banks read ANSWERS.json {output}"
    )
    return DONE


def _named(banks: Sequence[str]) -> tuple[Library, list[str]]:
    """The library with the banks in named folders, and the ids of the banks that were asked for."""
    paths = [Path(name) for name in banks if name not in library().banks]
    if unknown := [path for path in paths if not path.is_dir()]:
        known = ", ".join(sorted(library().banks))
        raise UsageError(f"{unknown[0]}: no such bank or folder - use one of {known}, or a folder of banks")
    if not paths:
        return library(), list(banks)
    held = load_library([*settings().banks, *paths], resource("question_banks"))
    inside = [bank for bank in held.banks if any(_holds(path, bank) for path in paths)]
    return held, [name for name in banks if name in held.banks] + inside


def _holds(folder: Path, bank: str) -> bool:
    return folder.resolve().name == bank or (folder / bank / "bank.yaml").is_file()


class _Page:
    """The lines of a sheet in one language, as plain Markdown."""

    def __init__(self, draw: Draw, language: str, are_all: bool) -> None:
        self.draw, self.language, self.are_all = draw, language, are_all
        self.tongue: Tongue = tongue(language)
        self.words = Words(language)

    def say(self, message: str) -> str:
        return self.tongue.translate(message)

    def lines(self, drawn: Sequence[Entry]) -> Iterator[str]:
        yield f"# {self.say(_TITLE)}"
        yield ""
        yield f"`sheet {self.draw.reading}-{self.language}-{self.draw.token}`"
        yield ""
        yield self.say(_INTRODUCTIONS[self.draw.reading])
        yield ""
        yield self.say(_HOW[self.draw.reading == "open"])
        for number, entry in enumerate(drawn, start=1):
            yield ""
            yield f"## {number} · {entry.mark}"
            yield from self.entry(entry)

    def entry(self, entry: Entry) -> Iterator[str]:
        content = entry.content
        if self.draw.reading != "responses":
            yield ""
            yield content.situation[self.language]
            if content.stimulus is not None:
                yield ""
                yield from _shown(content.stimulus, self)
        yield ""
        if self.draw.reading == "open":
            yield f"**{self.say(_OPEN)}**"
            return
        kind = type_of(content)
        assert isinstance(kind, OnPaper)
        asked = kind.asked(content)
        own = None if self.draw.reading == "responses" else content.task
        yield f"**{retold(asked, self.tongue) if own is None else own[self.language]}**"
        if own is not None and asked.values:
            # The item's own task leaves out what the page says beside it: a scale, steps.
            yield ""
            yield retold(asked, self.tongue)
        yield ""
        asked_turns = turns(entry, self.draw, are_all=self.are_all)
        for number, turn in enumerate(asked_turns, start=1):
            yield from self.turn(number if len(asked_turns) > 1 else None, turn)
        is_one = len(asked_turns) == 1 and isinstance(kind, Unfolding)
        yield ""
        yield f"{self.say(_AS)} `{_ONE_LETTER if is_one else kind.SHAPE}`"

    def turn(self, number: int | None, turn: Turn) -> Iterator[str]:
        if number is not None:
            yield f"### {self.say(_TURN)} {number}"
            yield ""
        if turn.text is not None:
            yield turn.text[self.language]
            yield ""
        for group, parts in enumerate(turn.groups):
            if group:
                yield ""
            for place, (ident, text) in enumerate(parts):
                leads = f" → {turn.next[ident]}" if ident in turn.next else ""
                yield f"- **{name_of(group, place)}** {_line(text[self.language])}{leads}"


def _line(text: str) -> str:
    return " ".join(text.split())


_INTRODUCTIONS: Mapping[Reading, str] = {
    "whole": N_(
        "You read situations from the work of a social media manager. Answer each from what it says, as "
        "somebody who knows the work: what should be done, not what you would like to do."
    ),
    "responses": N_(
        "You read responses without the situation that they answer. Say which you take to be best wherever "
        "you would meet them."
    ),
    "open": N_(
        "You read situations from the work of a social media manager. Say in one or two sentences what you "
        "would do, and why."
    ),
}
_HOW: Mapping[bool, str] = {
    False: N_(
        "Write your answers into a JSON file: the number of each, and your answer in letters, as shown under "
        'it. For example: {"1": "B", "2": {"best": "A", "worst": "D"}}'
    ),
    True: N_('Write your answers into a JSON file: {"1": "I would ...", "2": "..."}'),
}


@singledispatch
def _shown(stimulus: Any, page: _Page) -> Iterator[str]:
    """An artefact as lines of Markdown."""
    raise TypeError(type(stimulus).__name__)


def _quoted(page: _Page, *texts: Mapping[str, str] | None) -> Iterator[str]:
    """Texts as a quotation, a paragraph each."""
    there = [text[page.language] for text in texts if text is not None]
    for place, text in enumerate(there):
        if place:
            yield ">"
        yield from (f"> {line}".rstrip() for line in text.split("\n"))


def _replied(page: _Page, replies: Sequence[Reply]) -> Iterator[str]:
    for reply in replies:
        time = "" if reply.time is None else f" ({_line(reply.time[page.language])})"
        text = _line(reply.text[page.language])
        yield f"> - **{_line(reply.author[page.language])}**{time}: {text}"


@_shown.register
def _(stimulus: Post, page: _Page) -> Iterator[str]:
    head = [stimulus.author, stimulus.network, stimulus.time]
    yield "> **" + " · ".join(_line(text[page.language]) for text in head if text is not None) + "**"
    yield ">"
    yield from _quoted(page, stimulus.text)
    if stimulus.image is not None:
        yield ">"
        yield f"> [{_line(stimulus.image[page.language])}]"
    for text in (stimulus.reactions, stimulus.replies_title):
        if text is not None:
            yield ">"
            yield from _quoted(page, text)
    if stimulus.replies:
        yield ">"
        yield from _replied(page, stimulus.replies)


@_shown.register
def _(stimulus: Thread, page: _Page) -> Iterator[str]:
    if stimulus.title is not None:
        yield f"> **{_line(stimulus.title[page.language])}**"
        yield ">"
    yield from _replied(page, stimulus.messages)


@_shown.register
def _(stimulus: Table, page: _Page) -> Iterator[str]:
    def cell(value: Any) -> str:
        text = value[page.language] if isinstance(value, Mapping) else page.words.figure(value)
        return _line(text).replace("|", "\\|")

    yield f"**{_line(stimulus.caption[page.language])}**"
    yield ""
    yield "| " + " | ".join(cell(column) for column in stimulus.columns) + " |"
    yield "|" + " --- |" * len(stimulus.columns)
    for row in stimulus.rows:
        yield "| " + " | ".join(cell(value) for value in row) + " |"


@_shown.register
def _(stimulus: Calendar, page: _Page) -> Iterator[str]:
    yield f"**{_line(stimulus.caption[page.language])}**"
    yield ""
    for entry in stimulus.entries:
        channel = "" if entry.channel is None else f" ({_line(entry.channel[page.language])})"
        yield f"- **{_line(entry.when[page.language])}**{channel}: {_line(entry.text[page.language])}"


@_shown.register
def _(stimulus: Brief, page: _Page) -> Iterator[str]:
    yield f"**{_line(stimulus.title[page.language])}**"
    yield ""
    for point in stimulus.points:
        yield f"- **{_line(point.label[page.language])}**: {_line(point.text[page.language])}"


def read(answers: Path, sheet_file: Path, paths: Sequence[Path], *, as_json: bool, language: str) -> int:
    """Print what the answers to a sheet are worth; 1 where one of them cannot be read."""
    held, _ = _named([str(path) for path in paths])
    draw, marks = _drawn(sheet_file)
    given = _answers(answers)
    known = {entry.mark: entry for entry in entries(held.items.values(), draw)}
    if draw.reading == "open":
        _print_open(given, marks, known, as_json=as_json, language=language)
        return DONE
    found, wrong, gone = [], [], []
    for number, mark in marks.items():
        if mark not in known:
            gone.append(number)
        elif str(number) in given:
            try:
                found.append(read_answer(number, known[mark], draw, given[str(number)]))
            except ResponseError as error:
                wrong.append(f"{answers}: {number}: {tongue(language).translate(error.message)}")
    missing = [number for number in marks if str(number) not in given]
    strangers = [number for number in given if not (number.isdecimal() and int(number) in marks)]
    wrong += [f"{answers}: {number}: the sheet has no such number" for number in strangers]
    result = {
        **summary(found),
        "items": [_as_json(one) for one in found],
        "unanswered": missing,
        "changed_since": gone,
    }
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        for line in _told(result, found, tongue(language)):
            print(line)
    for line in wrong:
        say(line)
    return WRONG if wrong else DONE


def _drawn(path: Path) -> tuple[Draw, dict[int, str]]:
    """How the sheet was drawn, and the code of each of its numbers."""
    text = _text(path)
    head = _HEAD.search(text)
    if head is None or head[1] not in READINGS:
        raise WrongInput(f"{path}: this is no sheet - give the file that assessor banks sheet wrote")
    reading: Reading = next(each for each in READINGS if each == head[1])
    return Draw(reading, head[3]), {int(number): mark for number, mark in _ENTRY.findall(text)}


def _answers(path: Path) -> dict[str, Any]:
    try:
        given = json.loads(_text(path))
    except ValueError as error:
        raise WrongInput(f"{path}: this is no JSON: {error}") from None
    if not isinstance(given, dict):
        raise WrongInput(f'{path}: this is no mapping of answers - write {{"1": ..., "2": ...}}')
    return given


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongInput(f"{path}: the file is not UTF-8") from None


def _as_json(one: Read) -> dict[str, Any]:
    ids = [item.id for item in one.entry.items]
    return {"number": one.number, "ids": ids, "answer": one.given, "score": rounded(one.score, 4)}


def _print_open(
    given: Mapping[str, Any],
    marks: Mapping[int, str],
    known: Mapping[str, Entry],
    *,
    as_json: bool,
    language: str,
) -> None:
    """Each open answer beside what could be chosen: a person says which of it the answer is in substance."""
    listed = []
    for number, mark in marks.items():
        if mark in known and str(number) in given:
            item = known[mark].items[0]
            groups = type_of(item.content).parts(item.content)
            offered = {ident: item.content.wording(ident).text.get(language, "") for ident in groups[0].ids}
            key = type_of(item.content).key(item.content)
            listed.append(
                {
                    "number": number,
                    "id": item.id,
                    "answer": given[str(number)],
                    "responses": offered,
                    "key": key,
                }
            )
    if as_json:
        print(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for one in listed:
        print(f"{one['number']}  {one['id']}\n   {one['answer']}")
        for ident, text in one["responses"].items():
            print(f"   {ident}: {_line(text)}")
        print(f"   = {json.dumps(one['key'], ensure_ascii=False)}\n")


def _told(result: Mapping[str, Any], found: Sequence[Read], spoken: Tongue) -> Iterator[str]:
    def figure(value: float) -> str:
        return fixed(value, 2).replace(".", spoken.decimal)

    def rows(title: str, means: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        yield (title, spoken.translate(N_("mean score")), spoken.translate(N_("items")))
        for name, held in means.items():
            yield (name, figure(held["mean"]), str(held["n"]))

    whole = result["whole"]
    if whole is None:
        yield spoken.translate(N_("No answer could be read."))
    else:
        mean = figure(whole["mean"])
        yield retold(said("Mean score: {mean} (situations: {n})", mean=mean, n=whole["n"]), spoken)
    for title, key in ((N_("type"), "types"), (N_("bank"), "banks")):
        if not result[key]:
            continue
        yield ""
        yield from table(list(rows(spoken.translate(title), result[key])), right=(1, 2))
    if low := [one for one in found if one.number in result["below_half"]]:
        yield ""
        yield spoken.translate(N_("Below one half:"))
        lines = [
            (
                str(one.number),
                figure(one.score),
                ", ".join(item.id for item in one.entry.items),
                json.dumps(one.given),
            )
            for one in low
        ]
        yield from table(lines, right=(0, 1))
    for key, message in (
        ("unanswered", N_("Not answered:")),
        ("changed_since", N_("Not in these banks as the sheet had them:")),
    ):
        if result[key]:
            yield ""
            yield f"{spoken.translate(message)} {', '.join(map(str, result[key]))}"
