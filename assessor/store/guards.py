"""What the database itself refuses, as triggers of each engine: the one place that makes and drops them.

A migration may alter a guarded table only while its guards are gone; ``store.migrate`` sees to that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, inspect


@dataclass(frozen=True)
class Guard:
    """One refusal: when it is asked, the tables that must be there, and the rule in each engine's words.

    ``refused_where`` is a condition on the row, empty for every row; ``postgresql_where`` stands in its place
    where that engine has words of its own for it.
    """

    name: str
    when: str
    tables: tuple[str, ...]
    refused_where: str
    message: str
    postgresql_where: str = ""

    @property
    def sqlite(self) -> str:
        """The statement that makes the trigger on SQLite."""
        where = f" WHEN {self.refused_where}" if self.refused_where else ""
        return (
            f"CREATE TRIGGER {self.name} {self.when}{where} BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        )

    @property
    def postgresql(self) -> tuple[str, str]:
        """The statements that make the function and the trigger on PostgreSQL."""
        where = self.postgresql_where or self.refused_where or "true"
        row = "OLD" if self.when.startswith("BEFORE DELETE") else "NEW"
        body = f"IF {where} THEN RAISE EXCEPTION '{self.message}'; END IF; RETURN {row};"
        return (
            f"CREATE FUNCTION {self.name}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            f"CREATE TRIGGER {self.name} {self.when} FOR EACH ROW EXECUTE FUNCTION {self.name}_guard()",
        )


_STATE = "coalesce((SELECT state FROM attempt WHERE id = {row}.attempt_id), '')"
GUARDS = (
    Guard(
        "response_insert",
        "BEFORE INSERT ON response",
        ("response", "attempt"),
        f"{_STATE.format(row='NEW')} <> 'open'",
        "answers are added to an open sitting only",
        # FOR SHARE: a submission that has not committed yet is waited for.
        "coalesce((SELECT state FROM attempt WHERE id = NEW.attempt_id FOR SHARE), '') <> 'open'",
    ),
    Guard(
        "response_update", "BEFORE UPDATE ON response", ("response",), "", "answers are never changed"
    ),
    Guard(
        "response_delete",
        "BEFORE DELETE ON response",
        ("response", "attempt"),
        f"{_STATE.format(row='OLD')} <> 'erasing'",
        "answers are deleted by erasure only",
    ),
    Guard("version_update", "BEFORE UPDATE ON version", ("version",), "", "versions are never changed"),
    Guard(
        "attempt_reopen",
        "BEFORE UPDATE OF state ON attempt",
        ("attempt",),
        "NEW.state = 'open' AND OLD.state <> 'open'",
        "a finished sitting is never opened again",
    ),
    # An entry is added at the head of its chain only: neither does a chain fork, nor is a number taken twice.
    Guard(
        "audit_entry_insert",
        "BEFORE INSERT ON audit_entry",
        ("audit_entry", "audit_head"),
        "NOT EXISTS (SELECT 1 FROM audit_head WHERE chain = NEW.chain AND number = NEW.number - 1"
        " AND hash = NEW.previous)",
        "entries of the audit are added at the end of their chain only",
    ),
    Guard(
        "audit_entry_update",
        "BEFORE UPDATE ON audit_entry",
        ("audit_entry",),
        "",
        "entries of the audit are never changed",
    ),
    Guard(
        "audit_entry_delete",
        "BEFORE DELETE ON audit_entry",
        ("audit_entry",),
        "",
        "entries of the audit are never deleted",
    ),
    Guard(
        "audit_head_insert",
        "BEFORE INSERT ON audit_head",
        ("audit_entry", "audit_head"),
        "NEW.number <> 0 OR EXISTS (SELECT 1 FROM audit_head WHERE chain = NEW.chain)",
        "a chain of the audit begins once, and empty",
        # One that another transaction has begun is told apart by its key.
        "NEW.number <> 0",
    ),
    Guard(
        "audit_head_update",
        "BEFORE UPDATE ON audit_head",
        ("audit_entry", "audit_head"),
        "NEW.chain <> OLD.chain OR NEW.number <> OLD.number + 1 OR NOT EXISTS (SELECT 1 FROM audit_entry"
        " WHERE chain = NEW.chain AND number = NEW.number AND hash = NEW.hash)",
        "a chain of the audit goes on by one entry at a time",
    ),
    Guard(
        "audit_head_delete",
        "BEFORE DELETE ON audit_head",
        ("audit_head",),
        "",
        "a chain of the audit is never deleted",
    ),
)  # fmt: skip


def drop(connection: Connection) -> None:
    """Take every guard away that the database has, in the connection's transaction."""
    present = _present(connection)
    for guard in GUARDS:
        if guard.name not in present:
            continue
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {guard.name}")
        else:
            connection.exec_driver_sql(f"DROP FUNCTION {guard.name}_guard() CASCADE")


def put(connection: Connection) -> None:
    """Make every guard that is not there and whose tables are, in the connection's transaction."""
    for guard in missing(connection):
        made: Iterable[str] = (guard.sqlite,) if connection.dialect.name == "sqlite" else guard.postgresql
        for statement in made:
            connection.exec_driver_sql(statement)


def missing(connection: Connection) -> tuple[Guard, ...]:
    """The guards that are not there although their tables are."""
    tables, present = set(inspect(connection).get_table_names()), _present(connection)
    return tuple(guard for guard in GUARDS if tables.issuperset(guard.tables) and guard.name not in present)


def _present(connection: Connection) -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return {name for (name,) in connection.exec_driver_sql(query)}
