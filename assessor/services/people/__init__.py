"""People with accounts: how they come in, what shows that it is them, where they are signed in."""
