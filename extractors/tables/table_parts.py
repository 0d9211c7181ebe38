"""Tables of a document with their headers, those that a page cut joined to one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from extractors.normalize import strip_whitespace
from extractors.parsers.column_headers import normalize_header
from extractors.tables.grid import Grid, concat, cover, take_rows
from extractors.tables.header import Header, find_repeated_rows

_CONTINUED: Final = re.compile(r"[（(](?:续(?:上?[表页]|[\d一二三四五六七八九十])?|[接上]{1,2}[表页])[)）]$|^续表$")
"""（续）, （续表）, （续一）, （接上页）: what says that a cell or a table goes on."""


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
    is_form: bool = False
    """Whether it is the list of a form, which no other continues."""


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
            n_above = last.body.n_rows
            last.body = concat(last.body, part.body)
            last.dropped.extend(_join_cut_cells(last.body, n_above))
            last.ordinals.extend(part.ordinals)
            last.last_page = part.last_page or last.last_page
        else:
            out.append(replace(part))
    return out


def is_continuation(part: TablePart, following: TablePart, text_between: bool) -> bool:
    """Return whether `following` continues `part`.

    It does with the same header under no other title, or its own and that it goes on （续表）; or directly behind it
    without a header and with as many columns.
    """
    if following.is_form:
        return False
    same_title = following.title is None or following.title == part.title or _says_continued(following, part)
    if _has_same_header(part.header, following.header):
        return same_title and (not text_between or following.title is not None)
    return (
        not following.header.is_found
        and not text_between
        and part.header.is_found
        and following.body.n_cols == part.body.n_cols
    )


def without_continuation(text: str) -> str:
    """Return a text without whitespace and without what says that it goes on: （续）."""
    return _CONTINUED.sub("", strip_whitespace(text))


def _says_continued(following: TablePart, part: TablePart) -> bool:
    title = without_continuation(following.title or "")
    return title in ("", without_continuation(part.title or ""))


def _join_cut_cells(body: Grid, start: int) -> list[str]:
    """Extend cells over those behind a page cut that say that they go on, in place: 思想道德（30分）（续）.

    Args:
        body: The body of both parts.
        start: The first row of the second part.

    Returns:
        The texts of the cells that are no more.
    """
    dropped: list[str] = []
    for cell in body.cells_of_row(start) if 0 < start < body.n_rows else ():
        above, bare = body.cell(start - 1, cell.col), without_continuation(cell.raw)
        if bare != strip_whitespace(cell.raw) and strip_whitespace(above.raw).startswith(bare):
            cover(body, above, range(cell.row, cell.row + cell.rows), range(cell.col, cell.col + cell.cols))
            dropped.append(cell.text)
    return dropped


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
