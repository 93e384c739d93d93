"""The likelihood that a calibration maximises: its EM, and the Fisher information at the maximum.

What is made of it, and when it is refused, stands in `calibrate`. Within a block, person p's scores are

    s_p = mean + Z x_p + e_p    x = (g, u of each area, d of each competency), x ~ N(0, diag(prior))

so that a person costs a matrix of the few x, not of the many items; people with the same items share it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assessor.scoring.compare import GENERAL_SD
from assessor.scoring.model import Design, Floats, Indices, Parameters

#: Variances are kept between these while the maximum is looked for.
LEAST_VARIANCE, MOST_VARIANCE = 1e-6, 10.0
#: The estimates have settled where the next step is, by its size in standard errors, shorter than this.
SETTLED = 1e-3
#: Rounds of EM before the first long step: from afar only EM is sure to climb.
_FIRST_ROUNDS = 5
#: The kinds of x, in the order of their variances.
GENERAL, OF_AREA, OF_COMPETENCY = 0, 1, 2

#: An eigenvalue of the information, scaled to a unit diagonal, below which it tells nothing.
SINGULAR = 1e-9

_PATTERNS = 256


@dataclass(frozen=True, eq=False)
class BlockAnswers:
    """The answers in one block: `Z` (items x q), the kind of each x, and who answered which items.

    `patterns` (P x items, 0 or 1) are the different sets of items answered, `which` each person's, `people`
    how many have each. `scores` is 0 where not observed.
    """

    block: int
    items: Indices
    Z: Floats
    kind: Indices
    patterns: Floats
    which: Indices
    people: Floats
    scores: Floats

    @property
    def seen(self) -> Floats:
        """How many items of each pattern depend on each x (P x q)."""
        return self.patterns @ self.Z


@dataclass(frozen=True, eq=False)
class Answers:
    """All answers, block by block; `counts` are those of each item."""

    blocks: tuple[BlockAnswers, ...]
    counts: Floats


@dataclass(frozen=True, eq=False)
class Spread:
    """What is estimated: the items' means (mu + b) and sigma^2, s^2 of each block, tau_a^2 and tau_c^2."""

    mean: Floats
    sigma2: Floats
    s2: Floats
    tau_a2: float
    tau_c2: float

    def variances(self) -> Floats:
        """All variances in one vector, in this order."""
        return np.concatenate([self.sigma2, self.s2, [self.tau_a2, self.tau_c2]])

    def of(self, mean: Floats, variances: Floats) -> "Spread":
        """The estimates of other means and variances of these shapes, the variances kept in bounds."""
        v = np.clip(variances, LEAST_VARIANCE, MOST_VARIANCE)
        n = len(self.mean)
        return Spread(mean, v[:n], v[n:-2], float(v[-2]), float(v[-1]))

    def prior(self, position: int, one: BlockAnswers) -> Floats:
        """The variance of each x of a block."""
        found: Floats = np.array([self.s2[position], self.tau_a2, self.tau_c2])[one.kind]
        return found


def answers_of(scores: Floats, design: Design, chosen: Indices) -> Answers:
    """The answers (N x n, nan where there is none) to the chosen items of a design, by block."""
    competency = np.array(design.competency)[chosen]
    block = np.array(design.block)[competency]
    blocks = []
    for number in np.unique(block):
        items = np.flatnonzero(block == number)
        seen = ~np.isnan(scores[:, items])
        present = seen.any(axis=1)
        patterns, which = np.unique(seen[present], axis=0, return_inverse=True)
        Z, kind = _loadings(competency[items], np.array(design.area))
        blocks.append(
            BlockAnswers(
                block=int(number),
                items=items,
                Z=Z,
                kind=kind,
                patterns=patterns.astype(np.float64),
                which=which,
                people=np.bincount(which).astype(np.float64),
                scores=np.where(seen, scores[:, items], 0.0)[present],
            )
        )
    return Answers(tuple(blocks), (~np.isnan(scores)).sum(axis=0).astype(np.float64))


def _loadings(competency: Indices, area: Indices) -> tuple[Floats, Indices]:
    of_area = area[competency]
    columns = [np.ones((len(competency), 1))]
    columns += [(names[:, None] == np.unique(names)).astype(np.float64) for names in (of_area, competency)]
    kind = np.repeat([GENERAL, OF_AREA, OF_COMPETENCY], [column.shape[1] for column in columns])
    return np.concatenate(columns, axis=1), kind


@dataclass(frozen=True, eq=False)
class Held:
    """A variance that keeps its planning value: the position in `Spread.variances`, and why it cannot be had.

    `apart`: the answers tell it from the others, but so badly that its standard error would exceed it.
    """

    position: int
    value: float
    apart: bool


def held_at_planning(answers: Answers, planning: Parameters) -> tuple[Held, ...]:
    """The variances of people that these answers cannot give, by the information at planning values.

    It is singular where variances only ever add up alike in these answers: where nobody saw two items of one
    competency, what it adds is not told from what single answers add. Then competencies are held first, areas
    next, the general level of a block last. They are held, too, where the standard error would be larger than
    the planning value: an estimate would be little but chance, and often 0.
    """
    start = _start(answers, planning)
    known, n, blocks = information(answers, start)[1], len(answers.counts), len(answers.blocks)
    planned = np.full(len(start.variances()), np.inf)
    planned[n:] = [*[GENERAL_SD**2] * blocks, planning.tau_a**2, planning.tau_c**2]
    free = np.ones(len(planned), np.bool_)
    found: list[Held] = []
    while True:
        errors = np.zeros(len(free))
        errors[free] = _errors(known[np.ix_(free, free)])
        uncertain = np.flatnonzero(errors > planned)
        if not uncertain.size:
            return tuple(sorted(found, key=lambda one: one.position))
        # The last two are areas and competencies; of blocks the least certain one goes first.
        position = int(uncertain[-1])
        if position < n + blocks:
            position = int(uncertain[np.argmax(errors[uncertain])])
        free[position] = False
        value = max(float(planned[position]), LEAST_VARIANCE)
        found.append(Held(position, value, bool(np.isfinite(errors[position]))))


def _errors(known: Floats) -> Floats:
    """The standard errors that an information matrix leaves; infinite for what it cannot tell apart."""
    size = np.sqrt(np.diag(known))
    values, vectors = np.linalg.eigh(known / np.outer(size, size))
    none = values < SINGULAR
    spread = (vectors[:, ~none] ** 2 / values[~none]).sum(axis=1)
    spread[(np.abs(vectors[:, none]) > 1e-3).any(axis=1)] = np.inf
    errors: Floats = np.sqrt(spread) / size
    return errors


@dataclass(frozen=True, eq=False)
class _Round:
    """Where EM goes from somewhere, and the log likelihood there with its gradient (means, variances)."""

    after: Spread
    log_likelihood: float
    by_mean: Floats
    by_variance: Floats


def maximised(
    answers: Answers, planning: Parameters, held: Sequence[Held], most_rounds: int
) -> tuple[Spread, float, int] | None:
    """The estimates, their log likelihood and the rounds it took; None where they did not settle.

    What is `held` stays; the rest is at the maximum given that.

    Fisher scoring after a few rounds of EM, and another round of EM wherever a scoring step would not climb:
    alone, EM is sure but slow where a variance is small.
    """
    here = _holding(_start(answers, planning), held)
    for _ in range(_FIRST_ROUNDS):
        here = _holding(_step(answers, here).after, held)
    now = _step(answers, here)
    for rounds in range(1, most_rounds + 1):
        ahead, length = _scored(answers, here, now, held)
        if length < SETTLED:
            return here, now.log_likelihood, rounds
        there = _step(answers, ahead)
        if there.log_likelihood < now.log_likelihood:
            ahead = _holding(now.after, held)
            there = _step(answers, ahead)
        here, now = ahead, there
    return None


def _holding(spread: Spread, held: Sequence[Held]) -> Spread:
    """The same with what is held at its value; a round of EM that moves the rest only still climbs."""
    variances = spread.variances()
    for one in held:
        variances[one.position] = one.value
    return spread.of(spread.mean, variances)


def _scored(answers: Answers, here: Spread, now: _Round, held: Sequence[Held]) -> tuple[Spread, float]:
    """The next point of Fisher scoring, and the length of the step in standard errors.

    A variance at its bound that would pass it stays there.
    """
    of_means, of_variances = information(answers, here)
    variances = here.variances()
    free = (variances > LEAST_VARIANCE * 1.01) | (now.by_variance > 0)
    free[[one.position for one in held]] = False
    step = np.zeros(len(variances))
    step[free] = np.linalg.solve(of_variances[np.ix_(free, free)], now.by_variance[free])
    move = np.linalg.solve(of_means, now.by_mean)
    length = math.sqrt(max(float(move @ now.by_mean + step @ now.by_variance), 0.0))
    return here.of(here.mean + move, variances + step), length


def _start(answers: Answers, planning: Parameters) -> Spread:
    n = len(answers.counts)
    mean, sigma2 = np.zeros(n), np.zeros(n)
    for one in answers.blocks:
        counts = answers.counts[one.items]
        mean[one.items] = one.scores.sum(axis=0) / counts
        sigma2[one.items] = (one.scores**2).sum(axis=0) / counts - mean[one.items] ** 2
    least = 1e-3
    tau_a2, tau_c2 = max(planning.tau_a**2, least), max(planning.tau_c**2, least)
    return Spread(mean, sigma2, np.full(len(answers.blocks), 0.02), tau_a2, tau_c2)


def _covariances(one: BlockAnswers, precision: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """The posterior covariance of x for each pattern (P x q x q), and the log determinant of its inverse."""
    q = len(prior)
    squares = (one.Z[:, :, None] * one.Z[:, None, :]).reshape(len(one.Z), q * q)
    information = np.asarray((one.patterns * precision) @ squares, np.float64).reshape(-1, q, q)
    information[:, np.arange(q), np.arange(q)] += 1 / prior
    # The diagonal of a Cholesky factor, for its determinant: these matrices are positive definite.
    factor = np.linalg.cholesky(information)
    determinant: Floats = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    covariance = np.asarray(np.linalg.inv(information), np.float64)
    return covariance, determinant


def _step(answers: Answers, spread: Spread) -> _Round:
    """One round of EM; its statistics are the gradient, too (Fisher's identity)."""
    n, blocks = answers.counts, len(answers.blocks)
    move = np.zeros(len(n))
    squares, counts = np.zeros((2, len(n) + blocks + 2))
    log_likelihood = 0.0
    for position, one in enumerate(answers.blocks):
        prior, precision = spread.prior(position, one), 1 / spread.sigma2[one.items]
        covariance, determinant = _covariances(one, precision, prior)
        observed = one.patterns[one.which]
        residual = one.scores - observed * spread.mean[one.items]
        pulled = (residual * precision) @ one.Z
        x = np.matmul(covariance[one.which], pulled[:, :, None])[:, :, 0]
        left = residual - observed * (x @ one.Z.T)
        of_z = np.einsum("pij,ni,nj->pn", covariance, one.Z, one.Z, optimize=True)
        move[one.items] = left.sum(axis=0) / n[one.items]
        squares[one.items] = (left**2).sum(axis=0) + one.people @ (one.patterns * of_z)
        counts[one.items] = n[one.items]
        # x of an area or competency that a person saw nothing of is not part of that person.
        seen = one.seen > 0
        of_x = (seen[one.which] * x**2).sum(axis=0)
        of_x += one.people @ (seen * np.diagonal(covariance, axis1=1, axis2=2))
        kinds = np.array([len(n) + position, len(n) + blocks, len(n) + blocks + 1])[one.kind]
        np.add.at(squares, kinds, of_x)
        np.add.at(counts, kinds, one.people @ seen)
        log_likelihood -= 0.5 * (
            float(n[one.items] @ np.log(2 * math.pi * spread.sigma2[one.items]))
            + float(one.people @ (determinant + np.log(prior).sum()))
            + float((residual**2 @ precision).sum() - (pulled * x).sum())
        )
    variances, expected = spread.variances(), squares / counts
    expected[: len(n)] -= move**2
    return _Round(
        after=spread.of(spread.mean + move, expected),
        log_likelihood=log_likelihood,
        by_mean=n * move / spread.sigma2,
        by_variance=(squares - counts * variances) / (2 * variances**2),
    )


def information(answers: Answers, spread: Spread) -> tuple[Floats, Floats]:
    """The Fisher information of the means (n x n), and that of the variances in the order of `Spread`.

    With S the covariance of a person's observed scores, S^-1 for the means and tr(S^-1 dS S^-1 dS') / 2 for
    the variances (Searle, Casella & McCulloch 1992, Variance Components, ch. 6), summed over the people as
    they answered; between means and variances it is 0.
    """
    n, blocks = len(spread.mean), len(answers.blocks)
    of_means = np.zeros((n, n))
    of_variances = np.zeros((n + blocks + 2, n + blocks + 2))
    for position, one in enumerate(answers.blocks):
        kinds = np.array([n + position, n + blocks, n + blocks + 1])
        grouped = (one.kind[:, None] == np.arange(3)).astype(np.float64)
        for people, inverse in _inverses(one, spread, position):
            of_means[np.ix_(one.items, one.items)] += np.tensordot(people, inverse, 1)
            of_variances[np.ix_(one.items, one.items)] += np.tensordot(people, inverse**2, 1) / 2
            loaded = inverse @ one.Z
            crossed = np.tensordot(people, loaded**2, 1) @ grouped / 2
            of_variances[np.ix_(one.items, kinds)] += crossed
            of_variances[np.ix_(kinds, one.items)] += crossed.T
            among = np.tensordot(people, (one.Z.T @ loaded) ** 2, 1) / 2
            of_variances[np.ix_(kinds, kinds)] += grouped.T @ among @ grouped
    return of_means, of_variances


def _inverses(one: BlockAnswers, spread: Spread, position: int) -> Iterator[tuple[Floats, Floats]]:
    """The inverse covariance of the scores of each pattern, 0 where not observed, some patterns at a time."""
    precision = 1 / spread.sigma2[one.items]
    covariance, _ = _covariances(one, precision, spread.prior(position, one))
    for start in range(0, len(one.patterns), _PATTERNS):
        part = slice(start, start + _PATTERNS)
        weighted = one.patterns[part] * precision
        reach = weighted[:, :, None] * one.Z
        inverse = -(reach @ covariance[part] @ reach.transpose(0, 2, 1))
        diagonal = np.arange(len(one.items))
        inverse[:, diagonal, diagonal] += weighted
        yield one.people[part], inverse
