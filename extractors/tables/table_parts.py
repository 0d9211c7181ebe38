"""Tables of a document with their headers, those that a page cut joined to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractors.parsers.column_headers import normalize_header
from extractors.tables.grid import Grid, concat, take_rows
from extractors.tables.header import Header, find_repeated_rows


@dataclass(slots=True)
class TablePart:
    """A table of the document, or the part of one on its page: header, and body without header rows."""

    ordinals: list[int]
    title: str | None
    header: Header
    head: Grid
    body: Grid
    above: Grid
    """Title rows above the header inside the table."""
    locator: str
    first_page: int | None
    last_page: int | None
    dropped: list[str]
    """Texts of repeated header rows and of an old wording that were left out."""
    remark: str | None = None
    """What a reader should know of how it was read, in Chinese."""


def join_parts(parts: Sequence[tuple[TablePart, bool]]) -> list[TablePart]:
    """Join the parts of tables that were cut by a page.

    Args:
        parts: each part, and whether running text precedes it.
    """
    out: list[TablePart] = []
    for part, text_before in parts:
        _drop_repeated_headers(part)
        last = out[-1] if out else None
        if last is not None and is_continuation(last, part, text_before):
            if part.header.is_found:
                last.dropped.extend(cell.text for cell in part.head.unique_cells() if cell.text)
            last.dropped.extend(cell.text for cell in part.above.unique_cells() if cell.text)
            last.body = concat(last.body, part.body)
            last.ordinals.extend(part.ordinals)
            last.last_page = part.last_page or last.last_page
        else:
            out.append(replace(part))
    return out


def is_continuation(part: TablePart, following: TablePart, text_between: bool) -> bool:
    """Return whether `following` continues `part`.

    It does with the same header under no other title, or directly behind it without a header and with as many columns.
    """
    same_title = following.title is None or following.title == part.title
    if _has_same_header(part.header, following.header):
        return same_title and (not text_between or following.title is not None)
    return (
        not following.header.is_found
        and not text_between
        and part.header.is_found
        and following.body.n_cols == part.body.n_cols
    )


def _has_same_header(a: Header, b: Header) -> bool:
    return (
        a.is_found
        and b.is_found
        and [normalize_header(c) for c in a.columns] == [normalize_header(c) for c in b.columns]
    )


def _drop_repeated_headers(part: TablePart) -> None:
    """Remove repeated header rows from the body, in place."""
    if not part.header.is_found:
        return
    repeated = find_repeated_rows(part.body, part.header, part.head)
    if repeated:
        part.dropped.extend(cell.text for r in repeated for cell in dict.fromkeys(part.body.cells[r]) if cell.text)
        part.body = take_rows(part.body, [r for r in range(part.body.n_rows) if r not in repeated])
