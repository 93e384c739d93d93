"""``banks schema``: the shape of a file, for editors."""

from __future__ import annotations

import argparse

SAYS = "Print the JSON Schema of an item and of a family, for editors."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import banks

    return banks.schema()
