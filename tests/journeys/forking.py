"""A Python that has the libraries in memory: each line of its input is run as ``python -m`` would, in a fork.

What a fork reads of the project it reads anew, as it stands in the folder by then; only libraries are
shared, whose start takes longer than most of what is asked. A line is JSON: the words, and the file that
takes what is printed; the answer is the exit code.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys

LIBRARIES = [
    "alembic.command",
    "babel.messages.catalog",
    "flask_wtf",
    "numpy",
    "pydantic",
    "pytest",
    "scipy.linalg",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "sqlalchemy.orm",
    "weasyprint",
    "yaml",
]


def run(words: list[str], printed: str) -> None:
    """Become the program; its end is this process's."""
    said = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


def main() -> None:
    """Answer until the input ends."""
    for name in LIBRARIES:
        importlib.import_module(name)
    # As ``-m`` has it, in place of this file's folder.
    sys.path[0] = os.getcwd()
    answers = os.fdopen(os.dup(1), "w")
    for line in os.fdopen(os.dup(0)):
        asked = json.loads(line)
        child = os.fork()
        if not child:
            run(asked["words"], asked["printed"])
            return
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers, flush=True)


if __name__ == "__main__":
    main()
