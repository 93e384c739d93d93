"""What one server works with, as one typed value: every page asks it here, and looks nothing up by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import Flask, current_app

from assessor.banks.places import Finding
from assessor.banks.schema import Library
from assessor.config import Settings
from assessor.services.sessions import Sessions

_NAME = "assessor"


class Watch(Protocol):
    """Whoever knows if the server can serve."""

    def fault(self) -> str | None:
        """Why it cannot serve now, in a few words; None where it can."""

    def notice(self) -> str:
        """What an operator should know of a server that can; empty where there is nothing."""


@dataclass(frozen=True)
class Server:
    """One server: how it was set up, which banks it is open with, and what it works with.

    ``left_out`` are the banks and roles that the library goes without, each with its errors.
    """

    settings: Settings
    library: Library
    left_out: Mapping[Path, tuple[Finding, ...]]
    sessions: Sessions
    #: The time, aware, in UTC; tests set their own.
    clock: Callable[[], datetime]
    readiness: Watch


def install(app: Flask, server: Server) -> None:
    """Have every page of ``app`` find this server."""
    app.extensions[_NAME] = server


def server_of(app: Flask) -> Server:
    """The server that ``app`` is the face of."""
    found = app.extensions[_NAME]
    assert isinstance(found, Server)
    return found


def server() -> Server:
    """The server that answers this request."""
    return server_of(current_app)
