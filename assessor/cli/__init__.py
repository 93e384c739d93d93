"""The command line: its parser, its exit codes and errors. Each command is a module of ``commands``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from assessor.cli.exits import DONE


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of one command: 0 done, 1 the input is wrong or a check failed, 2 usage."""
    from assessor.cli import streams

    streams.prepare()
    try:
        with streams.ended_by_signals():
            return _ran(argv)
    except BrokenPipeError as error:
        if error.filename is not None:
            return _told(error)
        streams.silence()
        return DONE
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if streams.is_of_output(error):
            error.filename = "standard output"
            streams.silence()
        return _told(error)
    except Exception as error:
        return _told(error)


def _ran(argv: Sequence[str] | None) -> int:
    """The command's exit code, once all that it printed is out."""
    try:
        given = _parser().parse_args(argv)
        run: Callable[[argparse.Namespace], int] = given.run
        code = run(given)
    except SystemExit:  # a usage error, --help, or a signal
        sys.stdout.flush()
        raise
    sys.stdout.flush()
    return code


def _told(error: Exception) -> int:
    from assessor.cli.failures import told

    return told(error)


def _parser() -> argparse.ArgumentParser:
    from assessor import __version__
    from assessor.cli import commands

    parser = argparse.ArgumentParser(
        prog="assessor", description="Judgement and skills in social media: tests, profiles, reports."
    )
    parser.add_argument("--version", action="version", version=f"assessor {__version__}")
    commands.add_to(parser)
    return parser
