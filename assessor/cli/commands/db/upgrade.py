"""``db upgrade``: the tables of this version."""

from __future__ import annotations

import argparse

SAYS = "Bring the database to this version's tables."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import operations

    return operations.upgrade_database()
