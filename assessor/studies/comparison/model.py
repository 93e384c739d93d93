"""What a comparison is, as frozen data. How it is made stands in ``build``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessor.measurement.minimums import Judgement
from assessor.measurement.sensitivity import KeyId
from assessor.scoring.model import Parameters
from assessor.scoring.populations import Range

Concentration = float | None


@dataclass(frozen=True)
class KeyShift:
    """Where one candidate would stand under another key: points added to the estimate, and the group."""

    points: float
    group: int


@dataclass(frozen=True)
class Standing:
    """One candidate: the composite with its 80 % interval and the areas, 0-100; group and ranks from 1.

    ``ranks_weak`` and ``ranks_strong`` are the shares of the draws in which they are first, second, ... at
    the two ends of the range of populations; ``rank_low`` to ``rank_high`` hold the middle 80 % of their
    ranks at both.
    """

    name: str
    form: str
    language: str
    provisional: bool
    group: int
    estimate: float
    se: float
    low: float
    high: float
    areas: Mapping[str, float | None]
    ranks_weak: tuple[float, ...]
    ranks_strong: tuple[float, ...]
    rank_low: int
    rank_high: int
    other_keys: Mapping[KeyId, KeyShift]
    judgement: Judgement
    #: Area id -> the points that it contributes to the estimate.
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Pair:
    """``p`` percent: how probable it is that the first, by name, is above the second; as it is shown.

    Of both ends of the range of populations the milder.
    """

    first: str
    second: str
    p: int


@dataclass(frozen=True)
class KeyEffect:
    """What another key does to the list: its largest and mean shift in points, how many change group."""

    key: KeyId
    largest: float
    mean: float
    other_group: int


@dataclass(frozen=True)
class LeftOut:
    """A candidate who is not in the comparison, and why (a message id)."""

    name: str
    why: str


@dataclass(frozen=True)
class Comparison:
    """All that is said of several candidates under one role; standings by group, then by name.

    ``coverage`` is the share of the role's weight that every form measures: only that is compared. Where a
    sitting is of another domain (``core_only``) that is the core. ``area_weights`` are the areas' shares of
    what is compared. ``rho`` is how much of a difference between two estimates is expected to be there in
    truth, at the weak and at the strong end of ``within``. ``languages`` are those of the sittings,
    ``pairs`` those among the ``pairs_among`` highest estimates, of ``pairs_of`` in all.
    ``overestimate`` (points) is given in lists over ten. ``sliding`` holds sliding bands where asked for.
    """

    role_id: str
    role_digest: str
    domain_id: str
    framework_digest: str
    model: Parameters
    within: Range
    blind: bool
    provisional: bool
    coverage: float
    core_only: bool
    area_weights: Mapping[str, float]
    languages: tuple[str, ...]
    rho: tuple[float, ...]
    seed: int
    draws: int
    concentration: Concentration
    forms: Mapping[str, int]
    groups: tuple[tuple[str, ...], ...]
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    pairs_among: int
    pairs_of: int
    overestimate: float | None
    keys: tuple[KeyEffect, ...]
    left_out: tuple[LeftOut, ...]
    sliding: tuple[tuple[str, ...], ...] = ()
