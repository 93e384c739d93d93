"""What authors are told of their banks: checks, balance, taste, likeness, figures, sheets for readers."""
