"""Scores of many people as estimates, and of one as a profile."""

from collections.abc import Iterator

import numpy as np

from assessor import __version__
from assessor.measurement import area_weights, composite_weights, design_of
from assessor.profile import build
from assessor.scoring.model import PLANNING, estimate, posterior
from tests.benchmarks.material import DOMAIN, SEED, items, library, sitting
from tests.benchmarks.timing import Measured, paired
from tests.core.slow_reference import reference_posterior


def measure(*, quick: bool) -> Iterator[Measured]:
    yield many_sittings(*((1_000, 3) if quick else (100_000, 15)))
    yield one_profile(3 if quick else 15)


def many_sittings(people: int, rounds: int) -> Measured:
    domain, role = library().domain(DOMAIN), library().general_role(DOMAIN)
    design = design_of(items(40), domain, PLANNING)
    scores = np.random.default_rng(SEED).normal(0.45, 0.4, (people, 40))

    def ours():
        posterior.cache_clear()
        known = posterior(design, PLANNING)
        mean = estimate(known, scores, design.b)
        areas = [row for row in area_weights(domain, role, known.measured).values() if row is not None]
        composite, _ = composite_weights(domain, role, known.measured)
        return mean, mean @ np.column_stack([*areas, composite])

    known = posterior(design, PLANNING)
    areas = [row for row in area_weights(domain, role, known.measured).values() if row is not None]
    wanted = np.column_stack([*areas, composite_weights(domain, role, known.measured)[0]])
    folded = np.ascontiguousarray(np.concatenate([known.A.T, known.A.T @ wanted], axis=1))

    def bare():
        return scores @ folded

    assert np.allclose(np.concatenate(ours(), axis=1), bare())
    return paired(
        "score sittings",
        f"{people:,} x 40 items",
        ours,
        f"one numpy product, 40 x {folded.shape[1]}",
        bare,
        rounds=rounds,
        note="competencies, areas and composite of everybody, the form solved anew each time; beside it all "
        "of these by one product with a matrix made beforehand",
    )


def one_profile(rounds: int) -> Measured:
    role, taken = library().general_role(DOMAIN), sitting(20)
    digest = role.digest()
    design = design_of([answer.item for answer in taken.answers], library().domain(DOMAIN), PLANNING)
    scores = np.random.default_rng(SEED).normal(0.45, 0.4, 20)

    def ours():
        posterior.cache_clear()
        return build(taken, role, library(), parameters=PLANNING, role_digest=digest, software=__version__)

    return paired(
        "build a profile",
        "1 x 20 items",
        ours,
        "the posterior alone, by dense normal equations",
        lambda: reference_posterior(design, PLANNING, scores),
        rounds=rounds,
        note="the profile also draws minimums, judges every role of the domain and explains every answer",
    )
