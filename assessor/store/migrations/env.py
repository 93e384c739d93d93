"""Where Alembic starts: it works on the connection that ``store.migrate`` hands it."""

from alembic import context
from sqlalchemy import Connection, create_engine

from assessor.config import load_settings
from assessor.store.models import Base


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with create_engine(load_settings().database_url).connect() as opened:
        _run(opened)
