"""A real mail server on this machine, which answers as a test tells it to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller


@dataclass
class Box:
    """What the server took, and how it answers."""

    port: int = 0
    recipient: str = "250 OK"
    content: str = "250 taken"
    hangs_up: str = ""
    taken: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, to: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.hangs_up == "before":
            server.transport.close()
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.recipient

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.content.startswith("250"):
            self.taken.append(envelope.content)
        if self.hangs_up == "after":
            server.transport.close()
        return self.content


class OwnPort(Controller):
    """A server at the port that the system chose, so that no two tests meet at one."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def box() -> Iterator[Box]:
    found = Box()
    controller = OwnPort(found, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        found.port = controller.port
        yield found
    finally:
        controller.stop()
