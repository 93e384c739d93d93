"""The comparison as stable JSON. Reads and writes no file."""

from __future__ import annotations

from typing import Any

from assessor.language.figures import rounded
from assessor.measurement.minimums import judgement_document
from assessor.scoring.populations import populations_document
from assessor.studies.comparison.model import Comparison, Standing
from assessor.studies.comparison.moves import Move

#: What a document of this shape says of itself; before it, one population for all and no version.
VERSION = 2
DECIMALS = 6
#: What belongs to an end of the range of populations, by its name.
ENDS = ("weak", "strong")


def document(found: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON: 6 decimals on the 0-100 scale, 3 for shares of draws."""
    model = found.model
    return {
        "version": VERSION,
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
            "populations": populations_document(found.within),
            **({} if model.trust is None else {"signature": model.trust}),
        },
        "blind": found.blind,
        "provisional": found.provisional,
        "core_only": found.core_only,
        "area_weights": {area: rounded(share, DECIMALS) for area, share in found.area_weights.items()},
        "languages": list(found.languages),
        "coverage": rounded(found.coverage, DECIMALS),
        "rho": {end: rounded(rho, DECIMALS) for end, rho in zip(ENDS, found.rho, strict=True)},
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
        "overestimate": None if found.overestimate is None else rounded(found.overestimate, DECIMALS),
        "keys": {
            one.key: {
                "largest": rounded(one.largest, DECIMALS),
                "mean": rounded(one.mean, DECIMALS),
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
                "points": rounded(one.points, DECIMALS),
                "areas": {area: rounded(points, DECIMALS) for area, points in one.areas.items()},
            }
            for one in moves
        ],
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "form": one.form,
        "language": one.language,
        "provisional": one.provisional,
        "group": one.group,
        **{name: rounded(getattr(one, name), DECIMALS) for name in ("estimate", "se", "low", "high")},
        "areas": {
            area: None if value is None else rounded(value, DECIMALS) for area, value in one.areas.items()
        },
        "ranks": {
            end: [rounded(share, 3) for share in shares]
            for end, shares in zip(ENDS, (one.ranks_weak, one.ranks_strong), strict=True)
        },
        "rank_range": [one.rank_low, one.rank_high],
        **judgement_document(one.judgement),
        "other_keys": {
            key: {"points": rounded(shift.points, DECIMALS), "group": shift.group}
            for key, shift in one.other_keys.items()
        },
    }
