"""What no gettext tool sees in the catalogues: numbers that a noun agrees with, numbers in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from assessor.language.catalogues import FOLDER, shipped_languages

#: A number to be filled in, and a plural beside it; of a number "of" another only the last word counts.
COUNTED = re.compile(
    r"(?:%\((?!name|item|minutes\)|day|time|code|level|mark|role|text|script|last|place|total|of)\w+\)[sd]|\{\w+\})"
    r"[ \u00a0](?:sur [^\s,.]+ )?[^\W\d_]{2,}s\b",
    re.UNICODE,
)
#: Numbers that are never one: constants of the code, and what is at least a few.
NEVER_ONE = {
    "Not calibrated: the estimates did not settle in %(n)d rounds.",
    "Not shown: fewer than %(needs)d people, who could be recognised.",
    "The interval reaches %(points)s points to each side.",
    "Keep %(days)s days",
    "{item} expires after {day}",
    "paste one posting alone, at most {most} characters",
    "From %(least)s to %(most)s words. People will rate your text.",
    "the document (--json) gives %(shown)s of %(of)s pairs, those among the %(among)s highest estimates; the"
    " others are left out (--pairs)",
    "software %(software)s; competency framework %(framework)s; role %(role)s; %(draws)s draws for the chance"
    " of meeting every minimum, seed %(seed)s",
}
NUMBER_OF_PARTS = re.compile(
    r"\b(?:two|three|four|five|six|deux|trois|quatre|cinq) (?:areas|axes|levels|niveaux|comp[eé]tenc)",
    re.IGNORECASE,
)
#: The picture shows what its description counts.
PICTURE = "First page of a sample profile: "


@cache
def catalogue(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> Iterator[tuple[Message, list[str]]]:
    for message in catalogue(language):
        if message.id:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            said = [message.string] if isinstance(message.string, str) else list(message.string)
            yield message, [one or fallback for one, fallback in zip(said, ids, strict=False)]


#: Where a line may not break in a language: what its messages say is not set again when it is shown.
HELD = {"fr": re.compile(r"(?<=\S) (?=[:;?!»])|(?<=«) ")}


@pytest.mark.parametrize("language", sorted(HELD))
def test_no_line_breaks_before_a_high_sign_or_inside_guillemets(language: str) -> None:
    loose = [text for _, texts in messages(language) for text in texts if HELD[language].search(text)]
    assert loose == []


@pytest.mark.parametrize("language", shipped_languages())
def test_what_is_counted_has_a_form_for_one(language: str) -> None:
    """Of what candidates and managers read; what authors are told of their files counts what is too many."""
    unlike = [
        said[0]
        for message, said in messages(language)
        if isinstance(message.id, str)
        and message.id not in NEVER_ONE
        and COUNTED.search(said[0])
        and not all(
            place.startswith(("assessor/authoring/", "assessor/banks/", "assessor/items/"))
            for place, _ in message.locations
        )
    ]
    assert unlike == []


def test_a_form_for_one_has_no_plural_beside_its_number() -> None:
    unlike = [
        said[0]
        for message, said in messages("fr")
        if not isinstance(message.id, str)
        and re.search(r"%\((?:n|num)\)[sd][ \u00a0][^\W\d_]{2,}[sx]\b(?<! fois)", said[0])
    ]
    assert unlike == []


@pytest.mark.parametrize("language", shipped_languages())
def test_the_parts_of_a_framework_are_not_counted_in_words(language: str) -> None:
    """A bank may have other areas than the shipped ones; authors are told what the schema wants."""
    unlike = [
        said[0]
        for message, said in messages(language)
        if NUMBER_OF_PARTS.search(" ".join(said))
        and not str(message.id).startswith(PICTURE)
        and not all(place.startswith("assessor/banks/") for place, _ in message.locations)
    ]
    assert unlike == []
