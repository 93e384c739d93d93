"""Several sittings under one role as one comparison: groups, pairs, ranks, and what other keys would move.

The formulas live in ``scoring.compare``; what one sitting says alone lives in ``profile``. Formats no text.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assessor import measurement
from assessor.banks.schema import Domain, Library, RoleProfile
from assessor.items import worth
from assessor.measurement import Floats, form_digest
from assessor.messages import N_
from assessor.profile.model import Answer, Sitting
from assessor.scoring import compare as people
from assessor.scoring.calibrate import Calibration, calibrated
from assessor.scoring.compare import Cohort, Compared, NotComparable
from assessor.scoring.levels import interval
from assessor.scoring.model import Indices, Parameters
from assessor.sensitivity import KEYS, KeyId, rescored

__all__ = ["Comparison", "Concentration", "NotComparable", "compare_sittings", "document"]

DRAWS = 1000
#: How sure the weights are by default: each varies by a third or so of itself between draws.
CONCENTRATION = 60.0
#: Pairs are given among so many of the highest estimates.
MOST_IN_PAIRS = 20
#: In a list longer than this the highest estimate is said to be too high.
LIST_OVER = 10
LEAST_CORE_OBSERVED = 0.60
DECIMALS = 6

Concentration = float | None

TOO_FEW_PEOPLE = N_("Not compared: it takes two people whose answers give a profile.")
NOTHING_SHARED = N_("Not compared: no competency that this role weighs is measured by every form.")
TWICE = N_("Not compared: %(name)s stands twice - keep one sitting of each.")
LEFT_OUT = N_("Fewer than six questions in ten of the core were given.")


@dataclass(frozen=True)
class KeyShift:
    """Where one candidate would stand under another key: points added to the estimate, and the group."""

    points: float
    group: int


@dataclass(frozen=True)
class Standing:
    """One candidate: the composite with its 80 % interval and the areas, 0-100; group and ranks from 1.

    ``ranks`` are the shares of the draws in which they are first, second, ...; ``rank_low`` to ``rank_high``
    hold the middle 80 % of their ranks.
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
    ranks: tuple[float, ...]
    rank_low: int
    rank_high: int
    other_keys: Mapping[KeyId, KeyShift]


@dataclass(frozen=True)
class Pair:
    """``p`` percent: how probable it is that the first, by name, is above the second; as it is shown."""

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

    ``coverage`` is the share of the role's weight that every form measures: only that is compared.
    ``overestimate`` (points) is given in lists over ten. ``sliding`` holds sliding bands where asked for.
    """

    role_id: str
    role_digest: str
    domain_id: str
    framework_digest: str
    model: Parameters
    blind: bool
    provisional: bool
    coverage: float
    rho: float
    seed: int
    draws: int
    concentration: Concentration
    forms: Mapping[str, int]
    groups: tuple[tuple[str, ...], ...]
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    overestimate: float | None
    keys: tuple[KeyEffect, ...]
    left_out: tuple[LeftOut, ...]
    sliding: tuple[tuple[str, ...], ...] = ()


#: The keys that answers are scored under: the items' own, then the others.
UNDER: tuple[KeyId | None, ...] = (None, *KEYS)
_Scores = tuple[float, ...]
_NOTHING: _Scores = (0.0,) * len(UNDER)
_MISSING: _Scores = (math.nan,) * len(UNDER)


@dataclass(frozen=True)
class _Prepared:
    """One sitting with its answers in the order of their versions, so that shuffled forms are one form.

    ``scores`` has a row an answer, a column a key of UNDER.
    """

    sitting: Sitting
    answers: tuple[Answer, ...]
    scores: tuple[_Scores, ...]
    observed: tuple[bool, ...]
    form: str

    @property
    def waits(self) -> bool:
        """Whether something answered is still to be rated."""
        seen = zip(self.observed, self.answers, strict=True)
        return any(not known and answer.state != "not_given" for known, answer in seen)


class _Worth:
    """What answers are worth under every key; many people give the same answer to the same item."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], _Scores] = {}

    def of(self, answer: Answer) -> _Scores:
        """The scores under the keys of UNDER, nan where missing (not given, or to be rated)."""
        if answer.state != "answered":
            return _NOTHING if answer.state in ("left_empty", "not_reached") else _MISSING
        place = (answer.item.digest, repr((answer.response, answer.ratings)))
        found = self.known.get(place)
        if found is None:
            found = self.known[place] = _scores(answer)
        return found


def _scores(answer: Answer) -> _Scores:
    content = answer.item.content
    own = worth(content, answer.response, answer.ratings)
    others = [rescored(content, answer.response, own, key) for key in KEYS]
    return tuple(math.nan if score is None else score for score in (own, *others))


def compare_sittings(
    sittings: Sequence[Sitting],
    role: RoleProfile,
    library: Library,
    *,
    parameters: Parameters,
    role_digest: str,
    calibration: Calibration | None = None,
    seed: int = 1,
    draws: int = DRAWS,
    concentration: Concentration = CONCENTRATION,
    blind: bool = False,
    most_in_pairs: int = MOST_IN_PAIRS,
    most_sliding: int = 0,
) -> Comparison:
    """The comparison of these sittings under one role of their domain.

    :param calibration: used in place of ``parameters``, where there is one.
    :param concentration: how sure the role's weights are (Dirichlet); None: exact.
    :param blind: codes in place of names, drawn with the seed.
    :param most_in_pairs: pairs among so many of the highest estimates; the whole matrix is never made.
    :param most_sliding: how many sliding bands are given.

    Raises NotComparable with the reason; ``KeyError`` for an item outside the role's domain.
    """
    domain = library.domain(role.domain)
    names = _names(sittings, blind, seed)
    prepared, left_out = _prepared(sittings, names, domain)
    if len(prepared) < 2:
        raise NotComparable(TOO_FEW_PEOPLE)
    model = parameters if calibration is None else calibration.parameters
    members = _by_cohort([one for _, one in prepared])
    order = [place for places in members for place in places]
    shown = [prepared[place][0] for place in order]
    sat = [prepared[place][1] for place in order]
    cohorts = _cohorts(sat, members, domain, parameters, calibration)
    weights, coverage = _shared_weights(cohorts, domain, role)
    core = sorted({area.block for area in domain.areas}).index("core")
    people.require_overlap(cohorts, weights, core)
    general_sd = people.GENERAL_SD if calibration is None else calibration.general_sd(core)
    under = {
        key: people.compare(_scored(cohorts, sat, column), model, weights, general_sd=general_sd)
        for column, key in enumerate(UNDER)
    }
    compared = under[None]
    groups = {key: people.bands(one) for key, one in under.items()}
    ranks = people.rank_acceptability(compared, seed=seed, draws=draws, concentration=concentration)
    standings = _standings(sat, shown, under, groups, ranks, domain, role)
    return Comparison(
        role_id=role.id,
        role_digest=role_digest,
        domain_id=role.domain,
        framework_digest=library.framework_digest,
        model=model,
        blind=blind,
        provisional=any(one.provisional for one in standings),
        coverage=coverage,
        rho=compared.rho,
        seed=seed,
        draws=draws,
        concentration=concentration,
        forms=Counter(one.form for one in sat),
        groups=_grouped(standings),
        standings=standings,
        pairs=_pairs(compared, shown, most_in_pairs),
        overestimate=100 * people.overestimate(compared) if len(sat) > LIST_OVER else None,
        keys=tuple(_key_effect(key, under, groups) for key in KEYS),
        left_out=left_out,
        sliding=_sliding(compared, shown, most_sliding),
    )


def _names(sittings: Sequence[Sitting], blind: bool, seed: int) -> list[str]:
    names = [sitting.candidate for sitting in sittings]
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise NotComparable(TWICE, name=name)
        seen.add(name)
    if not blind:
        return names
    digits = max(3, len(str(len(names))))
    numbers = np.random.Generator(np.random.PCG64([seed, len(names)])).permutation(len(names)) + 1
    by_name = dict(zip(sorted(names), numbers.tolist(), strict=True))
    return [f"C-{by_name[name]:0{digits}d}" for name in names]


def _prepared(
    sittings: Sequence[Sitting], names: Sequence[str], domain: Domain
) -> tuple[list[tuple[str, _Prepared]], tuple[LeftOut, ...]]:
    worth = _Worth()
    kept, left_out = [], []
    for name, sitting in zip(names, sittings, strict=True):
        answers = tuple(sorted(sitting.answers, key=lambda answer: answer.item.digest))
        scores = tuple(worth.of(answer) for answer in answers)
        observed = tuple(not math.isnan(row[0]) for row in scores)
        in_core = [
            seen
            for seen, answer in zip(observed, answers, strict=True)
            if domain.area_of[answer.item.content.competency].block == "core"
        ]
        if not in_core or sum(in_core) < LEAST_CORE_OBSERVED * len(in_core):
            left_out.append(LeftOut(name, LEFT_OUT))
            continue
        digest = form_digest(domain.bank.id, sitting.pool, [answer.item.digest for answer in sitting.answers])
        kept.append((name, _Prepared(sitting, answers, scores, observed, digest)))
    return kept, tuple(left_out)


def _by_cohort(prepared: Sequence[_Prepared]) -> list[list[int]]:
    """The places of those with the same items, observed alike and in the same languages."""
    found: dict[Any, list[int]] = {}
    for place, one in enumerate(prepared):
        what = tuple((answer.item.digest, answer.language) for answer in one.answers)
        found.setdefault((what, one.observed), []).append(place)
    return list(found.values())


def _cohorts(
    sat: Sequence[_Prepared],
    members: Sequence[Sequence[int]],
    domain: Domain,
    parameters: Parameters,
    calibration: Calibration | None,
) -> list[Cohort]:
    """Cohorts without scores yet, in the order of ``sat``."""
    cohorts, start = [], 0
    for places in members:
        one = sat[start]
        start += len(places)
        items = [answer.item for answer in one.answers]
        digests = tuple(item.digest for item in items)
        design = measurement.design_of(items, domain, parameters, one.observed)
        cohorts.append(
            Cohort(
                design=design if calibration is None else calibrated(design, digests, calibration),
                items=digests,
                types=tuple(item.content.type for item in items),
                languages=tuple(answer.language for answer in one.answers),
                scores=np.zeros((len(places), len(items))),
            )
        )
    return cohorts


def _scored(cohorts: Sequence[Cohort], sat: Sequence[_Prepared], column: int) -> list[Cohort]:
    """The cohorts with the scores under one key."""
    found, start = [], 0
    for cohort in cohorts:
        stop = start + len(cohort.scores)
        scores = np.array([[row[column] for row in one.scores] for one in sat[start:stop]])
        found.append(replace(cohort, scores=scores))
        start = stop
    return found


def _shared_weights(cohorts: Sequence[Cohort], domain: Domain, role: RoleProfile) -> tuple[Floats, float]:
    """The role's weights over what every form measures: other sums would not be the same thing."""
    weights, coverage = measurement.composite_weights(
        domain, role, _measured(cohorts, len(domain.competencies))
    )
    if weights is None:
        raise NotComparable(NOTHING_SHARED)
    return weights, coverage


def _measured(cohorts: Sequence[Cohort], competencies: int) -> list[bool]:
    seen = [
        {k for k, observed in zip(c.design.competency, c.design.observed, strict=True) if observed}
        for c in cohorts
    ]
    common = set.intersection(*seen)
    return [k in common for k in range(competencies)]


def _standings(
    sat: Sequence[_Prepared],
    shown: Sequence[str],
    under: Mapping[KeyId | None, Compared],
    groups: Mapping[KeyId | None, Indices],
    ranks: people.Ranks,
    domain: Domain,
    role: RoleProfile,
) -> tuple[Standing, ...]:
    compared, group = under[None], groups[None]
    measured = [all(one.known.measured[k] for one in compared.solved) for k in range(len(compared.weights))]
    areas = {
        area: None if weights is None else (100 * compared.mean @ weights).tolist()
        for area, weights in measurement.area_weights(domain, role, measured).items()
    }
    points, shares = (100 * compared.estimate).tolist(), ranks.shares.tolist()
    errors = (100 * np.sqrt(compared.variance))[compared.cohort].tolist()
    shifts = {key: (100 * (under[key].estimate - compared.estimate)).tolist() for key in KEYS}
    found = []
    for p, (one, name) in enumerate(zip(sat, shown, strict=True)):
        low, high = interval(points[p], errors[p])
        found.append(
            Standing(
                name=name,
                form=one.form,
                language=one.sitting.language,
                provisional=one.waits,
                group=int(group[p]),
                estimate=points[p],
                se=errors[p],
                low=low,
                high=high,
                areas={area: None if values is None else values[p] for area, values in areas.items()},
                ranks=tuple(shares[p]),
                rank_low=int(ranks.low[p]),
                rank_high=int(ranks.high[p]),
                other_keys={key: KeyShift(shifts[key][p], int(groups[key][p])) for key in KEYS},
            )
        )
    return tuple(sorted(found, key=lambda one: (one.group, one.name)))


def _grouped(standings: Sequence[Standing]) -> tuple[tuple[str, ...], ...]:
    found: dict[int, list[str]] = {}
    for one in standings:
        found.setdefault(one.group, []).append(one.name)
    return tuple(tuple(names) for names in found.values())


def _pairs(compared: Compared, shown: Sequence[str], most: int) -> tuple[Pair, ...]:
    """The pairs among the highest estimates, by name: their order says nothing of the scores."""
    highest = np.argsort(-compared.estimate, kind="stable")[:most]
    chosen = np.array(sorted(highest.tolist(), key=lambda p: shown[p]), dtype=np.intp)
    p = people.probability(compared, chosen, chosen)
    return tuple(
        Pair(shown[chosen[i]], shown[chosen[j]], people.shown(float(p[i, j])))
        for i in range(len(chosen))
        for j in range(i + 1, len(chosen))
    )


def _key_effect(
    key: KeyId, under: Mapping[KeyId | None, Compared], groups: Mapping[KeyId | None, Indices]
) -> KeyEffect:
    shift = 100 * np.abs(under[key].estimate - under[None].estimate)
    other = int((groups[key] != groups[None]).sum())
    return KeyEffect(key, float(shift.max()), float(shift.mean()), other)


def _sliding(compared: Compared, shown: Sequence[str], most: int) -> tuple[tuple[str, ...], ...]:
    bands = zip(range(most), people.sliding_bands(compared), strict=False)
    return tuple(tuple(sorted(shown[p] for p in band.tolist())) for _, band in bands)


def document(found: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON: 6 decimals on the 0-100 scale, 3 for shares of draws."""
    model = found.model
    return {
        "role": found.role_id,
        "role_digest": found.role_digest,
        "domain": found.domain_id,
        "framework_digest": found.framework_digest,
        "model": {
            "source": model.source,
            "tau_a": model.tau_a,
            "tau_c": model.tau_c,
            "beta": model.beta,
            "beta_t": model.beta_t,
        },
        "blind": found.blind,
        "provisional": found.provisional,
        "coverage": round(found.coverage, DECIMALS),
        "rho": round(found.rho, DECIMALS),
        "seed": found.seed,
        "draws": found.draws,
        "concentration": found.concentration,
        "forms": dict(found.forms),
        "groups": [list(names) for names in found.groups],
        "candidates": {one.name: _standing(one) for one in found.standings},
        "pairs": [{"first": pair.first, "second": pair.second, "p": pair.p} for pair in found.pairs],
        "overestimate": None if found.overestimate is None else round(found.overestimate, DECIMALS),
        "keys": {
            one.key: {
                "largest": round(one.largest, DECIMALS),
                "mean": round(one.mean, DECIMALS),
                "other_group": one.other_group,
            }
            for one in found.keys
        },
        "left_out": {one.name: one.why for one in found.left_out},
        "sliding": [list(names) for names in found.sliding],
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "form": one.form,
        "language": one.language,
        "provisional": one.provisional,
        "group": one.group,
        **{name: round(getattr(one, name), DECIMALS) for name in ("estimate", "se", "low", "high")},
        "areas": {
            area: None if value is None else round(value, DECIMALS) for area, value in one.areas.items()
        },
        "ranks": [round(share, 3) for share in one.ranks],
        "rank_range": [one.rank_low, one.rank_high],
        "other_keys": {
            key: {"points": round(shift.points, DECIMALS), "group": shift.group}
            for key, shift in one.other_keys.items()
        },
    }
