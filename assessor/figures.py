"""Numbers as they are printed and kept: rounded once, in one place, and zero without a sign."""

from __future__ import annotations


def rounded(value: float, decimals: int) -> float:
    """The value to so many decimals; what rounds to zero is 0.0, never -0.0."""
    return round(float(value), decimals) + 0.0


def fixed(value: float, decimals: int) -> str:
    """The value with so many decimals, in plain digits: -0.3 with none is 0, never -0."""
    return format(float(value), f"z.{decimals}f")


def share(value: float) -> str:
    """The value as a whole number of per cent: 0.296 is 30%."""
    return format(float(value), "z.0%")
