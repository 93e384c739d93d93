"""``compare``: several sittings under one role, as groups or as a document. Judges nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from assessor.cli import DONE
from assessor.cli.banks import language_of, library, role_of
from assessor.cli.calibrating import calibration_of
from assessor.cli.failures import WrongInput
from assessor.cli.sittings import sittings_of
from assessor.cli.terminal import table
from assessor.comparison import Comparison, NotComparable, compare_sittings, document
from assessor.scoring.model import PLANNING

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
    calibration: Path | None,
    language: str,
) -> int:
    """Print what can be said of these candidates beside each other; concentration None: exact weights."""
    role = role_of(role_id)
    language_of(language, library().languages(role.domain))
    try:
        found = compare_sittings(
            sittings_of(source),
            role,
            library(),
            parameters=PLANNING,
            role_digest=role.digest(),
            calibration=calibration_of(calibration),
            seed=seed,
            concentration=concentration,
            blind=blind,
            most_sliding=MOST_SLIDING if sliding else 0,
        )
    except NotComparable as error:
        raise WrongInput(str(error)) from None
    except KeyError as error:
        raise WrongInput(
            f"an item measures {error.args[0]!r}, which is not of the domain {role.domain!r} "
            "- compare sittings under a role of their own domain"
        ) from None
    if as_json:
        print(json.dumps(document(found), ensure_ascii=False, allow_nan=False))
        return DONE
    for line in _told(found, language):
        print(line)
    return DONE


def _told(found: Comparison, language: str) -> Iterator[str]:
    areas = library().domain(found.domain_id).areas
    rows = [("group", "candidate", "role fit", *(area.name[language] for area in areas), "rank")]
    for one in found.standings:
        fit = f"{one.estimate:.0f} ({one.low:.0f} to {one.high:.0f})"
        points = (one.areas[area.id] for area in areas)
        measured = ("not measured" if value is None else f"{value:.0f}" for value in points)
        rows.append((str(one.group), one.name, fit, *measured, f"{one.rank_low} to {one.rank_high}"))
    yield from table(rows, right=[0, *range(2, len(areas) + 4)])
    yield ""
    yield "candidates of one group cannot be told apart: they stand by name, never by score"
    if found.overestimate is not None:
        yield (
            "the highest estimate in a list is probably too high; "
            f"here by about {found.overestimate:.0f} points"
        )
    for number, band in enumerate(found.sliding, start=1):
        yield f"sliding band {number}: {', '.join(band)}"
    for left_out in found.left_out:
        yield f"left out: {left_out.name}: {left_out.why}"
