"""``serve``: prepares the database, then holds the web processes and the worker beside them."""

from __future__ import annotations

import os
import socket
from ctypes.util import find_library
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from assessor.app import create_app
from assessor.banks.loader import Opened
from assessor.cli import entering
from assessor.cli.banks import opened, settings
from assessor.cli.failures import WrongInput, say
from assessor.cli.supervising import Parent
from assessor.cli.working import become_worker
from assessor.config import Settings, with_secret
from assessor.services import logs, upkeep
from assessor.services.sittings import self_assessment
from assessor.web.plumbing.intake import options
from assessor.web.plumbing.security import operator_key


def serve(host: str, port: int, *, workers: int, threads: int) -> int:
    """Serve until a signal ends it; refuses to start on a shipped bank or a setting with an error.

    A further bank with an error is left out, and told here and on the operator's page.
    """
    logs.configure()
    banks = opened()
    port = _free_port(host, port)
    chosen = _addressed(with_secret(settings()), host, port)
    upkeep.make_ready(chosen.database_url, banks.library, now=datetime.now(UTC))
    if find_library("harfbuzz-subset") is None:
        say("libharfbuzz-subset0 is not installed: PDF reports take about three times as long")
    owner = entering.first_owner_link(chosen.database_url)
    web = _Web(chosen, banks, owner, (host, port), workers, threads)
    return Parent({"web": lambda: Arbiter(web).run(), "worker": become_worker}, vital="web").run()


def _free_port(host: str, port: int) -> int:
    """The port, or a free one for 0; raises WrongInput where nothing can listen at this address."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return int(probe.getsockname()[1])
    except OSError as error:
        raise WrongInput(
            f"cannot listen at {host}:{port}: {error.strerror} - choose another --port"
        ) from None


def _addressed(chosen: Settings, host: str, port: int) -> Settings:
    """The settings with the address that links start with: the one given, else where this server listens."""
    if os.environ.get("ASSESSOR_BASE_URL", "").strip():
        return chosen
    is_everywhere = host in ("0.0.0.0", "::")
    if is_everywhere:
        say(
            f"private links will start with http://127.0.0.1:{port}, and no other name is answered: "
            "set ASSESSOR_BASE_URL to what people use"
        )
    shown = "127.0.0.1" if is_everywhere else f"[{host}]" if ":" in host else host
    return replace(chosen, base_url=f"http://{shown}:{port}")


class _Web(BaseApplication):  # type: ignore[misc]
    """The application as its web processes load it, with gunicorn's settings."""

    def __init__(
        self,
        settings: Settings,
        banks: Opened,
        owner: str,
        place: tuple[str, int],
        workers: int,
        threads: int,
    ) -> None:
        self.settings, self.banks, self.owner = settings, banks, owner
        self.options = {**options(*place, workers, threads), "when_ready": self.announce}
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def announce(self, arbiter: Arbiter) -> None:
        host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        print(f"Assessor answers at http://{shown}:{port} (Ctrl-C ends it)", flush=True)
        key = operator_key(self.settings.secret_key)
        print(f"Its banks, for you alone: {self.settings.base_url}/operator/{key}", flush=True)
        if self.owner:
            link = entering.address(self.settings.base_url, self.owner)
            print(f"Nobody owns a workspace yet. Whoever opens this makes one, once: {link}", flush=True)

    def load(self) -> Flask:
        app = create_app(self.settings, self.banks.library, left_out=self.banks.left_out)
        # Beside the first requests, so that neither the start nor the first start page waits for it.
        today = datetime.now(UTC).date()
        warm = Thread(
            target=self_assessment.warm, args=(self.banks.library, today), name="warm-offers", daemon=True
        )
        warm.start()
        return app
