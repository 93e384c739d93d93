"""``analyse``: statistics of items and forms."""

from __future__ import annotations

import argparse
from pathlib import Path

from assessor.cli.arguments import add_json, add_language, add_sittings, natural

SAYS = "Statistics of items and forms, each with its N."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_sittings(parser)
    parser.add_argument(
        "--columns", type=Path, metavar="FILE.csv",
        help="groups to compare beside the language: a line a candidate, a column a grouping",
    )  # fmt: skip
    parser.add_argument(
        "--selected", metavar="COLUMN",
        help="the column that says who was selected (yes or no): impact ratios of the other groupings",
    )  # fmt: skip
    parser.add_argument(
        "--within", metavar="COLUMN", help="the column of rounds or sites, within which impact is compared"
    )
    add_json(parser, "the whole analysis, one document")
    add_language(parser)
    parser.add_argument("--seed", type=natural, default=1, help="for bootstrap intervals (%(default)s)")


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import analysing

    return analysing.run(
        given.sittings,
        columns=given.columns,
        selected=given.selected,
        within=given.within,
        as_json=given.json,
        seed=given.seed,
        language=given.lang,
    )
