"""``banks sheet``: a sheet to read blind."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import add_language, add_output, natural, positive

SAYS = "Write a sheet of situations to be read blind."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("bank", nargs="*", metavar="BANK", help="a bank's id, or a folder (all banks)")
    only = parser.add_mutually_exclusive_group()
    for reading, shows in (("responses", "the responses alone"), ("open", "the situations alone")):
        option = "--responses-only" if reading == "responses" else "--open"
        only.add_argument(option, dest="reading", action="store_const", const=reading, help=shows)
    parser.set_defaults(reading="whole")
    parser.add_argument("--seed", type=natural, help="what order and letters are drawn with (by lot)")
    parser.add_argument("--limit", type=positive, metavar="N", help="so many of them, drawn")
    parser.add_argument("--one-each", action="store_true", help="one situation of each family")
    parser.add_argument(
        "--all-turns",
        action="store_true",
        help="every turn of a scenario, which shows where each answer leads",
    )
    add_language(parser)
    add_output(parser, required=True, metavar="SHEET")


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import sheets

    return sheets.sheet(
        given.bank,
        language=given.lang,
        reading=given.reading,
        seed=given.seed,
        limit=given.limit,
        is_once=given.one_each,
        are_all=given.all_turns,
        output=given.output,
    )
