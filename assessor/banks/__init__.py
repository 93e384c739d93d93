"""Banks of items, the framework and role profiles: their schema, their loader, their checks."""
