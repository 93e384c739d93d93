"""Reading the banks, and drawing a form from them."""

import random
from collections.abc import Iterator
from itertools import count

import yaml

from assessor.assembly import LENGTHS, assemble, eligible
from assessor.banks.loader import load_library
from assessor.config import resource
from tests.benchmarks.material import DOMAIN, SEED, TODAY, library
from tests.benchmarks.timing import Measured, paired


def measure(*, quick: bool) -> Iterator[Measured]:
    folder = resource("question_banks")
    texts = [path.read_bytes() for path in sorted(folder.rglob("*.yaml"))]
    yield paired(
        "load and check the banks",
        f"{len(library().items)} items",
        lambda: load_library((), folder),
        "yaml.load of the same files (C loader)",
        lambda: [yaml.load(text, yaml.CSafeLoader) for text in texts],
        rounds=1 if quick else 7,
    )
    yield form(3 if quick else 31)


def form(rounds: int) -> Measured:
    role, domain = library().general_role(DOMAIN), library().domain(DOMAIN)
    pool = eligible(library(), domain, "open", TODAY)
    seeds, rng = count(1), random.Random(SEED)

    def at_random():
        taken, minutes = [], 0.0
        for item in rng.sample(pool, len(pool)):
            if minutes + item.book.minutes <= LENGTHS["full"].at_most:
                taken.append(item)
                minutes += item.book.minutes
        return taken

    return paired(
        "assemble a form",
        f"full, of {len(pool)} items",
        lambda: assemble(library(), role, "full", seed=next(seeds), today=TODAY),
        "items at random until the minutes are full",
        at_random,
        rounds=rounds,
        note="the reference heeds no blueprint",
    )
