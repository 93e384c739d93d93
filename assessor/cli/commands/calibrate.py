"""``calibrate``: a calibration from sittings."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import add_language, add_output, add_sittings

SAYS = "Items and people's spread from 100 sittings or more."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_sittings(parser)
    parser.add_argument("--domain", required=True, help="the domain that the sittings are of")
    parser.add_argument("--name", required=True, help="what reports call this calibration")
    parser.add_argument(
        "--reference", nargs="+", default=[], metavar="ITEM",
        help="core items over which the mean easiness is 0 (all with enough answers)",
    )  # fmt: skip
    add_output(parser, required=True)
    add_language(parser)


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import calibrating

    return calibrating.run(
        given.sittings,
        given.domain,
        name=given.name,
        reference=given.reference,
        output=given.output,
        language=given.lang,
    )
