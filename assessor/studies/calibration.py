"""From sittings to a calibration: which answers count, and what the scale is tied to. Estimates nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from assessor.banks.schema import Block, Domain, Item, Library
from assessor.measurement import design_of
from assessor.scoring.model import PLANNING
from assessor.sittings import Sitting
from assessor.statistics.calibrate import (
    LEAST_ANSWERS,
    NOT_OF_CORE,
    UNKNOWN_REFERENCE,
    Calibration,
    NotCalibrated,
    calibrate,
)
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
    answers where none is named. Several forms of a round are calibrated together: people of one round are
    drawn alike, so that forms need not share an item. Raises NotCalibrated with the reason, as for an id
    that no sitting holds; ``KeyError`` for an item that is not of the domain or a domain that there is not.
    """
    domain = library.domain(domain_id)
    items = versions_in(sittings)
    _require_known(reference, items, domain)
    scores = score_matrix(sittings, items)
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
        core=blocks_of(domain).index(CORE),
        name=name,
    )


def blocks_of(domain: Domain) -> list[Block]:
    """The blocks of a domain, in the order of their numbers in a calibration."""
    return sorted({area.block for area in domain.areas})


def _require_known(reference: Collection[str], items: Sequence[Item], domain: Domain) -> None:
    """Nothing, or NotCalibrated with the ids that are no core item of these sittings."""
    core = {item.id for item in items if domain.area_of[item.content.competency].block == CORE}
    unknown = sorted(set(reference) - {item.id for item in items})
    if unknown:
        raise NotCalibrated(UNKNOWN_REFERENCE, items=", ".join(map(repr, unknown)))
    elsewhere = sorted(set(reference) - core)
    if elsewhere:
        raise NotCalibrated(NOT_OF_CORE, items=", ".join(elsewhere))
