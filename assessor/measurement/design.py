"""From items, a domain and a role to the numbers that scoring needs. Scoring itself lives elsewhere."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assessor.banks.schema import Domain, Item, RoleProfile
from assessor.items import spread_at
from assessor.items.base import Content
from assessor.scoring.model import LEVELS, MIDDLE, Design, Parameters, posterior

Floats = NDArray[np.float64]


#: Nodes and weights of the mean over what people of one level differ by, around it.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)


@lru_cache(maxsize=4096)
def spreads_of(content: Content, parameters: Parameters) -> tuple[float, ...]:
    """The SD of one answer for somebody of each of LEVELS (scoring.md 2).

    Its square is the mean of that of simulated answers, over what competencies and easiness differ by.
    """
    p = parameters
    around = math.sqrt(p.beta**2 + p.beta_t**2 + p.tau_a**2 + p.tau_c**2)
    means = np.array(LEVELS)[:, None] + around * _NODES
    squares = spread_at(content, means.ravel()).reshape(means.shape) ** 2
    return tuple(np.sqrt(squares @ (_WEIGHTS / _WEIGHTS.sum())).tolist())


@dataclass(frozen=True)
class Expected:
    """Standard errors, on the 0-1 scale, that a form will give before anybody answers; None: not measured."""

    competencies: Mapping[str, float | None]
    areas: Mapping[str, float | None]
    fit: float | None


def design_of(
    items: Sequence[Item],
    domain: Domain,
    parameters: Parameters,
    observed: Sequence[bool] | None = None,
) -> Design:
    """The numbers of one form at planning values: sigma from each item, b 0 with variance beta squared.

    Sigma is that of somebody half-way between guessing and the key; beside it stands what it is elsewhere.

    ``observed`` is one flag per item, all true by default. The K competencies stand in the domain's order.
    Raises ``KeyError`` for an item whose competency the domain does not have.
    """
    position = {competency.id: k for k, competency in enumerate(domain.competencies)}
    types = sorted({item.content.type for item in items})
    blocks = sorted({area.block for area in domain.areas})
    areas = [area.id for area in domain.areas]
    spreads = tuple(spreads_of(item.content, parameters) for item in items)
    return Design(
        competency=tuple(position[item.content.competency] for item in items),
        item_type=tuple(types.index(item.content.type) for item in items),
        sigma=tuple(row[MIDDLE] for row in spreads),
        b=(0.0,) * len(items),
        v_b=(parameters.beta**2,) * len(items),
        observed=tuple(observed) if observed is not None else (True,) * len(items),
        area=tuple(areas.index(domain.area_of[competency.id].id) for competency in domain.competencies),
        block=tuple(blocks.index(domain.area_of[competency.id].block) for competency in domain.competencies),
        spreads=spreads,
    )


def area_weights(domain: Domain, role: RoleProfile, measured: Sequence[bool]) -> dict[str, Floats | None]:
    """Area id -> equal weights over the measured competencies that the role names in it; None where none is.

    The gate has no weights in a role: all its competencies count as named.
    """
    found: dict[str, Floats | None] = {}
    for area in domain.areas:
        named = [
            float(
                measured[k]
                and domain.area_of[competency.id].id == area.id
                and (area.block == "gate" or role.weight_of(competency.id) > 0)
            )
            for k, competency in enumerate(domain.competencies)
        ]
        total = sum(named)
        found[area.id] = np.array(named) / total if total else None
    return found


def composite_weights(
    domain: Domain, role: RoleProfile, measured: Sequence[bool]
) -> tuple[Floats | None, float]:
    """The role's weights over the measured competencies, summing to 1, and the share of weight they carry.

    The gate has weight 0 whatever a role says. None where nothing weighted is measured.
    """
    weights = np.array(
        [
            0.0 if domain.area_of[competency.id].block == "gate" else role.weight_of(competency.id)
            for competency in domain.competencies
        ]
    )
    kept = weights * np.array(measured, dtype=np.float64)
    if kept.sum() == 0:
        return None, 0.0
    return kept / kept.sum(), float(kept.sum() / weights.sum())


def unit_weights(domain: Domain, competency_id: str) -> Floats:
    """The weight vector that picks one competency."""
    return np.array([float(competency.id == competency_id) for competency in domain.competencies])


def expected(items: Sequence[Item], domain: Domain, role: RoleProfile, parameters: Parameters) -> Expected:
    """What this form can tell, before anybody answers (scoring.md 5)."""
    found = posterior(design_of(items, domain, parameters), parameters)

    def error(weights: Floats | None) -> float | None:
        return None if weights is None else math.sqrt(max(0.0, float(weights @ found.C @ weights)))

    composite, _ = composite_weights(domain, role, found.measured)
    return Expected(
        competencies={
            competency.id: error(unit_weights(domain, competency.id)) if found.measured[k] else None
            for k, competency in enumerate(domain.competencies)
        },
        areas={area: error(weights) for area, weights in area_weights(domain, role, found.measured).items()},
        fit=error(composite),
    )


def form_digest(domain_id: str, pool: str, item_digests: Sequence[str]) -> str:
    """``sha256:`` of the canonical JSON that names a form."""
    named = json.dumps(
        {"domain": domain_id, "items": list(item_digests), "pool": pool}, separators=(",", ":")
    )
    return "sha256:" + hashlib.sha256(named.encode()).hexdigest()
