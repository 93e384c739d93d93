"""What several benchmarks measure with, the same at every run: shipped banks, forms, sittings."""

from datetime import UTC, date, datetime
from functools import cache

import numpy as np

from assessor.assembly import eligible
from assessor.banks.loader import load_library
from assessor.banks.schema import Item, Library
from assessor.config import resource
from assessor.items import Rated, answer, type_of
from assessor.sittings import Answer, Sitting

SEED = 20261122
TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DOMAIN = "arts"


@cache
def library() -> Library:
    return load_library((), resource("question_banks"))


def items(n: int) -> list[Item]:
    """n items of one domain over all its areas; where the banks have fewer they come again."""
    domain = library().domain(DOMAIN)
    scored = [
        item
        for item in eligible(library(), domain, "open", TODAY)
        if not isinstance(type_of(item.content), Rated)
    ]
    places = np.random.default_rng(SEED).permutation(len(scored))
    return [scored[places[i % len(scored)]] for i in range(n)]


def sitting(n: int, language: str = "en") -> Sitting:
    """A finished sitting of n items, answered by somebody in the middle of the scale."""
    rng = np.random.default_rng(SEED)
    answers = [Answer(item, "answered", answer(item.content, 0.5, rng), language, 75.0) for item in items(n)]
    return Sitting(
        candidate="0123456789abcdef",
        language=language,
        pool="open",
        answers=tuple(answers),
        started=NOON,
        finished=NOON,
        length="full",
    )
