"""Filled task lists that come back: read, judged row by row, kept in a ledger, and published as `ops.progress`."""
