"""The store: tables, engine and sessions. Knows no browser and no score; only services read and write it."""
