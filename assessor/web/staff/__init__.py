"""Pages for those who run this server. Behind a key."""
