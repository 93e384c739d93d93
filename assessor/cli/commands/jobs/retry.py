"""``jobs retry``: one job, by its number."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import natural

SAYS = "Take a job up again that failed or was stopped."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("job", type=natural, metavar="JOB", help="its number, as jobs list prints it")


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import working

    return working.retry(given.job)
