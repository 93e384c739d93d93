"""``audit verify``: whether every entry is there and is as it was written."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import head

SAYS = "Say whether every entry of the audit is there and as it was written; exit 1 if not."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--head", action="append", default=[], type=head, metavar="CHAIN:NUMBER:HASH",
        help="an end that was printed and kept earlier, which must still be there; may be given again",
    )  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import operations

    return operations.verify_audit(given.head)
