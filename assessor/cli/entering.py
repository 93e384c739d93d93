"""Links that let somebody in once, printed for whoever runs the server to hand on."""

from __future__ import annotations

from datetime import UTC, datetime

from assessor.cli.banks import settings
from assessor.cli.exits import DONE
from assessor.cli.failures import WrongInput
from assessor.errors import Invalid, NotFound
from assessor.services import upkeep
from assessor.services.actors import COMMAND_LINE
from assessor.services.people import links, second_factors
from assessor.services.sessions import Sessions


def owner_link() -> int:
    """Print the one link by which an owner comes in; one that was printed before opens nothing any more."""
    chosen = settings()
    with upkeep.current_database(chosen.database_url) as database:
        print(address(chosen.base_url, new_owner_link(database)))
    return DONE


def reset_link(email: str, *, lifts: bool = False) -> int:
    """Print the one link by which that person chooses another password; raises WrongInput for nobody.

    ``lifts`` takes their second factor away too.
    """
    chosen = settings()
    with upkeep.current_database(chosen.database_url) as database:
        try:
            token = database.write(links.for_reset, COMMAND_LINE, email, now=datetime.now(UTC))
            if lifts:
                database.write(second_factors.lift, COMMAND_LINE, email, now=datetime.now(UTC))
        except (Invalid, NotFound):
            raise WrongInput(
                f"nobody has an account with {email} - write the address they sign in with"
            ) from None
    print(address(chosen.base_url, token))
    return DONE


def new_owner_link(database: Sessions) -> str:
    """The token of the one link by which an owner comes in."""
    return database.write(links.for_owner, COMMAND_LINE, now=datetime.now(UTC))


def first_owner_link(url: str) -> str:
    """The token of a link for the first owner of the database at that address; empty once there is one."""
    with upkeep.current_database(url) as database:
        return "" if database.read(links.has_owner) else new_owner_link(database)


def address(base_url: str, token: str) -> str:
    """Where the link with that token leads."""
    return f"{base_url}/enter/{token}"
