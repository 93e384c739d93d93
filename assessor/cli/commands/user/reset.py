"""``user reset``: how somebody who has lost a password comes in again."""

from __future__ import annotations

import argparse

SAYS = "Print a link by which that person chooses another password; it works once, within two hours."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("email", metavar="EMAIL", help="the address that they sign in with")
    parser.add_argument(
        "--without-second-factor",
        action="store_true",
        help="take their second factor away too: they have lost the device and the recovery codes",
    )


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import entering

    return entering.reset_link(given.email, lifts=given.without_second_factor)
