"""Many people who answer as the model says, as scores alone: quick enough to ask what comes true.

The distribution of each item's score is tabulated on a grid of means, as quantiles; a person's score is one
of them, drawn at the mean that the person has there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from assessor.assembly import assemble
from assessor.banks.loader import load_library
from assessor.items import Sampled, answered, listed, lowest, type_of
from assessor.items._chance import chances_of, within_reach
from assessor.measurement import area_weights, composite_weights, design_of
from assessor.scoring.model import PLANNING, posterior

SHIPPED = Path(__file__).parents[2] / "question_banks"
LENGTHS = ("short", "standard", "full")
MEANS = np.linspace(-1.0, 1.0, 101)
QUANTILES = 128


@lru_cache(maxsize=1)
def library():
    return load_library([], SHIPPED)


@lru_cache(maxsize=4096)
def quantiles(content):
    """Scores (means x quantiles) of people of each of MEANS."""
    if isinstance(type_of(content), Sampled):
        rng = np.random.default_rng(5)
        return answered(content, np.repeat(MEANS, QUANTILES), rng)[1].reshape(len(MEANS), QUANTILES)
    scores, place = np.unique(listed(content)[1].round(10), return_inverse=True)
    means, back = np.unique(within_reach(MEANS, lowest(content)), return_inverse=True)
    of_responses = chances_of(listed(content)[1], means)
    of_scores = np.zeros((len(means), len(scores)))
    np.add.at(of_scores.T, place, of_responses.T)
    wanted = (np.arange(QUANTILES) + 0.5) / QUANTILES
    rows = [
        scores[np.minimum(np.searchsorted(row, wanted), len(scores) - 1)] for row in of_scores.cumsum(axis=1)
    ]
    return np.array(rows)[back]


@dataclass(frozen=True, eq=False)
class TriedForm:
    """A form of a shipped role as scoring has it, and what its sums are: areas, competencies and the fit."""

    role: str
    length: str
    contents: tuple
    design: object
    known: object
    areas: dict
    competencies: dict
    fit: np.ndarray

    def drawn(self, n, *, mean, spread, rng):
        """True values (n x K) and scores (n x items) of n people, easiness drawn anew for each."""
        design, p = self.design, PLANNING
        area, competency = np.array(design.area), np.array(design.competency)
        kind = np.array(design.item_type)
        general = mean + spread * rng.standard_normal((n, 1))
        of_area = p.tau_a * rng.standard_normal((n, area.max() + 1))[:, area]
        true = general + of_area + p.tau_c * rng.standard_normal((n, len(area)))
        easy = p.beta_t * rng.standard_normal((n, kind.max() + 1))[:, kind]
        means = true[:, competency] + easy + p.beta * rng.standard_normal((n, len(kind)))
        place = np.clip(np.round((means + 1) * 50), 0, 100).astype(np.intp)
        lot = rng.integers(0, QUANTILES, means.shape)
        found = [quantiles(one)[place[:, i], lot[:, i]] for i, one in enumerate(self.contents)]
        return true, np.stack(found, axis=1)

    def items_of(self, block):
        return sum(self.design.block[k] == block for k in self.design.competency)


@lru_cache(maxsize=1)
def forms():
    """A form of each shipped role at each length."""
    found = []
    for role in library().roles.values():
        domain = library().domain(role.domain)
        for length in LENGTHS:
            drawn = assemble(library(), role, length, seed=1, today=date(2026, 11, 30), pool="open")
            design = design_of(drawn.items, domain, PLANNING)
            known = posterior(design, PLANNING)
            areas = {a: w for a, w in area_weights(domain, role, known.measured).items() if w is not None}
            alone = {k: row for k, row in enumerate(np.eye(len(design.area))) if known.measured[k]}
            fit, _ = composite_weights(domain, role, known.measured)
            contents = tuple(item.content for item in drawn.items)
            found.append(TriedForm(role.id, length, contents, design, known, areas, alone, fit))
    return tuple(found)
