"""Passwords as argon2id hashes. Slow on purpose: never called while a session holds the turn to write."""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: The second choice of RFC 9106: 64 MiB, three passes, four lanes.
HASHER = PasswordHasher()
#: How many are computed at once in one process: each takes 64 MiB, and more would not be sooner.
_AT_ONCE = BoundedSemaphore(2)


def hashed(password: str) -> str:
    """What is kept of the password in its place, with a salt of its own and the parameters."""
    with _AT_ONCE:
        return HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one that was kept.

    Where none was kept, one is compared all the same: the answer takes as long, so that nobody can tell an
    account without a password, or no account at all, by the time that it takes.
    """
    with _AT_ONCE:
        try:
            HASHER.verify(kept or _nobodys(), unicodedata.normalize("NFC", password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_dated(kept: str) -> bool:
    """Whether the hash was made with other parameters than are used now."""
    return HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has."""
    return HASHER.hash("no account has this password")
