"""Kills a real server under load, again and again, with -9, and holds it to every word that it gave.

    python -m tests.soak [--sqlite 60] [--postgresql 30] [--seed 1]

Clients save answers and submit sittings as browsers do: what is not acknowledged is sent again, and a ledger
on their side keeps what is. In between a web process, the web server, the worker, the whole of it or
PostgreSQL is killed. At the end every acknowledged answer must be there, every acknowledged submission too,
and every submitted sitting must get its profile. Bounded in kills and in time; prints its ledger; exit code 1
where a word was broken.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import text

from assessor.store.db import Database, open_database
from tests.soak.client import Client, Ledger
from tests.soak.server import PostgreSQL, Server

CLIENTS = 3
LONGEST_S = 1500.0
#: A worker finds what a killed one left within half a minute, and once a minute what nobody asked for.
OWED_AT_MOST_S = 150.0


@dataclass
class Outcome:
    """What one run came to."""

    engine: str
    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    refused: int = 0
    submitted: int = 0
    lost: list[str] = field(default_factory=list)

    def told(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kills.items()))
        return (
            f"{self.engine}: {self.kills.total()} kills ({kinds}); {self.acknowledged} answers and "
            f"{self.submitted} submissions acknowledged, {self.refused} sendings without an answer; "
            f"{len(self.lost)} broken words"
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--sqlite", type=int, default=60, help="kills on SQLite (%(default)s)")
    parser.add_argument("--postgresql", type=int, default=30, help="kills on PostgreSQL (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    outcomes = []
    for engine, kills in (("SQLite", given.sqlite), ("PostgreSQL", given.postgresql)):
        if kills:
            outcomes.append(soaked(engine, kills, random.Random(given.seed)))
            print(outcomes[-1].told(), flush=True)
            print(*outcomes[-1].lost[:10], sep="\n", flush=True)
    return 1 if any(one.lost or not one.acknowledged for one in outcomes) else 0


def soaked(engine: str, kills: int, chance: random.Random) -> Outcome:
    """So many kills on a fresh database of that engine, and what the ledger says afterwards."""
    outcome = Outcome(engine)
    with tempfile.TemporaryDirectory(prefix="assessor-soak-") as folder, database_of(engine, folder) as found:
        address, postgresql = found
        server = Server(Path(folder), address)
        server.start()
        ledgers, stop = [Ledger() for _ in range(CLIENTS)], Event()
        clients = [
            Thread(target=Client(server, address, ledger, seed).run, args=(stop,), daemon=True)
            for seed, ledger in enumerate(ledgers)
        ]
        for client in clients:
            client.start()
        latest = time.monotonic() + LONGEST_S
        while outcome.kills.total() < kills and time.monotonic() < latest:
            _under_load(ledgers, chance)
            outcome.kills[_kill(server, postgresql, chance)] += 1
        stop.set()
        for client in clients:
            client.join(timeout=60)
        server.ensure()
        _audit(address, ledgers, outcome)
        server.stop()
    return outcome


@contextmanager
def database_of(engine: str, folder: str) -> Iterator[tuple[str, PostgreSQL | None]]:
    """A database's address, and the server behind it where there is one."""
    if engine == "SQLite":
        yield f"sqlite:///{Path(folder) / 'assessor.db'}", None
        return
    with PostgreSQL() as server:
        yield server.address, server


def _under_load(ledgers: list[Ledger], chance: random.Random) -> None:
    """Return amid the savings, after a few more have been acknowledged; at the latest in a minute."""
    wanted = sum(len(one.answers) for one in ledgers) + chance.randrange(1, 60)
    latest = time.monotonic() + 60
    while sum(len(one.answers) for one in ledgers) < wanted and time.monotonic() < latest:
        time.sleep(0.005)


def _kill(server: Server, postgresql: PostgreSQL | None, chance: random.Random) -> str:
    """Kill one thing with -9; what died is started again, as a machine's service manager would."""
    kinds = ["web process", "web server", "worker", "everything"]
    if postgresql is not None:
        kinds += ["database", "database and everything"]
    kind = chance.choice(kinds)
    if postgresql is not None and kind.startswith("database"):
        postgresql.kill()
    if kind.endswith("everything"):
        server.kill_all()
    elif kind != "database":
        server.kill_one(kind, chance)
    if postgresql is not None:
        postgresql.ensure()
    server.ensure()
    return kind


def _audit(address: str, ledgers: list[Ledger], outcome: Outcome) -> None:
    database = open_database(address)
    try:
        kept = _kept(database)
        for ledger in ledgers:
            outcome.acknowledged += len(ledger.answers)
            outcome.refused += ledger.unanswered
            outcome.submitted += len(ledger.submitted)
            outcome.lost += [f"neither a receipt nor a delay: {said}" for said in ledger.surprises]
            outcome.lost += [
                f"lost: {pair} was {response}, is {kept.get(pair)}"
                for pair, response in ledger.answers.items()
                if kept.get(pair) != response
            ]
        submitted = {ref for ledger in ledgers for ref in ledger.submitted}
        outcome.lost += [f"not submitted: {ref}" for ref in submitted - _refs(database, FINISHED)]
        outcome.lost += [f"no profile: {ref}" for ref in _without_profile(database)]
        if database.is_sqlite:
            with database.reading() as session:
                found = session.scalar(text("PRAGMA integrity_check"))
            outcome.lost += [] if found == "ok" else [f"integrity: {found}"]
    finally:
        database.close()


FINISHED = "SELECT ref FROM attempt WHERE state = 'finished'"
OWED = FINISHED + " AND NOT EXISTS (SELECT 1 FROM profile WHERE attempt_id = attempt.id)"


def _kept(database: Database) -> dict[tuple[str, str, int], str]:
    query = "SELECT ref, item_digest, seq, response FROM response JOIN attempt ON attempt.id = attempt_id"
    with database.reading() as session:
        return {(ref, digest, seq): response for ref, digest, seq, response in session.execute(text(query))}


def _refs(database: Database, query: str) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(text(query)))


def _without_profile(database: Database) -> set[str]:
    """The submitted sittings that still owe a profile after the worker had its time."""
    latest = time.monotonic() + OWED_AT_MOST_S
    while (owed := _refs(database, OWED)) and time.monotonic() < latest:
        time.sleep(2)
    return owed


if __name__ == "__main__":
    sys.exit(main())
