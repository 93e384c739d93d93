"""Letters: their words, their form on the wire, and how they are handed to a server."""
