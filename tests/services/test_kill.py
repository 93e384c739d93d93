"""kill -9 at a random moment loses no acknowledged answer (RE4)."""

from __future__ import annotations

import random
import subprocess
import sys
import time

from sqlalchemy import text

from assessor.banks.schema import Library
from assessor.config import ROOT
from assessor.store.db import Database, open_database
from tests.fixtures.sittings import NOW, Held, begin

CHILDREN = 2


def test_every_acknowledged_answer_survives_the_death_of_its_server(
    address: str, database: Database, library: Library
) -> None:
    """Two servers save into one database; each is killed while it is saving."""
    sittings = [begin(database, library) for _ in range(CHILDREN)]
    database.close()
    chance = random.Random(20261122)
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.fixtures.saving_child", address, held.ref, NOW.isoformat()],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for held in sittings
    ]
    acknowledged = []
    for child in children:
        assert child.stdout is not None
        first = [child.stdout.readline() for _ in range(chance.randrange(5, 25))]
        time.sleep(chance.uniform(0, 0.01))
        child.kill()
        acknowledged.append([*first, *child.stdout.read().splitlines()])
        child.stdout.close()
        child.wait(timeout=120)
    after = open_database(address)
    for held, lines in zip(sittings, acknowledged, strict=True):
        assert len(lines) >= 5
        assert_kept(Held(after, held.ref, held.token), lines)
    if after.is_sqlite:
        with after.reading() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    after.close()


def assert_kept(held: Held, lines: list[str]) -> None:
    """Each acknowledged pair is a row; at most the one save under way is there besides."""
    promised = {tuple(line.split()) for line in lines if len(line.split()) == 2}
    ids = {item.digest: item.id for item in held.view().items}
    query = text(
        "SELECT item_digest, seq FROM response JOIN attempt ON attempt.id = attempt_id WHERE ref = :ref"
    )
    with held.database.reading() as session:
        found = {(ids[digest], str(seq)) for digest, seq in session.execute(query, {"ref": held.ref})}
    assert promised <= found
    assert len(found) <= len(promised) + 1
