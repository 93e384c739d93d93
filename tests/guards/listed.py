"""The guards that must each be held by a test, as `guards.toml` lists them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Guard:
    """One guard: where its words stand, what stands there without it, and the tests that must then fail."""

    name: str
    file: str
    remove: str
    instead: str
    tests: tuple[str, ...]

    def taken_out(self, source: str) -> str:
        """The source without the guard; raises ValueError where its words do not stand there exactly once."""
        found = source.count(self.remove)
        if found != 1:
            raise ValueError(f"{self.name}: its words stand {found} times in {self.file}, not once")
        return source.replace(self.remove, self.instead)


def listed() -> tuple[Guard, ...]:
    """Every guard, in the order of the file."""
    written = tomllib.loads((Path(__file__).parent / "guards.toml").read_text(encoding="utf-8"))
    return tuple(Guard(**{**entry, "tests": tuple(entry["tests"])}) for entry in written["guard"])
