"""Pages that are open to everybody."""
