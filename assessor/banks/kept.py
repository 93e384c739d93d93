"""The shipped library as it was read before: one file of plain values, good for these bytes and this program.

Reading every bank takes most of the time of a short command: YAML with the line of every value, and checks
across files. What was found sound once is written down; whoever reads it validates each value by its schema
again, and skips what only the same bytes could answer the same way.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from assessor.banks.schema import Bank, Bookkeeping, Framework, Item, Library, RoleProfile
from assessor.items import ITEM_TYPES
from assessor.items.base import digest_of

#: The programs whose answer a kept library stands for.
PROGRAMS = ("banks", "items", "language", "messages.py")
NAME = "library-{key}.json"
_PACKAGE = Path(__file__).resolve().parent.parent


def key_of(shipped: Path) -> str | None:
    """The identity of what would be read, and of what would read it: paths and bytes; None if unreadable."""
    digest = sha256()
    try:
        for path in (*_sources(), *_files(shipped)):
            raw = path.read_bytes()
            digest.update(f"{path}\0{len(raw)}\0".encode())
            digest.update(raw)
    except OSError:
        return None
    return digest.hexdigest()[:32]


def kept_library(folder: Path, key: str) -> Library | None:
    """The library that was kept under that key; None where there is none, or none that can be read."""
    try:
        return _library(json.loads((folder / NAME.format(key=key)).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(folder: Path, key: str, library: Library) -> None:
    """Write the library down under that key, in place of any other; a disk that refuses is no trouble."""
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in folder.glob(NAME.format(key="*")):
            old.unlink(missing_ok=True)
        # Whole or not at all: another process may read or write at the same moment.
        handle, draft = tempfile.mkstemp(dir=folder, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(_values(library), file, ensure_ascii=False)
            Path(draft).replace(folder / NAME.format(key=key))
        finally:
            Path(draft).unlink(missing_ok=True)


def _sources() -> Iterator[Path]:
    for name in PROGRAMS:
        place = _PACKAGE / name
        yield from sorted(place.rglob("*.py")) if place.is_dir() else (place,)


def _files(shipped: Path) -> Iterable[Path]:
    return sorted(path for path in shipped.rglob("*") if path.is_file())


def _values(library: Library) -> dict[str, Any]:
    return {
        "framework": library.framework.model_dump(mode="json", by_alias=True),
        "banks": [bank.model_dump(mode="json", by_alias=True) for bank in library.banks.values()],
        "roles": [role.model_dump(mode="json", by_alias=True) for role in library.roles.values()],
        "items": [
            {
                "content": item.content.model_dump(mode="json", by_alias=True),
                "digest": item.digest,
                "bank": item.bank,
                "book": item.book.model_dump(mode="json", by_alias=True),
            }
            for item in library.items.values()
        ],
    }


def _library(values: Mapping[str, Any]) -> Library:
    framework = Framework.model_validate(values["framework"])
    banks = [Bank.model_validate(one) for one in values["banks"]]
    roles = [RoleProfile.model_validate(one) for one in values["roles"]]
    items = [_item(one) for one in values["items"]]
    return Library(
        framework,
        digest_of(framework),
        {bank.id: bank for bank in banks},
        {item.id: item for item in items},
        {role.id: role for role in roles},
    )


def _item(values: Mapping[str, Any]) -> Item:
    schema = ITEM_TYPES[values["content"]["type"]].Schema
    content = schema.model_validate(values["content"])
    return Item(content, values["digest"], values["bank"], Bookkeeping.model_validate(values["book"]))
