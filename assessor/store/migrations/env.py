"""Where Alembic starts: it works on the connection that it is handed, and opens none."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from assessor.store.models import Base, UtcTime


def _rendered(_kind: str, found: Any, written: AutogenContext) -> str | Literal[False]:
    """How a migration that is being written names a type of our own."""
    if not isinstance(found, UtcTime):
        return False
    written.imports.add("\nfrom assessor.store.models import UtcTime")
    return "UtcTime()"


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_rendered,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
