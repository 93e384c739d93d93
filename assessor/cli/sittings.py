"""``form``, ``simulate`` and ``score``: sittings as lines of JSON, and what they say. Writes no report."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assessor import __version__
from assessor.assembly import LENGTHS, TestForm, assemble_round, longest_offered
from assessor.assembly.blueprint import Length
from assessor.banks.encodings import decoded
from assessor.banks.schema import Item, LengthId, Library, Pool, RoleProfile
from assessor.banks.sittings import KIND, LONGEST_LINE, Given, read_sittings
from assessor.banks.sittings import Sitting as Line
from assessor.cli import DONE
from assessor.cli.banks import language_of, library, role_of, settings
from assessor.cli.failures import say, told_of
from assessor.cli.inputs import handed
from assessor.cli.telling import formed, scored
from assessor.cli.terminal import table
from assessor.figures import fixed, rounded
from assessor.minimums import reach_document, reaches_of
from assessor.profile import Answer, Profile, Sitting, build, document
from assessor.scoring.cuts import reaches
from assessor.scoring.model import PLANNING
from assessor.simulation import FormEffects, people

_DIGEST = re.compile(r'"digest"\s*:\s*"(sha256:[0-9a-f]{64})"')


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
    yield from formed(reaches_of(drawn.items, drawn.domain, drawn.role, PLANNING), drawn.domain, language)
    if drawn.unmet:
        yield "\nwhat the banks cannot give this form of what it aims at"
        yield from (f"  {said}" for said in drawn.unmet)


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
        "minimums": {
            one.of: reach_document(one) for one in reaches_of(drawn.items, drawn.domain, drawn.role, PLANNING)
        },
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
        with output.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
    return DONE


def score(source: str, role_id: str, *, calibration: Path | None, as_json: bool, language: str) -> int:
    """Print what each sitting says under the role; nothing where a line of the file is wrong.

    What keeps one sitting from a score is said by name, and the exit code is 1; the others are printed.
    """
    role = role_of(role_id)
    language_of(language, library().languages(role.domain))
    found = scored_of(source, role, calibration)
    if as_json:
        for profile in found.profiles:
            print(json.dumps(document(profile), ensure_ascii=False, allow_nan=False))
    elif found.profiles:
        for line in scored(found.profiles, library().domain(role.domain), language):
            print(line)
    return told_of(found.troubles)


def sittings_of(source: str) -> list[Sitting]:
    """Every sitting of a file or of standard input; BankError with every bad line."""
    return [_sitting(line, known) for line, known in _read(source, library())]


@dataclass(frozen=True)
class Scored:
    """The profiles of a file's sittings, in its order, and what kept the others of them from one, by name."""

    sittings: int
    profiles: tuple[Profile, ...]
    troubles: tuple[str, ...]


def scored_of(source: str, role: RoleProfile, calibration: Path | None = None) -> Scored:
    """Every sitting of a file or of standard input scored, with a stored calibration or without.

    Raises BankError with every bad line; what keeps one sitting from a profile is told beside the others.
    """
    from assessor.cli.calibrating import calibration_of

    loaded, calibrated = library(), calibration_of(calibration)
    profiles, troubles = [], []
    digest = role.digest()
    for line, known in _read(source, loaded):
        try:
            profiles.append(
                build(
                    _sitting(line, known),
                    role,
                    loaded,
                    parameters=PLANNING,
                    role_digest=digest,
                    software=__version__,
                    calibration=calibrated,
                )
            )
        except KeyError as error:
            troubles.append(
                f"{line.candidate}: an item measures {error.args[0]!r}, which is not of the domain "
                f"{role.domain!r} - score the sitting under a role of its own domain"
            )
        except (ValueError, ArithmeticError) as error:
            troubles.append(f"{line.candidate}: {error}")
    return Scored(len(profiles) + len(troubles), tuple(profiles), tuple(troubles))


def _read(source: str, loaded: Library) -> Iterator[tuple[Line, Mapping[str, Item]]]:
    path, raw = handed(source, KIND)
    text = decoded(raw, path, kind=KIND, longest=LONGEST_LINE).text
    known = {**loaded.items, **{item.digest: item for item in loaded.items.values()}}
    missing = set(_DIGEST.findall(text)) - known.keys()
    if missing:
        from assessor.cli.versions import stored_items

        known |= stored_items(settings(), loaded, missing)
    for line in read_sittings(raw, path, known):
        yield line, known


def _sitting(line: Line, known: Mapping[str, Item]) -> Sitting:
    items = [known[given.digest or given.id] for given in line.items]
    states = line.states
    return Sitting(
        candidate=line.candidate,
        language=line.language,
        pool="round" if any(item.book.pool == "round" for item in items) else "open",
        answers=tuple(
            Answer(
                item=item,
                state=states[given.id],
                response=line.responses.get(given.id),
                language=given.language or line.language,
                seconds=line.seconds.get(given.id),
                ratings=line.ratings.get(given.id, ()),
            )
            for item, given in zip(items, line.items, strict=True)
        ),
        started=line.started,
        finished=line.finished,
        length=_length(items),
    )


def _length(items: Sequence[Item]) -> LengthId | None:
    """The length whose minutes these are: sittings do not name it."""
    minutes = sum(item.book.minutes for item in items)
    return next((one.id for one in LENGTHS.values() if _lasts(minutes, one)), None)


def _lasts(minutes: float, length: Length) -> bool:
    """Whether so many minutes, a sum of tenths, lie within the bounds of the length."""
    return bool(
        reaches(minutes, length.at_least, scale=minutes) and reaches(length.at_most, minutes, scale=minutes)
    )
