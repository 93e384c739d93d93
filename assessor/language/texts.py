"""What a person writes, as every room reads it: line ends, words, numbers, whether anything can be seen.

``static/texts.js`` follows the same rules on the page; one set of examples is put to both.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

#: Everything that ends a line somewhere: what Unicode says (UAX 14: CR LF, LF, VT, FF, CR, NEL, LS, PS), and
#: the separators that old exports write in their place.
_LINE_END = re.compile("\r\n|[\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029]")
#: Letters and signs that are drawn as nothing: Hangul fillers, the blank of braille, the null notehead.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
#: Code points that are drawn as nothing whether or not a version of Unicode has given them out (UAX 44,
#: Default_Ignorable_Code_Point): those among them that are not assigned in every version.
_IGNORED = re.compile("[\u2065\ufff0-\ufff8\U000e0000-\U000e0fff]")
#: A number as people and browsers write one: 60, 60.0, 60,0, 6e1; short enough to be exact everywhere.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,6}(?:[.,][0-9]{0,6})?|[.,][0-9]{1,6})(?:[eE][+-]?0?[0-9])?")


def with_newlines(text: str) -> str:
    """The text with one kind of line end, LF: no two lines become one."""
    return _LINE_END.sub("\n", text)


def lines(text: str) -> list[str]:
    """The lines that hold something to see, without the space around them."""
    return [line.strip() for line in with_newlines(text).split("\n") if not is_blank(line)]


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen.

    Spaces, controls, format characters, fillers, surrogates, private characters and marks that have no
    character to stand on are nothing, alone or together.
    """
    return not any(_is_visible(char) for char in text)


def _is_visible(char: str) -> bool:
    category = unicodedata.category(char)
    if category == "Cn":
        # A sign that is newer than our tables is a sign; a noncharacter is none.
        return not _IGNORED.match(char) and ord(char) & 0xFFFE != 0xFFFE and not "\ufdd0" <= char <= "\ufdef"
    return category[0] not in "ZCM" and char not in _BLANKS


def tidied(text: str) -> str:
    """The text as it is kept: NFC, one kind of line end, no space around it; every word stays a word.

    A tab becomes a space; controls that show nothing and lone surrogates go. A text without anything to see
    is the empty text.
    """
    if is_blank(text):
        return ""
    spaced = with_newlines(text).translate({ord("\t"): " ", 0x1F: " "})
    kept = "".join(char for char in spaced if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept).strip()


def word_count(text: str) -> int:
    """How many words the text has: what stands between spaces and holds a letter or a digit to see."""
    return sum(any(_is_letter(char) for char in word) for word in text.split())


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN" and char not in _BLANKS


def whole_number(text: str) -> int | None:
    """The whole number that the text says, as 60, 60.0, 60,0 or 6e1 say it; None where it says none."""
    written = text.strip().replace("\N{MINUS SIGN}", "-")
    if not _NUMBER.fullmatch(written):
        return None
    value = Decimal(written.replace(",", "."))
    return int(value) if value == value.to_integral_value() else None


def number_in_steps(text: str, least: int, most: int, step: int) -> int | None:
    """The whole number that the text says if it is least, least + step ... or most; None for any other."""
    number = whole_number(text)
    return number if number in range(least, most + 1, step) else None
