"""The comparison as stable JSON. Reads and writes no file."""

from __future__ import annotations

from typing import Any

from assessor.comparison.model import Comparison, Standing
from assessor.comparison.moves import Move
from assessor.minimums import judgement_document

DECIMALS = 6


def document(found: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON: 6 decimals on the 0-100 scale, 3 for shares of draws."""
    model = found.model
    return {
        "role": found.role_id,
        "role_digest": found.role_digest,
        "domain": found.domain_id,
        "framework_digest": found.framework_digest,
        "model": {
            "source": model.source,
            "tau_a": model.tau_a,
            "tau_c": model.tau_c,
            "beta": model.beta,
            "beta_t": model.beta_t,
        },
        "blind": found.blind,
        "provisional": found.provisional,
        "core_only": found.core_only,
        "area_weights": {area: _round(share) for area, share in found.area_weights.items()},
        "languages": list(found.languages),
        "coverage": _round(found.coverage),
        "rho": _round(found.rho),
        "seed": found.seed,
        "draws": found.draws,
        "concentration": found.concentration,
        "forms": dict(found.forms),
        "groups": [list(names) for names in found.groups],
        "candidates": {one.name: _standing(one) for one in found.standings},
        "pairs": [{"first": pair.first, "second": pair.second, "p": pair.p} for pair in found.pairs],
        "pairs_shown": {
            "shown": len(found.pairs),
            "of": found.pairs_of,
            "among_highest": found.pairs_among,
        },
        "overestimate": None if found.overestimate is None else _round(found.overestimate),
        "keys": {
            one.key: {
                "largest": _round(one.largest),
                "mean": _round(one.mean),
                "other_group": one.other_group,
            }
            for one in found.keys
        },
        "left_out": {one.name: one.why for one in found.left_out},
        "sliding": [list(names) for names in found.sliding],
    }


def moves_document(role_id: str, moves: tuple[Move, ...]) -> dict[str, Any]:
    """Who is in another group under another role, and why, as plain JSON."""
    return {
        "role": role_id,
        "moves": [
            {
                "name": one.name,
                "group": one.group,
                "other_group": one.other_group,
                "points": _round(one.points),
                "areas": {area: _round(points) for area, points in one.areas.items()},
            }
            for one in moves
        ],
    }


def _round(value: float) -> float:
    # Adding 0 makes of -0.0 the 0 that it is.
    return round(value, DECIMALS) + 0.0


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "form": one.form,
        "language": one.language,
        "provisional": one.provisional,
        "group": one.group,
        **{name: _round(getattr(one, name)) for name in ("estimate", "se", "low", "high")},
        "areas": {area: None if value is None else _round(value) for area, value in one.areas.items()},
        "ranks": [round(share, 3) for share in one.ranks],
        "rank_range": [one.rank_low, one.rank_high],
        **judgement_document(one.judgement),
        "other_keys": {
            key: {"points": _round(shift.points), "group": shift.group}
            for key, shift in one.other_keys.items()
        },
    }
