"""People with accounts."""

SAYS = "Let somebody with an account in again."
