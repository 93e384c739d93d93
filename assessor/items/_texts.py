"""Texts as an author gives them: plain, visible, one in every language asked for. Not a type."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from assessor.messages import said, unsound


@dataclass(frozen=True)
class Languages:
    """A validation context: the languages that each text must have, and those it may have."""

    required: tuple[str, ...]
    allowed: tuple[str, ...]


_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:[a-z]+|#x?[0-9a-f]+);", re.IGNORECASE)
#: Unicode's categories Cc (but for the line end), Cs and Co.
_CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)
_LANGUAGE = re.compile(r"^[a-z]{2,3}(?:-[A-Z]{2})?$")


def _clean(text: str) -> str:
    """Refuse what no plain text of a bank may hold; give back its NFC form."""
    if not text.strip():
        raise unsound((), said("the text is empty"), said("write it or take the key out"))
    if _MARKUP.search(text):
        raise unsound((), said("the text holds HTML"), said("write plain text (« < » alone is fine)"))
    if "\t" in text:
        raise unsound((), said("the text holds a tab"), said("use spaces"))
    if _CONTROLS.search(text):
        raise unsound((), said("the text holds a control character"), said("take it out"))
    return unicodedata.normalize("NFC", text.strip())


def _languages(text: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    """Refuse a text without language, or without those that the validation's context asks for."""
    if not text:
        raise unsound((), said("the text has no language"), said("give fr and en"))
    for language in text:
        if not _LANGUAGE.match(language):
            found = said("{language!r} is not a language code", language=language)
            raise unsound((), found, said("use fr, en ..."))
    asked = info.context if isinstance(info.context, Languages) else Languages((), tuple(text))
    if missing := [language for language in asked.required if language not in text]:
        wanted = said("write it in {languages}", languages=", ".join(asked.required))
        raise unsound((), said("the text lacks {languages}", languages=", ".join(missing)), wanted)
    if other := [language for language in text if language not in asked.allowed]:
        wanted = said("declare it, or use {languages}", languages=", ".join(asked.allowed))
        raise unsound((), said("the text has {languages}", languages=", ".join(other)), wanted)
    return text


Plain = Annotated[str, AfterValidator(_clean)]
Text = Annotated[dict[str, Plain], AfterValidator(_languages)]
"""One text in every language of its bank: language code -> plain text."""
