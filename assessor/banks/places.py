"""A bank's files read as plain values that know their lines, and findings. What values mean is for others."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml

from assessor.banks.files import NotAFile, opened, written_out
from assessor.banks.signs import cleared, described_sign, strangers
from assessor.language.texts import is_blank
from assessor.messages import ENGLISH, Place, Said, Tongue, retold, said

Severity = Literal["error", "warning"]
SEVERITIES: Mapping[Severity, Said] = {"error": said("error"), "warning": said("warning")}

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 20_000
MAX_SHOWN = 60

_REASONS: Mapping[int, Said] = {
    errno.ENOENT: said("No such file or directory"),
    errno.EACCES: said("Permission denied"),
    errno.EISDIR: said("Is a directory"),
}
#: What the parser says of a file that is no YAML, as far as an author's slips go.
_YAML_PROBLEMS: Mapping[str, Said] = {
    str(problem): problem
    for problem in (
        said("mapping values are not allowed in this context"),
        said("block sequence entries are not allowed in this context"),
        said("mapping keys are not allowed in this context"),
        said("did not find expected key"),
        said("did not find expected node content"),
        said("did not find expected '-' indicator"),
        said("did not find expected ',' or ']'"),
        said("did not find expected ',' or '}}'"),
        said("did not find expected comment or line break"),
        said("did not find expected <document start>"),
        said("could not find expected ':'"),
        said("found character that cannot start any token"),
        said("found unexpected end of stream"),
        said("found unexpected document indicator"),
        said("found unknown escape character"),
        said("found a tab character that violates indentation"),
        said("found a tab character where an indentation space is expected"),
        said("found undefined tag handle"),
        said("found unexpected ':'"),
        said("found invalid Unicode character escape code"),
        said("found an indentation indicator equal to 0"),
        said("did not find expected hexdecimal number"),
        said("did not find expected alphabetic or numeric character"),
    )
}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?(?:[eE][-+]?[0-9]{1,3})?")
_FIXED: Mapping[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or doubtful, at one line of one file, and what would be right."""

    path: Path
    line: int
    severity: Severity
    found: str
    wanted: str

    def __str__(self) -> str:
        """``file:line: severity: what is wrong - what would be right``."""
        return self.told()

    def told(self, tongue: Tongue = ENGLISH, path: str = "") -> str:
        """The finding as one line in a language, with the path as it is to be shown."""
        severity = retold(SEVERITIES[self.severity], tongue)
        found, wanted = (retold(text, tongue) for text in (self.found, self.wanted))
        return f"{path or written_out(self.path)}:{self.line}: {severity}: {found} - {wanted}"

    def as_json(self, tongue: Tongue = ENGLISH) -> dict[str, str | int]:
        """The finding as plain JSON values; ``severity`` is a word for programs and never translated."""
        return {
            "path": written_out(self.path),
            "line": self.line,
            "severity": self.severity,
            "found": retold(self.found, tongue),
            "wanted": retold(self.wanted, tongue),
        }


class BankError(ValueError):
    """Every error of every file that was read; ``findings`` holds at least one."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Carry the findings; the message is their lines."""
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


@dataclass(frozen=True)
class Document:
    """One file: its values, the line of each, and the places whose own finding already says it all."""

    path: Path
    value: Any
    lines: Mapping[Place, int]
    refused: frozenset[Place] = frozenset()

    def line(self, place: Place) -> int:
        """The line of this place, or of the nearest one around it that the file has."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)

    def is_refused(self, place: Place) -> bool:
        """Whether this place, or one around it, already has its finding."""
        return any(place[:length] in self.refused for length in range(1, len(place) + 1))

    def label(self, place: Place) -> str:
        """The place in words, as ``dotted`` has it."""
        return dotted(place, self.value)

    def error(self, place: Place, found: str, wanted: str) -> Finding:
        """An error at this place."""
        return Finding(self.path, self.line(place), "error", found, wanted)

    def warning(self, place: Place, found: str, wanted: str) -> Finding:
        """A warning at this place."""
        return Finding(self.path, self.line(place), "warning", found, wanted)


def described(value: object) -> Said:
    """What was found, in words: the value itself where it is short, else its kind."""
    if value is None:
        return said("nothing")
    if isinstance(value, bool):
        return Said("{value}", {"value": "true" if value else "false"})
    if isinstance(value, Mapping):
        return said("a mapping of keys") if value else said("an empty mapping")
    if isinstance(value, str):
        shown = value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + "…"
        return Said("{value!r}", {"value": shown})
    return said("a list") if isinstance(value, Sequence) else Said("{value}", {"value": str(value)})


def dotted(place: Place, value: Any = None) -> str:
    """A place in words: list entries by their id where ``value``, the whole file's, gives one."""
    words = []
    for step in place:
        value = inner_value(value, step)
        ident = value.get("id") if isinstance(step, int) and isinstance(value, Mapping) else None
        words.append(ident if isinstance(ident, str) else str(step + 1) if isinstance(step, int) else step)
    return ".".join(words)


def has_step(value: Any, step: str | int) -> bool:
    """Whether a mapping has this key, or a list this position."""
    if isinstance(value, Mapping):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)


def inner_value(value: Any, step: str | int) -> Any:
    """What stands at this key or position, None where nothing does."""
    return value[step] if has_step(value, step) else None


def read_document(path: Path) -> tuple[Document | None, list[Finding]]:
    """The file's values and what is wrong with it as YAML; no document where nothing of it can be used."""
    try:
        with opened(path) as file:
            raw = file.read(MAX_BYTES + 1)
    except NotAFile as other:
        return None, [Finding(path, 1, "error", other.found, said("put a YAML file here"))]
    except OSError as error:
        found = said("the file cannot be read: {reason}", reason=reason_of(error))
        return None, [Finding(path, 1, "error", found, said("make it readable"))]
    if len(raw) > MAX_BYTES:
        most = MAX_BYTES // 1024
        found, wanted = (
            said("the file is over {most} kB", most=most),
            said("split it: {most} kB at most", most=most),
        )
        return None, [Finding(path, 1, "error", found, wanted)]
    text, findings = _decoded(path, raw)
    if text is None:
        return None, findings
    return _parsed(path, text, findings)


def reason_of(error: OSError | RuntimeError) -> str:
    """Why the system refuses a file or a folder."""
    if isinstance(error, RuntimeError):
        return said("a link that leads to itself")
    return _REASONS.get(error.errno or 0, error.strerror or type(error).__name__)


def _decoded(path: Path, raw: bytes) -> tuple[str | None, list[Finding]]:
    """The file's text with what can be read past set right, and a finding for each kind of trouble in it."""

    def error(line: int, found: str, wanted: str) -> Finding:
        return Finding(path, line, "error", found, wanted)

    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [error(1, said("the file is UTF-16"), said("save it as UTF-8"))]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as trouble:
        line, byte = raw.count(b"\n", 0, trouble.start) + 1, raw[trouble.start]
        return None, [
            error(line, said("the byte {byte:#04x} is not UTF-8", byte=byte), said("save the file as UTF-8"))
        ]
    findings = []
    if text.startswith("\ufeff"):
        found = said("the file begins with a byte order mark")
        findings.append(error(1, found, said("save it as UTF-8 without BOM")))
        text = text[1:]
    if "\r" in text:
        line, count = text.count("\n", 0, text.index("\r")) + 1, text.count("\r")
        found = said("a carriage return ends the line (Windows line ending)")
        wanted = said("save the file with Unix line endings (LF); {count} in this file", count=count)
        findings.append(error(line, found, wanted))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line_text in enumerate(text.split("\n"), start=1):
        if "\t" in line_text:
            findings.append(error(number, said("the line holds a tab"), said("use spaces")))
        for sign in dict.fromkeys(strangers(line_text)):
            found = said("the line holds {sign}", sign=described_sign(sign))
            findings.append(error(number, found, said("take it out")))
    return cleared(text.replace("\t", "  ")), findings


def _parsed(path: Path, text: str, findings: list[Finding]) -> tuple[Document | None, list[Finding]]:
    builder = _Builder(path)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except _GiveUpError:
        return None, findings + builder.findings
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark or trouble.context_mark
        line = min(mark.line + 1, text.count("\n") + 1) if mark is not None else 1
        problem = _YAML_PROBLEMS.get(trouble.problem or "", said("a rule of YAML is broken"))
        found = said("the file is not valid YAML here: {problem}", problem=problem)
        wanted = said(
            "check indentation and colons; put a text that holds ': ' or ' #' in quotes or under >-"
        )
        return None, [*findings, *builder.findings, Finding(path, line, "error", found, wanted)]
    if not builder.any_document:
        builder.refuse(1, (), said("the file is empty"), said("write it or take it away"))
        return None, findings + builder.findings
    document = Document(path, builder.root, builder.lines, frozenset(builder.refused))
    return document, findings + builder.findings


class _GiveUpError(Exception):
    """The file goes past a cap, or where nothing after it can be trusted: nothing more of it is read."""


@dataclass
class _Open:
    """A mapping or a list that is being filled; in a mapping ``key`` is the one whose value comes next."""

    place: Place
    value: dict[str, Any] | list[Any]
    key: str | None = None
    is_dropped: bool = False


@dataclass
class _Builder:
    """Builds plain values from YAML events: no tag, no anchor, no alias, no merge, no key twice."""

    path: Path
    findings: list[Finding] = field(default_factory=list)
    lines: dict[Place, int] = field(default_factory=dict)
    refused: set[Place] = field(default_factory=set)
    root: Any = None
    any_document: bool = False
    nodes: int = 0
    stack: list[_Open] = field(default_factory=list)

    def refuse(self, line: int, place: Place, found: str, wanted: str) -> None:
        self.findings.append(Finding(self.path, line, "error", found, wanted))
        self.refused.add(place)

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._start(event, line)
        elif isinstance(event, yaml.NodeEvent):
            self._count(line)
            if self.stack and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None:
                self._key(event, line)
            else:
                self._value(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
            self._done()

    def _start(self, event: Any, line: int) -> None:
        if self.any_document:
            self.refuse(line, (), said("a second document begins here"), said("keep one document a file"))
            raise _GiveUpError
        if event.version or event.tags:
            self.refuse(line, (), said("the file holds a directive (%)"), said("take it out"))
        self.any_document = True

    def _count(self, line: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            found = said("the file holds more than {most} values", most=MAX_NODES)
            self.refuse(line, (), found, said("split it"))
            raise _GiveUpError
        if len(self.stack) >= MAX_DEPTH:
            found = said("the file is nested more than {most} deep", most=MAX_DEPTH)
            self.refuse(line, (), found, said("write it flat"))
            raise _GiveUpError

    def _key(self, event: Any, line: int) -> None:
        top = self.stack[-1]
        if not isinstance(event, yaml.ScalarEvent):
            found = said("a key that is no plain word")
            self.refuse(line, top.place, found, said("use a word, without * or [ ]"))
            raise _GiveUpError
        top.key = event.value
        place = (*top.place, event.value)
        self._plain(event, line, place)
        if event.value == "<<":
            self.refuse(line, place, said("a merge key (<<)"), said("write the keys out"))
            top.is_dropped = True
        elif event.value in top.value:
            wanted = said("keep one (the other is at line {line})", line=self.lines[place])
            found = said("the key {key} stands twice", key=described(event.value))
            self.refuse(line, place, found, wanted)
            top.is_dropped = True
        self.lines.setdefault(place, line)

    def _value(self, event: Any, line: int) -> None:
        place = self._place()
        self.lines.setdefault(place, line)
        self._plain(event, line, place)
        if isinstance(event, yaml.AliasEvent):
            found = said("an alias (*{name})", name=event.anchor)
            self.refuse(line, place, found, said("write the value out"))
            self._put(None)
            self._done()
        elif isinstance(event, yaml.ScalarEvent):
            text = self._checked(event, line, place)
            self._put(_scalar(text) if event.implicit[0] else text)
            self._done()
        else:
            value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._put(value)
            self.stack.append(_Open(place, value))

    def _checked(self, event: Any, line: int, place: Place) -> str:
        """The value as it is read on, nothing where none of it shows; escapes may hide refused characters."""
        for sign in dict.fromkeys(strangers(event.value)):
            found = said("the text holds {sign}", sign=described_sign(sign))
            self.refuse(line, place, found, said("take it out"))
        return "" if is_blank(event.value) else event.value

    def _plain(self, event: Any, line: int, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent):
            return
        if event.anchor is not None:
            self.refuse(line, place, said("an anchor (&{name})", name=event.anchor), said("take it out"))
        if event.tag is not None:
            self.refuse(line, place, said("a tag ({name})", name=event.tag), said("take it out"))

    def _place(self) -> Place:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.place, len(top.value) if top.key is None else top.key)

    def _put(self, value: Any) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None and not top.is_dropped:
            top.value[top.key] = value

    def _done(self) -> None:
        """The value of the waiting key is complete: the next event is a key again."""
        if self.stack:
            self.stack[-1].key = None
            self.stack[-1].is_dropped = False


def _scalar(text: str) -> Any:
    """A plain scalar as YAML 1.2 reads it, and dates; what is no value of these kinds stays a text."""
    if text in _FIXED:
        return _FIXED[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text
