"""Parts that read alike: whoever chooses among them cannot tell them apart, whatever the key says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pydantic import BaseModel

from assessor.banks.places import Document, Finding
from assessor.banks.schema import Area, Bank, Competency, Framework, Level
from assessor.banks.signs import is_drawn
from assessor.items import type_of
from assessor.items.base import Content
from assessor.messages import Place, said

_TYPED = str.maketrans("’‘ʼ‐‑–—“”«»", '\'\'\'----""""')
_QUOTED = re.compile(r'\s*"\s*')
_END = re.compile(r"[\s.,;:!?…]+$")


class Named(NamedTuple):
    """One of the parts to choose among: its id, where its words stand in the file, what they say."""

    ident: str
    place: Place
    text: Mapping[str, str]


def spelt(text: str) -> str:
    """The text as a reader takes it in: without case, width, spacing, unseen signs, final punctuation."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_TYPED)
    shown = "".join(sign for sign in plain if sign.isspace() or is_drawn(sign))
    words = _QUOTED.sub('"', " ".join(shown.split()))
    return _END.sub("", words) or words


def check_parts(content: Content, document: Document) -> Iterator[Finding]:
    """An error at each part of the item that reads as one before it in the same group, of any type."""
    places = dict(_placed(content))
    for group in type_of(content).parts(content):
        named = [Named(ident, places[ident], content.wording(ident).text) for ident in group.ids]
        yield from _repeated(named, document)


def check_names(part: Bank | Framework, document: Document) -> Iterator[Finding]:
    """An error at each competency, level or area whose name reads as that of one before it."""
    for group in _groups(part):
        yield from _repeated(group, document)


def _groups(part: Bank | Framework) -> Iterator[list[Named]]:
    if isinstance(part, Bank):
        yield _listed(part.competencies, ("competencies",))
        return
    yield _listed(part.levels, ("levels",))
    yield _listed(part.areas, ("areas",))
    yield [
        named
        for number, area in enumerate(part.areas)
        for named in _listed(area.competencies, ("areas", number, "competencies"))
    ]


def _listed(parts: Iterable[Competency | Level | Area], place: Place) -> list[Named]:
    return [Named(part.id, (*place, number, "name"), part.name) for number, part in enumerate(parts)]


def _placed(part: BaseModel, place: Place = (), name: str = "") -> Iterator[tuple[str, Place]]:
    """The id of every part with one, as explanations name it (``node.option``), and where its words stand."""
    for field in type(part).model_fields:
        value = getattr(part, field)
        if not isinstance(value, tuple):
            continue
        for number, inner in enumerate(value):
            ident = getattr(inner, "id", None)
            if isinstance(inner, BaseModel) and isinstance(ident, str):
                whole = f"{name}.{ident}" if name else ident
                yield whole, (*place, field, number, "text" if hasattr(inner, "text") else "name")
                yield from _placed(inner, (*place, field, number), whole)


def _repeated(named: Iterable[Named], document: Document) -> Iterator[Finding]:
    first: dict[tuple[str, str], Named] = {}
    for one in named:
        languages: dict[str, list[str]] = {}
        for language, text in one.text.items():
            other = first.setdefault((language, spelt(text)), one)
            if other is not one:
                languages.setdefault(other.ident, []).append(language)
        for ident, alike in languages.items():
            found = said(
                "{first} and {second} read alike in {languages}",
                first=ident,
                second=one.ident,
                languages=", ".join(alike),
            )
            wanted = said("say in one what the other does not, or take one out")
            yield document.error((*one.place, alike[0]), found, wanted)
