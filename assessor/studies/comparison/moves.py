"""Why somebody is in another group under another role: what the roles weigh, area by area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

from assessor.studies.comparison.model import Comparison, Standing

#: Under so many points against the others nobody has moved: the limit between the groups has.
HARDLY = 1.0


@dataclass(frozen=True)
class Move:
    """Somebody whose group differs between two roles.

    ``points``: how much further above the mean of those compared they are under the other role; ``areas``:
    what each area adds to it, which sums to ``points``. Both in points of the 0-100 scale.
    """

    name: str
    group: int
    other_group: int
    points: float
    areas: Mapping[str, float]

    @property
    def reason(self) -> str | None:
        """The area that most explains the move; None where others moved, and the limit with them."""
        up = self.other_group < self.group
        if abs(self.points) < HARDLY or (self.points > 0) != up:
            return None
        return max(self.areas, key=lambda area: self.areas[area] * (1 if up else -1))


def moves(here: Comparison, there: Comparison) -> tuple[Move, ...]:
    """Those of the same sittings whose group is another under the other role, in the order of the first.

    Estimates are sums over areas, so the change against the mean of all is a sum over areas too.
    """
    others = {one.name: one for one in there.standings}
    both = [one for one in here.standings if one.name in others]
    areas = sorted(here.area_weights.keys() | there.area_weights.keys())
    means = (
        {area: fmean(_gain(one, others[one.name], area) for one in both) for area in areas} if both else {}
    )
    found = []
    for one in both:
        other = others[one.name]
        if one.group == other.group:
            continue
        gained = {area: _gain(one, other, area) - means[area] for area in areas}
        found.append(Move(one.name, one.group, other.group, sum(gained.values()), gained))
    return tuple(found)


def _gain(here: Standing, there: Standing, area: str) -> float:
    return there.parts.get(area, 0.0) - here.parts.get(area, 0.0)
