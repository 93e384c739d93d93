"""Forms from 250 items: one, and two alike for a round, beside a greedy choice by the exact error."""

from collections.abc import Iterator
from dataclasses import replace

from assessor.assembly import LENGTHS, assemble, assemble_round
from assessor.banks.schema import Item, Library
from assessor.measurement import expected
from assessor.scoring.model import PLANNING, posterior
from tests.benchmarks.material import DOMAIN, SEED, TODAY, library
from tests.benchmarks.timing import Measured, paired

LENGTH = "standard"


def measure(*, quick: bool) -> Iterator[Measured]:
    whole = large(60 if quick else 250)
    role, rounds = whole.general_role(DOMAIN), 1 if quick else 7
    asked = {"seed": SEED, "today": TODAY, "pool": "open"}
    form = assemble(whole, role, LENGTH, **asked)
    drawable = [item for item in whole.items.values() if item.bank in ("core", DOMAIN)]
    own = form.expected().fit
    taken = greedy(drawable, whole, form.minutes)
    other = expected(taken, form.domain, role, PLANNING).fit
    note = (
        f"standard error of the fit {100 * own:.1f} with the whole blueprint, {100 * other:.1f} for the "
        "greedy choice, which keeps nothing but the minutes"
    )
    size = f"{len(drawable)} items, {LENGTHS[LENGTH].minutes:g} minutes"
    yield paired(
        "assembly: a form",
        size,
        lambda: assemble(whole, role, LENGTH, **asked),
        "greedy by exact error",
        lambda: greedy(drawable, whole, form.minutes),
        rounds=rounds,
        note=note,
    )
    yield paired(
        "assembly: two alike",
        size,
        lambda: assemble_round(whole, role, LENGTH, forms=2, **asked),
        "greedy by exact error, twice",
        lambda: greedy(drawable, whole, form.minutes),
        rounds=rounds,
        scale=2.0,
    )


def large(n: int) -> Library:
    """A library of n items of the core and one domain: those of the banks, evenly, under other names."""
    found = library()
    kept = [
        one for one in found.items.values() if one.bank in ("core", DOMAIN) and one.content.type != "written"
    ]
    made: list[Item] = []
    for number in range(n):
        one = kept[number * len(kept) // n]
        content = one.content.model_copy(update={"id": f"{one.id}-{number}"})
        book = one.book.model_copy(update={"pool": "open", "enemies": ()})
        made.append(replace(one, content=content, digest=content.digest(), book=book))
    return replace(found, items={one.id: one for one in made})


def greedy(drawable: list[Item], whole: Library, minutes: float) -> list[Item]:
    """Add the item that makes the role's composite surest, one after the other, while there are minutes."""
    domain, role = whole.domain(DOMAIN), whole.general_role(DOMAIN)
    taken: list[Item] = []
    left = list(drawable)
    while left := [item for item in left if item.book.minutes <= minutes and item not in taken]:
        posterior.cache_clear()
        best = min(left, key=lambda item: _error([*taken, item], domain, role))
        taken.append(best)
        minutes -= best.book.minutes
    return taken


def _error(items, domain, role) -> float:
    fit = expected(items, domain, role, PLANNING).fit
    return 9.0 if fit is None else fit
