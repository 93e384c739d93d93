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
from assessor.scoring.compare import Cohort
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
        kind = np.array(self.design.item_type)
        true = self.true_values(n, mean=mean, spread=spread, rng=rng)
        easy = PLANNING.beta_t * rng.standard_normal((n, kind.max() + 1))[:, kind]
        easy += PLANNING.beta * rng.standard_normal((n, len(kind)))
        return true, self.scores(true, easy, rng)

    def true_values(self, n, *, mean, spread, rng):
        area = np.array(self.design.area)
        general = mean + spread * rng.standard_normal((n, 1))
        of_area = PLANNING.tau_a * rng.standard_normal((n, area.max() + 1))[:, area]
        return general + of_area + PLANNING.tau_c * rng.standard_normal((n, len(area)))

    def scores(self, true, easy, rng):
        """Of people of these true values, where each item is easier by so much (n x items)."""
        means = true[:, np.array(self.design.competency)] + easy
        place = np.clip(np.round((means + 1) * 50), 0, 100).astype(np.intp)
        lot = rng.integers(0, QUANTILES, means.shape)
        found = [quantiles(one)[place[:, i], lot[:, i]] for i, one in enumerate(self.contents)]
        return np.stack(found, axis=1)

    def cohort(self, scores):
        types = tuple(one.type for one in self.contents)
        return Cohort(
            self.design, tuple(one.id for one in self.contents), types, ("fr",) * len(types), scores
        )

    def items_of(self, block):
        return sum(self.design.block[k] == block for k in self.design.competency)


@lru_cache(maxsize=1)
def forms():
    """A form of each shipped role at each length."""
    return tuple(tried(role, length, seed=1) for role in library().roles.values() for length in LENGTHS)


@lru_cache(maxsize=1)
def alike():
    """A second form of each shipped role, standard and full, drawn as its first one was."""
    return {
        (role.id, length): tried(role, length, seed=2)
        for role in library().roles.values()
        for length in ("standard", "full")
    }


def tried(role, length, *, seed):
    domain = library().domain(role.domain)
    drawn = assemble(library(), role, length, seed=seed, today=date(2026, 11, 30), pool="open")
    design = design_of(drawn.items, domain, PLANNING)
    known = posterior(design, PLANNING)
    areas = {a: w for a, w in area_weights(domain, role, known.measured).items() if w is not None}
    alone = {k: row for k, row in enumerate(np.eye(len(design.area))) if known.measured[k]}
    fit, _ = composite_weights(domain, role, known.measured)
    contents = tuple(item.content for item in drawn.items)
    return TriedForm(role.id, length, contents, design, known, areas, alone, fit)


def rounds(people_on, *, mean, spread, rng, each=40, count=30):
    """Rounds of people dealt out over these forms of one role, easiness drawn once for each round.

    Returns cohorts, the true values of their people (n x K) and the round of each.
    """
    n = each * count
    true = people_on[0].true_values(n, mean=mean, spread=spread, rng=rng)
    of_round, of_form = np.arange(n) // each, np.arange(n) % len(people_on)
    own, kinds, cohorts, order = {}, {}, [], []
    for number, form in enumerate(people_on):
        at = np.flatnonzero(of_form == number)
        easy = np.empty((len(at), len(form.contents)))
        for i, one in enumerate(form.contents):
            if one.id not in own:
                own[one.id] = PLANNING.beta * rng.standard_normal(count)
            kind = (one.type, form.design.block[form.design.competency[i]])
            if kind not in kinds:
                kinds[kind] = PLANNING.beta_t * rng.standard_normal(count)
            easy[:, i] = (own[one.id] + kinds[kind])[of_round[at]]
        cohorts.append(form.cohort(form.scores(true[at], easy, rng)))
        order.append(at)
    return cohorts, true[np.concatenate(order)], of_round[np.concatenate(order)]
