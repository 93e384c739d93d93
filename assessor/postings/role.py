"""What was read of a posting as a role profile to confirm, and as the YAML file that quotes each tie."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from assessor.banks.schema import DEFAULT_MINIMUM, Minimum, RoleProfile, Weight
from assessor.language.customs import customs_of
from assessor.messages import N_
from assessor.postings.reading import Reading, Tie

#: What a place weighs.
WEIGHTS: Mapping[str, float] = {"essential": 3, "useful": 1}
_SUMMARY = N_("Proposed from a posting, in its own sentences; a person has yet to confirm it.")
_UNTITLED = N_("Post read from a posting")
_ALSO = N_("also:")
_FORGOTTEN = N_("usually asked for, not mentioned:")
_LONGEST_TITLE = 120
Speak = Callable[[str], Callable[[str], str]]
"""Language -> what says a message in it."""


def slug(text: str) -> str:
    """The text as the id of a role: letters without accents, figures, hyphens; empty where none is left."""
    bare = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", bare)[:60].strip("-")
    return re.sub(r"^[0-9-]+", "", words)


def proposed(reading: Reading, ident: str, languages: tuple[str, ...], speak: Speak) -> RoleProfile | None:
    """The role that the reading proposes; None where only the gate is tied, which weighs nothing.

    The tie of a weight quotes the posting: in each language by a sentence of it where there is one, else by
    the first that was read.
    """
    weighed = [
        competency.id
        for competency in reading.domain.competencies
        if reading.of(competency.id) and reading.domain.area_of[competency.id].block != "gate"
    ]
    if not weighed:
        return None
    title = _text(reading.title) if 0 < len(reading.title) <= _LONGEST_TITLE else None
    return RoleProfile(
        id=ident,
        domain=reading.domain.bank.id,
        title={lang: title or speak(lang)(_UNTITLED) for lang in languages},
        summary={lang: speak(lang)(_SUMMARY) for lang in languages},
        weights=tuple(
            Weight(competency=one, weight=WEIGHTS[reading.place(one)], tie=quoted(reading.of(one), languages))
            for one in weighed
        ),
        minimums=tuple(
            Minimum(of=one, minimum=DEFAULT_MINIMUM, tie=quoted(reading.of(one), languages))
            for one in reading.minimums
        ),
    )


def quoted(ties: tuple[Tie, ...], languages: tuple[str, ...]) -> dict[str, str]:
    """Language -> a sentence of the posting within the quotation marks of that language."""
    found = {}
    for language in languages:
        tie = next((one for one in ties if one.language == language), ties[0])
        before, after = customs_of(language).quotes
        found[language] = f"{before}{_text(tie.quote)}{after}"
    return found


def _text(quote: str) -> str:
    """The quote as a bank's text may hold it: nothing that looks like markup."""
    return re.sub(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)", r"\g<0> ", quote)


def written(role: RoleProfile, reading: Reading, says: Callable[[str], str]) -> str:
    """The role as a YAML file, with every tie and what the posting does not mention as comments."""
    return "\n".join(_lines(role, reading, says)) + "\n"


def _lines(role: RoleProfile, reading: Reading, says: Callable[[str], str]) -> Iterator[str]:
    yield f"# {says(_SUMMARY)}"
    yield f"id: {role.id}"
    yield f"domain: {role.domain}"
    yield from _text_of("title", role.title, "")
    yield from _text_of("summary", role.summary, "")
    yield f"length: {role.length}"
    yield "weights:"
    for weight in role.weights:
        yield f"  - competency: {weight.competency}"
        yield f"    weight: {weight.weight:g}"
        yield from _text_of("tie", weight.tie or {}, "    ")
        for tie in reading.of(weight.competency)[1:]:
            yield f"    # {says(_ALSO)} {tie.quote}"
    if role.minimums:
        yield "minimums:"
    for minimum in role.minimums:
        yield f"  - of: {minimum.of}"
        yield f"    minimum: {minimum.minimum:g}"
        yield from _text_of("tie", minimum.tie or {}, "    ")
    for ident in reading.forgotten:
        yield f"# {says(_FORGOTTEN)} {ident}"


def _text_of(key: str, text: Mapping[str, str], pad: str) -> Iterator[str]:
    yield f"{pad}{key}:"
    # A string of JSON is one of YAML, whatever it holds.
    yield from (
        f"{pad}  {language}: {json.dumps(said, ensure_ascii=False)}" for language, said in text.items()
    )
