"""``report``: profiles as PDF files."""

from __future__ import annotations

import argparse
from pathlib import Path

from assessor.cli.arguments import add_calibration, add_others, add_role, add_sittings

SAYS = "Write the PDF profile of each sitting."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_sittings(parser, metavar="SITTING")
    add_role(parser)
    add_others(parser)
    parser.add_argument("--lang", metavar="fr|en", help="the report's language (that of the sitting)")
    parser.add_argument("--edition", default="self", help="the edition (%(default)s)")
    parser.add_argument("--paper", metavar="letter|a4", help="the paper (that of the language's country)")
    add_calibration(parser)
    parser.add_argument(
        "-o", dest="output", type=Path, required=True, metavar="FILE",
        help="FILE.pdf, FILE.html, or a folder where there are many sittings",
    )  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import reports

    return reports.report(
        given.sittings,
        given.role,
        others=given.others,
        calibration=given.calibration,
        language=given.lang,
        edition=given.edition,
        paper=given.paper,
        output=given.output,
    )
