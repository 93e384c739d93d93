"""What probabilities amount to: levels and readings of minimums, and the interval of a normal error.

The probabilities come from `populations`; words and the 0-100 display live elsewhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

#: An estimate plus and minus this many standard errors holds 80 % of the posterior.
Z80 = float(ndtri(0.90))
#: A level stands alone from this probability on, two neighbours from this; more are not named.
ALONE_AT, TWO_AT = 0.60, 0.70
MOST_NAMED = 2
LIKELY_AT, MAY_AT, DOUBT_AT = 0.80, 0.50, 0.20

Reading = Literal["likely_meets", "may_meet", "in_doubt", "below"]
#: From the best to the worst; only the ends are firm, what lies between them is to be probed.
READINGS: tuple[Reading, ...] = ("likely_meets", "may_meet", "in_doubt", "below")


@dataclass(frozen=True)
class Level:
    """The levels that somebody may be at, counted from 1, and the probability of being at one of them."""

    lower: int
    upper: int
    p: float

    @property
    def is_named(self) -> bool:
        """Whether they are few enough to be named: one, or two neighbours."""
        return self.upper - self.lower < MOST_NAMED


def _check(estimate: float, se: float) -> None:
    if not math.isfinite(estimate):
        raise ValueError(f"estimate must be a finite number, not {estimate!r}")
    if not (math.isfinite(se) and se >= 0):
        raise ValueError(f"se must be a finite number of at least 0, not {se!r}")


def interval(estimate: float, se: float) -> tuple[float, float]:
    """The ends of the 80 % interval."""
    _check(estimate, se)
    return estimate - Z80 * se, estimate + Z80 * se


def level_of(chances: ArrayLike) -> Level:
    """The level that is sure enough to stand alone, else the two neighbours that are, else all of them.

    ``chances`` are those of reaching each cut, one row for each end of the range of populations. What is
    named is named under all of them, with the least of its probabilities.
    """
    rows = np.atleast_2d(np.asarray(chances, np.float64))
    ends = np.column_stack([np.ones(len(rows)), rows, np.zeros(len(rows))])
    alone = (ends[:, :-1] - ends[:, 1:]).min(axis=0)
    pairs = (ends[:, :-2] - ends[:, 2:]).min(axis=0)
    if alone.max() >= ALONE_AT:
        only = int(alone.argmax()) + 1
        return Level(only, only, float(alone.max()))
    if pairs.size and pairs.max() >= TWO_AT:
        lower = int(pairs.argmax()) + 1
        return Level(lower, lower + 1, float(pairs.max()))
    return Level(1, len(alone), 1.0)


def reading(p: float) -> Reading:
    """What a probability of meeting a minimum amounts to; never a decision."""
    if p >= LIKELY_AT:
        return "likely_meets"
    if p >= MAY_AT:
        return "may_meet"
    return "in_doubt" if p > DOUBT_AT else "below"


def joint_reading(p: float, parts: Sequence[Reading], *, is_whole: bool) -> Reading:
    """What the probability that all of `parts` are met amounts to, never firmer than the weakest of them.

    "Below" takes a part that is itself below. Without a part of the role (`is_whole` False) nothing is likely
    met. Raises ValueError where there is no part.
    """
    worst = max(READINGS.index(part) for part in parts)
    found = max(READINGS.index(reading(p)), worst, 0 if is_whole else READINGS.index("may_meet"))
    return READINGS[min(found, max(worst, READINGS.index("in_doubt")))]
