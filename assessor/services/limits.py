"""Soft limits on what costs the server something, counted in our own table over processes and machines.

Only what begins something counts here; an answer to something that was begun is never refused by these.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assessor.store.models import Tally


@dataclass(frozen=True)
class Limit:
    """So many times within a window, which starts at whole multiples of its length since 1970."""

    name: str
    window: timedelta
    most: int

    def window_of(self, now: datetime) -> datetime:
        """The start of the window that ``now`` lies in."""
        length = int(self.window.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // length * length, UTC)


#: A class of thirty that starts twice at once passes; a script that starts thirty a second does not.
SITTINGS_OF_ADDRESS = (
    Limit("sittings", timedelta(minutes=10), 150),
    Limit("sittings-day", timedelta(days=1), 1500),
)
#: Who has not signed in to that account from this browser before: by the network that they come from, by the
#: account from one network, and by the account from anywhere. A browser that has counts for itself alone, so
#: that nobody can use up what belongs to somebody else; and a link that lets in once is not counted at all.
SIGN_INS_OF_ADDRESS = (Limit("sign-ins", timedelta(minutes=10), 100),)
SIGN_INS_OF_ACCOUNT_THERE = (Limit("sign-ins-there", timedelta(minutes=10), 10),)
SIGN_INS_OF_ACCOUNT = (Limit("sign-ins-account", timedelta(hours=1), 100),)
SIGN_INS_OF_BROWSER = (Limit("sign-ins-browser", timedelta(minutes=10), 10),)
#: Codes tried by whoever has shown a password, from one network and from anywhere: a million codes are not
#: gone through at that pace. Another password begins these counts anew.
CODES_THERE = (Limit("codes-there", timedelta(minutes=10), 10),)
CODES_OF_ACCOUNT = (Limit("codes", timedelta(days=1), 200),)
#: How long a count is kept after its window began: longer than the longest window.
KEPT_FOR = timedelta(days=2)


def subject_of(address: str | None, secret: str) -> str:
    """A name for an address that only this server can make: no address is stored.

    All of an IPv6 network that one customer is given (/64) is one address.
    """
    try:
        parsed = ipaddress.ip_address(address or "")
        network = ipaddress.ip_network((parsed, 64 if parsed.version == 6 else 32), strict=False)
        plain = str(network.network_address)
    except ValueError:
        plain = "unknown"
    return named(plain, secret=secret)


def named(*words: str, secret: str) -> str:
    """A name for what the words say that only this server can make, and nobody can read them from."""
    return hmac.new(secret.encode(), b"limit:" + "\n".join(words).encode(), hashlib.sha256).hexdigest()[:32]


def take(session: Session, limits: tuple[Limit, ...], subject: str, *, now: datetime) -> int:
    """Count one more for ``subject`` under each limit: the seconds to wait, 0 where it may go on.

    The session is a short one of its own that commits also where there is a wait: what is refused counts.
    """
    waits = [
        (limit.window_of(now) + limit.window - now).total_seconds()
        for limit in limits
        if _counted(session, limit, subject, now) > limit.most
    ]
    return max((max(1, round(wait)) for wait in waits), default=0)


def _counted(session: Session, limit: Limit, subject: str, now: datetime) -> int:
    """How often in this window, this time included; one statement, so that nobody slips between."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = insert(Tally).values(name=limit.name, subject=subject, since=limit.window_of(now), count=1)
    counted = row.on_conflict_do_update(
        index_elements=[Tally.name, Tally.subject, Tally.since], set_={"count": Tally.count + 1}
    ).returning(Tally.count)
    return int(session.scalars(counted).one())


def forget(session: Session, *, now: datetime) -> None:
    """Delete the counts whose time has passed."""
    session.execute(delete(Tally).where(Tally.since < now - KEPT_FOR))
