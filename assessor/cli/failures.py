"""What went wrong, told on standard error in one line each, and the exit code that it means."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from assessor.assembly import NotFillable
from assessor.banks.files import written_out
from assessor.banks.places import BankError, Finding
from assessor.cli.exits import DONE, USAGE, WRONG
from assessor.config import SettingError
from assessor.messages import ENGLISH, Tongue


class UsageError(Exception):
    """An option that cannot be: the message says what is right."""


class WrongInput(Exception):
    """Input that cannot be worked with: one message a line."""

    def __init__(self, *messages: str) -> None:
        """Carry the lines to print."""
        super().__init__("\n".join(messages))
        self.messages = messages


def told(error: Exception) -> int:
    """The exit code of an error that a user can mend, after saying it; anything else is raised again."""
    if isinstance(error, UsageError):
        say(str(error))
        return USAGE
    if isinstance(error, BankError):
        for finding in error.findings:
            print(shown(finding), file=sys.stderr)
        return WRONG
    messages = _messages(error)
    if messages is None:
        raise error
    for message in messages:
        say(message)
    return WRONG


def _messages(error: Exception) -> list[str] | None:
    if isinstance(error, WrongInput):
        return list(error.messages)
    if isinstance(error, SettingError | NotFillable):
        return [str(error)]
    if isinstance(error, OSError) and error.strerror:
        where = written_out(Path(os.fsdecode(error.filename))) if _is_path(error.filename) else ""
        return [f"{where}: {error.strerror}" if where else error.strerror]
    # The database and the renderer are heavy to import: their errors are known by name where they were.
    for module, name in (("assessor.store.db", "Unavailable"), ("assessor.report.pdf", "RenderError")):
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return [str(error)]
    if (kind := getattr(sys.modules.get("sqlalchemy.exc"), "DBAPIError", None)) and isinstance(error, kind):
        return [f"the database cannot be used: {getattr(error, 'orig', error)}"]
    return None


def _is_path(name: object) -> bool:
    return isinstance(name, str | bytes) and bool(name)


def told_of(troubles: Sequence[str]) -> int:
    """The exit code of a batch after saying what kept single ones of it from being done."""
    for trouble in troubles:
        say(trouble)
    return WRONG if troubles else DONE


def shown(finding: Finding, spoken: Tongue = ENGLISH) -> str:
    """The finding with its path as seen from here, so that a terminal or an editor can open it."""
    return finding.told(spoken, near(finding.path))


def near(path: Path) -> str:
    """The path from the current folder where it lies within it, else as it is; on one line."""
    try:
        here = Path.cwd()
    except OSError:  # the folder in which the command runs was taken away
        return written_out(path)
    return written_out(path.relative_to(here) if path.is_relative_to(here) else path)


def say(message: str) -> None:
    """One line on standard error."""
    print("assessor: " + message.replace("\n", " "), file=sys.stderr)
