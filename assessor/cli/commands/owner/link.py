"""``owner link``: how the first owner comes in."""

from __future__ import annotations

import argparse

SAYS = "Print a link that makes one workspace and its owner; it works once, within a day."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import entering

    return entering.owner_link()
