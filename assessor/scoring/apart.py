"""How well a form tells a part from its whole: a competency from its area, an area from its block.

It is measured by what the answers take away of the error about the difference between the two,

    r = 1 - w' C w / w' S w

with w the part's weights less the whole's, C the covariance of the form before anybody answers and S that of
the competencies before anything is known. It is the proportional reduction in mean squared error of Haberman
(2008, J. Educ. Behav. Stat. 33:204), of a deviation in place of a score. The general level drops out of w, so
its flat prior does no harm. It hangs on the form, on which of its items count, and on the parameters: never
on an answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from assessor.scoring.cuts import reaches
from assessor.scoring.model import Design, Floats, Parameters, Posterior

#: From this reduction of error on, a part has words of its own; below it, those of its whole stand for it.
TOLD_AT = 0.30


def error_reduction(
    known: Posterior, design: Design, parameters: Parameters, part: ArrayLike, whole: ArrayLike
) -> float:
    """What share of the error about the difference between two weighted means the form takes away (0 to 1).

    0 where they are the same, or where the model lets nobody differ.
    """
    w = np.asarray(part, np.float64) - np.asarray(whole, np.float64)
    before = float(w @ _prior(design, parameters) @ w)
    if before <= 0:
        return 0.0
    return float(np.clip(1 - float(w @ known.C @ w) / before, 0.0, 1.0))


def competency_reductions(known: Posterior, design: Design, parameters: Parameters) -> tuple[float, ...]:
    """Of each of the K competencies, how well it is told from the mean of its area's measured ones.

    0 for one that is not measured, or is measured alone: its area is then all that is known of it.
    """
    areas = _area_means(known, design)
    return tuple(
        error_reduction(known, design, parameters, np.eye(len(design.area))[k], areas[design.area[k]])
        if known.measured[k]
        else 0.0
        for k in range(len(design.area))
    )


def area_reductions(known: Posterior, design: Design, parameters: Parameters) -> dict[int, float]:
    """Measured area (as in ``design.area``) -> how well it is told from the mean of its block's areas.

    1 for an area that stands alone in its block: there is nothing to tell it from.
    """
    areas = _area_means(known, design)
    block_of = dict(zip(design.area, design.block, strict=True))
    found = {}
    for area, mean in areas.items():
        beside = [other for one, other in areas.items() if block_of[one] == block_of[area]]
        whole = np.mean(beside, axis=0)
        found[area] = 1.0 if len(beside) == 1 else error_reduction(known, design, parameters, mean, whole)
    return found


def is_told(reduction: float) -> bool:
    """Whether a part with this reduction of error is told from its whole."""
    return bool(reaches(reduction, TOLD_AT))


def _area_means(known: Posterior, design: Design) -> dict[int, Floats]:
    """Measured area -> equal weights on its measured competencies."""
    area, measured = np.asarray(design.area), np.asarray(known.measured)
    found: dict[int, Floats] = {}
    for one in np.unique(area[measured]):
        inside = ((area == one) & measured).astype(np.float64)
        found[int(one)] = inside / inside.sum()
    return found


def _prior(design: Design, parameters: Parameters) -> Floats:
    """The covariance of the competencies about the general level, before anything is known."""
    area = np.asarray(design.area)
    same: Floats = (area[:, None] == area).astype(np.float64)
    return parameters.tau_a**2 * same + parameters.tau_c**2 * np.eye(len(area))
