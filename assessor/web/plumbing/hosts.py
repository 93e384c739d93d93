"""The names that this server goes by: what was asked of any other is refused before it is looked at.

A name in the Host header is the client's own word: another site's name could stand in a redirect, in what a
cache keeps for others, or hide that a browser was led here under it.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, request
from werkzeug.sansio.utils import host_is_trusted

from assessor.config import Settings, host_of
from assessor.messages import N_
from assessor.web.plumbing import errors

LOG = logging.getLogger(__name__)

LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: Asked by probes, which know an address and no name; the replies hold nothing that depends on it.
BY_ANY_NAME = ("home.alive", "home.ready")

UNKNOWN = errors.Notice(
    N_("This server does not go by that name"),
    N_("Open it at the address that you were given. Nothing was changed."),
)


def names_of(settings: Settings) -> frozenset[str]:
    """The names that are answered: that of the base URL, those configured besides, and this machine's own."""
    return frozenset({host_of(settings.base_url), *settings.hosts, *LOOPBACK})


def install(app: Flask, settings: Settings) -> None:
    """Refuse, before every view of ``app``, what is asked of another name."""
    names = names_of(settings)

    @app.before_request
    def ask() -> Response | None:
        if request.endpoint in BY_ANY_NAME or _is_known(request.headers.get("Host", ""), names):
            return None
        # The name itself is the client's, and stays out of the log.
        LOG.warning("asked under a name that is not configured: see ASSESSOR_BASE_URL and ASSESSOR_HOSTS")
        return errors.page(400, words=UNKNOWN)


def _is_known(host: str, names: frozenset[str]) -> bool:
    # Werkzeug looks at the form only: its own list of names knows no IPv6.
    return host_is_trusted(host) and host_of(f"//{host}") in names
