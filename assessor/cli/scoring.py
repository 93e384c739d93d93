"""``score``: what sittings say, as a table or as documents. Draws no form and writes no report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from assessor import __version__
from assessor.banks.schema import RoleProfile
from assessor.cli.banks import language_of, library, others_of, role_of
from assessor.cli.calibrations import calibration_of
from assessor.cli.failures import told_of
from assessor.cli.reading import checked
from assessor.cli.telling import scored
from assessor.profile import Profile, build, document
from assessor.scoring.model import PLANNING
from assessor.sittings import Sitting
from assessor.statistics.calibrate import Calibration


def score(
    source: str,
    role_id: str,
    *,
    others: str | None,
    calibration: Path | None,
    as_json: bool,
    language: str,
) -> int:
    """Print what each sitting says under the role; nothing where a line of the file is wrong.

    What keeps one sitting from a score is said by name, and the exit code is 1; the others are printed.
    """
    role = role_of(role_id)
    language_of(language, library().languages(role.domain))
    stored = calibration_of(calibration)
    troubles: list[str] = []
    with checked(source) as given:
        profiles = profiles_of(given.sittings(), role, others_of(role, others), stored, troubles)
        if as_json:
            for profile in profiles:
                print(json.dumps(document(profile), ensure_ascii=False, allow_nan=False))
        else:
            for line in scored(profiles, library().domain(role.domain), language):
                print(line)
    return told_of(troubles)


def profiles_of(
    sittings: Iterable[Sitting],
    role: RoleProfile,
    others: tuple[RoleProfile, ...],
    calibration: Calibration | None,
    troubles: list[str],
) -> Iterator[Profile]:
    """The profile of each sitting, in turn, with the same answers under the ``others``.

    What keeps one from a profile is put among the ``troubles``.
    """
    digest = role.digest()
    for sitting in sittings:
        try:
            yield build(
                sitting,
                role,
                library(),
                parameters=PLANNING,
                role_digest=digest,
                software=__version__,
                others=others,
                calibration=calibration,
            )
        except KeyError as error:
            troubles.append(
                f"{sitting.candidate}: an item measures {error.args[0]!r}, which is not of the domain "
                f"{role.domain!r} - score the sitting under a role of its own domain"
            )
        except (ValueError, ArithmeticError) as error:
            troubles.append(f"{sitting.candidate}: {error}")
