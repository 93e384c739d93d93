"""What is done with question banks."""

SAYS = "Check, count and load question banks."
