"""Many candidates compared: groups, pairs, ranks, beside loops over candidates."""

import math
import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from assessor.measurement import composite_weights, design_of
from assessor.scoring.compare import Cohort, bands, compare, probability, rank_acceptability
from assessor.scoring.model import PLANNING, posterior
from tests.benchmarks.material import DOMAIN, SEED, items, library
from tests.benchmarks.timing import Measured, paired

FORM, SHARED, BLOCK, DRAWS = 40, 20, 500, 1000


def measure(*, quick: bool) -> Iterator[Measured]:
    people, rounds = (400, 1) if quick else (10_000, 3)
    cohorts, weights = two_forms(people)
    yield groups(cohorts, weights, rounds=1 if quick else 9)
    yield pairs(cohorts, weights, rounds)
    yield ranks(cohorts, weights, rounds)


def two_forms(people: int):
    """Half of the people on each of two forms that share half of their items, and a role's weights."""
    domain, role = library().domain(DOMAIN), library().general_role(DOMAIN)
    design = design_of(items(FORM), domain, PLANNING)
    rng = np.random.default_rng(SEED)
    names = [f"item-{i}" for i in range(2 * FORM - SHARED)]
    cohorts = []
    for own in (names[:FORM], names[:SHARED] + names[FORM:]):
        scores = rng.normal(0.45, 0.15, (people // 2, 1)) + rng.normal(0, 0.4, (people // 2, FORM))
        types = tuple(f"type-{number}" for number in design.item_type)
        cohorts.append(Cohort(replace(design), tuple(own), types, ("fr",) * FORM, scores))
    measured = posterior(design, PLANNING).measured
    weights, _ = composite_weights(domain, role, measured)
    return cohorts, weights


def size_of(cohorts) -> str:
    return f"{sum(len(cohort.scores) for cohort in cohorts):,} on two forms of {FORM} items"


def surer(known):
    """A loop's own way to one pair: (mean / SD) of the difference at both ends, the nearer to 0."""
    tied = (known.effects @ known.effects.T).tolist()
    cohort = known.cohort.tolist()
    ends = [(one.off.tolist(), one.own.tolist(), one.shared.tolist(), one.true) for one in known.ends]

    def of(p, q):
        found = []
        for off, own, shared, true in ends:
            e = tied[cohort[p]][cohort[q]] / (shared[p] * shared[q])
            left = own[p] * own[q] - e * e
            spread = left * (2 * true * left - own[p] - own[q] - 2 * e)
            mean = off[p] * (own[q] + e) - off[q] * (own[p] + e)
            found.append(mean / math.sqrt(max(spread, 1e-24)))
        return min(max(0.0, min(found)), max(found))

    return of


def groups(cohorts, weights, rounds: int) -> Measured:
    known = compare(cohorts, PLANNING, weights)
    sure = surer(known)

    def one_by_one():
        estimates = []
        for cohort, solved in zip(cohorts, known.solved, strict=True):
            for scores in cohort.scores:
                estimates.append(float(solved.known.A @ scores @ weights))
        left = sorted(range(len(estimates)), key=lambda p: (-estimates[p], p))
        group, number = [0] * len(estimates), 0
        while left:
            number += 1
            first, later = left[0], []
            for p in left:
                if p == first or 0.5 * math.erfc(-sure(first, p) / math.sqrt(2)) < 0.90:
                    group[p] = number
                else:
                    later.append(p)
            left = later
        return group

    assert bands(known).tolist() == one_by_one()
    return paired(
        "compare: estimates, groups",
        size_of(cohorts),
        lambda: bands(compare(cohorts, PLANNING, weights)),
        "a loop over candidates",
        one_by_one,
        rounds=rounds,
        note="the loop is handed what each population makes of each estimate, which is computed on our side",
    )


def pairs(cohorts, weights, rounds: int) -> Measured:
    known = compare(cohorts, PLANNING, weights)
    people = len(known)
    some = min(people, 300)
    picked = np.random.default_rng(SEED).permutation(people)[:some].tolist()
    sure = surer(known)

    def in_blocks():
        total = 0.0
        for start in range(0, people, BLOCK):
            rows = np.arange(start, min(start + BLOCK, people))
            total += float(probability(known, rows, np.arange(start, people))[0, -1])
        return total

    def pair_by_pair():
        total = 0.0
        for i, p in enumerate(picked):
            for q in picked[i + 1 :]:
                total += 0.5 * math.erfc(-sure(p, q) / math.sqrt(2))
        return total

    return paired(
        "compare: every pair",
        f"{people * (people - 1) // 2:,} pairs",
        in_blocks,
        "a loop over pairs",
        pair_by_pair,
        rounds=rounds,
        scale=people * (people - 1) / (some * (some - 1)),
        note=f"the loop ran over the pairs of {some} people and is scaled to all",
    )


def ranks(cohorts, weights, rounds: int) -> Measured:
    known = compare(cohorts, PLANNING, weights)
    people, some = len(known), 10
    rng = random.Random(SEED)
    error = np.sqrt(known.variance).tolist()
    estimates = known.estimate.tolist()

    def draw_by_draw():
        counted = [[0] * 10 for _ in range(people)]
        for _ in range(some):
            drawn = [rng.gauss(m, s) for m, s in zip(estimates, error, strict=True)]
            for rank, p in enumerate(sorted(range(people), key=lambda p: -drawn[p])):
                if rank < 10:
                    counted[p][rank] += 1
        return counted

    return paired(
        "compare: ranks",
        f"{people:,} people, {DRAWS:,} draws",
        lambda: rank_acceptability(known, seed=1, draws=DRAWS, concentration=60.0),
        "a loop over draws",
        draw_by_draw,
        rounds=rounds,
        scale=DRAWS / some,
        note=f"the loop made {some} draws, with fixed weights and errors of their own, and is scaled to all",
    )
