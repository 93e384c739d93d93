"""A small house to walk through: what is shipped, with a few of its situations for each competency.

What a stranger adds, and how it is drawn, read and reported, is the same beside thirty files as beside all.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from pathlib import Path

from assessor.config import ROOT

BANKS = ROOT / "question_banks"
#: The shipped domain that is kept, so that there is something to be taken already.
DOMAIN = "banking"
#: How many files each competency keeps.
KEPT = 2


def small_house(folder: Path) -> Path:
    """A checkout whose banks are the framework, some of the core, the practice and one domain."""
    for name in ("assessor", "templates"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    small_banks(folder / "question_banks")
    return folder


def small_banks(folder: Path) -> None:
    """The shipped banks, thinned, in a new folder."""
    shutil.copytree(BANKS / "practice", folder / "practice")
    shutil.copy(BANKS / "framework.yaml", folder)
    for bank in ("core", DOMAIN):
        (folder / bank / "items").mkdir(parents=True)
        shutil.copy(BANKS / bank / "bank.yaml", folder / bank)
        for path in _kept(BANKS / bank / "items"):
            shutil.copy(path, folder / bank / "items")
    (folder / "roles").mkdir()
    for path in (BANKS / "roles").iterdir():
        if f"\ndomain: {DOMAIN}\n" in path.read_text(encoding="utf-8"):
            shutil.copy(path, folder / "roles")


def _kept(items: Path) -> list[Path]:
    """For each competency its shortest files, each of another type, and none that speaks of others."""
    by_competency: dict[str, dict[str, Path]] = defaultdict(dict)
    alone = [path for path in items.iterdir() if "enemies:" not in path.read_text(encoding="utf-8")]
    for path in sorted(alone, key=lambda path: (path.stat().st_size, path.name)):
        competency, kind = (_first(name, path) for name in ("competency", "type"))
        if len(by_competency[competency]) < KEPT:
            by_competency[competency].setdefault(kind, path)
    return sorted(path for kinds in by_competency.values() for path in kinds.values())


def _first(name: str, path: Path) -> str:
    found = re.search(rf"^\s*{name}: (\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None, path
    return found[1]
