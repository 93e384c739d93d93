"""``calibrate``: the easiness and spread of items from many sittings, as a stored, versioned object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from assessor.banks.names import name_of
from assessor.banks.places import BankError, Finding
from assessor.calibration import calibrate_sittings
from assessor.cli import DONE
from assessor.cli.banks import library
from assessor.cli.failures import UsageError, WrongInput, near
from assessor.cli.inputs import text_of
from assessor.cli.sittings import sittings_of
from assessor.cli.terminal import table
from assessor.figures import fixed
from assessor.scoring.calibrate import Calibration, NotCalibrated, from_json, to_json

KIND = "a file that assessor calibrate wrote"


def run(source: str, domain: str, *, name: str, reference: Sequence[str], output: Path) -> int:
    """Write the calibration of these sittings; nothing where there are too few."""
    known = library()
    try:
        name = name_of(name)
    except ValueError as refused:
        raise UsageError(f"--name: {refused}") from None
    if domain not in known.domain_ids:
        raise UsageError(f"--domain: {domain!r} is unknown - use one of {', '.join(known.domain_ids)}")
    try:
        found = calibrate_sittings(sittings_of(source), known, domain, name=name, reference=reference)
    except NotCalibrated as refused:
        raise WrongInput(str(refused)) from None
    except KeyError as error:
        raise WrongInput(
            f"an item measures {error.args[0]!r}, which is not of the domain {domain!r} "
            "- give sittings of one domain"
        ) from None
    output.write_text(to_json(found) + "\n", encoding="utf-8")
    rows = [
        ("tau_a squared", fixed(found.tau_a2, 5), fixed(found.tau_a2_se, 5)),
        ("tau_c squared", fixed(found.tau_c2, 5), fixed(found.tau_c2_se, 5)),
    ]
    for line in table([("variance", "estimate", "standard error"), *rows], right=(1, 2)):
        print(line)
    print(
        f"\n{found.sittings} sittings, {len(found.items)} items calibrated, "
        f"{len(found.kept_planning)} keep planning values\n{found.parameters.source}"
    )
    return DONE


def calibration_of(path: Path | None) -> Calibration | None:
    """The stored calibration; raises WrongInput where the file holds none, or was changed."""
    if path is None:
        return None
    text = text_of(path, KIND)
    try:
        found = from_json(text)
        name_of(found.name)
    except json.JSONDecodeError as trouble:
        said = f"the file is not JSON: {trouble.msg}"
        raise BankError([Finding(path, trouble.lineno, "error", said, f"give {KIND}")]) from None
    except (ValueError, RecursionError) as refused:
        raise WrongInput(f"{near(path)}: {refused} - give {KIND}") from None
    return found
