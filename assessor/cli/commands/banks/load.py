"""``banks load``: versions put into the database."""

from __future__ import annotations

import argparse

SAYS = "Put unseen versions into the database."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import operations

    return operations.load_banks()
