"""Versions of banks in the database: what attempts refer to, so that no edit of a file changes them (RE5)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessor.assembly import TestForm
from assessor.banks.schema import Bank, Bookkeeping, Framework, Item, Library, RoleProfile
from assessor.items import read_content
from assessor.items.base import Part
from assessor.store.models import Form, Version


def load(session: Session, library: Library, now: datetime) -> int:
    """The number of versions that the database had not seen and now holds: items, banks, framework, roles."""
    wanted = {digest: (kind, name, part) for kind, name, digest, part in _versions(library)}
    known = set(session.scalars(select(Version.digest).where(Version.digest.in_(wanted))))
    for digest in sorted(wanted.keys() - known):
        kind, name, part = wanted[digest]
        session.add(Version(digest=digest, kind=kind, name=name, canonical=part.canonical(), first_seen=now))
    session.flush()
    return len(wanted.keys() - known)


def _versions(library: Library) -> Iterator[tuple[str, str, str, Part]]:
    for item in library.items.values():
        yield "item", item.id, item.digest, item.content
    for bank in library.banks.values():
        yield "bank", bank.id, bank.digest(), bank
    yield "framework", "framework", library.framework.digest(), library.framework
    for role in _roles(library).values():
        yield "role", role.id, role.digest(), role


def _roles(library: Library) -> dict[str, RoleProfile]:
    """Every role that a report may be drawn under, the general ones too."""
    return {role.id: role for domain in library.domain_ids for role in library.roles_of(domain)}


def freeze(session: Session, library: Library, form: TestForm, now: datetime) -> Form:
    """A stored form: its item versions with what is known of their keys now, and the texts of its reports."""
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
            "framework": library.framework.digest(),
            "banks": {name: bank.digest() for name, bank in banks.items()},
            "roles": {name: role.digest() for name, role in roles.items()},
        },
        created_at=now,
    )
    session.add(stored)
    return stored


def thaw(session: Session, form: Form) -> tuple[Library, tuple[Item, ...]]:
    """The library as it was when the form was made, and the form's items in order; reads versions only."""
    texts = form.texts
    digests = [
        texts["framework"],
        *texts["banks"].values(),
        *texts["roles"].values(),
        *(entry["digest"] for entry in form.items),
    ]
    found = {
        version.digest: json.loads(version.canonical)
        for version in session.scalars(select(Version).where(Version.digest.in_(digests)))
    }
    items = tuple(_item(entry, found) for entry in form.items)
    library = Library(
        framework=Framework.model_validate(found[texts["framework"]]),
        framework_digest=texts["framework"],
        banks={name: Bank.model_validate(found[digest]) for name, digest in texts["banks"].items()},
        items={item.id: item for item in items},
        roles={name: RoleProfile.model_validate(found[digest]) for name, digest in texts["roles"].items()},
    )
    return library, items


def _item(entry: Mapping[str, Any], found: Mapping[str, Any]) -> Item:
    return Item(
        content=read_content(found[entry["digest"]]),
        digest=entry["digest"],
        bank=entry["bank"],
        book=Bookkeeping.model_validate(entry["book"]),
    )
