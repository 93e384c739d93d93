"""What is said about items, forms and groups, once people have answered. Pure functions over numbers."""
