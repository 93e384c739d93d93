"""A bank's files read as plain values that know their lines, and findings. What values mean is for others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml

Place = tuple[str | int, ...]
"""Where a value stands in a file: the keys and list positions that lead to it."""

Severity = Literal["error", "warning"]

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 20_000
MAX_SHOWN = 60

_REFUSED_CHARACTERS = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
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
        return f"{self.path}:{self.line}: {self.severity}: {self.found} - {self.wanted}"

    def as_json(self) -> dict[str, str | int]:
        """The finding as plain JSON values."""
        return {
            "path": str(self.path),
            "line": self.line,
            "severity": self.severity,
            "found": self.found,
            "wanted": self.wanted,
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

    def error(self, place: Place, found: str, wanted: str) -> Finding:
        """An error at this place."""
        return Finding(self.path, self.line(place), "error", found, wanted)

    def warning(self, place: Place, found: str, wanted: str) -> Finding:
        """A warning at this place."""
        return Finding(self.path, self.line(place), "warning", found, wanted)


def described(value: object) -> str:
    """What was found, in words: the value itself where it is short, else its kind."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a mapping of keys" if value else "an empty mapping"
    if isinstance(value, str):
        return repr(value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + "…")
    return "a list" if isinstance(value, Sequence) else str(value)


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
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return None, [Finding(path, 1, "error", f"the file cannot be read: {reason}", "make it readable")]
    if len(raw) > MAX_BYTES:
        wanted = f"split it: {MAX_BYTES // 1024} kB at most"
        return None, [Finding(path, 1, "error", f"the file is over {MAX_BYTES // 1024} kB", wanted)]
    text, findings = _decoded(path, raw)
    if text is None:
        return None, findings
    return _parsed(path, text, findings)


def _decoded(path: Path, raw: bytes) -> tuple[str | None, list[Finding]]:
    """The file's text with what can be read past set right, and a finding for each kind of trouble in it."""

    def error(line: int, found: str, wanted: str) -> Finding:
        return Finding(path, line, "error", found, wanted)

    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [error(1, "the file is UTF-16", "save it as UTF-8")]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as trouble:
        line, byte = raw.count(b"\n", 0, trouble.start) + 1, raw[trouble.start]
        return None, [error(line, f"the byte {byte:#04x} is not UTF-8", "save the file as UTF-8")]
    findings = []
    if text.startswith("\ufeff"):
        findings.append(error(1, "the file begins with a byte order mark", "save it as UTF-8 without BOM"))
        text = text[1:]
    if "\r" in text:
        line, count = text.count("\n", 0, text.index("\r")) + 1, text.count("\r")
        wanted = f"save the file with Unix line endings (LF); {count} in this file"
        findings.append(error(line, "a carriage return ends the line (Windows line ending)", wanted))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line_text in enumerate(text.split("\n"), start=1):
        if "\t" in line_text:
            findings.append(error(number, "the line holds a tab", "use spaces"))
        if strange := _REFUSED_CHARACTERS.search(line_text):
            found = f"the line holds the control character U+{ord(strange.group()):04X}"
            findings.append(error(number, found, "take it out"))
    text = text.replace("\t", "  ")
    return _REFUSED_CHARACTERS.sub(" ", text), findings


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
        found = f"the file is not valid YAML here: {trouble.problem or trouble.context}"
        wanted = "check indentation and colons; put a text that holds ': ' or ' #' in quotes or under >-"
        return None, [*findings, *builder.findings, Finding(path, line, "error", found, wanted)]
    if not builder.any_document:
        builder.refuse(1, (), "the file is empty", "write it or take it away")
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
            self.refuse(line, (), "a second document begins here", "keep one document a file")
            raise _GiveUpError
        if event.version or event.tags:
            self.refuse(line, (), "the file holds a % directive", "take it out")
        self.any_document = True

    def _count(self, line: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.refuse(line, (), f"the file holds more than {MAX_NODES} values", "split it")
            raise _GiveUpError
        if len(self.stack) >= MAX_DEPTH:
            self.refuse(line, (), f"the file is nested more than {MAX_DEPTH} deep", "write it flat")
            raise _GiveUpError

    def _key(self, event: Any, line: int) -> None:
        top = self.stack[-1]
        if not isinstance(event, yaml.ScalarEvent):
            self.refuse(line, top.place, "a key that is no plain word", "use a word, without * or [ ]")
            raise _GiveUpError
        top.key = event.value
        place = (*top.place, event.value)
        self._plain(event, line, place)
        if event.value == "<<":
            self.refuse(line, place, "a merge key (<<)", "write the keys out")
            top.is_dropped = True
        elif event.value in top.value:
            wanted = f"keep one (the other is at line {self.lines[place]})"
            self.refuse(line, place, f"the key {described(event.value)} stands twice", wanted)
            top.is_dropped = True
        self.lines.setdefault(place, line)

    def _value(self, event: Any, line: int) -> None:
        place = self._place()
        self.lines.setdefault(place, line)
        self._plain(event, line, place)
        if isinstance(event, yaml.AliasEvent):
            self.refuse(line, place, f"an alias (*{event.anchor})", "write the value out")
            self._put(None)
            self._done()
        elif isinstance(event, yaml.ScalarEvent):
            self._put(_scalar(event.value) if event.implicit[0] else event.value)
            self._done()
        else:
            value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._put(value)
            self.stack.append(_Open(place, value))

    def _plain(self, event: Any, line: int, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent):
            return
        if event.anchor is not None:
            self.refuse(line, place, f"an anchor (&{event.anchor})", "take it out")
        if event.tag is not None:
            self.refuse(line, place, f"a tag ({event.tag})", "take it out")

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
