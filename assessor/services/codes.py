"""Codes that people read to each other, without signs that look alike; what is kept of a token."""

from __future__ import annotations

import hashlib
import secrets


def receipt_code() -> str:
    """A random receipt code, XXXX-XXXX."""
    return _code(2)


def recovery_code() -> str:
    """A random code of 80 bits, XXXX-XXXX-XXXX-XXXX: too many to be guessed from a plain hash."""
    return _code(4)


def _code(groups: int) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(groups))


def hashed(token: str) -> str:
    """What is kept of a token in its place."""
    # A 256-bit random token needs no salt and no slow hash: it cannot be guessed from its digest.
    return hashlib.sha256(token.encode()).hexdigest()
