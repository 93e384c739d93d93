"""The characters of a bank's files: which may not stand there, and which stretch too far to be broken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from assessor.messages import Said, said

#: Line end and tab, which have their own findings, and the carriage return of a line end.
_ENDS = frozenset("\t\n\r")
#: Nothing shows these or they change what stands around them: controls, formats, halves, unassigned ones.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
#: Formats that are seen: signs of Arabic, Syriac and Kaithi that enclose the digits after them.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
#: Where emoji are given out: one that is newer than these tables is a sign all the same.
_NEWER = re.compile("[\U0001f000-\U0001faff]")
_PICTURE = r"[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]"
_JOINED = re.compile(
    # One picture of several (a family), a regional flag, and the joiners that Arabic and Indic writing needs.
    rf"(?<={_PICTURE})\ufe0f?[\U0001f3fb-\U0001f3ff]?\u200d(?={_PICTURE})"
    rf"|(?<=[\ufe0f\U0001f3fb-\U0001f3ff])\u200d(?={_PICTURE})"
    r"|(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]+\U000e007f"
    r"|(?<=[\u0620-\u08ff\u0900-\u0dff\u1780-\u17ff])[\u200c\u200d](?=[\u0620-\u08ff\u0900-\u0dff\u1780-\u17ff])"
)

#: Letters and signs that draw nothing: Hangul fillers, a Khmer pair, the braille cell without a dot.
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

#: What only chooses how the sign before it is drawn, or joins two marks.
_VARIANTS = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")

LONGEST_RUN = 40
_BREAKS = re.compile(r"[\s\u00ad\u200b/–—-]+")


def strangers(text: str) -> Iterator[str]:
    """The characters that no file of a bank may hold, in their order: refused by their Unicode category.

    Joiners inside an emoji, or between letters of a writing that needs them, may stand.
    """
    # What is printable holds none of them; most texts are, and this is asked of every line and every value.
    if text.isprintable() or not _suspects(text):
        return
    for sign in _JOINED.sub("", text):
        if _is_refused(sign):
            yield sign


def _suspects(text: str) -> set[str]:
    return {sign for sign in set(text) if _is_refused(sign)}


@cache
def _is_refused(sign: str) -> bool:
    if sign in _ENDS or sign in _SEEN or _NEWER.match(sign):
        return False
    return unicodedata.category(sign) in _REFUSED


def cleared(text: str) -> str:
    """The text with a space for each such character, so that the rest of it can be read."""
    if not any(strangers(text)):
        return text
    kept = {found.start(): found[0] for found in _JOINED.finditer(text)}
    safe = {place + offset for place, run in kept.items() for offset in range(len(run))}
    return "".join(
        " " if _is_refused(sign) and place not in safe else sign for place, sign in enumerate(text)
    )


@cache
def is_drawn(sign: str) -> bool:
    """Whether the character itself puts ink on the page, alone or on the letter before it."""
    kind = unicodedata.category(sign)
    return kind[0] not in "CZ" and sign not in _BLANK and not _VARIANTS.match(sign)


def described_sign(sign: str) -> Said:
    """What the character is: its kind, its code point, its Unicode name where it has one."""
    code, category = f"U+{ord(sign):04X}", unicodedata.category(sign)
    if category == "Cf":
        name = unicodedata.name(sign, "").lower()
        return said("the invisible format character {code} ({name})", code=code, name=name)
    if category == "Co":
        return said("{code}, a character for private use that each font draws in its own way", code=code)
    if category == "Cs":
        return said("{code}, half a character", code=code)
    if category == "Cn":
        return said("{code}, which is no character", code=code)
    return said("the control character {code}", code=code)


def is_picture(sign: str) -> bool:
    """Whether the character is an emoji, or a part of one."""
    return bool(re.match(_PICTURE + "|[\u20e3\ufe0f]", sign))


def unbroken(text: str) -> Iterator[str]:
    """Each run of over ``LONGEST_RUN`` characters that gives a line no place to end."""
    return (run for run in _BREAKS.split(text) if len(run) > LONGEST_RUN)
