"""``form``: what a form would be, printed."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import add_json, add_language, add_length, add_pool, add_role, few, natural

SAYS = "Assemble a form: its items, minutes and expected errors."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_role(parser)
    add_length(parser)
    parser.add_argument("--seed", type=natural, default=1, help="what the form is drawn with (%(default)s)")
    parser.add_argument(
        "--forms", type=few, default=1, metavar="N", help="alike forms that share few items (%(default)s)"
    )
    add_pool(parser)
    add_json(parser, "as JSON, a line for each form")
    add_language(parser)


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import sittings

    return sittings.form(
        given.role,
        given.length,
        given.seed,
        forms=given.forms,
        pool=given.pool,
        as_json=given.json,
        language=given.lang,
    )
