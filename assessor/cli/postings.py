"""``role``: a posting's ties, what it does not mention, and the role profile that is proposed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assessor.banks.encodings import decoded
from assessor.banks.schema import RoleProfile
from assessor.cli.banks import language_of, library
from assessor.cli.exits import DONE
from assessor.cli.failures import UsageError, WrongInput, near, say
from assessor.cli.inputs import streamed
from assessor.cli.outputs import placed
from assessor.language.catalogues import tongue
from assessor.language.customs import customs_of
from assessor.messages import N_, retold, said
from assessor.postings import Reading, Tie, Unreadable, Unsettled, proposed, read, written
from assessor.postings.role import WEIGHTS, slug

KIND = "a posting in plain text"
#: No posting has more bytes than this: the text itself is held to a stricter limit.
_MOST_BYTES = 1024 * 1024
_UNNAMED = "role-from-posting"
_PLACES = {"essential": N_("essential"), "useful": N_("useful")}
_APART = N_("a prerequisite, measured apart: it weighs nothing")
_FORGOTTEN = N_("usually asked for and not mentioned, so not for this post unless you say otherwise:")
_COMPLETE = N_("nothing that is usually asked for is missing")
_NO_MINIMUM = N_("no minimum is proposed: the posting demands none outright")
_PROPOSAL = N_(
    "All of this is a proposal by a list of words. A person confirms, changes or removes each tie."
)
_STRENGTHS = {"outright": N_("said outright"), "touched": N_("touched")}


def role(source: str, *, domain: str | None, as_json: bool, language: str, output: Path | None) -> int:
    """Print what a posting asks for, and write the role that it proposes where ``output`` says."""
    language_of(language, library().framework.languages)
    ident = _ident(output)
    reading = _reading(source, domain, language)
    ident = ident or slug(reading.title) or _UNNAMED
    spoken = library().languages(reading.domain.bank.id)
    made = proposed(reading, ident, spoken, lambda one: tongue(one).translate)
    if as_json:
        print(json.dumps(_document(reading, made), ensure_ascii=False, indent=1))
    else:
        for line in _lines(reading, language):
            print(line)
    if output is None:
        return DONE
    if made is None:
        raise WrongInput(
            "the posting calls for platforms alone, which weigh nothing in a role - "
            "add the duties that the tools serve"
        )
    with placed(output) as file:
        file.write(written(made, reading, tongue(language).translate).encode())
    say(f"{near(output)}: proposed, for a person to confirm - use it as --role {near(output)}")
    return DONE


def _ident(output: Path | None) -> str | None:
    """The id of the role that goes to that file: its name, which every command holds it to."""
    if output is None:
        return None
    wanted = slug(output.stem) or _UNNAMED
    if output.name != f"{wanted}.yaml":
        raise UsageError(f"-o: a role is in a file of its id - name it {wanted}.yaml")
    return wanted


def _reading(source: str, domain: str | None, language: str) -> Reading:
    known = ", ".join(library().domain_ids)
    if domain is not None and domain not in library().domain_ids:
        raise UsageError(f"--domain: no domain is called {domain!r} - use one of {known}")
    with streamed(source, KIND) as (path, file):
        raw = file.read(_MOST_BYTES + 1)
    text = decoded(raw, path, kind=KIND, guess=True, most=_MOST_BYTES).text
    try:
        return read(text, library(), domain)
    except Unreadable as error:
        spoken = tongue(language)
        raise WrongInput(f"{retold(error.found, spoken)} - {retold(error.wanted, spoken)}") from None
    except Unsettled:
        raise UsageError(f"--domain: the posting does not tell its domain - use one of {known}") from None


def _lines(reading: Reading, language: str) -> Iterator[str]:
    spoken = tongue(language)
    title = reading.domain.bank.title[language]
    told = said("domain: {name}", name=title)
    if reading.is_domain_guessed:
        told = said("domain, by the posting's own words: {name}", name=title)
    yield retold(told, spoken)
    for area in reading.domain.areas:
        tied = [one for one in area.competencies if reading.of(one.id)]
        if tied:
            apart = f" ({spoken.translate(_APART)})" if area.block == "gate" else ""
            yield f"\n{area.name[language]}{apart}"
        for one in tied:
            place = "" if apart else f" ({spoken.translate(_PLACES[reading.place(one.id)])})"
            yield f"  {one.name[language]}{place}"
            yield from (f"    {line}" for tie in reading.of(one.id) for line in _told(tie, language))
    yield ""
    yield from _unsaid(reading, language)
    yield spoken.translate(_PROPOSAL)


def _told(tie: Tie, language: str) -> Iterator[str]:
    """A tie's quote, then how strong it is and by which phrase."""
    before, after = customs_of(language).quotes
    yield f"{before}{tie.quote}{after}"
    yield f"  {tongue(language).translate(_STRENGTHS[tie.strength])}{customs_of(language).colon}{tie.phrase}"


def _unsaid(reading: Reading, language: str) -> Iterator[str]:
    """What the posting does not mention, and the minimums that it demands."""
    spoken = tongue(language)
    names = {one.id: one.name[language] for one in reading.domain.competencies}
    yield spoken.translate(_FORGOTTEN if reading.forgotten else _COMPLETE)
    yield from (f"  {names[ident]}" for ident in reading.forgotten)
    listed = "; ".join(names[ident] for ident in reading.minimums)
    demanded = said("minimums that the posting demands outright: {names}", names=listed)
    yield retold(demanded, spoken) if reading.minimums else spoken.translate(_NO_MINIMUM)


def _document(reading: Reading, made: RoleProfile | None) -> dict[str, Any]:
    return {
        "domain": reading.domain.bank.id,
        "domain_guessed": reading.is_domain_guessed,
        "competencies": [
            {
                "competency": one.id,
                "place": reading.place(one.id),
                "weight": 0 if made is None else made.weight_of(one.id),
                "ties": [_tie(tie) for tie in reading.of(one.id)],
            }
            for one in reading.domain.competencies
        ],
        "not_mentioned": list(reading.forgotten),
        "minimums": list(reading.minimums),
        "weights": dict(WEIGHTS),
        "role": None if made is None else made.model_dump(mode="json", exclude_none=True),
    }


def _tie(tie: Tie) -> dict[str, Any]:
    return {
        "quote": tie.quote,
        "phrase": tie.phrase,
        "language": tie.language,
        "strength": tie.strength,
        "demanded": tie.is_demanded,
    }
