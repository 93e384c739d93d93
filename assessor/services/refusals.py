"""Why a sitting does not take an answer, or is not there; the kind says what the other side does next."""

from __future__ import annotations

from assessor.errors import Conflict, NotFound
from assessor.messages import N_

SUBMITTED = N_("This sitting has been submitted: its answers cannot be changed.")
TAKEN_UP = N_("This sitting was taken up somewhere else. Go on from here to continue on this device.")
SAVED_VERY_OFTEN = N_(
    "This answer was saved very often in a short time. What was shown as saved is saved; the change since "
    "then is not. Go back and send it again in a few seconds."
)


class Gone(NotFound):
    """The sitting has expired or was erased, or never was."""


class Newer(Conflict):
    """A newer answer to the item is kept already."""


class Turned(Conflict):
    """The situation has gone on past the turn that the answer is about."""


class Elsewhere(Conflict):
    """The sitting goes on in another browser, or on a page opened since."""


class Closed(Conflict):
    """The sitting is submitted: its answers stand."""
