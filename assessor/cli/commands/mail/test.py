"""``mail test``: one letter, to find out whether mail leaves."""

from __future__ import annotations

import argparse

SAYS = "Send one test letter and print what the mail server said."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("address", metavar="ADDRESS", help="whom the letter is for")
    parser.add_argument("--lang", metavar="LANGUAGE", help="its language; the preferred one of the settings")


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import mailing

    return mailing.trial(given.address, given.lang)
