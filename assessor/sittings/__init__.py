"""A sitting as plain data, and as a line of a file."""

from assessor.sittings.model import Answer, Sitting, State

__all__ = ["Answer", "Sitting", "State"]
