"""Selection rates over several rounds or sites: within each, and all together, where the two may disagree.

One round alone lives in `fairness`. What is said holds for the owner and the auditor of a test.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Never

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from assessor.messages import N_
from assessor.scoring.cuts import exceeds
from assessor.statistics.fairness import (
    ADVERSE,
    FEWEST_PER_GROUP,
    FEWEST_SELECTED,
    FOUR_FIFTHS,
    NO_SIGN,
    SIGNIFICANT,
    TESTS_DISAGREE,
    Impact,
    impact,
)
from assessor.statistics.stated import Z95, Interval, Stated, stated, suppressed, undefined

Floats = NDArray[np.float64]
Counts = Mapping[str, tuple[int, int]]

NOTHING_SHARED = N_(
    "Not defined: no round has people of both groups of whom some were selected and some not."
)
ONE_ROUND = N_("Not defined: only one round tells anything of these groups.")
TURNED = N_(
    "The total and the rounds point in opposite directions (Simpson's paradox): within rounds the difference "
    "that the total shows is not there; it comes from who applied where."
)
UNEQUAL = N_("The rounds differ in this by more than chance: one figure for all hides it; look at each.")


@dataclass(frozen=True)
class WithinRounds:
    """A group against the one with the highest rate of all, compared within rounds only.

    `ratio` is the common impact ratio (Greenland & Robins 1985), `odds_ratio` that of Mantel & Haenszel with
    the interval of Robins, Breslow & Greenland (1986), `chi2` and `p` their test with continuity correction,
    `unequal_p` that of Breslow & Day with Tarone's correction: whether the rounds have one odds ratio.
    `turned`: all together point the other way. `finding` is a message. `rounds` hold both groups; `n_dropped`
    people are in the others.
    """

    group: str
    rounds: int
    n_dropped: int
    ratio: Stated[float]
    odds_ratio: Stated[float]
    chi2: Stated[float]
    p: Stated[float]
    unequal_chi2: Stated[float]
    unequal_p: Stated[float]
    turned: Stated[bool]
    finding: Stated[str]


@dataclass(frozen=True)
class StratifiedImpact:
    """All rounds together, each by itself, and what is common to them."""

    together: Impact
    rounds: Mapping[str, Impact]
    within: tuple[WithinRounds, ...]


def stratified_impact(
    rounds: Mapping[str, Counts], *, for_auditor: bool = False, per_group: int = FEWEST_PER_GROUP
) -> StratifiedImpact:
    """The impact of (selected, applicants) by group within each round, and what Simpson's paradox hides.

    Rates of 60 and 50 of 100 in a round that takes many, 5 and 10 of 100 in one that takes few: whoever
    applies to the second has the lower rate together. Each group is compared with the one that has the
    highest rate together. Raises ValueError for counts that cannot be.
    """
    summed: dict[str, tuple[int, int]] = {}
    for counts in rounds.values():
        for group, (s, n) in counts.items():
            s_before, n_before = summed.get(group, (0, 0))
            summed[group] = s_before + s, n_before + n
    together = impact(summed, for_auditor=for_auditor, per_group=per_group)
    alone = {
        name: impact(counts, for_auditor=for_auditor, per_group=per_group) for name, counts in rounds.items()
    }
    within = tuple(
        _within(one.group, together, rounds, per_group)
        for one in together.groups
        if one.comparison is not None
    )
    return StratifiedImpact(together, alone, within)


@dataclass(frozen=True)
class _Tables:
    """Selected and applicants by round: of the group, of the one that it is compared with."""

    s: Floats
    n: Floats
    S: Floats
    N: Floats

    @property
    def telling(self) -> "_Tables":
        """The rounds with both groups, in which some people were selected and some not."""
        chosen, everybody = self.s + self.S, self.n + self.N
        kept = (self.n > 0) & (self.N > 0) & (chosen > 0) & (chosen < everybody)
        return _Tables(self.s[kept], self.n[kept], self.S[kept], self.N[kept])


def _within(group: str, together: Impact, rounds: Mapping[str, Counts], per_group: int) -> WithinRounds:
    first = [counts.get(group, (0, 0)) for counts in rounds.values()]
    second = [counts.get(together.highest or "", (0, 0)) for counts in rounds.values()]
    pairs = np.array([(*one, *other) for one, other in zip(first, second, strict=True)], np.float64).T
    whole = _Tables(*pairs)
    kept = whole.telling
    fewest = int(min(kept.n.sum(), kept.N.sum()))
    dropped = int((whole.n + whole.N).sum() - (kept.n + kept.N).sum())
    none = _refused(kept, fewest, per_group)
    if none is not None:
        return WithinRounds(group, len(kept.s), dropped, *(none,) * 8)
    odds, interval = _odds_ratio(kept)
    ratio = _ratio(kept)
    chi2 = _chi2(kept)
    unequal = _unequal(kept, odds) if len(kept.s) > 1 and odds is not None and 0 < odds < math.inf else None
    unequal_p = None if unequal is None else float(chdtrc(len(kept.s) - 1, unequal))
    turned = _is_turned(whole, odds)
    p = float(chdtrc(1, chi2))

    def show(value: float | None, ends: Interval | None = None, why: str = ONE_ROUND) -> Stated[float]:
        return stated(value, fewest, per_group, interval=ends, why=why)

    return WithinRounds(
        group=group,
        rounds=len(kept.s),
        n_dropped=dropped,
        ratio=show(ratio, why=NOTHING_SHARED),
        odds_ratio=show(odds, interval, why=NOTHING_SHARED),
        chi2=show(chi2),
        p=show(p),
        unequal_chi2=show(unequal),
        unequal_p=show(unequal_p),
        turned=stated(turned, fewest, per_group),
        finding=_finding(turned, ratio, p, unequal_p, fewest, per_group),
    )


def _refused(kept: _Tables, fewest: int, per_group: int) -> Stated[Never] | None:
    if not len(kept.s):
        return undefined(0, per_group, NOTHING_SHARED)
    if fewest < per_group:
        return suppressed(fewest, per_group)
    chosen = int((kept.s + kept.S).sum())
    return suppressed(chosen, FEWEST_SELECTED) if chosen < FEWEST_SELECTED else None


def _odds_ratio(t: _Tables) -> tuple[float | None, Interval | None]:
    """Mantel & Haenszel's common odds ratio of the group's selection, and its interval."""
    a, b, c, d = t.s, t.n - t.s, t.S, t.N - t.S
    n = t.n + t.N
    above, below = a * d / n, b * c / n
    if below.sum() == 0 or above.sum() == 0:
        return (None, None) if below.sum() == 0 else (0.0, None)
    with_it, against = (a + d) / n, (b + c) / n
    variance = (
        (with_it * above).sum() / (2 * above.sum() ** 2)
        + (with_it * below + against * above).sum() / (2 * above.sum() * below.sum())
        + (against * below).sum() / (2 * below.sum() ** 2)
    )
    odds, half = float(above.sum() / below.sum()), Z95 * math.sqrt(float(variance))
    return odds, (odds * math.exp(-half), odds * math.exp(half))


def _ratio(t: _Tables) -> float | None:
    n = t.n + t.N
    below = float((t.S * t.n / n).sum())
    return float((t.s * t.N / n).sum()) / below if below else None


def _chi2(t: _Tables) -> float:
    n, chosen = t.n + t.N, t.s + t.S
    variance = float((t.n * t.N * chosen * (n - chosen) / (n**2 * (n - 1))).sum())
    gap = abs(float((t.s - t.n * chosen / n).sum()))
    # As in `dif`: no correction where it would be larger than what it corrects.
    return float((gap - (0.5 if gap >= 0.5 else 0.0)) ** 2 / variance)


def _unequal(t: _Tables, odds: float) -> float:
    """Breslow & Day (1980) with Tarone's correction (1985): how far rounds are from one odds ratio."""
    chosen = t.s + t.S
    expected = _expected(t.n, t.N, chosen, odds)
    cells = np.stack([expected, t.n - expected, chosen - expected, t.N - chosen + expected])
    variance = 1 / (1 / cells).sum(axis=0)
    apart = t.s - expected
    return max(float((apart**2 / variance).sum() - apart.sum() ** 2 / variance.sum()), 0.0)


def _expected(n: Floats, N: Floats, chosen: Floats, odds: float) -> Floats:
    """How many of the group would be selected in each round, its margins kept, at this odds ratio."""
    a = 1 - odds
    b = N - chosen + odds * (n + chosen)
    c = -odds * n * chosen
    if abs(a) < 1e-12:
        return np.asarray(-c / b, np.float64)
    root = np.sqrt(b**2 - 4 * a * c)
    # The root that lies within the margins, without the loss of digits where a is small.
    return np.asarray(-2 * c / (b + root), np.float64)


def _is_turned(t: _Tables, odds: float | None) -> bool:
    if odds is None or not odds > 0:
        return False
    below, above = float(t.s.sum() * t.N.sum()), float(t.S.sum() * t.n.sum())
    scale = max(below, above, 1.0)
    together = int(exceeds(below, above, scale=scale)) - int(exceeds(above, below, scale=scale))
    within = int(exceeds(odds, 1.0)) - int(exceeds(1.0, odds))
    return together * within < 0


def _finding(
    turned: bool, ratio: float | None, p: float, unequal_p: float | None, n: int, needs: int
) -> Stated[str]:
    """One message: what the total hides first, then whether rounds agree, then the rule and the test."""
    if turned:
        return stated(TURNED, n, needs)
    if unequal_p is not None and unequal_p < SIGNIFICANT:
        return stated(UNEQUAL, n, needs)
    if ratio is None:
        return undefined(n, needs, NOTHING_SHARED)
    below = exceeds(float(FOUR_FIFTHS), ratio)
    if below != (p < SIGNIFICANT):
        return undefined(n, needs, TESTS_DISAGREE)
    return stated(ADVERSE if below else NO_SIGN, n, needs)
