"""docs/adding.md as steps: files to write, lines to add, commands to run. Judges nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
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
    """Somebody who follows the page to the letter in one folder, and what the last command said."""

    folder: Path
    environment: dict[str, str]
    exports: str = ""
    said: list[str] = field(default_factory=list)

    def follow(self, step: Step) -> None:
        """Do what the step says; a command that fails is an assertion that shows what it said."""
        if step.does == "run":
            self.run(step.text)
            return
        path = self.folder / step.path
        kept = path.read_text(encoding="utf-8") if step.does != "Write" else ""
        assert path.exists() is (step.does != "Write"), f"{step.does} {step.path}"
        path.write_text(kept + step.text, encoding="utf-8")

    def run(self, commands: str) -> str:
        """What the commands print, errors included."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.exports + commands],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}"
        self.exports += "".join(re.findall(r"^export .*\n", commands, re.MULTILINE))
        self.said.append(done.stdout)
        return done.stdout


def reader(folder: Path, state: Path) -> Reader:
    """A reader with this Python's commands at hand and a data folder of their own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ASSESSOR_", "PYTEST_"))
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return Reader(folder, kept | {"PATH": path, "ASSESSOR_DATA": str(state), "PYTHONDONTWRITEBYTECODE": "1"})
