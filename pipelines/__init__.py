"""The entry points: the command line and the Dagster definitions."""
