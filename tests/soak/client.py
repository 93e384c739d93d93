"""Somebody who answers: sends each answer until the server has it, and keeps a ledger of its words."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from threading import Event
from typing import Any
from urllib.parse import urlencode

import numpy as np

from assessor.banks.schema import Item
from assessor.items import Doubting, Unfolding, answer, shown_to, type_of
from assessor.services.actors import holder_of
from assessor.services.sittings import life
from assessor.store.db import open_database
from assessor.store.unavailable import Unavailable
from assessor.web.candidate.answering import PREFIX
from tests.benchmarks.bench_saving import Visitor, hidden
from tests.soak.server import Server

CHOICES = {"domain": "banking", "length": "short", "language": "en"}
PAUSE_S = 0.05
#: What one sitting saves before it is submitted.
SAVED_AT_MOST = 30


@dataclass(frozen=True)
class Sending:
    """One answer: where it is sent, the item and number it has, what must then be kept, and the body."""

    path: str
    digest: str
    seq: int
    kept: str
    body: bytes


@dataclass
class Ledger:
    """What was acknowledged, (ref, item digest, seq) -> the response; sittings submitted; silences."""

    answers: dict[tuple[str, str, int], str] = field(default_factory=dict)
    submitted: set[str] = field(default_factory=set)
    unanswered: int = 0
    #: Replies to an answer that are neither its receipt nor a word to try again.
    surprises: list[str] = field(default_factory=list)


class Client:
    """One browser after the other, each with a sitting of its own."""

    def __init__(self, server: Server, address: str, ledger: Ledger, seed: int) -> None:
        """Nothing is sent yet."""
        self.server, self.address, self.ledger = server, address, ledger
        self.rng = np.random.default_rng(seed)

    def run(self, stop: Event) -> None:
        """Sittings without end, until told to stop."""
        while not stop.is_set():
            self._sit(stop)

    def _sit(self, stop: Event) -> None:
        visitor = Visitor("127.0.0.1", self.server.port)
        try:
            try:
                ref, sendings = self._begun(visitor)
            except (OSError, HTTPException, RuntimeError, TypeError, AttributeError, IndexError, Unavailable):
                # Beginning is not promised to survive a kill: another browser begins anew.
                self.ledger.unanswered += 1
                time.sleep(PAUSE_S)
                return
            for sending in sendings[:SAVED_AT_MOST]:
                self._save(visitor, ref, sending, stop)
            self._submit(visitor, ref, stop)
        finally:
            visitor.close()

    def _begun(self, visitor: Visitor) -> tuple[str, list[Sending]]:
        """A new sitting, begun as a visitor begins one, with an answer for each of its plain items, twice."""
        _, notice = visitor.ask("GET", f"/self/notice?{urlencode(CHOICES)}")
        begun = visitor.send("/self/notice", csrf_token=hidden(notice, "csrf_token"), **CHOICES)
        ref = begun.split("/a/")[1].split("/")[0]
        _, page = visitor.ask("GET", f"/a/{ref}/1")
        stamp = {name: hidden(page, name) for name in ("csrf_token", "epoch", "shown")}
        database = open_database(self.address)
        try:
            with database.reading() as session:
                view = life.load(session, holder_of(ref), ref, now=datetime.now(UTC))
        finally:
            database.close()
        return ref, [
            Sending(
                f"/a/{ref}/{number}", item.digest, seq, *self._answer(view.secret, item, stamp | {"seq": seq})
            )
            for seq in (1, 2)
            for number, item in enumerate(view.items, start=1)
            # These take several pages, or a confirmation.
            if not isinstance(type_of(item.content), Unfolding | Doubting)
        ]

    def _answer(self, secret: bytes, item: Item, stamp: dict[str, Any]) -> tuple[str, bytes]:
        kind, content = type_of(item.content), item.content
        response = answer(content, 0.5, self.rng)
        filled = kind.fill(content, response, shown_to(content, item.digest, secret))
        fields = {PREFIX + name: values for name, values in filled.items()}
        kept = json.dumps(
            kind.check(content, response), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return kept, urlencode({**stamp, "go": "save", **fields}, doseq=True).encode()

    def _save(self, visitor: Visitor, ref: str, sending: Sending, stop: Event) -> None:
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        while not stop.is_set():
            try:
                status, said = visitor.ask("POST", sending.path, sending.body, **kind)
            except (OSError, HTTPException):
                visitor.connection.close()
                status, said = 0, ""
            if status == 200 and json.loads(said)["seq"] == sending.seq:
                self.ledger.answers[(ref, sending.digest, sending.seq)] = sending.kept
                return
            if status and status not in (429, 503):
                self.ledger.surprises.append(f"{sending.path}: {status} {said[:200]}")
                return
            self.ledger.unanswered += 1
            time.sleep(PAUSE_S)

    def _submit(self, visitor: Visitor, ref: str, stop: Event) -> None:
        while not stop.is_set():
            try:
                status, page = visitor.ask("GET", f"/a/{ref}/submit")
                if status == 200 and f"/a/{ref}/submit" in page:
                    sent = f"csrf_token={hidden(page, 'csrf_token')}".encode()
                    kind = {"Content-Type": "application/x-www-form-urlencoded"}
                    status, _ = visitor.ask("POST", f"/a/{ref}/submit", sent, **kind)
                if status in (302, 303):
                    self.ledger.submitted.add(ref)
                    return
            except (OSError, HTTPException):
                visitor.connection.close()
            self.ledger.unanswered += 1
            time.sleep(PAUSE_S)
