"""What keeps the database: upgrade it, load banks into it, delete what has expired. Serves nobody."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from assessor.cli.banks import opened, settings
from assessor.cli.exits import DONE, WRONG
from assessor.services import audit, upkeep, versions
from assessor.services.actors import COMMAND_LINE
from assessor.services.audit import Head


def load_banks() -> int:
    """Put unseen versions of the sound banks into the database; 1 where another was left out."""
    banks = opened()
    with upkeep.current_database(settings().database_url) as database:
        found = database.write(versions.load, banks.library, datetime.now(UTC))
    print(f"{found} new versions")
    return WRONG if banks.left_out else DONE


def retention(*, dry_run: bool) -> int:
    """Delete every sitting whose time has come, or say how many there are."""
    with upkeep.current_database(settings().database_url) as database:
        count = database.lend(upkeep.sweep, COMMAND_LINE, now=datetime.now(UTC), dry_run=dry_run)
    print(f"{count} expired sittings {'would be ' if dry_run else ''}deleted")
    return DONE


def verify_audit(kept: Iterable[tuple[str, int, str]]) -> int:
    """Print how far each chain of the audit goes; 1 where one has a fault, which goes to standard error."""
    with upkeep.current_database(settings().database_url) as database:
        found = database.read(audit.verify, [Head(*one) for one in kept])
    for head in found.heads:
        print(f"{head.chain}:{head.number}:{head.hash}")
    for fault in found.faults:
        print(fault, file=sys.stderr)
    return WRONG if found.faults else DONE


def upgrade_database() -> int:
    """Bring the database to this version's tables."""
    with upkeep.current_database(settings().database_url):
        print("the database is up to date")
    return DONE
