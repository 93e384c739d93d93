"""Marking of message ids for translation. Translating them is the business of the room that shows them."""


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """The message itself: only marks it so that the catalogues carry it."""
    return message
