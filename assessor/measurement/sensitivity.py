"""Key sensitivity: the same answers scored under other keys that could be defended, and what that moves.

Works on contents and numbers; sittings and their documents live in ``profile`` and ``comparison``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np

from assessor import measurement
from assessor.banks.schema import Domain, RoleProfile
from assessor.items import type_of
from assessor.items.base import Content, Option, Part, Response
from assessor.scoring.model import Design, Floats, Parameters, posterior

KeyId = Literal["near_is_best", "lesser_halved"]
KEYS: tuple[KeyId, ...] = get_args(KeyId)
NEAR = "near"
DECIMALS = 6


@dataclass(frozen=True)
class Moved:
    """What another key adds to each estimate of one person, in points (0-100 scale).

    ``items`` is how many answers are worth something else. None where nothing is measured.
    """

    key: KeyId
    items: int
    competencies: Mapping[str, float | None]
    areas: Mapping[str, float | None]
    fit: float | None


@lru_cache(maxsize=4096)
def alternative(content: Content, key: KeyId) -> Content | None:
    """The item under another defensible key; None where it has no such key, or it is the item's own.

    ``near_is_best``: every near miss is as effective as the best. ``lesser_halved``: the options that are not
    best stand half as far from their mean (halving all differences would change no score: the scale runs from
    guessing to the key, whatever its unit). Items without keyed options have neither.
    """
    changed = _changed(content, key)
    return None if changed == content else changed


def _changed(part: Any, key: KeyId) -> Any:
    """A copy of a part with every group of options under the other key; the schema's checks do not apply."""
    update: dict[str, Any] = {}
    for name, value in part:
        if isinstance(value, tuple) and value and all(isinstance(one, Option) for one in value):
            update[name] = _options(value, key)
        elif isinstance(value, tuple) and any(isinstance(one, Part) for one in value):
            update[name] = tuple(_changed(one, key) if isinstance(one, Part) else one for one in value)
    return part.model_copy(update=update)


def _options(options: tuple[Option, ...], key: KeyId) -> tuple[Option, ...]:
    values = [option.effectiveness for option in options]
    top = max(values)
    if key == "near_is_best":
        moved = [top if option.lure == NEAR else option.effectiveness for option in options]
    else:
        lesser = [value for value in values if value < top]
        middle = sum(lesser) / len(lesser)
        moved = [value if value == top else middle + (value - middle) / 2 for value in values]
    if min(moved) == max(moved):
        # A key under which every answer is best is none.
        return options
    return tuple(
        option.model_copy(update={"effectiveness": value})
        for option, value in zip(options, moved, strict=True)
    )


def rescored(content: Content, response: Response | None, score: float | None, key: KeyId) -> float | None:
    """What an answer is worth under another key; its own score where there is no answer or no such key."""
    if response is None or score is None or (other := alternative(content, key)) is None:
        return score
    return type_of(other).score(other, response)


def key_sensitivity(
    contents: Sequence[Content],
    responses: Sequence[Response | None],
    scores: Sequence[float | None],
    design: Design,
    domain: Domain,
    role: RoleProfile,
    parameters: Parameters,
) -> tuple[Moved, ...]:
    """How far every estimate of one person moves under each other key, in the order of KEYS.

    One entry an item in the first three; ``design`` is the form's, with the same items observed.
    """
    known = posterior(design, parameters)
    own = np.array([0.0 if score is None else score for score in scores])
    found = []
    for key in KEYS:
        again = [
            rescored(content, response, score, key)
            for content, response, score in zip(contents, responses, scores, strict=True)
        ]
        change = np.array([0.0 if score is None else score for score in again]) - own
        found.append(_moved(key, change, known.A @ change, known.measured, domain, role))
    return tuple(found)


def _moved(
    key: KeyId,
    change: Floats,
    moved: Floats,
    measured: Sequence[bool],
    domain: Domain,
    role: RoleProfile,
) -> Moved:
    def points(weights: Floats | None) -> float | None:
        return None if weights is None else 100 * float(weights @ moved)

    composite, _ = measurement.composite_weights(domain, role, measured)
    return Moved(
        key=key,
        items=int((np.abs(change) > 1e-12).sum()),
        competencies={
            competency.id: 100 * float(moved[k]) if measured[k] else None
            for k, competency in enumerate(domain.competencies)
        },
        areas={
            area: points(weights)
            for area, weights in measurement.area_weights(domain, role, measured).items()
        },
        fit=points(composite),
    )


def document(found: Sequence[Moved]) -> dict[str, Any]:
    """The part of a score document that says this: key -> what it adds to each estimate, 6 decimals."""
    return {
        one.key: {
            "items": one.items,
            "competencies": _rounded(one.competencies),
            "areas": _rounded(one.areas),
            **_rounded({"fit": one.fit}),
        }
        for one in found
    }


def _rounded(values: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: None if value is None else round(value, DECIMALS) for name, value in values.items()}
