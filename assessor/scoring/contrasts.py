"""When a contrast between areas is said, and kinds of miss (lures) as probabilities.

The probability of a contrast comes from `populations`; the sentences that tell them live elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

#: A declared contrast becomes a sentence from this probability on, and at most so many do.
SAID_AT = 0.95
MOST_SAID = 3
#: A kind of miss is said from this many chosen on and up to this tail probability.
FEWEST_CHOSEN = 3
MOST_TAIL = 0.10
#: The kind of an option that is nearly best: choosing it is no pattern.
NEAR = "near"


@dataclass(frozen=True)
class LureCount:
    """How often a kind was chosen over the missed items, and how often blind choices among them would."""

    kind: str
    chosen: int
    expected: float
    p: float

    @property
    def is_said(self) -> bool:
        """Whether the pattern is strong enough to be put into words."""
        return self.chosen >= FEWEST_CHOSEN and self.p <= MOST_TAIL


def lure_counts(missed: Sequence[tuple[str | None, Mapping[str, int], int]]) -> tuple[LureCount, ...]:
    """The count of every kind of miss but `near`, in alphabetical order.

    One entry per missed item that was answered: the kind of the chosen option (None where it has none), how
    many of the options that are not best are of each kind, and how many are not best. `p` is P(X >= chosen)
    where X, Poisson-binomial, counts the kind under one blind choice per item. Raises ValueError for counts
    that cannot be.
    """
    for position, (chosen, counts, not_best) in enumerate(missed):
        if not 0 < not_best >= sum(counts.values()) or min(counts.values(), default=0) < 0:
            raise ValueError(f"missed item {position}: {dict(counts)} cannot be among {not_best} options")
        if chosen is not None and not counts.get(chosen):
            raise ValueError(f"missed item {position}: no option of the chosen kind {chosen!r}")
    kinds = sorted({kind for _, counts, _ in missed for kind in counts} - {NEAR})
    return tuple(_count(kind, missed) for kind in kinds)


def _count(kind: str, missed: Sequence[tuple[str | None, Mapping[str, int], int]]) -> LureCount:
    shares = [counts.get(kind, 0) / not_best for _, counts, not_best in missed]
    chosen = sum(picked == kind for picked, _, _ in missed)
    return LureCount(kind, chosen, sum(shares), _upper_tail(shares, chosen))


def _upper_tail(probabilities: Sequence[float], at_least: int) -> float:
    if at_least == 0:
        return 1.0
    distribution = np.ones(1)
    for p in probabilities:
        distribution = np.convolve(distribution, (1 - p, p))
    return min(1.0, float(distribution[at_least:].sum()))
