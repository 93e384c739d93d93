"""What the answers of many people say about single items and their options.

Reliability of sums lives in `reliability`, bias in `dif`. Scores are persons x items, NaN where a person did
not see an item; an item is described by those who saw it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assessor.messages import N_
from assessor.scoring.cuts import exceeds, parts, reaches
from assessor.statistics.stated import (
    NO_VARIANCE,
    PROVISIONAL,
    Stated,
    fisher_interval,
    stated,
    wilson,
)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: An item or key whose correlation with the rest is under this is flagged; a wrong option above 0 is, too.
LEAST_REST_R = 0.10
#: A wrong option that a smaller share of people chooses is flagged.
LEAST_SHARE = 0.05
#: Totals closer than this are the same total.
SAME_TOTAL_DECIMALS = 9

NOBODY = N_("Not defined: nobody chose it, or everybody did.")
NOBODY_SAW = N_("Not defined: too few people saw it.")
NO_OTHERS = N_("Not defined: nobody is in this group.")

LOW_ITEM_REST = N_("It hardly goes with the rest of the test.")
NEGATIVE_ITEM_REST = N_("It runs against the rest of the test: check the key.")
SAME_SCORE = N_("Everybody has the same score.")
LOW_KEY_REST = N_("The key hardly goes with the rest of the test.")
ATTRACTS_THE_GOOD = N_("People who do well on the rest choose this wrong option more often than others.")
RARELY_CHOSEN = N_("Fewer than 1 in 20 choose this wrong option.")
BEATS_THE_KEY = N_("Among the top third this wrong option is more popular than the key.")


@dataclass(frozen=True)
class Minimums:
    """The fewest people from whom each statistic of an item is shown."""

    facility: int = 30
    facility_firm: int = 100
    correlation: int = 100
    share: int = 50
    by_third: int = 150
    in_a_third: int = 30


MINIMUMS = Minimums()


@dataclass(frozen=True)
class Matched:
    """Item scores, and what each person scored on the whole test and on the rest of it.

    `total` is the sum where everybody saw every item; else the mean, over the items that the person saw, of
    the distance from the item's mean: so an easy form is no merit. `rest` is the same without the item; NaN
    where there is none.
    """

    ids: tuple[str, ...]
    scores: Floats
    seen: Bools
    total: Floats
    rest: Floats
    complete: bool


@dataclass(frozen=True)
class Flag:
    """Something an author should look at: `option` is None where it is the item as a whole."""

    words: str
    option: str | None = None


@dataclass(frozen=True)
class ItemStatistics:
    """What is known about one item; `n` people saw it."""

    item: str
    n: int
    mean: Stated[float]
    sd: Stated[float]
    facility: Stated[float]
    total_r: Stated[float]
    rest_r: Stated[float]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Option:
    """One option that people could choose; `n` of them did. Thirds are of the total, lowest first."""

    option: str
    keyed: bool
    n: int
    n_by_third: tuple[int, int, int]
    share: Stated[float]
    share_by_third: tuple[Stated[float], Stated[float], Stated[float]]
    total_r: Stated[float]
    rest_r: Stated[float]
    mean_total: Stated[float]


@dataclass(frozen=True)
class OptionTable:
    """The options of one item among the `n` who saw it; `cuts` are the ends of the thirds of the total."""

    item: str
    n: int
    n_blank: int
    cuts: tuple[float, ...]
    n_by_third: tuple[int, int, int]
    options: tuple[Option, ...]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class RatedOption:
    """One option that people rated or ranked."""

    option: str
    mean: Stated[float]
    mean_by_third: tuple[Stated[float], Stated[float], Stated[float]]
    total_r: Stated[float]
    rest_r: Stated[float]


def matched(scores: ArrayLike, ids: Sequence[str]) -> Matched:
    """The scores (persons x items, NaN: not seen) with totals and rests.

    Raises ValueError for a shape or ids that do not fit, or for infinite scores.
    """
    x = np.array(scores, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] != len(ids) or len(set(ids)) != len(ids):
        raise ValueError(f"scores of shape {x.shape} do not fit {len(ids)} different items")
    if np.isinf(x).any():
        raise ValueError("scores must be finite, or NaN for an item that was not seen")
    seen = ~np.isnan(x)
    complete = bool(seen.all())
    if complete:
        total = x.sum(axis=1)
        rest = total[:, None] - x
    else:
        total, rest = _distances(np.where(seen, x, 0.0), seen)
    return Matched(tuple(ids), x, seen, total, rest, complete)


def _distances(x: Floats, seen: Bools) -> tuple[Floats, Floats]:
    apart = np.where(seen, x - x.sum(axis=0) / np.maximum(seen.sum(axis=0), 1), 0.0)
    sums, counts = apart.sum(axis=1), seen.sum(axis=1)
    total = np.full(len(x), np.nan)
    np.divide(sums, counts, out=total, where=counts > 0)
    rest = np.full(x.shape, np.nan)
    others = np.broadcast_to((counts - 1)[:, None], x.shape)
    np.divide(sums[:, None] - apart, others, out=rest, where=seen & (others > 0))
    return total, rest


def correlations(x: Floats, y: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Pearson's r of each pair of columns over the rows where both are known, and their number.

    NaN where one of them does not vary. `y` of one dimension is paired with every column.
    """
    # Rows in memory: a sum along a row is several times as fast as one down a narrow column.
    across = np.ascontiguousarray(x.T)
    pairs = y[None, :] if y.ndim == 1 else np.ascontiguousarray(y.T)
    known = ~(np.isnan(across) | np.isnan(pairs))
    n = known.sum(axis=1)
    if not known.all():
        pairs = np.broadcast_to(pairs, across.shape)
    dx, varies_x = _centred(across, known)
    dy, varies_y = _centred(pairs, known[: len(pairs)])
    products = np.einsum("ij,ij->i", dx, np.broadcast_to(dy, dx.shape))
    scale = np.sqrt(np.einsum("ij,ij->i", dx, dx) * np.einsum("ij,ij->i", dy, dy))
    r = np.full(len(across), np.nan)
    np.divide(products, scale, out=r, where=varies_x & varies_y)
    return np.clip(r, -1.0, 1.0), n


def _centred(x: Floats, known: Bools) -> tuple[Floats, Bools]:
    whole = bool(known.all())
    filled = x if whole else np.where(known, x, 0.0)
    mean = filled.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    d = filled - mean if whole else np.where(known, filled - mean, 0.0)
    # Sums of equal decimals differ in the last bits: that is not variation.
    varies: Bools = np.abs(d).max(axis=1, initial=0.0) > 1e-12 * np.abs(mean[:, 0])
    return d, varies


def stated_r(r: float, n: int, needs: int, why: str = NO_VARIANCE) -> Stated[float]:
    """A correlation with Fisher's interval; NaN is undefined (`why`)."""
    return stated(float(r), int(n), needs, interval=fisher_interval(float(r), int(n)), why=why)


def item_statistics(
    m: Matched,
    ranges: Sequence[tuple[float, float]] | None = None,
    minimums: Minimums = MINIMUMS,
) -> tuple[ItemStatistics, ...]:
    """Facility and discrimination of every item, from those who saw it.

    Facility is (mean - lowest) / (highest - lowest) of the item's possible scores (`ranges`; 0 and 1 if
    None): for scores 0, 0, 1, 1, 1 it is .6. `rest_r` leaves the item out (Henrysson 1963): with scores 110,
    100, 111, 000 (persons) the first item's rest sums are 1, 0, 2, 0 and r = .75 / sqrt(.75 * 2.75) = .5222.
    Raises ValueError for scores outside their range.
    """
    total_r, n_total = correlations(m.scores, m.total)
    rest_r, n_rest = correlations(m.scores, m.rest)
    found = []
    for j, item in enumerate(m.ids):
        own = m.scores[m.seen[:, j], j]
        rest = stated_r(rest_r[j], n_rest[j], minimums.correlation)
        same = own.size >= minimums.facility and own.size > 0 and _same(own)
        found.append(
            ItemStatistics(
                item=item,
                n=own.size,
                mean=stated(
                    float(own.mean()) if own.size else None, own.size, minimums.facility, why=NOBODY_SAW
                ),
                sd=_sd(own, minimums),
                facility=_facility(item, own, ranges[j] if ranges is not None else (0.0, 1.0), minimums),
                total_r=stated_r(total_r[j], n_total[j], minimums.correlation),
                rest_r=rest,
                flags=_item_flags(rest, same),
            )
        )
    return tuple(found)


def _same(own: Floats) -> bool:
    # Sums of equal decimals differ in the last bits: that is not variation.
    return bool(np.ptp(own) <= 1e-12 * np.abs(own).max())


def _sd(own: Floats, minimums: Minimums) -> Stated[float]:
    return stated(
        float(own.std(ddof=1)) if own.size > 1 else None, own.size, minimums.facility, why=NOBODY_SAW
    )


def _facility(item: str, own: Floats, ends: tuple[float, float], minimums: Minimums) -> Stated[float]:
    low, high = ends
    if own.size and (own.min() < low - 1e-9 or own.max() > high + 1e-9):
        raise ValueError(f"item {item}: scores outside {low} to {high}")
    if not own.size:
        return stated(None, 0, minimums.facility, why=NOBODY_SAW)
    facility = min(1.0, max(0.0, (float(own.mean()) - low) / (high - low)))
    return stated(
        facility,
        own.size,
        minimums.facility,
        interval=wilson(facility, own.size),
        caution=PROVISIONAL if own.size < minimums.facility_firm else None,
    )


def _item_flags(rest: Stated[float], same: bool) -> tuple[Flag, ...]:
    if same:
        return (Flag(SAME_SCORE),)
    if rest.value is None or reaches(rest.value, LEAST_REST_R):
        return ()
    return (Flag(NEGATIVE_ITEM_REST if rest.value < 0 else LOW_ITEM_REST),)


def thirds(total: Floats) -> tuple[NDArray[np.intp], tuple[float, ...]]:
    """The third (0, 1, 2) of each total and the four ends; ties at an end belong to the lower third.

    Quantiles of type 7 (Hyndman & Fan 1996), intervals closed on the right: totals 1, 2, 2, 3 have the ends
    1, 2, 2, 3 and thirds 0, 0, 0, 2.
    """
    rounded = np.round(total, SAME_TOTAL_DECIMALS)
    if not rounded.size:
        return np.zeros(0, np.intp), ()
    cuts = np.quantile(rounded, [0, 1 / 3, 2 / 3, 1])
    return parts(rounded, cuts[1:3]), tuple(float(cut) for cut in cuts)


def option_statistics(
    m: Matched,
    item: str,
    marks: ArrayLike,
    options: Sequence[str],
    keyed: Sequence[str],
    minimums: Minimums = MINIMUMS,
) -> OptionTable:
    """Who chose which option of one item: shares, shares by third, and correlations with the total.

    `marks` is persons x options, 1 where it was chosen, 0 where not; the rows of people who did not see the
    item are ignored. A row of zeros is a blank: counted in every N, nobody's option. The point-biserials are
    Pearson's r of the mark with total and with rest; of four people with totals 3, 2, 1, 0 where the first
    two chose it, r = 2 / sqrt(1 * 5) = .8944. Raises ValueError for marks or ids that do not fit.
    """
    j, given = _rows(m, item, marks, options)
    if not ((given == 0) | (given == 1)).all() or not set(keyed) <= set(options):
        raise ValueError(f"item {item}: marks are 0 or 1, and the key is among the options")
    seen = m.seen[:, j]
    total, rest = m.total[seen], m.rest[seen, j]
    third, cuts = thirds(total)
    in_third = np.bincount(third, minlength=3)
    counts = np.stack([given[third == t].sum(axis=0) for t in range(3)])
    total_r, n = correlations(given, total)
    rest_r, n_rest = correlations(given, rest)
    rows = [
        Option(
            option=option,
            keyed=option in keyed,
            n=int(given[:, o].sum()),
            n_by_third=_three(counts[:, o]),
            share=_share(int(given[:, o].sum()), len(given), minimums.share),
            share_by_third=_shares_by_third(counts[:, o], in_third, minimums),
            total_r=stated_r(total_r[o], n[o], minimums.by_third, NOBODY),
            rest_r=stated_r(rest_r[o], n_rest[o], minimums.by_third, NOBODY),
            mean_total=_mean_total(total[given[:, o] > 0], len(given), minimums),
        )
        for o, option in enumerate(options)
    ]
    blank = len(given) - int(np.count_nonzero(given.any(axis=1)))
    return OptionTable(item, len(given), blank, cuts, _three(in_third), tuple(rows), _option_flags(rows))


def _three(counts: Floats | NDArray[np.intp]) -> tuple[int, int, int]:
    low, middle, high = (int(count) for count in counts)
    return low, middle, high


def _shares_by_third(
    counts: Floats, in_third: NDArray[np.intp], minimums: Minimums
) -> tuple[Stated[float], Stated[float], Stated[float]]:
    shares = [_share(int(c), int(n), minimums.in_a_third) for c, n in zip(counts, in_third, strict=True)]
    return _by_third(shares, int(in_third.sum()), minimums.by_third)


def _mean_total(totals: Floats, n: int, minimums: Minimums) -> Stated[float]:
    return stated(float(totals.mean()) if totals.size else None, n, minimums.by_third, why=NOBODY)


def _rows(m: Matched, item: str, values: ArrayLike, options: Sequence[str]) -> tuple[int, Floats]:
    if item not in m.ids:
        raise ValueError(f"no scores of item {item}")
    given = np.asarray(values, dtype=np.float64)
    if given.shape != (len(m.scores), len(options)) or len(set(options)) != len(options):
        raise ValueError(f"item {item}: {given.shape} does not fit {len(m.scores)} people and the options")
    j = m.ids.index(item)
    return j, given[m.seen[:, j]]


def _share(count: int, n: int, needs: int) -> Stated[float]:
    share = count / max(n, 1)
    return stated(share if n else None, n, needs, interval=wilson(share, n), why=NO_OTHERS)


def _by_third(
    parts: Sequence[Stated[float]], n: int, needs: int
) -> tuple[Stated[float], Stated[float], Stated[float]]:
    low, middle, high = parts if n >= needs else [stated(None, n, needs)] * 3
    return low, middle, high


def _option_flags(options: Sequence[Option]) -> tuple[Flag, ...]:
    keys = [option for option in options if option.keyed]
    top = [share for key in keys if (share := key.share_by_third[2].value) is not None]
    flags = [
        Flag(LOW_KEY_REST, key.option)
        for key in keys
        if key.rest_r.value is not None and not reaches(key.rest_r.value, LEAST_REST_R)
    ]
    for option in options:
        if option.keyed:
            continue
        if option.rest_r.value is not None and exceeds(option.rest_r.value, 0.0):
            flags.append(Flag(ATTRACTS_THE_GOOD, option.option))
        if option.share.value is not None and option.share.value < LEAST_SHARE:
            flags.append(Flag(RARELY_CHOSEN, option.option))
        share = option.share_by_third[2].value
        if top and share is not None and share > min(top):
            flags.append(Flag(BEATS_THE_KEY, option.option))
    return tuple(flags)


def rating_statistics(
    m: Matched, item: str, ratings: ArrayLike, options: Sequence[str], minimums: Minimums = MINIMUMS
) -> tuple[RatedOption, ...]:
    """The mean rating (or place) of each option, by third, and its correlation with total and rest.

    `ratings` is persons x options, NaN where a person left one out. Raises ValueError where they do not fit.
    """
    j, given = _rows(m, item, ratings, options)
    seen = m.seen[:, j]
    third, _ = thirds(m.total[seen])
    total_r, n = correlations(given, m.total[seen])
    rest_r, n_rest = correlations(given, m.rest[seen, j])
    return tuple(
        RatedOption(
            option=option,
            mean=_mean(given[:, o], minimums.share),
            mean_by_third=_by_third(
                [_mean(given[third == t, o], minimums.in_a_third) for t in range(3)],
                int(n[o]),
                minimums.by_third,
            ),
            total_r=stated_r(total_r[o], n[o], minimums.by_third),
            rest_r=stated_r(rest_r[o], n_rest[o], minimums.by_third),
        )
        for o, option in enumerate(options)
    )


def _mean(values: Floats, needs: int) -> Stated[float]:
    known = values[~np.isnan(values)]
    return stated(float(known.mean()) if known.size else None, known.size, needs, why=NO_OTHERS)
