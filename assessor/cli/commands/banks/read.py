"""``banks read``: what answers to a sheet score."""

from __future__ import annotations

import argparse
from pathlib import Path

from assessor.cli.arguments import add_json, add_language

SAYS = "Say what answers to a sheet score."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("answers", type=Path, metavar="ANSWERS.json", help="number -> answer")
    parser.add_argument("sheet", type=Path, metavar="SHEET", help="the sheet that was answered")
    parser.add_argument("path", nargs="*", type=Path, metavar="PATH", help="further banks that it shows")
    add_json(parser)
    add_language(parser)


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import sheets

    return sheets.read(given.answers, given.sheet, given.path, as_json=given.json, language=given.lang)
