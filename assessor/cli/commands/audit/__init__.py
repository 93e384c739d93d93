"""What was done, by whom and when."""

SAYS = "Verify the record of what was done."
