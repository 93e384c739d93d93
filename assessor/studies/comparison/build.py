"""From several sittings and a role to one comparison: groups, pairs, ranks, and what other keys would move.

The formulas live in ``scoring.compare``; what one sitting says alone lives in ``profile``. Formats no text.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assessor import measurement
from assessor.banks.schema import Domain, Item, Library, RoleProfile
from assessor.items import worth
from assessor.language.collation import in_order, sort_key
from assessor.measurement import Floats, form_digest, minimums
from assessor.measurement.evidence import evidence_of
from assessor.measurement.minimums import Judgement
from assessor.measurement.sensitivity import KEYS, KeyId, rescored
from assessor.messages import N_
from assessor.profile.build import DRAWS as DRAWS_OF_MINIMUMS
from assessor.scoring import compare as people
from assessor.scoring.compare import Cohort, Compared, NotComparable
from assessor.scoring.model import Indices, Parameters
from assessor.scoring.populations import PLANNED, Range
from assessor.scoring.ranges import error_variances, ranges
from assessor.sittings import Answer, Sitting
from assessor.statistics.calibrate import Calibration, calibrated, populations_of
from assessor.studies.comparison.model import (
    Comparison,
    Concentration,
    KeyEffect,
    KeyShift,
    LeftOut,
    Pair,
    Standing,
)

DRAWS = 1000
#: How sure the weights are by default: each varies by a third or so of itself between draws.
CONCENTRATION = 60.0
#: Pairs are given among so many of the highest estimates.
MOST_IN_PAIRS = 20
#: In a list longer than this the highest estimate is said to be too high.
LIST_OVER = 10

TOO_FEW_PEOPLE = N_("Not compared: it takes two people whose answers give a profile.")
NOTHING_SHARED = N_("Not compared: no competency that this role weighs is measured by every form.")
TWICE = N_("Not compared: %(name)s stands twice - keep one sitting of each.")
LEFT_OUT = N_("Fewer than six questions in ten of the core were answered.")


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
    language: str = "en",
) -> Comparison:
    """The comparison of these sittings under one role, of their domain or of another.

    Of sittings of another domain only the core is compared, which every domain shares; then of all of them.

    :param calibration: used in place of ``parameters``, where there is one.
    :param concentration: how sure the role's weights are (Dirichlet); None: exact.
    :param blind: codes in place of names, drawn with the seed.
    :param most_in_pairs: pairs among so many of the highest estimates; the whole matrix is never made.
    :param most_sliding: how many sliding bands are given.
    :param language: the reader's: names stand in its alphabetical order.

    Raises NotComparable with the reason; ``KeyError`` for an item of an unknown competency.
    """
    domain = library.domain(role.domain)
    names = _names(sittings, blind, seed)
    foreign = [_domain_of(sitting, domain, library) for sitting in sittings]
    prepared, left_out = _prepared(sittings, names, domain, foreign)
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
    within = PLANNED if calibration is None else populations_of(calibration)
    under = {
        key: people.compare(_scored(cohorts, sat, column), model, weights, within=within)
        for column, key in enumerate(UNDER)
    }
    compared = under[None]
    groups = {key: people.bands(one) for key, one in under.items()}
    ranks = people.rank_acceptability(compared, seed=seed, draws=draws, concentration=concentration)
    told = _judged(compared, cohorts, sat, domain, role, model, within, seed)
    found = _standings(sat, shown, under, _ends(compared, cohorts), groups, ranks, told, domain, role)
    standings = tuple(sorted(found, key=lambda one: (one.group, sort_key(one.name, language))))
    return Comparison(
        role_id=role.id,
        role_digest=role_digest,
        domain_id=role.domain,
        framework_digest=library.framework_digest,
        model=model,
        within=within,
        blind=blind,
        provisional=any(one.provisional for one in standings),
        coverage=coverage,
        core_only=any(own is not None for own in foreign),
        area_weights=_by_area(domain, weights),
        languages=tuple(sorted({answer.language for one in sat for answer in one.answers})),
        rho=compared.rho,
        seed=seed,
        draws=draws,
        concentration=concentration,
        forms=Counter(one.form for one in sat),
        groups=_grouped(standings),
        standings=standings,
        pairs=_pairs(compared, shown, most_in_pairs, language),
        pairs_among=min(most_in_pairs, len(sat)),
        pairs_of=math.comb(len(sat), 2),
        overestimate=100 * people.overestimate(compared) if len(sat) > LIST_OVER else None,
        keys=tuple(_key_effect(key, under, groups) for key in KEYS),
        left_out=left_out,
        sliding=_sliding(compared, shown, most_sliding, language),
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


def _domain_of(sitting: Sitting, domain: Domain, library: Library) -> str | None:
    """The other domain that a sitting was taken in, None where it was taken in the role's."""
    banks = {answer.item.bank for answer in sitting.answers} - {domain.bank.id}
    others = (name for name in sorted(banks) if name in library.banks)
    return next((name for name in others if library.banks[name].kind == "domain"), None)


def _is_shared(item: Item, domain: Domain) -> bool:
    """Whether it measures what sittings of every domain do: the core, or the gate."""
    area = domain.area_of.get(item.content.competency)
    return area is not None and area.block != "domain"


def _prepared(
    sittings: Sequence[Sitting], names: Sequence[str], domain: Domain, foreign: Sequence[str | None]
) -> tuple[list[tuple[str, _Prepared]], tuple[LeftOut, ...]]:
    worth = _Worth()
    kept, left_out = [], []
    for name, sitting, elsewhere in zip(names, sittings, foreign, strict=True):
        counted = [one for one in sitting.answers if elsewhere is None or _is_shared(one.item, domain)]
        answers = tuple(sorted(counted, key=lambda answer: answer.item.digest))
        scores = tuple(worth.of(answer) for answer in answers)
        observed = tuple(not math.isnan(row[0]) for row in scores)
        if not evidence_of(answers, observed, domain).is_enough:
            left_out.append(LeftOut(name, LEFT_OUT))
            continue
        given = [answer.item.digest for answer in sitting.answers]
        digest = form_digest(elsewhere or domain.bank.id, sitting.pool, given)
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


def _by_area(domain: Domain, weights: Floats) -> dict[str, float]:
    """Area id -> its share of these weights; without the areas that have none."""
    shares = {
        area.id: sum(
            float(weight)
            for competency, weight in zip(domain.competencies, weights, strict=True)
            if domain.area_of[competency.id].id == area.id
        )
        for area in domain.areas
    }
    return {area: share for area, share in shares.items() if share > 0}


def _judged(
    compared: Compared,
    cohorts: Sequence[Cohort],
    sat: Sequence[_Prepared],
    domain: Domain,
    role: RoleProfile,
    parameters: Parameters,
    within: Range,
    seed: int,
) -> list[Judgement]:
    """What each one's answers say of the role's minimums, as their profile says it."""
    found: list[Judgement] = []
    for number, (cohort, solved) in enumerate(zip(cohorts, compared.solved, strict=True)):
        first = sat[len(found)]
        items = [answer.item for answer in first.answers]
        form = minimums.reaches(
            solved.known,
            cohort.design,
            parameters,
            items,
            domain,
            role,
            within=within,
            is_glimpse=first.sitting.length == minimums.GLIMPSE,
        )
        found += minimums.judge(
            compared.mean[compared.cohort == number],
            solved.known,
            cohort.design,
            parameters,
            form,
            within=within,
            seed=seed,
            draws=DRAWS_OF_MINIMUMS,
        )
    return found


def _ends(compared: Compared, cohorts: Sequence[Cohort]) -> tuple[Floats, Floats]:
    """The ends of everybody's range, on the 0-1 scale."""
    found = []
    for number, (cohort, solved) in enumerate(zip(cohorts, compared.solved, strict=True)):
        variances = error_variances(solved.known, cohort.design, compared.weights)
        found.append(ranges(compared.estimate[compared.cohort == number], variances))
    lows, highs = zip(*found, strict=True)
    return np.concatenate(lows), np.concatenate(highs)


def _standings(
    sat: Sequence[_Prepared],
    shown: Sequence[str],
    under: Mapping[KeyId | None, Compared],
    ends: tuple[Floats, Floats],
    groups: Mapping[KeyId | None, Indices],
    ranks: people.Ranks,
    told: Sequence[Judgement],
    domain: Domain,
    role: RoleProfile,
) -> Iterator[Standing]:
    compared, group = under[None], groups[None]
    measured = [all(one.known.measured[k] for one in compared.solved) for k in range(len(compared.weights))]
    areas = {
        area: None if weights is None else (100 * compared.mean @ weights).tolist()
        for area, weights in measurement.area_weights(domain, role, measured).items()
    }
    points, (weak, strong) = (100 * compared.estimate).tolist(), ranks.shares.tolist()
    errors = (100 * np.sqrt(compared.variance)).tolist()
    lows, highs = ((100 * end).tolist() for end in ends)
    shifts = {key: (100 * (under[key].estimate - compared.estimate)).tolist() for key in KEYS}
    parts = {
        area: (100 * compared.mean @ weights).tolist()
        for area, weights in _weights_by_area(domain, compared.weights).items()
    }
    for p, (one, name) in enumerate(zip(sat, shown, strict=True)):
        yield (
            Standing(
                name=name,
                form=one.form,
                language=one.sitting.language,
                provisional=one.waits,
                group=int(group[p]),
                estimate=points[p],
                se=errors[p],
                low=lows[p],
                high=highs[p],
                areas={area: None if values is None else values[p] for area, values in areas.items()},
                ranks_weak=tuple(weak[p]),
                ranks_strong=tuple(strong[p]),
                rank_low=int(ranks.low[p]),
                rank_high=int(ranks.high[p]),
                other_keys={key: KeyShift(shifts[key][p], int(groups[key][p])) for key in KEYS},
                judgement=told[p],
                parts={area: values[p] for area, values in parts.items()},
            )
        )


def _weights_by_area(domain: Domain, weights: Floats) -> dict[str, Floats]:
    """Area id -> the weights on its competencies, 0 elsewhere; they sum to the weights."""
    areas = np.array([domain.area_of[competency.id].id for competency in domain.competencies])
    return {area: np.where(areas == area, weights, 0.0) for area in _by_area(domain, weights)}


def _grouped(standings: Sequence[Standing]) -> tuple[tuple[str, ...], ...]:
    found: dict[int, list[str]] = {}
    for one in standings:
        found.setdefault(one.group, []).append(one.name)
    return tuple(tuple(names) for names in found.values())


def _pairs(compared: Compared, shown: Sequence[str], most: int, language: str) -> tuple[Pair, ...]:
    """The pairs among the highest estimates, by name: their order says nothing of the scores."""
    highest = np.argsort(-compared.estimate, kind="stable")[:most]
    chosen = np.array(sorted(highest.tolist(), key=lambda p: sort_key(shown[p], language)), dtype=np.intp)
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


def _sliding(
    compared: Compared, shown: Sequence[str], most: int, language: str
) -> tuple[tuple[str, ...], ...]:
    bands = zip(range(most), people.sliding_bands(compared), strict=False)
    return tuple(tuple(in_order((shown[p] for p in band.tolist()), language)) for _, band in bands)
