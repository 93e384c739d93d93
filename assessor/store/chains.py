"""The chains of the audit: what is hashed of an entry, and by which codes it names whom and what it is about.

An entry carries the hash of the one before it in its chain, so that none can be changed, taken out or put in
between without all that follow. The hash is SHA-256 over a canonical form: the values of the entry in the
order of ``Link``, as a JSON array without blanks, in ASCII.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

#: The chain of what belongs to no workspace.
SERVER = "server"
#: What the first entry of a chain has in the place of the hash before it.
START = "0" * 64
#: Signs of a code: 64 bits, as many as the random name that it is made of.
CODE_SIGNS = 16


@dataclass(frozen=True)
class Link:
    """An entry as it is hashed; every value is kept as it stands here."""

    chain: str
    number: int
    at: str
    capacity: str
    actor: str | None
    event: str
    subject: str
    object: str | None
    details: str
    previous: str

    def hash(self) -> str:
        """The SHA-256 of the canonical form, 64 hexadecimal signs."""
        return hashlib.sha256(json.dumps(astuple(self), separators=(",", ":")).encode("ascii")).hexdigest()


def code_of(ref: str) -> str:
    """By what the audit names whatever has that random name.

    Who knows the name finds what was recorded of it; once the row that bears it is erased, nothing leads from
    the code back to it.
    """
    return hashlib.sha256(f"assessor audit {ref}".encode()).hexdigest()[:CODE_SIGNS]


def chain_of(workspace: str | None) -> str:
    """The chain of the workspace of that random name; it outlives the workspace, as codes do."""
    return SERVER if workspace is None else code_of(workspace)


def written(at: datetime) -> str:
    """A moment as entries keep it: UTC to the microsecond, always equally long, so that order is order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def told(details: Mapping[str, object]) -> str:
    """Details as entries keep them."""
    return json.dumps(dict(details), sort_keys=True, separators=(",", ":"))
