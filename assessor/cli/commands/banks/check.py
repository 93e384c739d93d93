"""``banks check``: what is wrong or doubtful in banks."""

from __future__ import annotations

import argparse
from pathlib import Path

from assessor.cli.arguments import add_json, add_language

SAYS = "Say everything that is wrong or doubtful in banks."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("path", nargs="*", type=Path, metavar="PATH", help="a bank, or a folder of banks")
    add_language(parser)
    add_json(parser)


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import banks

    return banks.check(given.path, as_json=given.json, language=given.lang)
