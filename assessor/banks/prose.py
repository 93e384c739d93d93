"""Plain counts over running text: words, sentences, numbers, how hard it reads. Knows no item."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d+")
_PIECE = re.compile(r"[-’']")
_ABBREVIATED = re.compile(r"\b(?:M|Mr|Mrs|Ms|Dr|St|vs|No|[A-Z])\.$")
_STOP = re.compile(r"(?<=[.!?…])[\s»”\"')]+(?=\S)")
_COLON = re.compile(r":\s+")
LONG = 6  # letters: a word with more is long
RUNNING = 4  # words: a text with fewer is a label


def words(text: str) -> list[str]:
    """The words of a text, in lower case; a number is a word."""
    return _WORD.findall(text.lower())


def sentences(text: str) -> list[str]:
    """The text cut at lines and at full stops, but not after an abbreviation or before a small letter."""
    found: list[str] = []
    for line in text.splitlines():
        kept = ""
        for part in _STOP.split(line):
            goes_on = _ABBREVIATED.search(kept) or part.lstrip("»”\"', ")[:1].islower() or not words(part)
            if kept and not goes_on:
                found.append(kept)
                kept = ""
            kept = f"{kept} {part}" if kept else part
        found += [kept] if words(kept) else []
    return found


def paragraphs(text: str) -> int:
    """How many lines hold something: folded text has a line a paragraph."""
    return sum(bool(line.strip()) for line in text.splitlines())


@dataclass(frozen=True)
class Reading:
    """How hard some texts read: LIX, words a sentence, and how many words that rests on."""

    lix: float
    words_a_sentence: float
    words: int


def reading(texts: Iterable[str]) -> Reading | None:
    """Words a sentence plus the percentage of words of more than six letters, over what is no label.

    LIX (Björnsson 1968, Läsbarhet) counts letters, not syllables, so one bar serves several languages; a
    colon ends a sentence there too. What an elision or a hyphen joins is one word, as long as its longest
    piece. None where there is no running text.
    """
    running = [text for text in texts if len(words(text)) >= RUNNING]
    listed = [word for text in running for word in words(text)]
    if not listed:
        return None
    cuts = sum(
        len([part for part in _COLON.split(one) if words(part)])
        for text in running
        for one in sentences(text)
    )
    long = sum(max(map(len, _PIECE.split(word))) > LONG for word in listed)
    a_sentence = len(listed) / cuts
    return Reading(a_sentence + 100 * long / len(listed), a_sentence, len(listed))
