"""``banks stats``: what the banks hold and give away."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import add_json, add_language

SAYS = "Count items; say what test-wise strategies score."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_language(parser)
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import banks

    return banks.count(as_json=given.json, language=given.lang)
