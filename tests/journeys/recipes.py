"""docs/adding.md as steps: files to write, lines to add, commands to run, and people who follow them.

Judges nothing but whether a command did what it was asked.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from assessor.config import ROOT

PAGE = ROOT / "docs" / "adding.md"

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


def terminal_of(folder: Path, state: Path) -> Callable[[str], str]:
    """A terminal in a copy of the project: this Python, the copy's own code, a data folder of its own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ASSESSOR_", "PYTEST_"))
    }
    tools = Path(sys.executable).parent
    environment = kept | {
        "PATH": f"{tools}{os.pathsep}{kept['PATH']}",
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "ASSESSOR_DATA": str(state),
    }

    def typed(line: str) -> str:
        # What is installed is installed; the copy has no environment of its own to prepare.
        asked = re.sub(r"^make\b", f"make -o prepare-test BIN={shlex.quote(str(tools))}", line)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", asked],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}"
        return done.stdout

    return typed
