"""The reading of everything in a notice that is not a table: its frame, sections, stages, people, duties, notes."""
