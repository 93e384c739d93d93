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
#: So many people are drawn, and in memory, at a time.
AT_ONCE = 500


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
    drawing = _Drawing(items, domain, seed, level, width, form_effects, PLANNING)
    for start in range(0, n, AT_ONCE):
        found = drawing.next(min(AT_ONCE, n - start))
        for person, theta in enumerate(found.theta.tolist()):
            yield Simulated(
                number=start + person + 1,
                theta=tuple(theta),
                responses={
                    item.id: given[person] for item, given in zip(items, found.responses, strict=True)
                },
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
    return _Drawing(items, domain, seed, ability, spread, form_effects, parameters).next(n)


class _Drawing:
    """People drawn one crowd after another: together they are those that one large crowd would hold."""

    def __init__(
        self,
        items: Sequence[Item],
        domain: Domain,
        seed: int,
        ability: float,
        spread: float,
        form_effects: FormEffects,
        parameters: Parameters,
    ) -> None:
        # A stream for each purpose: how one item is answered depends on no other, nor on how many people.
        self.of_people, self.of_items, *self.of_answers = (
            np.random.Generator(np.random.PCG64(stream))
            for stream in np.random.SeedSequence(seed).spawn(2 + len(items))
        )
        self.items, self.domain, self.parameters = items, domain, parameters
        self.ability, self.spread = ability, spread
        self.position = {competency.id: k for k, competency in enumerate(domain.competencies)}
        self.fixed = easiness(items, 1, parameters, self.of_items) if form_effects == "fixed" else None

    def next(self, n: int) -> Crowd:
        """The next ``n`` people."""
        theta = true_values(self.domain, n, self.ability, self.spread, self.parameters, self.of_people)
        easy = easiness(self.items, n, self.parameters, self.of_items) if self.fixed is None else self.fixed
        easy = np.broadcast_to(easy, (n, len(self.items)))
        responses = []
        scores = np.empty((n, len(self.items)))
        for i, (item, rng) in enumerate(zip(self.items, self.of_answers, strict=True)):
            means = theta[:, self.position[item.content.competency]] + easy[:, i]
            given, scores[:, i] = answered(item.content, means, rng)
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
