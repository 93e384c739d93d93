"""Banks to develop beside: the shipped framework, practice and one domain, with situations made here.

What code makes of forty small situations it makes of all that are shipped, and nothing here depends on what
those hold.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from assessor.config import ROOT

BANKS = ROOT / "question_banks"
#: The domain that the recipes name.
DOMAIN = "banking"
#: The key of each type in the order of the file: no place is the best one more often than another.
KEYS = {"best": (3, 5, 1, 2), "best_worst": (5, 1, 3, 2), "rate": (2, 3, 1, 5), "rank": (1, 3, 5, 2)}
LURES = ("near", "geek", "vanity", "freeze")


def small_banks(folder: Path) -> None:
    """The banks, in a new folder: two situations for each competency, of two types."""
    shutil.copytree(BANKS / "practice", folder / "practice")
    shutil.copy(BANKS / "framework.yaml", folder)
    (folder / "roles").mkdir()
    for path in (BANKS / "roles").iterdir():
        if f"\ndomain: {DOMAIN}\n" in path.read_text(encoding="utf-8"):
            shutil.copy(path, folder / "roles")
    framework = _read(BANKS / "framework.yaml")
    shared = [one["id"] for area in framework["areas"] for one in area["competencies"]]
    own = [one["id"] for one in _read(BANKS / DOMAIN / "bank.yaml")["competencies"]]
    for bank, competencies in (("core", shared), (DOMAIN, own)):
        (folder / bank / "items").mkdir(parents=True)
        shutil.copy(BANKS / bank / "bank.yaml", folder / bank)
        for item in _items(bank, [one for one in competencies for _ in range(2)]):
            path = folder / bank / "items" / f"{item['id']}.yaml"
            path.write_text(yaml.safe_dump(item, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _items(bank: str, competencies: list[str]) -> Iterator[dict[str, Any]]:
    for number, (competency, kind) in enumerate(zip(competencies, cycle(KEYS), strict=False), start=1):
        yield {
            "id": f"{bank}-made-{number}",
            "type": kind,
            "competency": competency,
            "minutes": 2,
            "pool": "open",
            "status": "author-keyed",
            "situation": _text(f"{bank} {number}, {competency}"),
            "options": [_option(place, worth) for place, worth in zip("abcd", KEYS[kind], strict=True)],
            "principle": _text(f"principle {number}"),
            "as_of": "2026-11-22",
        }


def _option(place: str, worth: int) -> dict[str, Any]:
    lure = {} if worth == 5 else {"lure": LURES["abcd".index(place)]}
    return {
        "id": place,
        "text": _text(f"option {place}"),
        "effectiveness": worth,
        **lure,
        "why": _text(f"why {place}"),
    }


def _text(words: str) -> dict[str, str]:
    return {"fr": f"{words} (fr)", "en": f"{words} (en)"}
