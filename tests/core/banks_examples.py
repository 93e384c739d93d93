"""A small sound set of banks as texts, to be written into a folder, whole or spoilt in one place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import yaml

from assessor.items import read_content
from assessor.items.base import Content, Lure

LURES = [lure for lure in get_args(Lure) if lure != "near"]

ITEM = """\
id: core-one
type: best
competency: audience.voice
minutes: 1.5
pool: open
status: author-keyed
situation:
  fr: Une librairie annonce une lecture et la salle est déjà pleine.
  en: A bookshop announces a reading and the room is already full.
stimulus:
  kind: table
  caption: {fr: Places, en: Seats}
  columns:
    - {fr: Salle, en: Room}
    - {fr: Places, en: Seats}
  rows:
    - [{fr: Grande, en: Large}, 120]
options:
  - id: a
    text: {fr: Offrir la liste d’attente, en: Offer the waiting list}
    effectiveness: 4
    lure: near
    why: {fr: Utile aux retardataires, en: Useful to latecomers}
  - id: b
    text: {fr: Diffuser la lecture en direct, en: Stream the reading live}
    effectiveness: 5
    why: {fr: Chacun y a accès, en: Everybody has access}
  - id: c
    text: {fr: Relancer la publication, en: Boost the post}
    effectiveness: 1
    lure: geek
    why: {fr: La salle est pleine, en: The room is full}
principle: {fr: La portée n’est pas le but, en: Reach is not the aim}
facts: [CO-01]
as_of: 2026-11-22
review_by: 2027-05-22
enemies: [core-two]
"""

ITEM_TWO = ITEM.replace("core-one", "core-x").replace("core-two", "core-one").replace("core-x", "core-two")


def text(words: str) -> dict[str, str]:
    return {"fr": f"{words} (fr)", "en": words}


def competency(ident: str) -> dict[str, Any]:
    return {
        "id": ident,
        "name": text(ident),
        "definition": text("It is."),
        "anchors": [text(f"Level {level}") for level in range(1, 5)],
        "interview": [{"question": text("How?"), "listen_for": text("This.")}],
    }


def area(ident: str, block: str, *competencies: str) -> dict[str, Any]:
    return {
        "id": ident,
        "block": block,
        **{key: text(f"{key} {ident}") for key in ("name", "definition", "strength", "growth")},
        "competencies": [competency(each) for each in competencies],
    }


FRAMEWORK: dict[str, Any] = {
    "version": "0.1",
    "languages": ["fr", "en"],
    "general_title": {"fr": "Profil général", "en": "General profile"},
    "levels": [
        {"id": name, "name": text(name), "description": text(name)}
        for name in ("one", "two", "three", "four")
    ],
    "cuts": [25, 50, 75],
    "areas": [
        area("strategy", "core", "strategy.organisation", "strategy.risk"),
        area("audience", "core", "audience.publics", "audience.voice"),
        area("platform", "gate", "platform.search"),
        area("domain", "domain", "domain.learning"),
    ],
    "contrasts": [
        {
            "id": "platform_over_audience",
            "over": "platform",
            "under": "audience",
            "sentence": text("You"),
            "sentence_about": text("They"),
        }
    ],
    "lures": {lure: text(lure) for lure in LURES},
}

CORE: dict[str, Any] = {
    "id": "core",
    "kind": "core",
    "title": text("Core"),
    "description": text("The core."),
    "version": "0.1",
    "languages": ["fr", "en"],
    "authors": ["Somebody"],
    "licence": "CC-BY-4.0",
    "sources": {"CO-01": {"what": text("A fact."), "source": "A book", "checked": "2026-11-22"}},
}

SHOP: dict[str, Any] = {**CORE, "id": "shop", "kind": "domain", "competencies": [competency("shop.offer")]}

ROLE: dict[str, Any] = {
    "id": "shop-keeper",
    "domain": "shop",
    "title": text("Shop keeper"),
    "summary": text("Keeps the shop."),
    "length": "short",
    "weights": [
        {"competency": "audience.voice", "weight": 2, "tie": text("Answers customers.")},
        {"competency": "shop.offer", "weight": 1, "tie": text("Shows the goods.")},
    ],
    "minimums": [{"of": "audience", "minimum": 40, "tie": text("Speaks for the shop.")}],
}


def dumped(value: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(value), sort_keys=False, allow_unicode=True, width=1000)


FILES: Mapping[str, str] = {
    "framework.yaml": dumped(FRAMEWORK),
    "core/bank.yaml": dumped(CORE),
    "core/items/core-one.yaml": ITEM,
    "core/items/core-two.yaml": ITEM_TWO,
    "shop/bank.yaml": dumped(SHOP),
    "shop/items/shop-one.yaml": ITEM.replace("core-one", "shop-one")
    .replace("audience.voice", "shop.offer")
    .replace("enemies: [core-two]\n", ""),
    "roles/shop-keeper.yaml": dumped(ROLE),
}


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def synthetic(kind: str, effectiveness: tuple[float, ...]) -> Content:
    """A small item of a type, whose options carry this key in the order of the file."""
    top = max(effectiveness)
    return read_content(
        {
            "id": f"core-{kind.replace('_', '-')}-{len(effectiveness)}",
            "type": kind,
            "competency": "audience.voice",
            "situation": text("A situation."),
            "options": [
                {
                    "id": "abcdefgh"[place],
                    "text": text(f"Do {place}."),
                    "effectiveness": value,
                    "why": text(f"Because {place}."),
                    **({} if value == top else {"lure": "geek"}),
                }
                for place, value in enumerate(effectiveness)
            ],
        }
    )
