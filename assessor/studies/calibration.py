"""From sittings to a calibration: which answers count, and what the scale is tied to. Estimates nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from assessor.banks.schema import Block, Library
from assessor.measurement import design_of
from assessor.scoring.model import PLANNING
from assessor.sittings import Sitting
from assessor.statistics.calibrate import LEAST_ANSWERS, Calibration, calibrate
from assessor.studies.analysis import score_matrix, versions_in

CORE: Block = "core"


def calibrate_sittings(
    sittings: Sequence[Sitting],
    library: Library,
    domain_id: str,
    *,
    name: str,
    reference: Collection[str] = (),
) -> Calibration:
    """The calibration of one domain's sittings, by item version.

    ``reference`` are ids of core items over which the easiness has mean 0; all core versions with enough
    answers where none is named. Raises NotCalibrated with the reason, ``KeyError`` for an item that is not of
    the domain or a domain that there is not.
    """
    domain = library.domain(domain_id)
    items = versions_in(sittings)
    scores = score_matrix(sittings, items)
    blocks = sorted({area.block for area in domain.areas})
    answers = (~np.isnan(scores)).sum(axis=0).tolist()
    named = [
        item.digest
        for item, n in zip(items, answers, strict=True)
        if domain.area_of[item.content.competency].block == CORE
        and (item.id in reference if reference else n >= LEAST_ANSWERS)
    ]
    return calibrate(
        scores,
        design_of(items, domain, PLANNING),
        [item.digest for item in items],
        [item.content.type for item in items],
        reference=named,
        core=blocks.index(CORE),
        name=name,
    )
