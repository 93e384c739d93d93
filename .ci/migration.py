"""Writes a migration, what the models say beyond those so far: python .ci/migration.py "what changed".

It compares them with a database of its own, empty and just upgraded: no database of this machine is asked.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config

import assessor.store.migrations
from assessor.store import migrate
from assessor.store.db import open_database

MIGRATIONS = Path(assessor.store.migrations.__file__).parent


def main(message: str) -> None:
    with TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/empty.db")
        migrate.upgrade(database)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        number = 1 + len(list(MIGRATIONS.glob("versions/[0-9]*.py")))
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        database.close()


if __name__ == "__main__":
    main(sys.argv[1])
