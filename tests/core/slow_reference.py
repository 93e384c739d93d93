"""A second scoring, slow and readable, from the model's text; it shares no code with assessor.scoring.

Every unknown of a person is an entry of one long vector: the level g of each block, the deviation u of each
area, the deviation d of each competency, the effect m of each item type in each block and the effect b' of
each item. Each has a prior variance (g an explicit very large one), each observed answer is one equation, and
the normal equations are solved dense. Areas, competencies and types without an answer are unknowns too.
"""

import math
from functools import lru_cache

import numpy as np

from assessor.scoring.model import LEVELS, Design

LARGE_VARIANCE_OF_G = 1e8


class Unknowns:
    """The long vector: where each unknown stands and its prior variance; one of variance 0 is left out."""

    def __init__(self):
        self.place = {}
        self.variance = []

    def add(self, name, variance):
        if variance > 0 and name not in self.place:
            self.place[name] = len(self.variance)
            self.variance.append(variance)

    def row(self, *names):
        row = np.zeros(len(self.variance))
        for name in names:
            if name in self.place:
                row[self.place[name]] += 1.0
        return row


def unknowns_of(design, parameters):
    unknowns = Unknowns()
    for k in range(len(design.area)):
        unknowns.add(("g", design.block[k]), LARGE_VARIANCE_OF_G)
        unknowns.add(("u", design.area[k]), parameters.tau_a**2)
        unknowns.add(("d", k), parameters.tau_c**2)
    for i, k in enumerate(design.competency):
        unknowns.add(("m", design.block[k], design.item_type[i]), parameters.beta_t**2)
        unknowns.add(("b'", i), design.v_b[i])
    return unknowns


def theta_row(unknowns, design, k):
    return unknowns.row(("g", design.block[k]), ("u", design.area[k]), ("d", k))


def reference_posterior(design, parameters, scores):
    """Mean and covariance over the competencies; those without an observed item are nan."""
    unknowns = unknowns_of(design, parameters)
    left = np.diag(1.0 / np.array(unknowns.variance))
    right = np.zeros(len(unknowns.variance))
    answered = set()
    for i, k in enumerate(design.competency):
        if not design.observed[i]:
            continue
        answered.add(k)
        row = theta_row(unknowns, design, k)
        row += unknowns.row(("m", design.block[k], design.item_type[i]), ("b'", i))
        left += np.outer(row, row) / design.sigma[i] ** 2
        right += row * (scores[i] - design.b[i]) / design.sigma[i] ** 2
    thetas = np.array([theta_row(unknowns, design, k) for k in range(len(design.area))])
    mean = thetas @ np.linalg.solve(left, right)
    covariance = thetas @ np.linalg.solve(left, thetas.T)
    for k in range(len(design.area)):
        if k not in answered:
            mean[k] = np.nan
            covariance[k, :] = covariance[:, k] = np.nan
    return mean, covariance


@lru_cache(maxsize=64)
def reference_gain(design, parameters):
    """What each item score adds to each estimate: the reference solved once for every score alone."""
    flat = Design(**{**vars(design), "b": (0.0,) * len(design.b)})
    ones = np.eye(len(design.competency))
    return np.array([reference_posterior(flat, parameters, one)[0] for one in ones]).T


def reference_errors(design, parameters, sigma):
    """The error covariance of the estimates of `design` where the answers scatter by another sigma.

    From what the estimates are made of: each unknown but g moves scores and true values by its own loading.
    """
    gain = np.nan_to_num(reference_gain(design, parameters))
    unknowns = unknowns_of(design, parameters)
    of_items = np.array(
        [
            theta_row(unknowns, design, k)
            + unknowns.row(("m", design.block[k], design.item_type[i]), ("b'", i))
            for i, k in enumerate(design.competency)
        ]
    )
    of_people = np.array([theta_row(unknowns, design, k) for k in range(len(design.area))])
    variance = np.array(unknowns.variance)
    variance[[place for name, place in unknowns.place.items() if name[0] == "g"]] = 0.0
    moved = gain @ of_items - of_people
    return (moved * variance) @ moved.T + (gain * np.array(sigma) ** 2) @ gain.T


def reference_moments(design, parameters, rows, sd, between):
    """Var T, Cov(m, T) and Var m without the scatter of answers, of weighted sums T and their estimates m.

    The general levels have this SD in each block and correlate ``between`` two blocks.
    """
    gain = rows @ np.nan_to_num(reference_gain(design, parameters))
    unknowns = unknowns_of(design, parameters)
    of_items = np.array(
        [
            theta_row(unknowns, design, k)
            + unknowns.row(("m", design.block[k], design.item_type[i]), ("b'", i))
            for i, k in enumerate(design.competency)
        ]
    )
    of_people = rows @ np.array([theta_row(unknowns, design, k) for k in range(len(design.area))])
    prior = np.diag(unknowns.variance)
    levels = [place for name, place in unknowns.place.items() if name[0] == "g"]
    for one in levels:
        for other in levels:
            prior[one, other] = sd**2 * (1.0 if one == other else between)
    moved = gain @ of_items
    return of_people @ prior @ of_people.T, moved @ prior @ of_people.T, moved @ prior @ moved.T


def reference_scatter(design, parameters, w, mean, population):
    """What the answers of one person (``mean``: K) add to the variance of the estimate of w'theta.

    The level of a block is the mean of its estimates, drawn towards the population's by what it is uncertain.
    """
    gain = w @ np.nan_to_num(reference_gain(design, parameters))
    covariance = reference_posterior(design, parameters, np.zeros(len(design.b)))[1]
    total = 0.0
    for block in set(design.block):
        inside = [k for k in range(len(design.block)) if design.block[k] == block and covariance[k, k] > 0]
        if not inside:
            continue
        centre, sd = population.at(block)
        kept = sd**2 / (sd**2 + covariance[np.ix_(inside, inside)].mean())
        level = kept * min(max(np.mean([mean[k] for k in inside]), 0.0), 1.0) + (1 - kept) * centre
        for i, k in enumerate(design.competency):
            if design.block[k] == block:
                row = design.spreads[i] if design.spreads else (design.sigma[i],) * len(LEVELS)
                total += gain[i] ** 2 * np.interp(level, LEVELS, np.square(row))
    return total


def reference_shared(one, other, parameters, w):
    """Cov(m_p, m_q) from the text of scoring.md 4: every entry of B by its rule."""
    shared = np.zeros((len(one.items), len(other.items)))
    for i in range(len(one.items)):
        for j in range(len(other.items)):
            blocks = [c.design.block[c.design.competency[at]] for c, at in ((one, i), (other, j))]
            if one.items[i] == other.items[j]:
                shared[i, j] += one.design.v_b[i]
            if one.types[i] == other.types[j] and blocks[0] == blocks[1]:
                shared[i, j] += parameters.beta_t**2
            if one.languages[i] != other.languages[j]:
                shared[i, j] /= 2
    gains = [np.nan_to_num(reference_gain(c.design, parameters)) for c in (one, other)]
    return w @ gains[0] @ shared @ gains[1].T @ w


def reference_pair(cohorts, means, parameters, w, population, between):
    """P(the first is above the second) in one population, from the joint normal of T_p, T_q, m_p, m_q."""
    sigma, off = np.zeros((4, 4)), []
    for place, (cohort, mean) in enumerate(zip(cohorts, means, strict=True)):
        true, shared, estimate = reference_moments(
            cohort.design, parameters, w[None, :], population.sd, between
        )
        sigma[place, place] = true[0, 0]
        sigma[place, 2 + place] = sigma[2 + place, place] = shared[0, 0]
        sigma[2 + place, 2 + place] = estimate[0, 0] + reference_scatter(
            cohort.design, parameters, w, mean, population
        )
        off.append(w @ mean - sum(w) * population.mean)
    sigma[2, 3] = sigma[3, 2] = reference_shared(*cohorts, parameters, w)
    side = np.array([1.0, -1.0])
    weights = np.linalg.solve(sigma[2:, 2:], sigma[2:, :2] @ side)
    left = side @ sigma[:2, :2] @ side - weights @ sigma[2:, :2] @ side
    return 0.5 * math.erfc(-(weights @ off) / math.sqrt(2 * left))
