"""``jobs``: work that no request waits for."""

SAYS = "List the work that no request waits for, stop it, take it up again."
