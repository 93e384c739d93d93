"""``simulate``: sittings of people who answer as the model says."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import (
    add_language,
    add_length,
    add_output,
    add_pool,
    add_role,
    finite,
    natural,
    not_negative,
)

SAYS = "Print sittings of simulated candidates, a line each."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_role(parser)
    parser.add_argument("-n", type=natural, default=1, metavar="N", help="how many (%(default)s)")
    parser.add_argument("--seed", type=natural, default=1, help="for form and candidates (%(default)s)")
    parser.add_argument(
        "--ability", type=finite, help="their true level, 0-1 (spread over people by default)"
    )
    parser.add_argument("--spread", type=not_negative, help="the standard deviation of the level over people")
    parser.add_argument("--form-effects", choices=("fixed", "fresh"), default="fresh", metavar="fixed|fresh")
    add_length(parser)
    add_pool(parser)
    add_language(parser)
    add_output(parser, required=False)


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import sittings

    return sittings.simulate(
        given.role,
        given.n,
        seed=given.seed,
        ability=given.ability,
        spread=given.spread,
        form_effects=given.form_effects,
        length=given.length,
        pool=given.pool,
        language=given.lang,
        output=given.output,
    )
