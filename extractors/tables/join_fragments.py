"""One table that a page edge cut into several is joined again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extractors.document import Table
from extractors.parsers.column_headers import normalize_header
from extractors.tables.grid import Grid, grid_of, stack, take_rows
from extractors.tables.header import Header, find_header, rows_repeating


@dataclass(slots=True)
class Part:
    """A table of the document under work: where it stands, its header and its body without header rows."""

    ordinals: list[int]
    title: str | None
    header: Header
    head: Grid
    body: Grid
    above: Grid
    """Title rows that stood above the header inside the table."""
    locator: str
    first_page: int | None
    last_page: int | None
    dropped: list[str]
    """Texts of header rows written again and left out."""


def part_of(table: Table, ordinal: int, title: str | None) -> Part:
    """Find the header of one table and split it off."""
    grid = grid_of(table)
    header = find_header(grid, table.header_rows)
    above = take_rows(grid, range(header.start))
    head = take_rows(grid, range(header.start, header.stop))
    body = take_rows(grid, range(header.stop, grid.n_rows))
    return Part([ordinal], title, header, head, body, above, table.locator, table.first_page, table.last_page, [])


def _drop_repeats(part: Part) -> None:
    """Leave out header rows written again inside the body."""
    if not part.header.found:
        return
    again = rows_repeating(part.body, part.header, part.head)
    if again:
        part.dropped.extend(s.text for r in again for s in dict.fromkeys(part.body.at[r]) if s.text)
        part.body = take_rows(part.body, [r for r in range(part.body.n_rows) if r not in again])


def _same_header(a: Header, b: Header) -> bool:
    return a.found and b.found and [normalize_header(c) for c in a.columns] == [normalize_header(c) for c in b.columns]


def continues(part: Part, following: Part, text_between: bool) -> bool:
    """True when `following` is the rest of `part`: the same header again under no other title, or no header at all
    right behind it with as many columns.
    """
    same_title = following.title is None or following.title == part.title
    if _same_header(part.header, following.header):
        return same_title and (not text_between or following.title is not None)
    return (
        not following.header.found
        and not text_between
        and part.header.found
        and following.body.n_cols == part.body.n_cols
    )


def join(parts: list[tuple[Part, bool]]) -> list[Part]:
    """Join the parts of cut tables. The flag of a part says whether running text stands before it."""
    out: list[Part] = []
    for part, text_between in parts:
        _drop_repeats(part)
        last = out[-1] if out else None
        if last is not None and continues(last, part, text_between):
            if part.header.found:
                last.dropped.extend(s.text for s in part.head.spots() if s.text)
            last.dropped.extend(s.text for s in part.above.spots() if s.text)
            last.body = stack(last.body, part.body)
            last.ordinals.extend(part.ordinals)
            last.last_page = part.last_page or last.last_page
        else:
            out.append(replace(part))
    return out
