"""``retention``: what has expired is deleted."""

from __future__ import annotations

import argparse

SAYS = "Delete every sitting whose time has come."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--dry-run", action="store_true", help="only say how many that would be")


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import operations

    return operations.retention(dry_run=given.dry_run)
