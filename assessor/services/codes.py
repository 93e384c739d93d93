"""Codes that people read to each other: no letter or digit that looks like another one."""

from __future__ import annotations

import secrets


def receipt_code() -> str:
    """A random receipt code, XXXX-XXXX."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(2))
