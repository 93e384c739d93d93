"""What a name is: one line of printable characters with something to see, the same in any Unicode form.

Names are refused, never changed: who reads them says where they stand. What files are called after them is
for the command line.
"""

from __future__ import annotations

import unicodedata

from assessor.language.texts import is_blank

#: Marks that are drawn as nothing: the joiner of graphemes, and two vowels of Khmer.
_BLANK_MARKS = frozenset("\u034f\u17b4\u17b5")
_JOINERS = frozenset("\u200c\u200d")
_VIRAMA = 9
MOST_CHARACTERS = 200


def name_of(text: str) -> str:
    """The name, in NFC: the letters that are seen, in the one form by which names are compared.

    Raises ValueError, as ``what is wrong - what would be right``, for a text that is no name: one without a
    visible character, with outer spaces, of several lines, or with what is not printed (controls, signs of
    direction and format, spaces other than the plain one, signs without a meaning of their own). The joiners
    of Arabic and Indic scripts are letters there, and kept there.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"the name has {len(text)} characters - give at most {MOST_CHARACTERS}")
    if text and text != text.strip(" "):
        raise ValueError(f"{text!r} begins or ends with a space - take it out")
    for place, char in enumerate(text):
        if not _is_printed(text, place):
            kind, wanted = _trouble(char)
            raise ValueError(f"{text!r} holds {kind} (U+{ord(char):04X}) - {wanted}")
    if is_blank(text):
        raise ValueError("the name has no character that can be seen - give one")
    return unicodedata.normalize("NFC", text)


def _is_printed(text: str, place: int) -> bool:
    char = text[place]
    if char in _JOINERS:
        return _joins(text, place)
    return char == " " or (char.isprintable() and not _is_hidden(char))


def _is_hidden(char: str) -> bool:
    """Whether the character is drawn as nothing though it is a letter, a sign or a mark."""
    return char in _BLANK_MARKS or (unicodedata.category(char)[0] in "LNPS" and is_blank(char))


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands where a script needs one: after a virama, between Arabic letters (RFC 5892)."""
    before, after = text[:place], text[place + 1 :]
    if not before or not after:
        return False
    if unicodedata.combining(before[-1]) == _VIRAMA:
        return True
    return (
        unicodedata.bidirectional(before[-1]) in {"AL", "NSM"} and unicodedata.bidirectional(after[0]) == "AL"
    )


def _trouble(char: str) -> tuple[str, str]:
    category = unicodedata.category(char)
    if char in "\n\r\v\f\x85\u2028\u2029":
        return "a line end", "write it on one line"
    if category == "Zs":
        return "a space of another kind", "write a plain space"
    if category == "Cc":
        return "a control character", "take it out"
    if category == "Cf" or _is_hidden(char):
        return "an invisible character", "take it out"
    return "a character that cannot be printed", "write it with letters that have a meaning everywhere"
