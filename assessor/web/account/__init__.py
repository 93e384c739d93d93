"""Pages of whoever has an account: the way in, the way out, and what is theirs."""
