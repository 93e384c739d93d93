"""Item analysis of many sittings, beside loops in plain Python."""

import math
from collections.abc import Iterator

import numpy as np

from assessor.statistics.items import item_statistics, matched
from assessor.statistics.reliability import reliability
from tests.benchmarks.material import SEED
from tests.benchmarks.timing import Measured, paired

RANGE = (-1.5, 1.5)


def measure(*, quick: bool) -> Iterator[Measured]:
    people, n, rounds = (500, 40, 1) if quick else (10_000, 40, 7)
    rng = np.random.default_rng(SEED)
    scores = np.clip(rng.normal(0.45, 0.2, (people, 1)) + rng.normal(0, 0.4, (people, n)), *RANGE)
    ids = [f"item-{i}" for i in range(n)]
    some = min(people, 500)
    rows = scores[:some].tolist()

    def ours():
        found = matched(scores, ids)
        return item_statistics(found, [RANGE] * n), reliability(found)

    few = matched(scores[:some], ids)
    wanted = [one.rest_r.value for one in item_statistics(few, [RANGE] * n)]
    rest_r, alpha = in_loops(rows)
    assert np.allclose(rest_r, wanted)
    assert np.isclose(alpha, reliability(few).alpha.value)
    yield paired(
        "item analysis",
        f"{people:,} x {n}",
        ours,
        "loops in plain Python",
        lambda: in_loops(rows),
        rounds=rounds,
        scale=people / some,
        note=f"the loops ran over {some} people and are scaled to all; they give means, item-total and "
        "item-rest correlations, alpha and alpha if deleted, ours also intervals, flags, lambda-2, lambda-6 "
        "and omega",
    )


def in_loops(rows: list[list[float]]) -> tuple[list[float], float]:
    """The item-rest correlations and alpha; the rest is computed and dropped."""
    k = len(rows[0])
    totals = [sum(row) for row in rows]
    columns = [[row[i] for row in rows] for i in range(k)]
    variances = [_products(column, column) for column in columns]
    alpha = k / (k - 1) * (1 - sum(variances) / _products(totals, totals))
    rest_r = []
    for i, column in enumerate(columns):
        rest = [total - score for total, score in zip(totals, column, strict=True)]
        among_rest = _products(rest, rest)
        rest_r.append(_products(column, rest) / math.sqrt(variances[i] * among_rest))
        _products(column, totals)
        (k - 1) / (k - 2) * (1 - (sum(variances) - variances[i]) / among_rest)
    return rest_r, alpha


def _products(x: list[float], y: list[float]) -> float:
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / (len(x) - 1)
