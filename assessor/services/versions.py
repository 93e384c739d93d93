"""Versions of banks in the database: what attempts refer to, so that no edit of a file changes them (RE5)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Insert, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessor.assembly import TestForm
from assessor.banks.schema import Bank, Bookkeeping, Framework, Item, Library, RoleProfile
from assessor.config import Settings
from assessor.errors import NotFound
from assessor.items import read_content
from assessor.items.base import Content, Part
from assessor.store.db import open_database
from assessor.store.models import Form, Version

_SCHEMA: Mapping[str, type[Part]] = {"bank": Bank, "framework": Framework, "role": RoleProfile}

#: Texts by digest: what a digest names never changes, so a process reads each of them once.
_READ: dict[str, Part] = {}
_MOST_READ = 10_000


def load(session: Session, library: Library, now: datetime) -> int:
    """The number of versions that the database had not seen and now holds: items, banks, framework, roles."""
    roles = {role.id: role for domain in library.domain_ids for role in library.roles_of(domain)}
    return _hold(session, library, library.items.values(), library.banks.values(), roles.values(), now)


def _hold(
    session: Session,
    library: Library,
    items: Iterable[Item],
    banks: Iterable[Bank],
    roles: Iterable[RoleProfile],
    now: datetime,
) -> int:
    wanted: dict[str, tuple[str, str, Part]] = {
        library.framework_digest: ("framework", "framework", library.framework),
        **{item.digest: ("item", item.id, item.content) for item in items},
        **{bank.digest(): ("bank", bank.id, bank) for bank in banks},
        **{role.digest(): ("role", role.id, role) for role in roles},
    }
    known = set(session.scalars(select(Version.digest).where(Version.digest.in_(wanted))))
    rows = [
        {"digest": digest, "kind": kind, "name": name, "canonical": part.canonical(), "first_seen": now}
        for digest, (kind, name, part) in sorted(wanted.items())
        if digest not in known
    ]
    if rows:
        session.execute(_insert_unless_there(session), rows)
    return len(rows)


def _insert_unless_there(session: Session) -> Insert:
    """An insert for two servers that start together, and both find a version missing."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(Version).on_conflict_do_nothing()
    return postgresql.insert(Version).on_conflict_do_nothing()


def freeze(session: Session, library: Library, form: TestForm, now: datetime) -> Form:
    """A stored form: its item versions with what is known of their keys now, and the texts of its reports.

    Every version that it refers to is in the database afterwards, whatever was loaded before.
    """
    banks = {bank.id: bank for bank in library.banks.values() if bank.kind == "core"} | {
        form.domain.bank.id: form.domain.bank
    }
    roles = {role.id: role for role in library.roles_of(form.domain.bank.id)} | {form.role.id: form.role}
    stored = Form(
        digest=form.digest,
        domain=form.domain.bank.id,
        role=form.role.id,
        length=form.length,
        pool=form.pool,
        seed=form.seed,
        items=[
            {"digest": item.digest, "bank": item.bank, "book": item.book.model_dump(mode="json")}
            for item in form.items
        ],
        texts={
            "framework": library.framework_digest,
            "banks": {name: bank.digest() for name, bank in banks.items()},
            "roles": {name: role.digest() for name, role in roles.items()},
        },
        created_at=now,
    )
    # Last: from its first writing statement on, this transaction has its turn and others wait.
    _hold(session, library, form.items, banks.values(), roles.values(), now)
    session.add(stored)
    return stored


def thaw(session: Session, form: Form) -> tuple[Library, tuple[Item, ...]]:
    """The library as it was when the form was made, and the form's items in order; reads versions only."""
    texts = form.texts
    found = _read(
        session,
        {
            texts["framework"],
            *texts["banks"].values(),
            *texts["roles"].values(),
            *(entry["digest"] for entry in form.items),
        },
    )
    items = tuple(_item(entry, found) for entry in form.items)
    library = Library(
        framework=cast(Framework, found[texts["framework"]]),
        framework_digest=texts["framework"],
        banks={name: cast(Bank, found[digest]) for name, digest in texts["banks"].items()},
        items={item.id: item for item in items},
        roles={name: cast(RoleProfile, found[digest]) for name, digest in texts["roles"].items()},
    )
    return library, items


def _read(session: Session, digests: set[str]) -> dict[str, Part]:
    found = {digest: part for digest in digests if (part := _READ.get(digest)) is not None}
    if missing := digests - found.keys():
        for version in session.scalars(select(Version).where(Version.digest.in_(missing))):
            found[version.digest] = _parsed(version)
        if len(_READ) > _MOST_READ:
            _READ.clear()
        _READ.update(found)
    return found


def _parsed(version: Version) -> Part:
    held = json.loads(version.canonical)
    return read_content(held) if version.kind == "item" else _SCHEMA[version.kind].model_validate(held)


def _item(entry: Mapping[str, Any], found: Mapping[str, Part]) -> Item:
    return Item(
        content=cast(Content, found[entry["digest"]]),
        digest=entry["digest"],
        bank=entry["bank"],
        book=Bookkeeping.model_validate(entry["book"]),
    )


def older_items(settings: Settings, loaded: Library, digests: set[str]) -> dict[str, Item]:
    """Digest -> the older version of an item that the files still have, with its present bookkeeping.

    From the database, where there is one; it is neither made nor brought up to date.
    """
    if settings.is_sqlite and not Path(settings.database_url.removeprefix("sqlite:///")).is_file():
        return {}
    database = open_database(settings.database_url)
    try:
        if not inspect(database.engine).has_table(Version.__tablename__):
            return {}
        with database.reading() as session:
            wanted = select(Version).where(Version.kind == "item", Version.digest.in_(digests))
            found = [(version.digest, version.name, version.canonical) for version in session.scalars(wanted)]
    finally:
        database.close()
    return {
        digest: Item(
            read_content(json.loads(canonical)), digest, loaded.items[name].bank, loaded.items[name].book
        )
        for digest, name, canonical in found
        if name in loaded.items
    }


def named(items: Iterable[Item], item_id: str) -> Item:
    """The item of that id; raises NotFound for one that is not among them."""
    for item in items:
        if item.id == item_id:
            return item
    raise NotFound("the form has no such item")
