"""Selection rates of groups against each other: adverse impact, for the owner and the auditor of a test.

Item bias lives in `dif`. Nobody who decides about a person sees these numbers while deciding.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Never, TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr
from scipy.stats import fisher_exact, hypergeom

from assessor.messages import N_
from assessor.scoring.cuts import exceeds, reaches, scale_of
from assessor.statistics.stated import Z95, Interval, Stated, stated, suppressed, undefined, wilson

T = TypeVar("T")

FOUR_FIFTHS = Fraction(4, 5)
#: A group with a smaller share of the applicants needs no finding and never is the one compared with.
SMALL_SHARE = Fraction(1, 50)
#: A group of fewer people is hidden from everybody but the auditor.
FEWEST_SHOWN = 5
FEWEST_SELECTED = 5
FEWEST_PER_GROUP = 30
SIGNIFICANT = 0.05

HIDDEN = N_("Not shown: fewer than %(needs)d people, who could be recognised.")
EMPTY = N_("Not defined: nobody of this group applied.")
NOBODY_SELECTED = N_("Not defined: nobody was selected.")
FEW_SELECTED = N_("Too few were selected: %(n)d, and this needs at least %(needs)d.")
EVERYBODY_OR_NOBODY = N_("Not defined: everybody or nobody was selected.")
UNDER_TWO_PERCENT = N_("No finding: the group is fewer than 2 in 100 of the applicants.")
TESTS_DISAGREE = N_("No finding: the four-fifths rule and the test of chance do not agree.")
ONE_PERSON = N_("No finding: one person selected instead of another would turn it round.")
ADVERSE = N_("Below four fifths of the highest rate, and hardly by chance: look into it.")
NO_SIGN = N_("At least four fifths of the highest rate, and chance may explain the difference.")


@dataclass(frozen=True)
class Rates:
    """How many of a group applied and were selected, and the rate with Wilson's interval."""

    applicants: Stated[int]
    selected: Stated[int]
    rate: Stated[float]


@dataclass(frozen=True)
class OnePersonMoved:
    """The rates if one selection moved from the highest group to this one."""

    rate: float
    highest_rate: float
    ratio: float
    flips: bool
    below_four_fifths: bool


@dataclass(frozen=True)
class Comparison:
    """A group against the group with the highest rate; negative numbers: this group is below.

    `ratio` has the interval of Katz et al. (1978), `difference` Newcombe's (1998). `shortfall`: selections
    missing to the rate of both groups together; `to_four_fifths`: to four fifths of the highest. `finding` is
    a message.
    """

    ratio: Stated[float]
    below_four_fifths: Stated[bool]
    fisher_p: Stated[float]
    fisher_lower_p: Stated[float]
    mid_p: Stated[float]
    z: Stated[float]
    z_p: Stated[float]
    z_unpooled: Stated[float]
    z_hypergeometric: Stated[float]
    odds_ratio: Stated[float]
    difference: Stated[float]
    h: Stated[float]
    shortfall: Stated[float]
    to_four_fifths: Stated[int]
    one_person_moved: Stated[OnePersonMoved]
    finding: Stated[str]


@dataclass(frozen=True)
class GroupImpact:
    """One group; `share` is of the applicants of the groups shown. The highest is compared with none."""

    group: str
    rates: Rates
    share: Stated[float]
    under_two_percent: bool
    comparison: Comparison | None


@dataclass(frozen=True)
class Impact:
    """The groups against the one with the highest rate; totals are of the groups shown.

    Whoever shows a total of all applicants beside a single hidden group shows that group.
    """

    highest: str | None
    applicants: int
    selected: int
    groups: tuple[GroupImpact, ...]
    unknown: Rates


@dataclass(frozen=True)
class _Pair:
    """Selected and applicants of a group and of the highest one."""

    s: int
    n: int
    S: int
    N: int


def impact(
    groups: Mapping[str, tuple[int, int]],
    *,
    unknown: tuple[int, int] = (0, 0),
    for_auditor: bool = False,
    per_group: int = FEWEST_PER_GROUP,
) -> Impact:
    """Selection rates and impact ratios of (selected, applicants) by group.

    48 of 80 against 12 of 40: rates .6 and .3, ratio .5, below four fifths (29 CFR 1607.4 D). Compared
    exactly, before rounding: 48 of 100 against 60 of 100 is .8 and not below. Ratios need 5 selected in all
    and 30 people in both groups; groups of 1 to 4 people are hidden unless for the auditor; people of unknown
    group are counted apart. On a tie the first group is the highest. Raises ValueError for counts that cannot
    be.
    """
    for name, (selected, applicants) in [*groups.items(), ("unknown", unknown)]:
        if not 0 <= selected <= applicants:
            raise ValueError(f"{name}: {selected} selected of {applicants}")
    shown = {g: counts for g, counts in groups.items() if for_auditor or not _is_hidden(counts)}
    chosen, everybody = sum(s for s, _ in shown.values()), sum(n for _, n in shown.values())
    leading = [g for g, (_, n) in shown.items() if n >= FEWEST_SHOWN and n >= SMALL_SHARE * everybody]
    highest = max(leading, key=lambda g: Fraction(*shown[g]), default=None)
    found = []
    for group, (s, n) in groups.items():
        if group not in shown:
            none = suppressed(None, FEWEST_SHOWN, HIDDEN)
            found.append(GroupImpact(group, _rates((s, n), False), none, False, None))
            continue
        small = n < SMALL_SHARE * everybody
        compared = None
        if highest is not None and group != highest:
            compared = _compared(_Pair(s, n, *shown[highest]), small, chosen, per_group)
        share: Stated[float] = stated(n / everybody if everybody else None, everybody, 0, why=EMPTY)
        found.append(GroupImpact(group, _rates((s, n), for_auditor), share, small, compared))
    return Impact(highest, everybody, chosen, tuple(found), _rates(unknown, for_auditor))


def _is_hidden(counts: tuple[int, int]) -> bool:
    return 0 < counts[1] < FEWEST_SHOWN


def _rates(counts: tuple[int, int], for_auditor: bool) -> Rates:
    if _is_hidden(counts) and not for_auditor:
        none = suppressed(None, FEWEST_SHOWN, HIDDEN)
        return Rates(none, none, none)
    s, n = counts
    rate = stated(s / n if n else None, n, 0, interval=wilson(s / max(n, 1), n), why=EMPTY)
    return Rates(stated(n, n, 0), stated(s, n, 0), rate)


def _compared(pair: _Pair, small: bool, chosen: int, per_group: int) -> Comparison:
    none = _no_comparison(pair, chosen, per_group)
    if none is not None:
        return Comparison(*(none,) * len(fields(Comparison)))
    s, n, S, N = pair.s, pair.n, pair.S, pair.N
    together, ratio = (s + S) / (n + N), Fraction(s * N, n * S)
    moved = _one_moved(pair)
    p = float(fisher_exact(np.array([[s, n - s], [S, N - S]])).pvalue)
    lower = hypergeom(n + N, s + S, n)
    tail, point = float(lower.cdf(s)), float(lower.pmf(s))
    z = _over(s / n - S / N, together * (1 - together) * (1 / n + 1 / N))
    at_hand, words = _finding(ratio, p, moved, small)

    def show(value: T | None, interval: Interval | None = None) -> Stated[T]:
        return stated(value, min(n, N), per_group, interval=interval, why=EVERYBODY_OR_NOBODY)

    return Comparison(
        ratio=show(float(ratio), _katz(pair)),
        below_four_fifths=show(ratio < FOUR_FIFTHS),
        fisher_p=show(p),
        fisher_lower_p=show(tail),
        mid_p=show(tail - point / 2),
        z=show(z),
        z_p=show(None if z is None else float(2 * ndtr(-abs(z)))),
        z_unpooled=show(_over(s / n - S / N, s * (n - s) / n**3 + S * (N - S) / N**3)),
        z_hypergeometric=show(_over(s - n * together, together * (1 - together) * n * N / (n + N - 1))),
        odds_ratio=show(s * (N - S) / ((n - s) * S) if n > s else None),
        difference=show(s / n - S / N, _newcombe(pair)),
        h=show(2 * math.asin(math.sqrt(s / n)) - 2 * math.asin(math.sqrt(S / N))),
        shortfall=show(n * together - s),
        to_four_fifths=show(max(0, math.ceil(FOUR_FIFTHS * S * n / N) - s)),
        one_person_moved=show(moved),
        finding=show(words) if at_hand else undefined(min(n, N), per_group, words),
    )


def _no_comparison(pair: _Pair, chosen: int, per_group: int) -> Stated[Never] | None:
    fewest = min(pair.n, pair.N)
    if not pair.n:
        return undefined(0, per_group, EMPTY)
    if not pair.S:
        return undefined(fewest, per_group, NOBODY_SELECTED)
    if chosen < FEWEST_SELECTED:
        return suppressed(chosen, FEWEST_SELECTED, FEW_SELECTED)
    return suppressed(fewest, per_group) if fewest < per_group else None


def _finding(ratio: Fraction, p: float, moved: OnePersonMoved | None, small: bool) -> tuple[bool, str]:
    """Whether there is a finding, and its words or those that say why not."""
    below, significant = ratio < FOUR_FIFTHS, p < SIGNIFICANT
    if small:
        return False, UNDER_TWO_PERCENT
    if below != significant:
        return False, TESTS_DISAGREE
    if moved is None or moved.flips:
        return False, ONE_PERSON
    return True, ADVERSE if below else NO_SIGN


def _one_moved(pair: _Pair) -> OnePersonMoved | None:
    """None where the whole group or only one of the highest group was selected."""
    if pair.s == pair.n or pair.S == 1:
        return None
    rate, highest = Fraction(pair.s + 1, pair.n), Fraction(pair.S - 1, pair.N)
    ratio = rate / highest
    return OnePersonMoved(float(rate), float(highest), float(ratio), rate > highest, ratio < FOUR_FIFTHS)


def _over(difference: float, variance: float) -> float | None:
    return difference / math.sqrt(variance) if variance > 0 else None


def _katz(pair: _Pair) -> Interval | None:
    if not pair.s:
        return None
    half = Z95 * math.sqrt(1 / pair.s - 1 / pair.n + 1 / pair.S - 1 / pair.N)
    ratio = pair.s * pair.N / (pair.n * pair.S)
    return ratio * math.exp(-half), ratio * math.exp(half)


def _newcombe(pair: _Pair) -> Interval:
    p, q = pair.s / pair.n, pair.S / pair.N
    (p_low, p_high), (q_low, q_high) = wilson(p, pair.n), wilson(q, pair.N)
    return p - q - math.hypot(p - p_low, q_high - q), p - q + math.hypot(p_high - p, q - q_low)


@dataclass(frozen=True)
class ScoringRates:
    """Impact of being scored strictly above the median of everybody (New York City Local Law 144).

    People at the median count as not above it: where they are many, every rate is low.
    """

    median: Stated[float]
    at_median: int
    impact: Impact


def scoring_rates(
    scores: ArrayLike,
    groups: Sequence[str | None],
    *,
    for_auditor: bool = False,
    per_group: int = FEWEST_PER_GROUP,
) -> ScoringRates:
    """The scoring rates of the groups (None: unknown), in alphabetical order.

    Scores 1, 2, 2, 3 have the median 2, and one of four is above it; a score that differs from the median in
    its last bits only is at it. The median is shown from `per_group`
    people on. Raises ValueError unless there is a finite score for each person.
    """
    x = np.asarray(scores, dtype=np.float64)
    if x.shape != (len(groups),) or not np.isfinite(x).all():
        raise ValueError("every person has a score and a group, or None")
    median = float(np.median(x)) if x.size else math.nan
    counts: dict[str | None, tuple[int, int]] = {}
    scale = scale_of(x)
    above_median = exceeds(x, median, scale=scale)
    for group, above in zip(groups, above_median, strict=True):
        s, n = counts.get(group, (0, 0))
        counts[group] = s + int(above), n + 1
    unknown = counts.pop(None, (0, 0))
    known = {group: counts[group] for group in sorted(g for g in counts if g is not None)}
    return ScoringRates(
        median=stated(median, x.size, per_group, why=EMPTY),
        at_median=int((reaches(x, median, scale=scale) & ~above_median).sum()),
        impact=impact(known, unknown=unknown, for_auditor=for_auditor, per_group=per_group),
    )
