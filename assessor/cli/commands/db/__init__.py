"""What keeps the database."""

SAYS = "Keep the database."
