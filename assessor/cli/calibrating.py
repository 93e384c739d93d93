"""``calibrate``: the easiness and spread of items from many sittings, as a stored, versioned object."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assessor.banks.names import name_of
from assessor.cli.banks import library
from assessor.cli.calibrations import signed
from assessor.cli.exits import DONE
from assessor.cli.failures import UsageError, WrongInput
from assessor.cli.outputs import placed
from assessor.cli.reading import sittings_of
from assessor.cli.terminal import table
from assessor.language.figures import fixed
from assessor.statistics.calibrate import Calibration, NotCalibrated, to_json
from assessor.studies.calibration import calibrate_sittings

NO_KEY = "there is no key here (ASSESSOR_SECRET_KEY, or the one that assessor serve keeps)"


def run(source: str, domain: str, *, name: str, reference: Sequence[str], output: Path) -> int:
    """Write the calibration of these sittings; nothing where there are too few."""
    known = library()
    try:
        name = name_of(name)
    except ValueError as refused:
        raise UsageError(f"--name: {refused}") from None
    if domain not in known.domain_ids:
        raise UsageError(f"--domain: {domain!r} is unknown - use one of {', '.join(known.domain_ids)}")
    # The place is tried first: estimating takes minutes, which an output that cannot be would waste.
    with placed(output) as file:
        found = signed(_calibrated(source, domain, name, reference))
        file.write(to_json(found).encode() + b"\n")
    _tell(found)
    return DONE


def _calibrated(source: str, domain: str, name: str, reference: Sequence[str]) -> Calibration:
    try:
        return calibrate_sittings(sittings_of(source), library(), domain, name=name, reference=reference)
    except NotCalibrated as refused:
        raise WrongInput(str(refused)) from None
    except KeyError as error:
        raise WrongInput(
            f"an item measures {error.args[0]!r}, which is not of the domain {domain!r} "
            "- give sittings of one domain"
        ) from None


def _tell(found: Calibration) -> None:
    rows = [
        ("tau_a squared", fixed(found.tau_a2, 5), fixed(found.tau_a2_se, 5)),
        ("tau_c squared", fixed(found.tau_c2, 5), fixed(found.tau_c2_se, 5)),
    ]
    for line in table([("variance", "estimate", "standard error"), *rows], right=(1, 2)):
        print(line)
    print(
        f"\n{found.sittings} sittings, {len(found.items)} items calibrated, "
        f"{len(found.kept_planning)} keep planning values\n{found.parameters.source}, "
        + ("signed by this server" if found.trust == "signed" else f"unsigned: {NO_KEY}")
    )
