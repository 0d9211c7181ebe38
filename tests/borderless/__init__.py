"""The first seven notices printed without ruling lines or with some of them, and how many of their rows are read."""
