"""The page model: what a reader hands on, whatever the carrier was.

A reader keeps what the format knows (spans, order, page) and judges nothing. Row and column numbers are
zero-based and count every row of the table as it stands on the page, headers included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Cell:
    """One cell as drawn: a merged cell is one `Cell` with spans.

    Never changed once it is made. (Not frozen: that would triple the time of making one, and a notice has hundreds.)

    `text` holds the paragraphs of the cell as written, joined by a line feed (blank paragraphs kept as blank
    lines). `locator` names the place inside the file, in Chinese, e.g. `表2 第5行第3列`.
    """

    row: int
    col: int
    text: str
    locator: str
    row_span: int = 1
    col_span: int = 1

    @property
    def lines(self) -> tuple[str, ...]:
        """The paragraphs of the cell, blank ones included."""
        return tuple(self.text.split("\n"))


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells in reading order (row, then column).

    `spans_known` is False where the carrier does not draw merged cells (text dumps): there a blank cell may
    continue its neighbour and later stages decide.
    """

    cells: tuple[Cell, ...]
    n_rows: int
    n_cols: int
    locator: str
    spans_known: bool = True
    header_rows: int | None = None
    """Rows the carrier itself marks as header (w:tblHeader, <thead>, markdown rule); None = not said."""
    first_page: int | None = None
    last_page: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text outside tables, with its automatic number restored in front."""

    text: str
    locator: str
    level: int | None = None
    """Heading level (1 = outermost) where the carrier says so."""
    note: bool = False
    """True for a footnote or endnote of the carrier."""


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class ReadNote:
    """Something a reader saw and could not hand on as text (a picture in a cell, a lost part)."""

    rule: str
    message: str
    locator: str


@dataclass(frozen=True, slots=True)
class Link:
    """A file that a page hands out: its name as printed, the address, and the locator of the note that tells it."""

    name: str
    href: str
    locator: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything a file says, in reading order."""

    format: str
    blocks: tuple[Block, ...]
    notes: tuple[ReadNote, ...] = field(default=())
    links: tuple[Link, ...] = ()

    def tables(self) -> Iterator[Table]:
        """The tables in reading order."""
        return (b for b in self.blocks if isinstance(b, Table))

    def paragraphs(self) -> Iterator[Paragraph]:
        """The paragraphs in reading order."""
        return (b for b in self.blocks if isinstance(b, Paragraph))


class ReadError(Exception):
    """A file that cannot be read: `reason` says why and `remedy` what to do, both in Chinese."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason, remedy)
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.reason}；{self.remedy}"
