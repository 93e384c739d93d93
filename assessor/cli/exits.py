"""The exit codes of every command."""

DONE, WRONG, USAGE = 0, 1, 2
