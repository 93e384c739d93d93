"""A calibration, beside one round of the plain EM person by person."""

from collections.abc import Iterator

import numpy as np

from assessor.scoring.model import PLANNING
from assessor.statistics.calibrate import calibrate
from assessor.statistics.likelihood import _FIRST_ROUNDS
from tests.benchmarks.material import SEED
from tests.benchmarks.timing import Measured, paired
from tests.core.test_calibrate import core_items, drawn, names

LEAST_QUICK = 200


def measure(*, quick: bool) -> Iterator[Measured]:
    people, items = (LEAST_QUICK, 20) if quick else (5_000, 60)
    rounds = 1 if quick else 3
    yield calibration(people, items, missing=0.0, rounds=rounds)
    if not quick:
        yield calibration(people, items, missing=1 / 3, rounds=rounds)


def calibration(people: int, items: int, *, missing: float, rounds: int) -> Measured:
    design, scores, _, _ = drawn(people, items, missing=missing, seed=SEED)
    types = [f"type-{number}" for number in design.item_type]
    reference = core_items(design)

    def ours():
        return calibrate(scores, design, names(items), types, reference=reference, core=0, name="bench")

    steps = ours().rounds + _FIRST_ROUNDS
    some = min(people, 200)

    def person_by_person():
        return em_round(design, scores[:some])

    seen = "all items seen" if missing == 0 else f"{1 - missing:.0%} of the items seen, at random"
    return paired(
        f"calibrate, {seen}",
        f"{people:,} x {items}",
        ours,
        f"{steps} rounds of EM, a loop over people",
        person_by_person,
        rounds=rounds,
        scale=people / some * steps,
        note=f"the loop made one round over {some} people and is scaled to all and to the rounds that ours "
        "took; ours also computes standard errors, and plain EM needs many more rounds",
    )


def em_round(design, scores):
    """One round for general levels, areas and competencies, at planning values."""
    k = np.array(design.competency)
    area, block = np.array(design.area), np.array(design.block)
    Z = np.concatenate(
        [
            (block[k][:, None] == np.unique(block)).astype(float),
            (area[k][:, None] == np.unique(area)).astype(float),
            (k[:, None] == np.arange(len(area))).astype(float),
        ],
        axis=1,
    )
    kinds = np.repeat(
        [0.02, PLANNING.tau_a**2, PLANNING.tau_c**2], [len(set(block)), len(set(area)), len(area)]
    )
    mean, sigma2 = np.nanmean(scores, axis=0), np.array(design.sigma) ** 2
    moved, squares, counts = np.zeros(len(k)), np.zeros(len(k)), np.zeros(len(k))
    x_squares = np.zeros(len(kinds))
    for row in scores:
        seen = ~np.isnan(row)
        z, residual = Z[seen], (row - mean)[seen]
        covariance = np.linalg.inv(z.T @ (z / sigma2[seen][:, None]) + np.diag(1 / kinds))
        x = covariance @ (z.T @ (residual / sigma2[seen]))
        left = residual - z @ x
        moved[seen] += left
        squares[seen] += left**2 + np.einsum("ni,ij,nj->n", z, covariance, z)
        counts[seen] += 1
        x_squares += x**2 + np.diag(covariance)
    return mean + moved / counts, squares / counts, x_squares / len(scores)
