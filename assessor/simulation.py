"""People who answer as the model says (scoring.md 8), to try forms and to test; never taken for real ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from assessor.banks.schema import Domain, Item
from assessor.items import answered
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


@dataclass(frozen=True, eq=False)
class Crowd:
    """N simulated people: true values (N, K); easiness, responses (n lists of N), scores (N, n)."""

    theta: Floats
    easiness: Floats
    responses: tuple[list[Response], ...]
    scores: Floats


def people(
    items: Sequence[Item],
    domain: Domain,
    n: int,
    *,
    seed: int,
    ability: float | None = None,
    spread: float | None = None,
    form_effects: FormEffects = "fresh",
) -> Iterator[Simulated]:
    """``n`` people drawn from the model who answer these items, one general level each.

    ``ability`` is the true g of everybody unless ``spread`` is given; without both, g ~ N(0.45, 0.2) over
    people. ``form_effects`` draws item easiness once for all, or anew for each person. The first people are
    the same whatever ``n`` is.
    """
    level = DEFAULT_ABILITY if ability is None else ability
    width = spread if spread is not None else (DEFAULT_SPREAD if ability is None else 0.0)
    found = crowd(items, domain, n, seed=seed, ability=level, spread=width, form_effects=form_effects)
    for person in range(n):
        yield Simulated(
            number=person + 1,
            theta=tuple(found.theta[person].tolist()),
            responses={item.id: given[person] for item, given in zip(items, found.responses, strict=True)},
        )


def crowd(
    items: Sequence[Item],
    domain: Domain,
    n: int,
    *,
    seed: int,
    ability: float,
    spread: float,
    form_effects: FormEffects = "fresh",
    parameters: Parameters = PLANNING,
) -> Crowd:
    """``n`` people at once: g ~ N(ability, spread) over people, the rest as the model draws it."""
    # A stream for each purpose: how one item is answered depends on no other item, nor on how many people.
    of_people, of_items, *of_answers = (
        np.random.Generator(np.random.PCG64(stream))
        for stream in np.random.SeedSequence(seed).spawn(2 + len(items))
    )
    theta = true_values(domain, n, ability, spread, parameters, of_people)
    easy = easiness(items, 1 if form_effects == "fixed" else n, parameters, of_items)
    easy = np.broadcast_to(easy, (n, len(items)))
    position = {competency.id: k for k, competency in enumerate(domain.competencies)}
    responses = []
    scores = np.empty((n, len(items)))
    for i, item in enumerate(items):
        means = theta[:, position[item.content.competency]] + easy[:, i]
        given, scores[:, i] = answered(item.content, means, of_answers[i])
        responses.append(given)
    return Crowd(theta, easy, tuple(responses), scores)


def true_values(
    domain: Domain, n: int, level: float, spread: float, parameters: Parameters, rng: np.random.Generator
) -> Floats:
    """The true values (n, K) of n people over the domain's competencies; one general level for all blocks."""
    areas = [area.id for area in domain.areas]
    area = [areas.index(domain.area_of[competency.id].id) for competency in domain.competencies]
    normal = rng.standard_normal((n, 1 + len(areas) + len(area)))
    own = parameters.tau_c * normal[:, 1 + len(areas) :]
    found: Floats = level + spread * normal[:, :1] + parameters.tau_a * normal[:, 1:][:, area] + own
    return found


def easiness(items: Sequence[Item], n: int, parameters: Parameters, rng: np.random.Generator) -> Floats:
    """``n`` draws of the items' easiness (n, items): that of their types and their own."""
    types = sorted({item.content.type for item in items})
    kind = [types.index(item.content.type) for item in items]
    normal = rng.standard_normal((n, len(types) + len(items)))
    found: Floats = parameters.beta_t * normal[:, kind] + parameters.beta * normal[:, len(types) :]
    return found
