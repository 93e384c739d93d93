"""Keys from the judgements of a panel, and how far a person's answers agree with them.

How far the panel agrees within itself lives in `agreement`. What a key is used for, and who may call it one
of experts, is decided elsewhere.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from assessor.messages import N_
from assessor.scoring.cuts import reaches
from assessor.statistics.agreement import FEWEST_EXPERTS, PanelAgreement, panel_agreement
from assessor.statistics.stated import NO_VARIANCE, Stated, stated

Floats = NDArray[np.float64]

NOBODY_RATED = N_("Not defined: nobody rated it.")
NO_ANSWER = N_("Not defined: nothing was answered.")
SAME_RATING = N_("Not defined: everything has the same rating.")
TIED = N_("Not defined: two options or more were chosen equally often.")


@dataclass(frozen=True)
class KeyedOption:
    """One option as a panel rated it; `modes` are all ratings that were given most often."""

    n: int
    mean: Stated[float]
    sd: Stated[float]
    modes: tuple[float, ...]
    shares: Mapping[float, float]


@dataclass(frozen=True)
class ConsensusKey:
    """What a panel says of the options of one item: each by itself, and how far the panel agrees."""

    options: tuple[KeyedOption, ...]
    agreement: PanelAgreement

    @property
    def means(self) -> Floats:
        """The mean of each option, NaN where nobody rated it."""
        known = [option.mean.value for option in self.options]
        return np.array([math.nan if mean is None else mean for mean in known])


@dataclass(frozen=True)
class Closeness:
    """How near one person's ratings are to a key, over the options that the person and the panel rated.

    `share`: of the experts, how many gave the person's rating (mean over options); `share_of_mode` the same
    over what the most frequent rating has; `mode`: how often it is a most frequent one. Distances are to the
    experts' means, the lower the nearer. `z_` distances are between profiles standardised over these options,
    so that only their shape counts (McDaniel et al. 2011): the square is 2 (n - 1) / n (1 - r). `elevation`,
    `scatter` and `shape` sum to `mean_square` (Cronbach & Gleser 1953).
    """

    n: int
    share: Stated[float]
    share_of_mode: Stated[float]
    mode: Stated[float]
    mean_absolute: Stated[float]
    mean_square: Stated[float]
    root_mean_square: Stated[float]
    z_square: Stated[float]
    z_absolute: Stated[float]
    r: Stated[float]
    elevation: Stated[float]
    scatter: Stated[float]
    shape: Stated[float]


def consensus_key(
    ratings: ArrayLike, lowest: int, highest: int, *, needs: int = FEWEST_EXPERTS
) -> ConsensusKey:
    """The key of one item from the ratings of experts (rows, NaN: none) of its options (columns).

    Ratings 5, 4, 5, 5, 4: mean 4.6, mode 5, three fifths say 5. Raises ValueError for ratings outside the
    scale.
    """
    agreement = panel_agreement(ratings, lowest, highest, needs=needs)
    x = np.asarray(ratings, np.float64)
    return ConsensusKey(tuple(_keyed(column[~np.isnan(column)], needs) for column in x.T), agreement)


def _keyed(given: Floats, needs: int) -> KeyedOption:
    n = given.size
    values, counts = np.unique(given, return_counts=True)
    most = counts.max(initial=0)
    return KeyedOption(
        n=n,
        mean=stated(float(given.mean()) if n else None, n, needs, why=NOBODY_RATED),
        sd=stated(float(given.std(ddof=1)) if n > 1 else None, n, needs, why=NOBODY_RATED),
        modes=tuple(values[counts == most].tolist()),
        shares={float(value): int(count) / n for value, count in zip(values, counts, strict=True)},
    )


def closeness(key: ConsensusKey, answers: ArrayLike) -> Closeness:
    """How near a person's ratings (NaN: none) are to the key.

    Means 4.6, 2, 1.4, 4 and answers 5, 2, 1, 4: distances .4, 0, .4, 0, so .2 on average. Undefined where
    nothing was answered; the shape also where all ratings of the person, or all means, are equal. Raises
    ValueError where the answers do not fit the options.
    """
    x, means = np.asarray(answers, np.float64), key.means
    if x.shape != means.shape:
        raise ValueError(f"{x.size} answers do not fit {means.size} options")
    at = np.flatnonzero(~np.isnan(x) & ~np.isnan(means))
    given, keyed = x[at], means[at]
    shares = np.array([key.options[j].shares.get(float(x[j]), 0.0) for j in at])
    tops = np.array([max(key.options[j].shares.values()) for j in at])
    modes = np.array([float(x[j]) in key.options[j].modes for j in at], np.float64)
    apart = given - keyed

    def mean(values: Floats) -> Stated[float]:
        return stated(float(values.mean()) if at.size else None, at.size, 0, why=NO_ANSWER)

    square = mean(apart**2)
    root = None if square.value is None else math.sqrt(square.value)
    return Closeness(
        at.size,
        mean(shares),
        mean(shares / tops),
        mean(modes),
        mean(np.abs(apart)),
        square,
        stated(root, at.size, 0, why=NO_ANSWER),
        *_profiles(given, keyed),
    )


def _profiles(given: Floats, keyed: Floats) -> tuple[Stated[float], ...]:
    """Distances of standardised profiles, r, and elevation, scatter and shape."""
    n = given.size
    if not n or not (_varies(given) and _varies(keyed)):
        none: Stated[float] = stated(None, n, 0, why=SAME_RATING if n else NO_ANSWER)
        elevation = stated(float((given.mean() - keyed.mean()) ** 2) if n else None, n, 0, why=NO_ANSWER)
        return none, none, none, elevation, none, none
    z = [(one - one.mean()) / one.std(ddof=1) for one in (given, keyed)]
    r = float(z[0] @ z[1]) / (n - 1)
    sd, sd_key = float(given.std()), float(keyed.std())
    parts = (
        float(((z[0] - z[1]) ** 2).mean()),
        float(np.abs(z[0] - z[1]).mean()),
        min(1.0, max(-1.0, r)),
        float((given.mean() - keyed.mean()) ** 2),
        (sd - sd_key) ** 2,
        2 * sd * sd_key * (1 - r),
    )
    return tuple(stated(part, n, 0) for part in parts)


def _varies(x: Floats) -> bool:
    size = float(np.abs(x).max(initial=0.0))
    return x.size > 1 and not bool(reaches(0.0, np.ptp(x), scale=size))


@dataclass(frozen=True)
class MostLeastKey:
    """What a panel chose as most and least effective; `net` is the share of most less that of least."""

    n: int
    most: Mapping[Hashable, float]
    least: Mapping[Hashable, float]
    key_most: Stated[Hashable]
    key_least: Stated[Hashable]

    @property
    def net(self) -> dict[Hashable, float]:
        """Option -> the share of experts for it less the share against it."""
        return {option: self.most[option] - self.least[option] for option in self.most}


@dataclass(frozen=True)
class MostLeast:
    """One person's choice against a panel's key.

    `keyed` (-2 to 2) gives one for each choice that is the key's and takes one for each that is the opposite
    one (Motowidlo, Dunnette & Carter 1990); `right` (0 to 2) takes none. `share` is that of experts who chose
    alike, `net` the difference in `net` between the two options chosen.
    """

    keyed: Stated[int]
    right: Stated[int]
    share: float
    net: float


def most_least_key(
    choices: Sequence[tuple[Hashable, Hashable]],
    options: Sequence[Hashable],
    *,
    needs: int = FEWEST_EXPERTS,
) -> MostLeastKey:
    """The key from (most, least) of each expert: the option chosen most often as each; undefined on a tie.

    Raises ValueError for a choice that is no option, or one option as both.
    """
    for most, least in choices:
        _check(most, least, options)
    n = len(choices)
    counts = [
        {option: [pair[side] for pair in choices].count(option) for option in options} for side in (0, 1)
    ]
    shares = [{option: count / max(n, 1) for option, count in one.items()} for one in counts]
    keys = [_top(one, n, needs) for one in counts]
    return MostLeastKey(n, shares[0], shares[1], keys[0], keys[1])


def _check(most: Hashable, least: Hashable, options: Sequence[Hashable]) -> None:
    if most not in options or least not in options or most == least:
        raise ValueError(f"{most!r} and {least!r} are not two of the options")


def _top(counts: Mapping[Hashable, int], n: int, needs: int) -> Stated[Hashable]:
    first = max(counts.values(), default=0)
    tops = [option for option, count in counts.items() if count == first]
    why = NOBODY_RATED if not n else TIED
    return stated(tops[0] if n and len(tops) == 1 else None, n, needs, why=why)


def most_least(key: MostLeastKey, most: Hashable, least: Hashable) -> MostLeast:
    """A person's choice against the key; ValueError for a choice that is no option, or one for both."""
    _check(most, least, tuple(key.most))
    best, worst = key.key_most, key.key_least
    right = keyed = None
    if best.value is not None and worst.value is not None:
        right = int(most == best.value) + int(least == worst.value)
        keyed = right - int(most == worst.value) - int(least == best.value)
    lacking = best if best.value is None else worst
    why = lacking.words or NO_VARIANCE
    net = key.net
    return MostLeast(
        keyed=stated(keyed, key.n, lacking.needs, why=why),
        right=stated(right, key.n, lacking.needs, why=why),
        share=(key.most[most] + key.least[least]) / 2,
        net=net[most] - net[least],
    )
