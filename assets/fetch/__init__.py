"""Fetching of notices from government web sites into raw/, as plain code without Dagster."""
