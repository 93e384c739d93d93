"""What of a bank's texts cannot be drawn as written: signs that no face has, runs that no line holds."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from pydantic import BaseModel

from assessor.authoring.passages import Passage, within
from assessor.banks.places import Document, Finding
from assessor.banks.signs import LONGEST_RUN, is_picture, unbroken
from assessor.language.faces import undrawn
from assessor.messages import Said, said


def check_drawing(part: BaseModel, document: Document) -> Iterator[Finding]:
    """The signs of each text that print must say in words, and the runs that give a line no place to end.

    A post, a thread or a table may hold emoji: they are what people see there.
    """
    for passage in within((), part):
        for language, text in passage.text.items():
            is_artefact = passage.place[0] == "stimulus"
            yield from _signs(passage, document, language, is_artefact=is_artefact)
            for run in unbroken(text):
                yield _run(passage, document, language, run)


def _signs(passage: Passage, document: Document, language: str, *, is_artefact: bool) -> Iterator[Finding]:
    signs = [sign for sign in undrawn(passage.text[language]) if not (is_artefact and is_picture(sign))]
    if not signs:
        return
    found = said(
        "{part} holds {signs}, which no shipped face draws",
        part=document.label(passage.place),
        signs=_named(signs),
    )
    wanted = said("write what it says: print can only name it, in brackets")
    yield document.warning((*passage.place, language), found, wanted)


def _run(passage: Passage, document: Document, language: str, run: str) -> Finding:
    found = said(
        "{part} holds {count} characters in a row without a place to break: {run!r}",
        part=document.label(passage.place),
        count=len(run),
        run=run[: LONGEST_RUN - 1] + "…",
    )
    wanted = said("shorten it to {most} at most, or lines end in the middle of it", most=LONGEST_RUN)
    return document.warning((*passage.place, language), found, wanted)


def _named(signs: Iterable[str]) -> Said:
    """Each sign with its code point and its Unicode name."""
    named = []
    for sign in signs:
        code, name = f"U+{ord(sign):04X}", unicodedata.name(sign, "").lower()
        named.append(f"{sign} ({code}, {name})" if name else f"{sign} ({code})")
    return Said("{names}", {"names": ", ".join(named)})
