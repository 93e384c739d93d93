"""``compare``: candidates of one role beside each other."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import (
    add_calibration,
    add_json,
    add_language,
    add_role,
    add_sittings,
    concentration,
    natural,
    positive,
)

SAYS = "Compare candidates: groups, pairs and ranks."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_sittings(parser)
    add_role(parser)
    add_json(parser, "the whole comparison, one document")
    parser.add_argument("--blind", action="store_true", help="codes in place of names")
    parser.add_argument("--sliding", action="store_true", help="sliding bands too")
    parser.add_argument(
        "--pairs",
        type=positive,
        default=20,
        metavar="N",
        help="pairs among so many of the highest estimates, in --json (%(default)s)",
    )
    parser.add_argument(
        "--beside", metavar="ROLE", help="also who is in another group under this role, and why"
    )  # fmt: skip
    parser.add_argument(
        "--concentration", type=concentration, default=60.0, metavar="X",
        help="how sure the role's weights are: the larger the surer, 0 takes them as exact (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--seed", type=natural, default=1, help="what ranks are drawn with (%(default)s)")
    add_calibration(parser)
    add_language(parser)


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import comparing

    return comparing.compare(
        given.sittings,
        given.role,
        as_json=given.json,
        blind=given.blind,
        seed=given.seed,
        concentration=given.concentration or None,
        sliding=given.sliding,
        most_in_pairs=given.pairs,
        beside=given.beside,
        calibration=given.calibration,
        language=given.lang,
    )
