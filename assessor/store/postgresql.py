"""PostgreSQL as the store uses it: a connection that gives up in time and keeps what it acknowledges."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text

from assessor.store.unavailable import Patience, Unavailable

#: What makes a commit safe from a crash: the setting, and the values that keep the promise.
DURABLE = {
    "synchronous_commit": ("on", "remote_apply"),
    "fsync": ("on",),
    "full_page_writes": ("on",),
}
_PROMISES = ", ".join(f"current_setting('{name}') AS {name}" for name in DURABLE)
#: A peer that has gone without a word is noticed while nothing is asked of it, too.
_TCP = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}

#: How often a wait looks at its time.
WATCH_S = 0.1

_SET_UP = """
SELECT set_config('lock_timeout', %s, false),
       set_config('statement_timeout', %s, false),
       set_config('idle_in_transaction_session_timeout', %s, false),
       set_config('synchronous_commit',
                  CASE current_setting('synchronous_commit')
                       WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END,
                  false)
"""


def engine_for(url: str, patience: Patience) -> Engine:
    """An engine whose connections wait no longer than that and commit durably; nothing is opened yet."""
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_timeout=patience.pool,
        max_overflow=20,
        isolation_level="READ COMMITTED",
        hide_parameters=True,
    )

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, _given: Any, named: dict[str, Any]) -> Any:
        for name, value in {**_TCP, "connect_timeout": patience.connect}.items():
            named.setdefault(name, value)
        if patience.reply is not None:
            named.setdefault("tcp_user_timeout", round(patience.reply * 1000))
        return _connect(patience.reply, named)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.execute(
            _SET_UP,
            (
                f"{patience.lock * 1000:.0f}",
                f"{(patience.statement or 0) * 1000:.0f}",
                f"{(patience.reply or 0) * 6000:.0f}",
            ),
        )
        connection.commit()

    return engine


def _connect(reply_s: float | None, named: dict[str, Any]) -> Any:
    import psycopg
    from psycopg import errors

    class Bounded(psycopg.Connection[Any]):
        """A connection that is given up where the server says nothing: a stopped one holds no thread."""

        def wait(self, gen: Any, interval: float = WATCH_S, timeout: float | None = reply_s) -> Any:
            try:
                return super().wait(gen, interval, timeout)
            except errors._WaitTimeout:
                # Where a statement stands is unknown now: nothing may be asked of this connection again.
                self.pgconn.finish()
                raise psycopg.OperationalError("the database did not answer in time") from None

    return Bounded.connect(**named)


def require_durable(connection: Connection) -> None:
    """Raise Unavailable where what is acknowledged here could be lost."""
    found = connection.execute(text(f"SELECT {_PROMISES}")).one()._mapping
    for name, kept in DURABLE.items():
        if found[name] not in kept:
            raise Unavailable(f"{name} is {found[name]}: a saved answer could be lost - set it to {kept[0]}")
