"""People who answer as the model says (scoring.md 8), to try forms and to test. Never mixed with real ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assessor.banks.schema import Domain, Item
from assessor.items import answer
from assessor.items.base import Response
from assessor.measurement import Floats
from assessor.scoring.model import PLANNING, Parameters

FormEffects = Literal["fixed", "fresh"]

DEFAULT_ABILITY = 0.45
DEFAULT_SPREAD = 0.20


@dataclass(frozen=True)
class Simulated:
    """One simulated person: true values on the 0-1 scale and a response for every item."""

    number: int
    theta: tuple[float, ...]
    responses: dict[str, Response]


def people(
    items: Sequence[Item],
    domain: Domain,
    n: int,
    *,
    seed: int,
    ability: float | None = None,
    spread: float | None = None,
    form_effects: FormEffects = "fresh",
    parameters: Parameters = PLANNING,
) -> Iterator[Simulated]:
    """``n`` people drawn from the model who answer these items, one general level each.

    ``ability`` is the true g of everybody unless ``spread`` is given; without both, g ~ N(0.45, 0.2) over
    people. ``form_effects`` draws item easiness once for all, or anew for each person.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    level = DEFAULT_ABILITY if ability is None else ability
    width = spread if spread is not None else (DEFAULT_SPREAD if ability is None else 0.0)
    fixed = easiness(items, parameters, rng)
    for number in range(1, n + 1):
        theta = person(domain, level, width, parameters, rng)
        effects = fixed if form_effects == "fixed" else easiness(items, parameters, rng)
        yield Simulated(number, tuple(theta.tolist()), respond(items, domain, theta, effects, rng))


def person(
    domain: Domain, level: float, spread: float, parameters: Parameters, rng: np.random.Generator
) -> Floats:
    """The true values of one person over the domain's competencies; one general level for all blocks."""
    general = level + spread * rng.standard_normal()
    areas = {area.id: parameters.tau_a * rng.standard_normal() for area in domain.areas}
    return np.array(
        [
            general + areas[domain.area_of[competency.id].id] + parameters.tau_c * rng.standard_normal()
            for competency in domain.competencies
        ]
    )


def easiness(items: Sequence[Item], parameters: Parameters, rng: np.random.Generator) -> Floats:
    """One draw of the items' easiness: that of their types and their own."""
    types = sorted({item.content.type for item in items})
    shared = dict(zip(types, parameters.beta_t * rng.standard_normal(len(types)), strict=True))
    own = parameters.beta * rng.standard_normal(len(items))
    return np.array([shared[item.content.type] + own[i] for i, item in enumerate(items)])


def respond(
    items: Sequence[Item], domain: Domain, theta: Floats, effects: Floats, rng: np.random.Generator
) -> dict[str, Response]:
    """Item id -> the response that somebody of these true values gives."""
    position = {competency.id: k for k, competency in enumerate(domain.competencies)}
    return {
        item.id: answer(item.content, float(theta[position[item.content.competency]] + effects[i]), rng)
        for i, item in enumerate(items)
    }
