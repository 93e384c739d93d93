"""Two ways of doing one thing, timed in turns, and how the figures are written down."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

#: From so many rounds on `slow_ms` is the 95th percentile, below it the longest round.
MANY = 20


@dataclass(frozen=True)
class Measured:
    """One row: medians over the rounds; `ratio` is the median of the rounds' own ratios, within quartiles."""

    name: str
    n: str
    rounds: int
    ms: float
    slow_ms: float
    reference: str
    reference_ms: float
    ratio: float
    ratio_low: float
    ratio_high: float
    clock: str
    note: str


def paired(
    name: str,
    n: str,
    ours: Callable[[], object],
    reference_name: str,
    reference: Callable[[], object],
    *,
    rounds: int,
    per: float = 1.0,
    scale: float = 1.0,
    clock: Callable[[], float] = time.perf_counter,
    warm: bool = False,
    note: str = "",
) -> Measured:
    """Both timed once a round, in alternating order: what slows the machine down slows both, and cancels.

    Times are divided by `per` (pages of a document). `scale` is for a reference that does only part of the
    work: its times are multiplied by it. Both are run once before, unless they are `warm`.
    """
    told: tuple[list[float], list[float]] = ([], [])
    if not warm:
        ours(), reference()
    for round_ in range(rounds):
        for which in (0, 1) if round_ % 2 == 0 else (1, 0):
            start = clock()
            (ours, reference)[which]()
            told[which].append(1000 * (clock() - start) / per * (1.0, scale)[which])
    ratios = [mine / other for mine, other in zip(*told, strict=True)]
    low, _, high = _quarters(ratios)
    slow = statistics.quantiles(told[0], n=20)[-1] if rounds >= MANY else max(told[0])
    return Measured(
        name=name,
        n=n,
        rounds=rounds,
        ms=statistics.median(told[0]),
        slow_ms=slow,
        reference=reference_name,
        reference_ms=statistics.median(told[1]),
        ratio=statistics.median(ratios),
        ratio_low=low,
        ratio_high=high,
        clock="process CPU" if clock is time.process_time else "wall",
        note=note,
    )


def _quarters(values: list[float]) -> list[float]:
    if len(values) < 2:
        return values * 3
    return statistics.quantiles(values, n=4, method="inclusive")


def short(value: float) -> str:
    """Three figures that say something, without an exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(rows: Iterable[Measured]) -> str:
    head = ("what", "N", "rounds", "median ms", "slow ms", "beside", "its ms", "ratio", "quartiles")
    lines = [head] + [
        (
            row.name,
            row.n,
            str(row.rounds),
            short(row.ms),
            short(row.slow_ms),
            row.reference,
            short(row.reference_ms),
            short(row.ratio),
            f"{short(row.ratio_low)}-{short(row.ratio_high)}",
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    numbers = {2, 3, 4, 6, 7, 8}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def write(path: Path, rows: Iterable[Measured], about: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {**about, "results": [asdict(row) for row in rows]}
    path.write_text(json.dumps(whole, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
