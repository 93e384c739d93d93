"""What the banks' items must not give away, taken together, and how strictly: the one table of bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BarId = Literal["family", "pair_of_drafts", "bank", "threes", "memory", "family_memory", "taste", "sizes"]


@dataclass(frozen=True)
class Bar:
    """A bound of a figure; ``strict``: a miss in a shipped bank is an error, elsewhere always a warning."""

    most: float = 1.0
    least: float = 0.0
    strict: bool = False

    def holds(self, value: float) -> bool:
        """Whether the figure keeps the bar."""
        return self.least - 1e-9 <= value <= self.most + 1e-9


#: A bar is made strict once the shipped banks meet it: then no item can lower it unseen.
BARS: dict[BarId, Bar] = {
    # The recipe ceiling of a family; of two siblings that share a draft, whose marks leave less room.
    "family": Bar(most=0.65, strict=True),
    "pair_of_drafts": Bar(most=0.70, strict=True),
    # The mean ceiling over the types whose responses are options, of a bank and of a domain with the core.
    "bank": Bar(most=0.50, strict=True),
    # The share of families with three siblings or more.
    "threes": Bar(least=1 / 3, strict=True),
    # What repeating or avoiding the keys of open siblings scores on round ones, over a bank, and in a family.
    "memory": Bar(most=0.15, least=-1.0, strict=True),
    "family_memory": Bar(most=0.35, least=-1.0, strict=True),
    # The mean worth of choosing an act, in a bank with the core.
    "taste": Bar(most=0.25, least=-0.25, strict=True),
    # The share of a type's items whose keys are of one size.
    "sizes": Bar(most=0.50, strict=True),
}
#: From so many items a bank is judged as a whole.
FEW = 12
