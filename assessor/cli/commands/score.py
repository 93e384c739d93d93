"""``score``: sittings under a role."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import (
    add_calibration,
    add_json,
    add_language,
    add_others,
    add_role,
    add_sittings,
)

SAYS = "Score sittings under a role, as a table or as documents."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_sittings(parser)
    add_role(parser)
    add_others(parser)
    add_json(parser, "score documents, a line each")
    add_calibration(parser)
    add_language(parser)


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import scoring

    return scoring.score(
        given.sittings,
        given.role,
        others=given.others,
        calibration=given.calibration,
        as_json=given.json,
        language=given.lang,
    )
