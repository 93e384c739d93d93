"""docs/adding.md as steps: files to write, lines to add, commands to run, and people who follow them.

Judges nothing but whether a command did what it was asked.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assessor.config import ROOT

PAGE = ROOT / "docs" / "adding.md"
FORKING = ROOT / "tests" / "journeys" / "forking.py"
#: Settings that are this test run's own.
FOREIGN = ("ASSESSOR_", "PYTEST_")

_BLOCK = re.compile(
    r"(?:^(Write|Add to the end of) `([^`]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Step:
    """One block of the page: ``does`` is Write, Add to the end of, or run."""

    does: str
    path: str
    text: str


def steps(recipe: str) -> list[Step]:
    """The blocks under a second heading of the page, in order; every block says what is done with it."""
    chapters = re.split(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = []
    for verb, path, language, text in _BLOCK.findall(
        dict(zip(chapters[1::2], chapters[2::2], strict=True))[recipe]
    ):
        assert verb or language == "sh", f"docs/adding.md, {recipe}: a block without its file"
        found.append(Step(verb or "run", path, text))
    return found


@dataclass
class Reader:
    """Somebody who follows the page to the letter in one folder; what each line of theirs said last."""

    folder: Path
    #: Does one line of a terminal, and gives what it prints; an assertion fails where the line does.
    type: Callable[[str], str]
    said: dict[str, str] = field(default_factory=dict)

    def follow(self, recipe: str) -> None:
        """Do all that the recipe says."""
        for step in steps(recipe):
            if step.does == "run":
                for line in step.text.splitlines():
                    self.said[line] = self.type(line)
            else:
                self.put(step)

    def put(self, step: Step) -> None:
        """Write the file, or what is added to its end."""
        path = self.folder / step.path
        assert path.exists() is (step.does != "Write"), f"{step.does} {step.path}"
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(kept + step.text, encoding="utf-8")


class Terminal:
    """A terminal in a copy of the project: this Python, the copy's own code, a data folder of its own."""

    def __init__(self, folder: Path, state: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        self._tools = Path(sys.executable).parent
        self._printed = state.parent / "printed.txt"
        self._here: Any = {
            "cwd": folder,
            "env": kept
            | {
                "PATH": f"{self._tools}{os.pathsep}{kept['PATH']}",
                "PYTHONPATH": str(folder),
                "OPENBLAS_NUM_THREADS": "1",  # A fork has one thread.
                "ASSESSOR_DATA": str(state),
            },
            "text": True,
        }
        self._python = subprocess.Popen(
            [sys.executable, FORKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **self._here
        )

    def __call__(self, line: str) -> str:
        """What the line prints; an assertion fails where the line does."""
        words = shlex.split(line)
        code, said = self.python(words[2:]) if words[:2] == ["python", "-m"] else self._bash(line)
        assert code == 0, f"{line}\n{said}"
        return said

    def python(self, words: Sequence[str]) -> tuple[int, str]:
        """The exit code of that module with those words, and what it prints."""
        assert self._python.stdin is not None
        assert self._python.stdout is not None
        print(
            json.dumps({"words": list(words), "printed": str(self._printed)}),
            file=self._python.stdin,
            flush=True,
        )
        return int(self._python.stdout.readline()), self._printed.read_text(encoding="utf-8")

    def close(self) -> None:
        """Nothing of it is left."""
        self._python.communicate()

    def _bash(self, line: str) -> tuple[int, str]:
        # What is installed is installed; the copy has no environment of its own to prepare.
        asked = re.sub(r"^make\b", f"make -o prepare-test BIN={shlex.quote(str(self._tools))}", line)
        said = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", asked],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **self._here,
        )
        return said.returncode, said.stdout
