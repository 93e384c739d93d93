"""How surely the people of one form stand on a side of each cut and minimum. Judges nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assessor.banks.schema import Domain, Item, Library
from assessor.measurement import Floats, design_of, unit_weights
from assessor.messages import N_
from assessor.scoring.model import PLANNING, Design, Parameters, posterior
from assessor.statistics.classification import Classified, Spread, at_cut, livingston_lewis
from assessor.statistics.items import Matched
from assessor.statistics.reliability import pair_covariance
from assessor.statistics.stated import TOO_FEW_ITEMS, Stated, stated, suppressed

#: The fewest people of a form from whom it is said how surely they stand on a side.
FEWEST = 200

NOT_RELIABLE = N_("Not defined: on this form these estimates do not tell these people apart.")
NO_CHECK = N_("Not defined: no beta distribution has the moments of these estimates.")


@dataclass(frozen=True)
class Side:
    """One cut (0-100 scale) and the roles of which it is a minimum: Lee's indices and the check.

    `found` counts what is not known of the items' easiness among the errors of accuracy; `check`, after
    Livingston & Lewis, knows nothing of it, so its accuracy is to be compared with the consistency.
    """

    cut: float
    roles: tuple[str, ...]
    found: Stated[Classified]
    check: Stated[Classified]


@dataclass(frozen=True)
class Sides:
    """The estimate of one area or competency: its reliability on this form, and the cuts that it meets."""

    of: str
    reliability: Stated[float]
    cuts: tuple[Side, ...]


def sides_of(
    m: Matched,
    items: Sequence[Item],
    ends: Sequence[tuple[float, float]],
    library: Library,
    domains: Sequence[Domain],
) -> tuple[Sides, ...]:
    """For each area that the form measures its levels' cuts and its minimums; competencies with a minimum.

    ``m`` holds the scores of the people who saw all of ``items``, and ``ends`` the least and the most that
    each is worth. None where none of the ``domains`` of the library has all of the items.
    """
    competencies = {item.content.competency for item in items}
    domain = next((one for one in domains if competencies <= one.area_of.keys()), None)
    if domain is None:
        return ()
    asked = _asked(domain, library, competencies)
    if len(m.scores) < FEWEST:
        few = suppressed(len(m.scores), FEWEST)
        return tuple(
            Sides(of, few, tuple(Side(cut, cuts[cut], few, few) for cut in sorted(cuts)))
            for of, _, cuts in asked
        )
    people = _People(m, ends, design_of(items, domain, PLANNING), PLANNING)
    return tuple(people.sides(of, weights, cuts) for of, weights, cuts in asked)


def _asked(
    domain: Domain, library: Library, competencies: set[str]
) -> Iterator[tuple[str, Floats, dict[float, tuple[str, ...]]]]:
    """What is cut, its weights over the domain's competencies, and cut -> the roles whose minimum it is."""
    minimums: dict[str, dict[float, tuple[str, ...]]] = {}
    for role in library.roles_of(domain.bank.id):
        for one in role.minimums:
            own = minimums.setdefault(one.of, {})
            own[one.minimum] = (*own.get(one.minimum, ()), role.id)
    for area in domain.areas:
        named = [one.id for one in area.competencies if one.id in competencies]
        if named:
            weights = sum(unit_weights(domain, one) for one in named) / len(named)
            yield (
                area.id,
                np.asarray(weights),
                dict.fromkeys(library.framework.cuts, ()) | minimums.get(area.id, {}),
            )
        for competency in named:
            if competency in minimums:
                yield competency, unit_weights(domain, competency), minimums[competency]


class _People:
    """The people of one form, and how their estimates spread and err."""

    def __init__(
        self, m: Matched, ends: Sequence[tuple[float, float]], design: Design, parameters: Parameters
    ) -> None:
        self.scores, self.n = m.scores, len(m.scores)
        self.ends = np.array(ends)
        self.gain = posterior(design, parameters).A
        self.covariance = pair_covariance(m)[0]
        self._design, self._parameters = design, parameters

    def sides(self, of: str, weights: Floats, cuts: dict[float, tuple[str, ...]]) -> Sides:
        """Every cut of one weighted sum of competencies, the lowest first."""
        pull = weights @ self.gain
        spread = self._spread(weights, pull)
        share = None
        if spread is not None and spread.variance > 0:
            share = spread.variance / (spread.variance + spread.error)
        sides = [
            self._side(cut, cuts[cut], pull, spread if share is not None else None) for cut in sorted(cuts)
        ]
        why = TOO_FEW_ITEMS if spread is None else NOT_RELIABLE
        return Sides(of, stated(share, self.n, FEWEST, why=why), tuple(sides))

    def _side(self, cut: float, roles: tuple[str, ...], pull: Floats, spread: Spread | None) -> Side:
        at, found, check = cut / 100, None, None
        if spread is not None:
            found = at_cut(spread, at)
            low, high = np.sort(pull[:, None] * self.ends, axis=1).sum(axis=0).tolist()
            reliability = spread.variance / (spread.variance + spread.error)
            check = livingston_lewis(self.scores @ pull, reliability, at, low, high)
        return Side(
            cut,
            roles,
            stated(found, self.n, FEWEST, why=NOT_RELIABLE),
            stated(check, self.n, FEWEST, why=NOT_RELIABLE if found is None else NO_CHECK),
        )

    def _spread(self, weights: Floats, pull: Floats) -> Spread | None:
        """How long-run estimates of a sum spread over these people, and how one estimate errs.

        What an item shares with the others of its area is the mean covariance of pairs of its area; the rest
        of its variance is error, as in the alpha of a composite of parts. What tells a long-run estimate from
        what a person can do is borrowed strength and the easiness of items: both by the model. None where an
        area that the estimate uses has one item.
        """
        used = np.flatnonzero(np.abs(pull) > 0)
        own = np.asarray(self._design.area)[np.asarray(self._design.competency)]
        shared = np.zeros(len(pull))
        for area in np.unique(own[used]):
            rows = np.flatnonzero(own == area)
            if len(rows) < 2:
                return None
            block = self.covariance[np.ix_(rows, rows)]
            shared[rows] = (block.sum() - np.trace(block)) / (len(rows) * (len(rows) - 1))
        error = float(pull**2 @ np.maximum(np.diag(self.covariance) - shared, 0.0))
        variance = float(pull @ self.covariance @ pull) - error
        mean = float((self.scores @ pull).mean())
        slope, rest = self._able(weights, pull, variance)
        return Spread(mean, variance, max(error, 1e-12), slope, rest)

    def _able(self, weights: Floats, pull: Floats, variance: float) -> tuple[float, float]:
        """The slope of what people can do on their long-run estimate, and the variance about it."""
        p, design = self._parameters, self._design
        competency = np.asarray(design.competency)
        area = np.asarray(design.area)
        prior = p.tau_a**2 * (area[:, None] == area) + p.tau_c**2 * np.eye(len(area))
        reach = np.bincount(competency, pull, len(area))
        own, both, true = reach @ prior @ reach, weights @ prior @ reach, weights @ prior @ weights
        general = max(variance - own, 0.0)
        slope = (general + both) / (general + own)
        block = np.asarray(design.block)[competency]
        kind = np.asarray(design.item_type)
        alike = (block[:, None] == block) & (kind[:, None] == kind)
        easiness = p.beta_t**2 * alike + np.diag(design.v_b)
        rest = general + true - slope**2 * (general + own) + pull @ easiness @ pull
        return float(slope), float(max(rest, 0.0))
