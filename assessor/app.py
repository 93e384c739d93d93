"""The application: wires settings, banks, database and pages together, and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from assessor.banks.loader import open_library
from assessor.banks.places import Finding
from assessor.banks.schema import Library
from assessor.config import Settings, resource, with_secret
from assessor.services import jobs
from assessor.services.sessions import Sessions
from assessor.store.carrier import Carrier
from assessor.store.db import Database, open_database
from assessor.store.readiness import Readiness
from assessor.store.unavailable import ANSWERING
from assessor.web import account, candidate, public, staff
from assessor.web.plumbing import (
    access,
    assets,
    errors,
    forms,
    hosts,
    i18n,
    rooms,
    security,
    server,
    transactions,
    workplace,
)


class Application(Flask):
    """Flask, silent about faults: it would log the path, which may hold a private link's token."""

    def log_exception(self, exc_info: object) -> None:
        """Nothing: ``web.plumbing.errors`` logs the fault under its reference, with the route's pattern."""


def create_app(
    settings: Settings,
    library: Library | None = None,
    database: Database | None = None,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    debug: bool = False,
    left_out: Mapping[Path, tuple[Finding, ...]] = MappingProxyType({}),
) -> Flask:
    """The WSGI application of one server; ``debug`` adds the pages for those who build it.

    ``left_out`` are the banks and roles that the library goes without, for the operator. Where no library is
    given the sound banks are read. Raises BankError for shipped banks with errors, UndeclaredRoute for a
    route without a policy.
    """
    settings = with_secret(settings)
    if library is None:
        banks = open_library(settings.banks, resource("question_banks"), settings.cache)
        library, left_out = banks.library, banks.left_out
    app = Application(
        "assessor", static_folder=str(resource("static")), template_folder=str(resource("templates"))
    )
    app.debug = debug
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if database is None:
        database = open_database(settings.database_url, ANSWERING)
        database.tell = Carrier(settings.queue).tell
    watched = database
    server.install(
        app,
        server.Server(
            settings=settings,
            library=library,
            left_out=left_out,
            sessions=Sessions(database),
            clock=clock,
            readiness=Readiness(
                database,
                settings.data,
                settings.spare_megabytes * 2**20,
                is_attended=lambda: jobs.is_attended(watched, clock()),
            ),
        ),
    )
    # Requests pass these in order: the name that was asked for, then who may call, then the form's token: so
    # a foreign sitting is 404 whatever was sent. Replies pass them in reverse: the commit first, so that its
    # 503 gets the headers too.
    hosts.install(app, settings)
    access.install(app)
    security.configure(app, settings)
    i18n.configure(app, settings)
    forms.configure(app)
    workplace.configure(app)
    errors.configure(app)
    transactions.install(app, errors.broken)
    assets.configure(app)
    for room in (public, candidate, account, staff):
        for blueprint in rooms.blueprints(room, debug=debug):
            app.register_blueprint(blueprint)
    access.require_policies(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
