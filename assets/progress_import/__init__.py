"""Import of filled task lists: parse, validate, store in the ledger, publish as `ops.progress`."""
