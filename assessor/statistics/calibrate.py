"""Calibration: the easiness and the spread of items, and how far areas and competencies differ, from answers.

How a person is scored lives in `model`; this module makes its numbers. The model is that of `model`, with
g ~ N(mu, s^2) over people (by block, and here only), on persons x items scores of which many may be missing:

    s_pi = mu_B + b_i + g_p,B + u_p,a + d_p,k + e_pi

All of it is maximum likelihood; b is then shrunk toward m_t, the mean of its type within its block.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from assessor.messages import N_
from assessor.scoring.model import LEVELS, MIDDLE, PLANNING, Design, Floats, Indices, Parameters, Trust
from assessor.scoring.populations import PLANNED, Population, Range
from assessor.statistics.likelihood import (
    Answers,
    Held,
    Spread,
    answers_of,
    held_at_planning,
    information,
    maximised,
)

#: The fewest completed sittings from which a calibration is made, and the fewest answers to one item.
LEAST_SITTINGS = 100
LEAST_ANSWERS = 50
#: The version of the stored form of a calibration.
FORMAT = 2

TOO_FEW = N_("Too few completed sittings to calibrate: %(n)d, and this needs at least %(needs)d.")
UNKNOWN_REFERENCE = N_("Not calibrated: no sitting holds a reference question called %(items)s.")
NOT_OF_CORE = N_("Not calibrated: these reference questions are not of the core: %(items)s.")
NO_REFERENCE = N_("Not calibrated: the reference set names no question of the core.")
REFERENCE_TOO_FEW = N_(
    "Not calibrated: the reference question %(item)s cannot be estimated; answers to it: %(n)d."
)
NOT_TOLD_APART = N_("nothing in these answers tells it from the rest")
TOO_UNCERTAIN = N_("its standard error would be larger than the planning value")
NOT_CONVERGED = N_("Not calibrated: the estimates did not settle in %(n)d rounds.")


class NotCalibrated(ValueError):
    """These answers give no calibration; `message` is a message id and `values` what its places hold."""

    def __init__(self, message: str, **values: int | str) -> None:
        """Carry both; the text is the English one."""
        super().__init__(message % values)
        self.message = message
        self.values = values


@dataclass(frozen=True)
class CalibratedItem:
    """One item: `b` and its posterior variance `v_b`, the maximum-likelihood value with its error, sigma.

    From `n` answers. Errors of sigma are those of its square over 2 sigma.
    """

    n: int
    b: float
    v_b: float
    b_ml: float
    b_se: float
    sigma: float
    sigma_se: float


@dataclass(frozen=True)
class TypeEffect:
    """The mean easiness m_t of a type's items within a block, and its posterior standard deviation."""

    item_type: str
    block: int
    m: float
    sd: float


@dataclass(frozen=True)
class General:
    """The general level of the people calibrated from, in a block: its mean and SD with their errors.

    `s_se` is None where s was held.
    """

    block: int
    mu: float
    mu_se: float
    s: float
    s_se: float | None


@dataclass(frozen=True)
class HeldVariance:
    """A variance that the answers could not give and that keeps its planning value: `tau_a2`, `tau_c2`, `s2`.

    `block` is that of an s2; `why` is a message. Errors of the other estimates take its value as known.
    """

    of: str
    block: int | None
    value: float
    why: str


@dataclass(frozen=True)
class Signature:
    """A code over a calibration's canonical JSON, made with the key of that name."""

    key: str
    mac: str


@dataclass(frozen=True)
class Calibration:
    """A named, stored calibration; never changed, named in every report that uses it.

    `reference` are the items over which b has mean 0; `kept_planning` those given that keep planning values,
    `held` the variances of people that do. Variances and their errors (from the Fisher information, None for
    one that was held) are those of tau_a^2 and tau_c^2. Who stored it
    may have signed it; `trust` says what that is worth to who reads it. Neither is part of its identity.
    """

    name: str
    sittings: int
    reference: tuple[str, ...]
    tau_a2: float
    tau_a2_se: float | None
    tau_c2: float
    tau_c2_se: float | None
    beta: float
    beta_t: float
    general: tuple[General, ...]
    types: tuple[TypeEffect, ...]
    items: Mapping[str, CalibratedItem]
    kept_planning: tuple[str, ...]
    log_likelihood: float
    rounds: int
    held: tuple[HeldVariance, ...] = ()
    format: int = FORMAT
    signature: Signature | None = None
    trust: Trust = "unsigned"

    @property
    def digest(self) -> str:
        """``sha256:`` and 64 hexadecimal digits of its canonical JSON."""
        return "sha256:" + hashlib.sha256(canonical(self).encode()).hexdigest()

    @property
    def parameters(self) -> Parameters:
        """What scoring uses beside `calibrated`; its source names the calibration.

        beta_t is 0: what is known of a type's effect is in b and v_b already, item by item.
        """
        return Parameters(
            tau_a=math.sqrt(self.tau_a2),
            tau_c=math.sqrt(self.tau_c2),
            beta=self.beta,
            beta_t=0.0,
            source=f"calibration {self.name} ({self.digest[7:19]})",
            trust=self.trust,
        )


def calibrate(
    scores: ArrayLike,
    design: Design,
    items: Sequence[str],
    types: Sequence[str],
    *,
    reference: Sequence[str],
    core: int,
    name: str,
    planning: Parameters = PLANNING,
    most_rounds: int = 200,
) -> Calibration:
    """The calibration from the scores of completed sittings, N x n with nan where an item was not given.

    `design` holds all n items at planning values (its `observed` is not used), `items` and `types` name them;
    `core` is the number of the core block. Every block is centred on the items of `reference` in it, or on
    all of its items where none is named. Raises NotCalibrated with the reason, ValueError for wrong shapes.
    """
    known = np.asarray(scores, np.float64)
    if known.ndim != 2 or known.shape[1] != len(design.competency) or np.isinf(known).any():
        raise ValueError(f"scores must be finite, people x {len(design.competency)} items: {known.shape}")
    if not len(items) == len(types) == known.shape[1]:
        raise ValueError(f"{len(items)} items and {len(types)} types are named, not {known.shape[1]}")
    known = known[~np.isnan(known).all(axis=1)]
    if len(known) < LEAST_SITTINGS:
        raise NotCalibrated(TOO_FEW, n=len(known), needs=LEAST_SITTINGS)
    kept = _estimable(known)
    block = np.array(design.block)[np.array(design.competency)]
    _require_reference(known, kept, items, block, reference, core)
    chosen = np.flatnonzero(kept)
    answers = answers_of(known[:, chosen], design, chosen)
    held = held_at_planning(answers, planning)
    found = maximised(answers, planning, held, most_rounds)
    if found is None:
        raise NotCalibrated(NOT_CONVERGED, n=most_rounds)
    spread, log_likelihood, rounds = found
    return _told(
        Calibration(
            name=name,
            sittings=len(known),
            reference=tuple(sorted(reference)),
            tau_a2=spread.tau_a2,
            tau_a2_se=None,
            tau_c2=spread.tau_c2,
            tau_c2_se=None,
            beta=planning.beta,
            beta_t=planning.beta_t,
            general=(),
            types=(),
            items={},
            kept_planning=tuple(sorted(items[i] for i in np.flatnonzero(~kept).tolist())),
            log_likelihood=log_likelihood,
            rounds=rounds,
            held=tuple(_named(one, answers) for one in held),
        ),
        answers,
        spread,
        held,
        [items[i] for i in chosen.tolist()],
        [types[i] for i in chosen.tolist()],
    )


def _named(held: Held, answers: Answers) -> HeldVariance:
    place = held.position - len(answers.counts)
    kinds = [*("s2" for _ in answers.blocks), "tau_a2", "tau_c2"]
    block = answers.blocks[place].block if kinds[place] == "s2" else None
    return HeldVariance(kinds[place], block, held.value, TOO_UNCERTAIN if held.apart else NOT_TOLD_APART)


def _estimable(scores: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Items with enough answers that are not all worth the same: without variance sigma would be 0."""
    answered = ~np.isnan(scores)
    filled = np.where(answered, scores, 0.0)
    n = np.maximum(answered.sum(axis=0), 1)
    variance = (filled**2).sum(axis=0) / n - (filled.sum(axis=0) / n) ** 2
    found: np.ndarray[Any, np.dtype[np.bool_]] = (answered.sum(axis=0) >= LEAST_ANSWERS) & (variance > 1e-9)
    return found


def _require_reference(
    scores: Floats,
    kept: np.ndarray[Any, np.dtype[np.bool_]],
    items: Sequence[str],
    block: Indices,
    reference: Sequence[str],
    core: int,
) -> None:
    place = {ident: i for i, ident in enumerate(items)}
    if not any(ident in place and block[place[ident]] == core for ident in reference):
        raise NotCalibrated(NO_REFERENCE)
    for ident in reference:
        n = int((~np.isnan(scores[:, place[ident]])).sum()) if ident in place else 0
        if ident not in place or not kept[place[ident]]:
            raise NotCalibrated(REFERENCE_TOO_FEW, item=ident, n=n)


def _told(
    calibration: Calibration,
    answers: Answers,
    spread: Spread,
    held: Sequence[Held],
    items: Sequence[str],
    types: Sequence[str],
) -> Calibration:
    """The calibration with the estimates of every block and what is known of their errors."""
    of_means, of_variances = information(answers, spread)
    free = np.ones(len(of_variances), np.bool_)
    free[[one.position for one in held]] = False
    errors = np.full(len(free), np.nan)
    errors[free] = np.sqrt(np.diag(np.linalg.inv(of_variances[np.ix_(free, free)])))
    n = len(items)
    general: list[General] = []
    effects: list[TypeEffect] = []
    told: dict[str, CalibratedItem] = {}
    for position, one in enumerate(answers.blocks):
        covariance = np.linalg.inv(of_means[np.ix_(one.items, one.items)])
        named = np.array([items[i] in calibration.reference for i in one.items.tolist()])
        weights = named / named.sum() if named.any() else np.full(len(one.items), 1 / len(one.items))
        mu = float(weights @ spread.mean[one.items])
        s2 = float(spread.s2[position])
        s_se = _known(errors[n + position] / (2 * math.sqrt(s2)))
        mu_se = math.sqrt(float(weights @ covariance @ weights))
        general.append(General(one.block, mu, mu_se, math.sqrt(s2), s_se))
        centred = np.eye(len(one.items)) - np.ones((len(one.items), 1)) * weights
        b_ml = centred @ spread.mean[one.items]
        error = centred @ covariance @ centred.T
        kinds = [types[i] for i in one.items.tolist()]
        b, v_b, of_types = _shrunk(b_ml, error, weights, kinds, calibration)
        effects += [TypeEffect(kind, one.block, *told_of) for kind, told_of in sorted(of_types.items())]
        for at, i in enumerate(one.items.tolist()):
            sigma = math.sqrt(float(spread.sigma2[i]))
            told[items[i]] = CalibratedItem(
                n=int(answers.counts[i]),
                b=float(b[at]),
                v_b=float(v_b[at]),
                b_ml=float(b_ml[at]),
                b_se=math.sqrt(max(float(error[at, at]), 0.0)),
                sigma=sigma,
                sigma_se=float(errors[i]) / (2 * sigma),
            )
    return replace(
        calibration,
        tau_a2_se=_known(errors[-2]),
        tau_c2_se=_known(errors[-1]),
        general=tuple(general),
        types=tuple(effects),
        items=dict(sorted(told.items())),
    )


def _known(error: float) -> float | None:
    return None if math.isnan(error) else float(error)


def _shrunk(
    b_ml: Floats, error: Floats, weights: Floats, kinds: Sequence[str], calibration: Calibration
) -> tuple[Floats, Floats, dict[str, tuple[float, float]]]:
    """The b and their variances after the prior of `model`, and each type's m with its SD.

    The prior, too, is that of b with weighted mean 0: the reference set defines where the scale lies, so no
    uncertainty is left in it.
    """
    names = sorted(set(kinds))
    of_type = np.array([[float(kind == name) for name in names] for kind in kinds])
    prior = calibration.beta**2 * np.eye(len(kinds)) + calibration.beta_t**2 * of_type @ of_type.T
    with_m = calibration.beta_t**2 * of_type
    reach = prior @ weights
    in_all = weights @ reach
    prior = prior - np.outer(reach, reach) / in_all
    m_reach = with_m.T @ weights
    with_m = with_m - np.outer(reach, m_reach) / in_all
    left = np.linalg.pinv(prior + error, hermitian=True)
    b = prior @ left @ b_ml
    v_b = np.maximum(np.diag(prior - prior @ left @ prior), 0.0)
    m = with_m.T @ left @ b_ml
    v_m = calibration.beta_t**2 - m_reach**2 / in_all - np.diag(with_m.T @ left @ with_m)
    sd = np.sqrt(np.maximum(v_m, 0.0))
    return b, v_b, {name: (float(m[t]), float(sd[t])) for t, name in enumerate(names)}


def calibrated(design: Design, items: Sequence[str], calibration: Calibration) -> Design:
    """The form with the calibration's b, v_b and sigma, item by item; other items keep planning values.

    Sigma is that at the level of the people calibrated from: an item's spreads are scaled to it.
    To be used with the calibration's `parameters`, which have no effect of types: that of an item without
    calibrated values is part of its own v_b, which keeps its whole variance.
    """
    known = [calibration.items.get(ident) for ident in items]
    levels = {one.block: one.mu for one in calibration.general}
    unknown = calibration.beta**2 + calibration.beta_t**2
    return replace(
        design,
        sigma=tuple(
            planned if one is None else one.sigma for one, planned in zip(known, design.sigma, strict=True)
        ),
        b=tuple(0.0 if one is None else one.b for one in known),
        v_b=tuple(unknown if one is None else one.v_b for one in known),
        spreads=tuple(
            row if one is None else _scaled(row, one.sigma, levels.get(design.block[k], LEVELS[MIDDLE]))
            for one, row, k in zip(known, design.spreads, design.competency, strict=False)
        ),
    )


def populations_of(calibration: Calibration) -> Range:
    """The range of populations under which words are to hold: the calibrated mean, 2 errors down and up."""
    if not calibration.general:
        return PLANNED

    def end(side: float) -> Population:
        own = tuple((one.block, one.mu + side * 2 * one.mu_se, one.s) for one in calibration.general)
        return Population(own[0][1], own[0][2], own)

    return Range(end(-1.0), end(1.0))


def _scaled(spreads: Sequence[float], sigma: float, level: float) -> tuple[float, ...]:
    """The spreads of an item, all larger or smaller by what makes them sigma where its people were."""
    there = math.sqrt(float(np.interp(level, LEVELS, np.square(spreads))))
    return tuple(one * sigma / there for one in spreads)


def canonical(calibration: Calibration) -> str:
    """The one JSON of the calibration's content: what its digest and its signature are over."""
    return json.dumps(_content(calibration), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _content(calibration: Calibration) -> dict[str, Any]:
    whole = asdict(calibration)
    return {name: whole[name] for name in whole if name not in ("signature", "trust")}


def to_json(calibration: Calibration) -> str:
    """The calibration as JSON with its digest, and its signature where it has one: what is stored."""
    whole = {**_content(calibration), "digest": calibration.digest}
    if calibration.signature is not None:
        whole["signature"] = asdict(calibration.signature)
    return json.dumps(whole, sort_keys=True, allow_nan=False)


def from_json(text: str) -> Calibration:
    """The calibration that `to_json` wrote; ValueError where it is another format or was changed.

    Its signature is read, not checked.
    """
    whole = json.loads(text)
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise ValueError(f"this is no calibration of format {FORMAT}")
    digest, signature = whole.pop("digest", None), whole.pop("signature", None)
    whole.pop("trust", None)
    try:
        found = Calibration(
            **{
                **whole,
                "reference": tuple(whole["reference"]),
                "kept_planning": tuple(whole["kept_planning"]),
                "held": tuple(HeldVariance(**one) for one in whole["held"]),
                "general": tuple(General(**one) for one in whole["general"]),
                "types": tuple(TypeEffect(**one) for one in whole["types"]),
                "items": {ident: CalibratedItem(**one) for ident, one in whole["items"].items()},
                "signature": None if signature is None else _signature(signature),
            }
        )
    except (AttributeError, KeyError, TypeError) as wrong:
        raise ValueError(f"this calibration is incomplete: {wrong}") from None
    if found.digest != digest:
        raise ValueError("this calibration was changed: its digest is not that of its content")
    return found


def _signature(given: Any) -> Signature:
    found = Signature(**given)
    if not (isinstance(found.key, str) and isinstance(found.mac, str)):
        raise TypeError("signature")
    return found
