"""The five refusals of services and the store, named by what the other side must do.

Core errors (a bad response, a bad bank) live beside their code; pages for these in `web/plumbing/errors.py`.
"""


class NotFound(Exception):
    """There is no such thing here; also said of another workspace's things (404)."""


class Refused(Exception):
    """This actor may not do this (403)."""


class Conflict(Exception):
    """The state does not allow it any more: finished, expired, overtaken by another tab (409)."""


class Invalid(Exception):
    """One field of the request must be changed (422).

    `message` is a message id, marked with `N_` where it is raised and translated where it is shown.
    """

    def __init__(self, field: str, message: str) -> None:
        """Refuse `field`, saying in `message` what would be right."""
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class Wait(Exception):
    """This was asked too often; it may be asked again after so many seconds (429)."""

    def __init__(self, seconds: int, message: str = "") -> None:
        """Refuse for now; `message` is a message id that says what goes on meanwhile."""
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds
        self.message = message
