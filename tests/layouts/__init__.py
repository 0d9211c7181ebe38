"""Known facts in layouts that nobody designed the reading for: the same tables drawn anew, read, and compared."""
