"""``jobs list``: the work of the last seven days."""

from __future__ import annotations

import argparse

SAYS = "List the work of the last seven days, newest first."


def arguments(_parser: argparse.ArgumentParser) -> None:
    """Say what the command takes: nothing."""


def run(_given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import working

    return working.show()
