"""The commands: this folder is their registry. A module is a command of its name, a folder a group of them.

A module has ``SAYS`` (its line in the help), ``arguments(parser)`` and ``run(given)``, which gives the exit
code; a folder has ``SAYS``. A command imports what it needs when it runs: ``--help`` must answer at once.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pkgutil import iter_modules


def add_to(parser: argparse.ArgumentParser, package: str = __name__) -> None:
    """Add every command of a folder, in the order of the alphabet."""
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for found in sorted(iter_modules(sys.modules[package].__path__), key=lambda found: found.name):
        module = import_module(f"{package}.{found.name}")
        added = inner.add_parser(found.name, help=module.SAYS, description=module.SAYS)
        if found.ispkg:
            add_to(added, module.__name__)
        else:
            module.arguments(added)
            added.set_defaults(run=module.run)
