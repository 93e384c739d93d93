"""What chance decides about a sitting, in one place: who needs the same one again hands in the same lot."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lot:
    """The seed that a form is drawn with, and the secret that names and orders the options of its attempt."""

    seed: int
    secret: bytes = field(repr=False)


def new_lot() -> Lot:
    """A lot that nobody can guess."""
    return Lot(secrets.randbelow(2**31), secrets.token_bytes(32))
