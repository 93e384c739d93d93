"""Owners of workspaces."""

SAYS = "Let an owner in."
