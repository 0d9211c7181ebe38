"""What leaves the warehouse as files: task lists for the units, reminders, and comparisons for the leadership."""
