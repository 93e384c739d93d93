"""Groups of people from a file of columns, as spreadsheets save it, and its join with the sittings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assessor.banks.encodings import decoded
from assessor.banks.names import name_of
from assessor.banks.places import BankError, Finding, described
from assessor.cli.failures import WrongInput, near, say
from assessor.cli.inputs import SMALL, handed
from assessor.messages import counted
from assessor.studies.analysis import BY_LANGUAGE

KIND = "CSV"
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
#: The line by which a spreadsheet program tells others its separator.
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?(?:\r\n|\r|\n)', re.IGNORECASE)
_WANTED = "give candidate, then a name for each column, as: candidate,region (comma, semicolon or tab)"
#: This many lines show which separator the file has.
_LOOKED_AT = 50
_NAMED = 3
LONGEST_LINE = 128 * 1024


@dataclass
class Columns:
    """Column -> candidate -> group; `names` are the candidates in the file's order, `said` what to tell."""

    path: Path
    groups: dict[str, dict[str, str]]
    names: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)


def read_columns(path: Path) -> Columns:
    """The groups of a file whose first column names the candidate; an empty cell is no group.

    Reads UTF-8, UTF-16 with its mark, and Windows-1252, which is said; comma, semicolon or tab. Spaces
    around a cell are left out, and said. Raises BankError with every bad line.
    """
    source, raw = handed(path, KIND, SMALL)
    given = decoded(raw, source, kind=KIND, guess=True, most=SMALL, longest=LONGEST_LINE)
    rows = _without_empty(list(_rows(given.text, source)))
    if not rows:
        raise BankError([Finding(source, 1, "error", "the file is empty", _WANTED)])
    (line, heads), *rest = rows
    found = Columns(source, {})
    if given.is_guessed:
        found.said.append(
            f"the file is not UTF-8 and was read as {given.encoding} - save it as CSV in UTF-8 where its "
            "names look wrong"
        )
    findings = [*_heads(found, [head.strip() for head in heads], line)]
    if not findings:
        findings = [one for number, row in rest for one in _row(found, row, number)]
    if findings:
        raise BankError(findings)
    spaced = sum(cell != cell.strip() for _, row in rows for cell in row)
    if spaced:
        found.said.append(f"spaces around {_counted(spaced, 'cell')} were left out")
    if not found.names:
        raise BankError([Finding(source, line, "error", "no line follows the heads", "give one a candidate")])
    return found


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record begins, and its cells."""
    skipped, separator = 0, _separator(text)
    if (told := _SEPARATOR_LINE.match(text)) is not None:
        skipped, separator, text = 1, told[1], text[told.end() :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        begins = reader.line_num + skipped + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as trouble:
            raise BankError([_quoting(path, begins, reader.line_num + skipped, str(trouble))]) from None
        if reader.line_num + skipped > begins:
            found = f"a cell in quotation marks goes on to line {reader.line_num + skipped}"
            wanted = "close the quotation mark on its line, and keep line ends out of cells"
            raise BankError([Finding(path, begins, "error", found, wanted)])
        yield begins, row


def _quoting(path: Path, begins: int, ends: int, trouble: str) -> Finding:
    if ends > begins or "end of data" in trouble:
        found, wanted = "a quotation mark is opened and not closed on its line", "close it, or take it out"
    else:
        found = "text stands after a closing quotation mark"
        wanted = 'write a quotation mark within a cell twice, as "a ""b"" c"'
    return Finding(path, begins, "error", found, wanted)


def _separator(text: str) -> str:
    """The separator by which most of the first lines have as many cells as the first of them."""
    lines = [line for line in text.splitlines() if line.strip()][:_LOOKED_AT]

    def fitting(separator: str) -> tuple[bool, int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        heads = widths[0] if widths else 0
        return heads > 1, sum(width == heads for width in widths), heads

    try:
        return max(_SEPARATORS, key=fitting)
    except csv.Error:
        return ","


def _without_empty(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """The records that hold something, without the empty columns that spreadsheets add at the right."""
    kept = [(number, row) for number, row in rows if any(cell.strip() for cell in row)]
    if not kept:
        return []
    used = max(_used(row) for _, row in kept)
    return [(number, row[: max(used, 1)] if len(row) > used else row) for number, row in kept]


def _used(row: Sequence[str]) -> int:
    return max(place for place, cell in enumerate(row, start=1) if cell.strip())


def _heads(found: Columns, heads: Sequence[str], line: int) -> Iterator[Finding]:
    """What is wrong with the first line; its columns are made where nothing is."""

    def error(said: str, wanted: str = _WANTED) -> Finding:
        return Finding(found.path, line, "error", f"the first line names no columns: {said}", wanted)

    if len(heads) < 2:
        yield error(f"it holds {described(heads[0])} alone")
    for place, head in enumerate(heads, start=1):
        if head == "":
            yield error(f"the head of column {place} is empty", "give each column a name")
            continue
        try:
            name = name_of(head)
        except ValueError as refused:
            yield error(*str(refused).split(" - ", 1))
            continue
        if place > 1 and name == BY_LANGUAGE:
            yield error(f"{BY_LANGUAGE!r} is what sittings tell themselves", "call the column otherwise")
        elif place > 1 and name in found.groups:
            yield error(f"the head {described(name)} stands twice", "give each column a name of its own")
        elif place > 1:
            found.groups[name] = {}


def _row(found: Columns, row: Sequence[str], number: int) -> Iterator[Finding]:
    """What is wrong with a line; its groups are kept where nothing is."""

    def error(said: str, wanted: str) -> Finding:
        return Finding(found.path, number, "error", said, wanted)

    width = len(found.groups) + 1
    if len(row) != width:
        uneven = counted("the line has {count} cell", "the line has {count} cells", len(row))
        yield error(uneven, f"give {width}, one a column")
        return
    cells = [cell.strip() for cell in row]
    try:
        name, *groups = [name_of(cell) if cell or place == 0 else "" for place, cell in enumerate(cells)]
    except ValueError as refused:
        yield error(*str(refused).split(" - ", 1))
        return
    if name in found.names:
        yield error(f"the candidate {described(name)} stands twice", "keep one line for each")
        return
    found.names[name] = number
    for column, group in zip(found.groups, groups, strict=True):
        found.groups[column][name] = group


def joined(columns: Columns, candidates: Sequence[str]) -> dict[str, dict[str, str]]:
    """The groups of the candidates, after saying how many lines and how many sittings found no partner.

    Raises WrongInput where no line names a candidate.
    """
    where = near(columns.path)
    for told in columns.said:
        say(f"{where}: {told}")
    known = set(candidates)
    alone = [name for name in columns.names if name not in known]
    without = [name for name in candidates if name not in columns.names]
    why = _why(alone, without)
    if len(alone) == len(columns.names):
        raise WrongInput(
            f"{where}: none of its {_counted(len(alone), 'line')} found a sitting: it names {_some(alone)}, "
            f"the sittings {_some(without)} - {why or 'write the names as the sittings have them'}"
        )
    lines = f"{len(alone)} of {_counted(len(columns.names), 'line')} found no sitting{_listed(alone)}"
    sittings = f"{len(without)} of {_counted(len(candidates), 'sitting')} found no line{_listed(without)}"
    say(f"{where}: {lines}; {sittings}" + (f" - {why}" if why else ""))
    for column, groups in columns.groups.items():
        if empty := sum(groups.get(name) == "" for name in candidates):
            say(f"{where}: {column}: {_counted(empty, 'sitting')} with an empty cell are in no group")
    return columns.groups


def _without_zeros(name: str) -> str:
    return name.lstrip("0")


def _without_spaces(name: str) -> str:
    return "".join(name.split())


#: What may have happened to names on their way through another program, and the cure.
_LIKELY: Mapping[str, Callable[[str], str]] = {
    "the file's names have lost leading zeros: format that column as text, and save it again": _without_zeros,
    "the names differ in capital letters: write them as the sittings have them": str.casefold,
    "the names differ in spaces: write them as the sittings have them": _without_spaces,
}


def _why(alone: Collection[str], without: Collection[str]) -> str:
    """What would make partners of most of the lines that have none, nothing where that is not known."""
    for words, same in _LIKELY.items():
        partners = {same(name) for name in without}
        if alone and 2 * sum(same(name) in partners for name in alone) > len(alone):
            return words
    return ""


def _counted(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _some(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > _NAMED else ""
    return ", ".join(described(name) for name in names[:_NAMED]) + more


def _listed(names: Sequence[str]) -> str:
    return f" ({_some(names)})" if names else ""
