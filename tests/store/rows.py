"""Rows for the tables of every revision: what a database in use holds when its next migration comes.

A revision that adds a table adds its rows here; one that adds a column without a default adds its value.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, MetaData

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = "0" * 64
ITEM, BANK = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def _attempt(number: int, state: str) -> dict[str, Any]:
    return {
        "id": number,
        "ref": f"{number:016x}",
        "kind": "self",
        "token_hash": f"{number:064x}",
        "form_id": 1,
        "language": "fr",
        "state": state,
        "secret": bytes(32),
        "epoch": 3,
        "notice_digest": ITEM,
        "notice_language": "fr",
        "code": f"AAAA-BBB{number}",
        "started_at": NOW,
        "saved_at": NOW,
        "finished_at": NOW if state == "finished" else None,
        "expires_at": NOW,
    }


def _response(number: int, attempt: int) -> dict[str, Any]:
    return {
        "id": number,
        "attempt_id": attempt,
        "item_digest": ITEM,
        "seq": number,
        "language": "fr",
        "response": '"a"',
        "seconds": 12.5,
        "saved_at": NOW,
    }


def _job(number: int, attempt: int | None, state: str) -> dict[str, Any]:
    has_begun = state != "waiting"
    return {
        "id": number,
        "kind": "document" if attempt else "retention",
        "key": f"key {number}",
        "arguments": {"role": "general-arts"} if attempt else {},
        "attempt_id": attempt,
        "asked_by": "sitting" if attempt else "clock",
        "asked_at": NOW,
        "state": state,
        "tries": int(has_begun),
        "faults_left": 3,
        "due_at": NOW,
        "told_at": NOW,
        "started_at": NOW if has_begun else None,
        "beat_at": NOW if has_begun else None,
        "ended_at": NOW if state == "done" else None,
        "stop_asked_at": None,
        "done": 3 if state == "done" else None,
        "total": 3 if has_begun else None,
        "fault": "",
    }


def _person(number: int, password: str | None) -> dict[str, Any]:
    return {
        "id": number,
        "ref": f"{number:016x}",
        "email": f"person{number}@example.org",
        "given_name": "Noémie",
        "family_name": "Lépine",
        "language": "fr",
        "password_hash": password,
        "totp_seed": bytes(20) if password else None,
        "totp_step": 57_000_000 if password else None,
        "created_at": NOW,
        "seen_at": NOW if password else None,
    }


def _sign_in(number: int, ended: datetime | None) -> dict[str, Any]:
    return {
        "id": number,
        "ref": f"{number:016x}",
        "person_id": 1,
        "token_hash": f"{number:064x}",
        "device": "Firefox, Linux",
        "begun_at": NOW,
        "seen_at": NOW,
        "ends_at": NOW,
        "ended_at": ended,
        "proven_at": NOW,
    }


def _link(number: int, purpose: str) -> dict[str, Any]:
    return {
        "id": number,
        "ref": f"{number:016x}",
        "purpose": purpose,
        "token_hash": f"{number:064x}",
        "person_id": 2 if purpose == "reset" else None,
        "workspace_id": 1 if purpose == "join" else None,
        "email": "colleague@example.org" if purpose == "join" else None,
        "roles": ["recruiter"] if purpose == "join" else [],
        "made_at": NOW,
        "ends_at": NOW,
        "used_at": None,
    }


#: An entry that its chain's head does not count yet, as while it is being written.
ENTRY = {
    "chain": "server",
    "number": 1,
    "at": "2026-11-22T12:00:00.000000Z",
    "capacity": "job",
    "actor": None,
    "event": "sitting.expired",
    "subject": "sitting",
    "object": "5" * 16,
    "details": "{}",
    "previous": START,
    "hash": "6" * 64,
}

#: By table, in an order in which each row finds what it refers to.
ROWS: dict[str, list[dict[str, Any]]] = {
    "version": [
        {"digest": ITEM, "kind": "item", "name": "core-one", "canonical": "{}", "first_seen": NOW},
        {"digest": BANK, "kind": "bank", "name": "core", "canonical": "{}", "first_seen": NOW},
    ],
    "form": [
        {
            "id": 1,
            "digest": ITEM,
            "domain": "arts",
            "role": "general-arts",
            "length": "short",
            "pool": "open",
            "seed": 7,
            "items": [{"digest": ITEM, "bank": "core", "book": {}}],
            "texts": {"framework": BANK},
            "created_at": NOW,
        }
    ],
    "attempt": [_attempt(1, "open"), _attempt(2, "finished")],
    "response": [_response(1, 1), _response(2, 1), _response(3, 2)],
    "profile": [
        {"id": 1, "attempt_id": 2, "role": "general-arts", "document": {"fit": 61.2}, "created_at": NOW},
    ],
    "access_grant": [
        {"id": 1, "attempt_id": 1, "secret_hash": "3" * 64, "given_at": NOW, "ends_at": NOW},
        {"id": 2, "attempt_id": 2, "secret_hash": "4" * 64, "given_at": NOW, "ends_at": NOW},
    ],
    "tally": [{"name": "sittings", "subject": "0" * 32, "since": NOW, "count": 3}],
    "job": [_job(1, None, "waiting"), _job(2, 2, "running"), _job(3, 2, "done")],
    "job_file": [{"job_id": 3, "content": b"%PDF-", "ends_at": NOW}],
    "workspace": [
        {
            "id": 1,
            "ref": "a" * 16,
            "name": "Atelier",
            "languages": ["fr", "en"],
            "zone": "America/Toronto",
            "settings": {},
            "created_at": NOW,
        }
    ],
    "person": [_person(1, "7" * 97), _person(2, None)],
    "member": [
        {"id": 1, "workspace_id": 1, "person_id": 1, "roles": ["owner"], "joined_at": NOW},
        {"id": 2, "workspace_id": 1, "person_id": 2, "roles": ["rater", "auditor"], "joined_at": NOW},
    ],
    "sign_in": [_sign_in(1, None), _sign_in(2, NOW)],
    "recovery_code": [
        {"id": 1, "person_id": 1, "code_hash": "8" * 64, "used_at": None},
        {"id": 2, "person_id": 1, "code_hash": "9" * 64, "used_at": NOW},
    ],
    "remembered_device": [
        {"id": 1, "person_id": 1, "secret_hash": "8" * 64, "given_at": NOW, "ends_at": NOW}
    ],
    "one_time_link": [_link(1, "owner"), _link(2, "reset"), _link(3, "join")],
    "audit_head": [{"chain": "server", "number": 0, "hash": START}],
    "audit_entry": [ENTRY],
    "worker": [{"name": "here 1 abcdef", "started_at": NOW, "beat_at": NOW}],
}


def fill(connection: Connection) -> None:
    """Put the rows into the tables that are there, with the columns that these have; guards must be gone."""
    known = MetaData()
    known.reflect(connection)
    for name, rows in ROWS.items():
        table = known.tables.get(name)
        if table is not None:
            kept = [{column: row[column] for column in row if column in table.c} for row in rows]
            connection.execute(table.insert(), kept)


def contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """What every table but the migrations' own holds, by column."""
    known = MetaData()
    known.reflect(connection)
    return {
        name: [dict(row._mapping) for row in connection.execute(table.select().order_by(*table.primary_key))]
        for name, table in known.tables.items()
        if name != "alembic_version"
    }
