"""What a lexicon of postings lacks: languages without words, words that two competencies of an area share."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from assessor.banks.places import Document, Finding
from assessor.banks.schema import Bank, Competency, Framework
from assessor.language.phrases import same
from assessor.messages import Place, said


def check_duties(head: BaseModel, document: Document) -> Iterator[Finding]:
    """The competencies that a posting cannot call for in a language, and phrases that tell two not apart.

    Of the competencies of one area, a bank's own being one, or of a framework's.
    """
    if isinstance(head, Framework):
        for number, area in enumerate(head.areas):
            place: Place = ("areas", number, "competencies")
            yield from _of_area(area.competencies, head.languages, place, document)
    elif isinstance(head, Bank):
        yield from _of_area(head.competencies, head.languages, ("competencies",), document)


def _of_area(
    competencies: tuple[Competency, ...], languages: tuple[str, ...], place: Place, document: Document
) -> Iterator[Finding]:
    for number, competency in enumerate(competencies):
        for language in languages:
            if not competency.duties.get(language):
                found = said(
                    "{ident} has no duties in {language}: no posting calls for it",
                    ident=competency.id,
                    language=language,
                )
                wanted = said("add words by which postings ask for it")
                yield document.warning((*place, number), found, wanted)
        for language, phrases in competency.duties.items():
            for index, written in enumerate(phrases):
                owner = _owner(written, language, competencies[: number + 1], number, index)
                if owner is not None:
                    found = said(
                        "the phrase {phrase!r} stands under {owner} too", phrase=written, owner=owner
                    )
                    wanted = said("keep it where it says more, or make the two differ")
                    yield document.warning((*place, number, "duties", language, index), found, wanted)


def _owner(written: str, language: str, until: tuple[Competency, ...], number: int, index: int) -> str | None:
    """The competency before, or the same one, that has the phrase already; None where none has."""
    for before, competency in enumerate(until):
        phrases = competency.duties.get(language, ())
        held = phrases[:index] if before == number else phrases
        if any(same(written, one) for one in held):
            return competency.id
    return None
