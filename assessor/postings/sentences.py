"""A posting as its sentences: what was pasted made plain, lines joined or parted, headings known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from assessor.language.phrases import folded, phrase
from assessor.language.texts import with_newlines
from assessor.postings.words import HEADINGS, LITTLE, NO_DUTY, Section, says

_TAG = re.compile(
    r"</?(?:p|div|ul|ol|li|br|h[1-6]|span|strong|b|table|section|html|body)\b[^>]*>", re.IGNORECASE
)
_BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "li", "br", "tr", "table", "section", "article", "header", "footer"}
    | {f"h{level}" for level in range(1, 7)}
)
_UNSEEN = frozenset({"script", "style", "head", "template"})
_BULLET = re.compile(r"^(?:[\s>]*(?:[•◦▪■●‣⁃∙·*✓✔➤►→–—-]|\d{1,2}[.)]|[a-z]\))\s+)")
_END = re.compile(r"(?<=[.!?…])[»”\")]*\s+(?=[«“\"(]?[A-ZÀ-ÖØ-Þ0-9$])")
#: A point after these ends no sentence.
_SHORTENED = re.compile(r"(?:\b(?:M|Mme|Dr|St|Ste|p|ex|etc|e\.g|i\.e|Inc|Ltd|no|No|art)|\b[A-Z])\.$")
_MOST_IN_HEADING = 10
_MOST_BEFORE_COLON = 6
_ENDS = (".", "!", "?", ";", "…", ",")


@dataclass(frozen=True)
class Sentence:
    """A sentence or bullet as the posting has it, with its folded words, language if shown, section."""

    quote: str
    words: str
    language: str | None
    section: Section
    is_duty: bool = True


def sentences(text: str) -> tuple[Sentence, ...]:
    """Every sentence of a posting that is plain text, headings left out."""
    found: list[Sentence] = []
    for quote, section in _parts(text):
        spoken = language_of(quote)
        words = folded(quote)
        is_duty = section in ("duties", "profile", "asset") and not says(words, NO_DUTY)
        found.append(Sentence(quote, words, spoken, section, is_duty))
    return tuple(found)


def plain(text: str) -> str:
    """The text that is to be seen: HTML as its text, without controls and signs that turn or hide others."""
    if _TAG.search(text):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.found)
    kept = with_newlines(text).replace("\t", " ").replace("\u00ad", "")
    # Bidirectional controls, zero-width signs: a quote shows its signs in the order they are written in.
    return "".join(sign for sign in kept if sign == "\n" or unicodedata.category(sign)[0] != "C")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.found.append("\n• " if tag == "li" else "\n\n" if tag[0] == "h" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(" ".join(data.split("\n")))


def language_of(text: str) -> str | None:
    """The language whose little words the text has more of; None where neither has more."""
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())
    counts = {language: sum(word in little for word in words) for language, little in LITTLE.items()}
    counts["fr"] += any(sign in "éèêàùçôîœ" for sign in text.casefold())
    best = max(counts, key=lambda language: counts[language])
    return best if sum(count == counts[best] for count in counts.values()) == 1 else None


def _parts(text: str) -> Iterator[tuple[str, Section]]:
    """Each sentence with its section."""
    section: Section = "duties"
    for line, is_bullet, is_after_gap in _lines(text):
        heading = None if is_bullet else _heading(line)
        if heading is not None:
            section = heading
            continue
        if not is_bullet and is_after_gap and _is_title(line) and section in ("about", "offer"):
            section = "duties"
        before, colon, after = line.partition(":")
        here = _kind(before) if colon and len(before.split()) <= _MOST_BEFORE_COLON else None
        for quote in _split(after.strip() if here and after.strip() else line):
            yield quote, here or section


def _lines(text: str) -> Iterator[tuple[str, bool, bool]]:
    """Lines, whether each is a bullet, whether a gap was before; what a mail broke is made whole."""
    held: tuple[str, bool, bool] | None = None
    is_after_gap = True
    for raw in text.split("\n"):
        line = " ".join(raw.split())
        if not any(sign.isalnum() for sign in line):
            is_after_gap = True
            continue
        bullet = _BULLET.match(line + " ")
        bare = line[bullet.end() :].strip() if bullet else re.sub(r"^[#>*_\s]+|[*_]+$", "", line)
        goes_on = held and not bullet and not is_after_gap and not held[0].endswith((*_ENDS, ":"))
        if held and goes_on and bare[:1].islower():
            held = (f"{held[0]} {bare}", held[1], held[2])
            continue
        if held:
            yield held
        held, is_after_gap = (bare, bullet is not None, is_after_gap), False
    if held:
        yield held


def _is_title(line: str) -> bool:
    return len(line.split()) <= _MOST_IN_HEADING and not line.endswith(_ENDS)


def _heading(line: str) -> Section | None:
    return _kind(line) if _is_title(line) else None


def _kind(line: str) -> Section | None:
    """The section that a heading opens: the kind whose phrase in it is the longest."""
    words = folded(line)
    if len(words.split()) > _MOST_IN_HEADING:
        return None
    found: list[tuple[int, Section]] = [
        (len(held.group()), kind) for kind, phrases in HEADINGS.items() for held in _held(words, phrases)
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def _held(words: str, phrases: tuple[str, ...]) -> Iterator[re.Match[str]]:
    for one in phrases:
        if held := phrase(one).pattern.search(words):
            yield held


def _split(line: str) -> Iterator[str]:
    """The sentences of a line, in its own words."""
    held = ""
    for part in _END.split(line):
        held = f"{held} {part}".strip()
        if not _SHORTENED.search(held[-8:]):
            yield held
            held = ""
    if held:
        yield held
