"""Who acts: what is known of whoever asks for something, as plain data. What they may is not decided here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from assessor.services.codes import hashed


class Capacity(Enum):
    """In which capacity somebody acts; an actor may have several."""

    #: Anybody with a browser.
    VISITOR = "visitor"
    #: Whoever is signed in to an account.
    PERSON = "person"
    #: Whoever has the private link of a sitting, or a link that lets in once.
    BEARER = "bearer"
    #: The browser that a sitting was begun or taken up in.
    HOLDER = "holder"
    #: Whoever has the key that the server prints at its start.
    OPERATOR = "operator"
    #: Whoever may run commands where the database lies.
    COMMAND_LINE = "command line"
    #: Work that no request waits for.
    JOB = "job"


class Role(Enum):
    """What a member of a workspace is there for; a member may hold several. In the order they are told in."""

    OWNER = "owner"
    RECRUITER = "recruiter"
    HIRING_MANAGER = "hiring manager"
    RATER = "rater"
    PRIVACY_OFFICER = "privacy officer"
    AUDITOR = "auditor"
    CLIENT = "client"


@dataclass(frozen=True)
class Actor:
    """Somebody, or something, that acts: in which capacities and roles, and upon what of its own.

    ``sitting`` is the ref of the sitting that a holder holds, ``link`` what is kept of a bearer's token: the
    token itself goes no further. ``person`` is the ref of whoever is signed in, ``workspace`` that of the
    workspace in which they act, where they are a member of it, and ``roles`` what they are there for.
    """

    capacities: frozenset[Capacity]
    sitting: str | None = None
    link: str | None = None
    person: str | None = None
    workspace: str | None = None
    roles: frozenset[Role] = frozenset()


VISITOR = Actor(frozenset({Capacity.VISITOR}))
OPERATOR = Actor(frozenset({Capacity.VISITOR, Capacity.OPERATOR}))
COMMAND_LINE = Actor(frozenset({Capacity.COMMAND_LINE}))
JOB = Actor(frozenset({Capacity.JOB}))


def holder_of(ref: str) -> Actor:
    """The holder of that sitting; only for whoever has shown a grant to it, or is being given one."""
    return Actor(frozenset({Capacity.VISITOR, Capacity.HOLDER}), sitting=ref)


def bearer_of(token: str) -> Actor:
    """Whoever has that private link, whether or not it leads anywhere."""
    return Actor(frozenset({Capacity.VISITOR, Capacity.BEARER}), link=hashed(token))


def person_of(ref: str) -> Actor:
    """The person of that ref; only for whoever has shown that it is them."""
    return Actor(frozenset({Capacity.VISITOR, Capacity.PERSON}), person=ref)


def member_of(ref: str, workspace: str, roles: frozenset[Role]) -> Actor:
    """The person of that ref in that workspace; only where both were found together."""
    return replace(person_of(ref), workspace=workspace, roles=roles)
