"""``jobs stop``: one job, by its number."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import natural

SAYS = "Stop a job: at once where it waits, else at its next step."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("job", type=natural, metavar="JOB", help="its number, as jobs list prints it")


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import working

    return working.stop(given.job)
