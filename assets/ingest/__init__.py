"""Ingestion: from the files of raw/ to a published warehouse, as plain code without Dagster."""
