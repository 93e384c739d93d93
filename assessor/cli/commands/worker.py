"""``worker``: one more worker, on this machine or another."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import few

SAYS = "Do the work that no request waits for, on any machine."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--threads", type=few, default=2, help="jobs at a time (%(default)s)")


def run(given: argparse.Namespace) -> int:
    """Nothing comes back: the process becomes a worker."""
    from assessor.cli import working

    working.worker(given.threads)
