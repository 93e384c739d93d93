"""``compare``: several sittings under one role, as groups or as a document. Judges nobody."""

from __future__ import annotations

import json
from pathlib import Path

from assessor.banks.schema import RoleProfile
from assessor.cli.banks import language_of, library, library_with, role_of
from assessor.cli.calibrations import calibration_of
from assessor.cli.exits import DONE
from assessor.cli.failures import WrongInput
from assessor.cli.reading import sittings_of
from assessor.cli.telling import compared, moved_under
from assessor.report.words import Words
from assessor.scoring.model import PLANNING
from assessor.studies.comparison import (
    Comparison,
    NotComparable,
    compare_sittings,
    document,
    moves,
    moves_document,
)

MOST_SLIDING = 10


def compare(
    source: str,
    role_id: str,
    *,
    as_json: bool,
    blind: bool,
    seed: int,
    concentration: float | None,
    sliding: bool,
    most_in_pairs: int,
    beside: str | None,
    calibration: Path | None,
    language: str,
) -> int:
    """Print what can be said of these candidates beside each other.

    ``concentration`` None takes the weights as exact; with ``beside``, another role, also who changes group
    under it and why.
    """
    role, other = role_of(role_id), None if beside is None else role_of(beside, "--beside")
    language_of(language, library().languages(role.domain))
    sittings, stored = sittings_of(source), calibration_of(calibration)

    def under(one: RoleProfile) -> Comparison:
        return compare_sittings(
            sittings,
            one,
            library(),
            parameters=PLANNING,
            role_digest=one.digest(),
            calibration=stored,
            seed=seed,
            concentration=concentration,
            blind=blind,
            most_in_pairs=most_in_pairs,
            most_sliding=MOST_SLIDING if sliding else 0,
            language=language,
        )

    try:
        found = under(role)
        there = None if other is None else under(other)
    except NotComparable as error:
        raise WrongInput(str(error)) from None
    except KeyError as error:
        raise WrongInput(
            f"an item measures {error.args[0]!r}, which is not of the domain {role.domain!r} "
            "- compare sittings whose items are of a loaded bank"
        ) from None
    moved = None if other is None or there is None else (other, there, moves(found, there))
    if as_json:
        told = document(found)
        if moved is not None:
            told["beside"] = moves_document(moved[0].id, moved[2])
        print(json.dumps(told, ensure_ascii=False, allow_nan=False))
        return DONE
    known = library_with([role] if other is None else [role, other])
    for line in compared(found, known, Words(language)):
        print(line)
    if moved is not None:
        for line in moved_under(found, moved[1], moved[0], moved[2], known, Words(language)):
            print(line)
    return DONE
