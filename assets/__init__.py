"""Dagster assets and the code they run: ingestion, fetching and the import of progress reports."""
