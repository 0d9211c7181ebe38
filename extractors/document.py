"""The document model: what a reader returns for every format.

A reader keeps what the format knows (spans, order, pages) and does not interpret it. Row and column numbers are
zero-based and count every row of the table on the page, headers included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Cell:
    """One cell as drawn; a merged cell is one `Cell` with spans.

    Never mutated. (Not frozen, because creating frozen instances is three times slower, and a notice has hundreds.)

    Attributes:
        row: the upper row.
        col: the left column.
        text: the paragraphs of the cell as written, joined by line feeds, blank paragraphs kept as blank lines.
        locator: the place in the file, in Chinese, e.g. `表2 第5行第3列`.
        row_span: the number of rows.
        col_span: the number of columns.
        printed: the text before its characters were folded; None if folding changed nothing.
    """

    row: int
    col: int
    text: str
    locator: str
    row_span: int = 1
    col_span: int = 1
    printed: str | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The paragraphs of the cell, blank ones included."""
        return tuple(self.text.split("\n"))


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of cells in reading order (row, then column).

    `spans_known` is False if the format does not draw merged cells (plain text): then a blank cell may continue its
    neighbour, which later stages decide.
    """

    cells: tuple[Cell, ...]
    n_rows: int
    n_cols: int
    locator: str
    spans_known: bool = True
    header_rows: int | None = None
    """Number of rows that the format marks as header (w:tblHeader, <thead>, Markdown); None if it marks none."""
    first_page: int | None = None
    last_page: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text outside tables, with its automatic number restored in front."""

    text: str
    locator: str
    level: int | None = None
    """Heading level (1 = outermost) if the format has one."""
    note: bool = False
    """True for a footnote or endnote of the file."""


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class ReadNote:
    """Something that a reader could not return as text (a picture in a cell, a lost part)."""

    rule: str
    message: str
    locator: str
    doubtful: str = ""
    """The characters of the text there of which a recogniser was not certain."""


@dataclass(frozen=True, slots=True)
class Link:
    """A file that a page links to: its name as printed, its address, and the locator of the note that reports it."""

    name: str
    href: str
    locator: str


@dataclass(frozen=True, slots=True)
class Document:
    """The content of a file in reading order."""

    format: str
    blocks: tuple[Block, ...]
    notes: tuple[ReadNote, ...] = field(default=())
    links: tuple[Link, ...] = ()
    page: tuple[Block, ...] = ()
    """The blocks of a web page outside of its article, which may say what the letter does not: number, issuer, day."""
    lost_chars: int = 0
    """Non-blank characters that stand on a page and came into no block."""

    def tables(self) -> Iterator[Table]:
        """Yield the tables in reading order."""
        return (b for b in self.blocks if isinstance(b, Table))

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield the paragraphs in reading order."""
        return (b for b in self.blocks if isinstance(b, Paragraph))


class ReadError(Exception):
    """A file cannot be read; `reason` and `remedy` are in Chinese."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason, remedy)
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.reason}；{self.remedy}"
