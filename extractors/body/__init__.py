"""Everything in a notice that is not a table: letterhead, sections, clauses, stages, members, footnotes."""
