"""``form`` and ``simulate``: what is drawn, and sittings as lines of JSON. Scores nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from assessor.assembly import TestForm, assemble_round, longest_offered
from assessor.banks.schema import LengthId, Pool, RoleProfile
from assessor.cli.banks import language_of, library, role_of
from assessor.cli.exits import DONE
from assessor.cli.failures import say
from assessor.cli.outputs import placed
from assessor.cli.telling import formed
from assessor.cli.terminal import table
from assessor.language.figures import fixed, rounded
from assessor.measurement import design_of
from assessor.measurement.minimums import Reach, likely_from, reach_document, reaches_of
from assessor.scoring.model import PLANNING, posterior
from assessor.sittings.lines import Given, Line
from assessor.studies.simulation import FormEffects, people


def form(
    role_id: str,
    length: LengthId | None,
    seed: int,
    *,
    forms: int,
    pool: Pool,
    as_json: bool,
    language: str,
) -> int:
    """Print the form, or the alike forms, that this role and seed draw."""
    drawn = _assembled(role_of(role_id), length, seed, pool, forms)
    language_of(language, library().languages(drawn[0].role.domain))
    for number, one in enumerate(drawn):
        if as_json:
            print(json.dumps(_form_json(one), ensure_ascii=False))
            continue
        print("\n" if number else "", end="")
        for line in _form_lines(one, language):
            print(line)
    if not as_json and forms > 1:
        ids = [item.id for one in drawn for item in one.items]
        print(f"\n{len(ids) - len(set(ids))} items are in more than one of the {forms} forms")
    return DONE


def _form_lines(drawn: TestForm, language: str) -> Iterator[str]:
    rows = [("", "item", "type", "minutes", "competency", "")]
    names = {one.id: one.name[language] for one in drawn.domain.competencies}
    for number, item in enumerate(drawn.items, start=1):
        ident = item.content.competency
        minutes = f"{item.book.minutes:g}"
        rows.append((str(number), item.id, item.content.type, minutes, ident, names[ident]))
    yield from table(rows, right=(0, 3))
    title = drawn.role.title[language]
    yield f"\n{title}, {drawn.length}: {len(drawn.items)} items, {drawn.minutes:g} minutes"
    yield f"form {drawn.digest}\n\nexpected standard errors, on the 0-100 scale"
    told = drawn.expected()
    errors = [(area.name[language], told.areas[area.id]) for area in drawn.domain.areas]
    yield from table(
        [(name, _points(error)) for name, error in [*errors, ("role fit", told.fit)]], right=(1,)
    )
    yield from formed(_reaches(drawn), drawn.domain, language)
    if drawn.unmet:
        yield "\nwhat the banks cannot give this form of what it aims at"
        yield from (f"  {said}" for said in drawn.unmet)


def _reaches(drawn: TestForm) -> list[tuple[Reach, float]]:
    """What the form can say of each minimum, and the estimate from which it is likely met."""
    design = design_of(drawn.items, drawn.domain, PLANNING)
    known = posterior(design, PLANNING)
    found = reaches_of(drawn.items, drawn.domain, drawn.role, PLANNING, drawn.length)
    return [(one, likely_from(one, known, design, PLANNING)) for one in found]


def _points(error: float | None) -> str:
    return "not measured" if error is None else fixed(100 * error, 1)


def _assembled(
    role: RoleProfile, length: LengthId | None, seed: int, pool: Pool, forms: int = 1
) -> tuple[TestForm, ...]:
    """The forms; where no length is asked for and the role's own cannot be filled, the longest below it."""
    today = date.today()
    chosen = length or longest_offered(library(), role, today=today, pool=pool)
    if length is None and chosen != role.length:
        say(f"the banks cannot fill the length {role.length!r} of this role: {chosen!r} is used")
    return assemble_round(library(), role, chosen, forms=forms, seed=seed, today=today, pool=pool)


def _form_json(drawn: TestForm) -> dict[str, object]:
    told = drawn.expected()

    def points(errors: Mapping[str, float | None]) -> dict[str, float | None]:
        return {name: None if error is None else rounded(100 * error, 6) for name, error in errors.items()}

    return {
        "role": drawn.role.id,
        "length": drawn.length,
        "pool": drawn.pool,
        "seed": drawn.seed,
        "form": drawn.digest,
        "minutes": drawn.minutes,
        "items": [
            {
                "id": item.id,
                "digest": item.digest,
                "competency": item.content.competency,
                "type": item.content.type,
                "minutes": item.book.minutes,
            }
            for item in drawn.items
        ],
        "expected": {
            "competencies": points(told.competencies),
            "areas": points(told.areas),
            **points({"fit": told.fit}),
        },
        "minimums": {one.of: reach_document(one, likely) for one, likely in _reaches(drawn)},
        "unmet": list(drawn.unmet),
    }


def simulate(
    role_id: str,
    n: int,
    *,
    seed: int,
    ability: float | None,
    spread: float | None,
    form_effects: FormEffects,
    length: LengthId | None,
    pool: Pool,
    language: str,
    output: Path | None,
) -> int:
    """Write the sittings of ``n`` simulated candidates who take one form."""
    role = role_of(role_id)
    language_of(language, library().languages(role.domain))
    (drawn,) = _assembled(role, length, seed, pool)
    given = tuple(Given(id=item.id, digest=item.digest, language=language) for item in drawn.items)
    simulated = people(
        drawn.items, drawn.domain, n, seed=seed, ability=ability, spread=spread, form_effects=form_effects
    )
    lines = (
        Line(
            candidate=f"sim-{person.number:04d}",
            language=language,
            form=drawn.digest,
            items=given,
            responses=person.responses,
        ).line()
        + "\n"
        for person in simulated
    )
    if output is None:
        sys.stdout.writelines(lines)
    else:
        with placed(output) as file:
            file.writelines(line.encode() for line in lines)
    return DONE
