"""``serve``: the server and all that it needs."""

from __future__ import annotations

import argparse

from assessor.cli.arguments import port, positive

SAYS = "Serve the pages: upgrade the database, load the banks."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    parser.add_argument("--port", type=port, default=8000, help="port to listen at (%(default)s; 0: any)")
    parser.add_argument("--workers", type=positive, default=2, help="web processes (%(default)s)")
    parser.add_argument("--threads", type=positive, default=4, help="threads of each (%(default)s)")


def run(given: argparse.Namespace) -> int:
    """The exit code of the command."""
    from assessor.cli import serving

    return serving.serve(given.host, given.port, workers=given.workers, threads=given.threads)
