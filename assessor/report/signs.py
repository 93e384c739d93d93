"""Words in place of what the shipped faces cannot draw: a box in print says nothing, and breaks PDF/UA.

Emoji have their names, letters the name of their script and their number, letters in disguise the letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import emoji
from fontTools.unicodedata import script
from markupsafe import escape

from assessor.language.faces import drawn, undrawn
from assessor.language.locales import script_name
from assessor.report.words import Words

_TAGS = re.compile(r"(<[^>]*>)")
_SELECTORS = re.compile("[\ufe00-\ufe0f]")
#: Scripts that one text mixes, so that a run of them is one run.
_EAST_ASIAN = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})
#: What may stand between two words of one run of letters.
_BETWEEN = frozenset(" \u00a0,.;:?'-\u2019")
_SHARED = frozenset({"Zyyy", "Zinh", "Zzzz"})
#: The one language in which Unicode names its signs, and every emoji of any version has a name.
_OF_NAMES = "en"


def in_words(markup: str, language: str) -> str:
    """The markup with words in brackets, in that language, for every sign that no shipped face draws."""
    if not undrawn(markup) and not _SELECTORS.search(markup):
        return markup
    words = Words(language)
    return "".join(
        _said(part, _Aloud(words, any(map(_is_right_to_left, part))))
        if undrawn(part) or _SELECTORS.search(part)
        else part
        for part in _TAGS.split(markup)
    )


@dataclass(frozen=True)
class _Aloud:
    """How words stand in for signs in one stretch of text."""

    words: Words
    is_mixed: bool

    def bracketed(self, said: str) -> str:
        """The words in brackets; beside Arabic or Hebrew, kept from running the other way."""
        return f"\u2066[{said}]\u2069" if self.is_mixed else f"[{said}]"


def _is_right_to_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in ("R", "AL")


def _said(text: str, aloud: _Aloud) -> str:
    """One stretch of text. Emoji come first: some are made of signs that are drawn, such as a digit."""
    said, plain = [], ""
    for token in emoji.analyze(text, non_emoji=True, join_emoji=True):
        drawable = _SELECTORS.sub("", token.chars)
        if isinstance(token.value, str) or not undrawn(drawable):
            plain += drawable
        else:
            name = _emoji_name(token.value, aloud.words.language)
            said += [_spelt(plain, aloud), aloud.bracketed(name)]
            plain = ""
    return "".join([*said, _spelt(plain, aloud)])


def _emoji_name(found: emoji.EmojiMatch, language: str) -> str:
    emoji.config.load_language(language if language in emoji.LANGUAGES else _OF_NAMES)
    # A sequence that no standard knows is the names of its parts.
    parts = getattr(found, "emojis", None) or [found]
    names = (part.data.get(language) or part.data[_OF_NAMES] for part in parts)
    return str(escape(", ".join(name.strip(":").replace("_", " ") for name in names)))


def _spelt(text: str, aloud: _Aloud) -> str:
    return "".join(_pieces(text, aloud)) if undrawn(text) else text


def _pieces(text: str, aloud: _Aloud) -> Iterator[str]:
    """The text in pieces: what is drawn as it stands, everything else in words, a run of a kind at once."""
    known, at = drawn(), 0
    while at < len(text):
        if text[at] in known:
            yield text[at]
            at += 1
            continue
        kind = _kind(text[at])
        end = _end_of_run(text, at, kind) if kind in ("letters", "styled") else at + 1
        yield _piece(text[at:end], kind, aloud)
        at = end


def _kind(char: str) -> str:
    """What an undrawn character is: a space, nothing visible, styled, a letter, a sign, or unreadable."""
    category = unicodedata.category(char)
    if char.isspace():
        return "space"
    if char == "\u2011":
        return "hyphen"
    if category in ("Cc", "Cf"):
        return "nothing"
    if category in ("Co", "Cn", "Cs") or char == "\ufffd":
        return "unreadable"
    if not undrawn(unicodedata.normalize("NFKC", char)):
        return "plain" if script(char) == "Arab" or category[0] == "P" else "styled"
    return "letters" if category[0] in "LMN" and script(char) not in _SHARED else "sign"


def _family(char: str) -> str:
    found = script(char)
    return "east asian" if found in _EAST_ASIAN else found


def _end_of_run(text: str, start: int, kind: str) -> int:
    """Where a run of letters of one script, or of styled letters, ends: spaces within it belong to it."""
    known, end = drawn(), start + 1
    for at in range(start + 1, len(text)):
        char = text[at]
        if char in known:
            if char not in _BETWEEN:
                break
        elif _goes_on(char, text[start], kind):
            end = at + 1
        else:
            break
    return end


def _goes_on(char: str, first: str, kind: str) -> bool:
    """Whether an undrawn character belongs to the run that ``first`` began."""
    if kind == "styled" or _kind(char) == "letters":
        return _kind(char) == kind and (kind == "styled" or _family(char) == _family(first))
    return unicodedata.category(char)[0] in "PMZ"


def _piece(run: str, kind: str, aloud: _Aloud) -> str:
    if kind in ("space", "hyphen", "nothing"):
        return {"space": " ", "hyphen": "-", "nothing": ""}[kind]
    if kind == "plain":
        return str(escape(unicodedata.normalize("NFKC", run)))
    return aloud.bracketed(str(escape(_description(run, kind, aloud.words))))


def _description(run: str, kind: str, words: Words) -> str:
    _, code = words.catalogue.gettext, f"U+{ord(run[0]):04X}"
    if kind == "styled":
        return _("styled characters: %(text)s") % {"text": unicodedata.normalize("NFKC", run)}
    if kind == "unreadable":
        return _("unreadable character: %(code)s") % {"code": code}
    if kind == "sign":
        # In other languages the code is what can be looked up.
        name = unicodedata.name(run, code).lower() if words.language == _OF_NAMES else code
        return _("sign: %(name)s") % {"name": name}
    n = sum(unicodedata.category(char)[0] in "LN" for char in run)
    said = words.catalogue.ngettext(
        "%(n)s character, script: %(script)s", "%(n)s characters, script: %(script)s", n
    )
    return said % {"n": n, "script": _script_name(run, words)}


def _script_name(run: str, words: Words) -> str:
    """The script's name; mixed East Asian scripts are those of the language that mixes them."""
    found = {script(char) for char in run if unicodedata.category(char)[0] in "LN"} - _SHARED
    code = found.pop() if len(found) == 1 else ("Jpan" if found & {"Hira", "Kana"} else "Kore")
    return script_name(code, words.language)
