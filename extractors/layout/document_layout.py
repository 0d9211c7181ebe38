"""Pages → blocks: tables joined over pages, paragraphs joined from lines, headers and footers dropped."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from extractors.document import Block, Paragraph, ReadNote, Table
from extractors.layout.model import Box, Certainty, Layout, Page, TextLine, page_locator
from extractors.layout.page_breaks import TableBuilder
from extractors.layout.page_layout import PageItems, lay_out_page
from extractors.layout.rulings import PageTable
from extractors.layout.text_lines import ends_sentence, find_line_end, is_wrapped, starts_item
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.table_words import NO_WORDS, TableWords

_EDGE_SHARE: Final = 0.12
"""Of the page's height at top and bottom: where headers and footers are."""
_MAX_EDGE_LINES: Final = 3
"""Lines of a header or footer."""
_LINE_PITCH: Final = 8.0
"""Points: headers whose tops differ by about this are at the same place."""
_MIN_REPEATS: Final = 3
"""Pages that must repeat a header."""
_MIN_NUMBER_REPEATS: Final = 2
"""Pages that must repeat a page number."""
_TITLE_RATIO: Final = 1.1
"""A title of 14 points above a table of 12 is set larger; rounding makes boxes of one type size differ by less."""

_MIN_LINES_FOR_OUTLIER: Final = 12
"""Lines from which the leftmost one may be ignored as an outlier."""
_MAX_OUTDENT: Final = 20.0
"""Points: a single line further left than all others is no margin."""
_FULL_LINE_SHARE: Final = 0.6
"""Of the text width: a line that ends beyond this may fill its line."""
_MIN_FULL_LINES: Final = 3
"""Lines that must end together to show the right margin."""
_CENTRING: Final = 1.5
"""In type sizes: indent of a centred line on both sides, and the most by which the two differ."""
_SIZE_TOLERANCE: Final = 0.15
"""Of the larger type size: lines of one paragraph differ by less."""
_PARAGRAPH_LEADING: Final = 1.45
"""Times the usual line distance: a wider step parts paragraphs."""
_MIN_PARAGRAPH_LEADING: Final = 1.2
"""In type sizes: a step up to this never parts paragraphs."""
_INDENT_UNIT: Final = 0.75
"""In type sizes: an indent of less is none."""
_WIDE_TITLE_SHARE: Final = 0.75
"""Of the text width: a centred line this wide may go on in the next one."""
_SHORT_LINE_SHARE: Final = 0.5
"""Of the text width: a line below this ends its paragraph."""
_MAX_LEADING: Final = 4.0
"""In type sizes: wider steps are no line distance."""
_LEADING_QUANTILE: Final = 3
"""The line distance is the value a third from the lowest of all steps."""

_PAGE_NUMBER = re.compile(
    r"[-—–－·~\s]*(?:第\s*)?\d{1,4}(?:\s*页)?[-—–－·~\s]*"
    r"|(?:第\s*)?\d{1,4}\s*(?:页\s*)?(?:[/／,，]\s*)?(?:共\s*)?\d{1,4}(?:\s*页)?"
)
_DECORATED_NUMBER = re.compile(r"[-—–－·~]\s*\d{1,4}\s*[-—–－·~]|第\s*\d{1,4}\s*页.*|\d{1,4}\s*[/／]\s*\d{1,4}")
_PAGE_OF_PAGES = re.compile(r"[（(]?(?:第\d{1,4}页|共\d{1,4}页)[,，/／]?(?:第\d{1,4}页|共\d{1,4}页)?[)）]?")
_DIGITS = re.compile(r"\d+")
_CONTINUED = re.compile(r"[（(]?(?:续\s*(?:上\s*)?表|上表续|接上表|表续)\s*\d*[)）:：]?")
"""A line above the rest of a table that only announces it."""
_WIDE_BLANK: Final = "  "
_MIN_BLANKS: Final = 2
_MIN_COLUMN_LINES: Final = 4
"""Lines of three texts apart from each other that may be rows of a table nobody found."""
_COLUMNS_OUTSIDE: Final = (
    "第{}页有 {} 行文字分列排放，没有读成表格；如是表格，请换有框线的文件（docx、xlsx）重新放入，或对照原件核对"
)
_INFERRED_ROWS: Final = "这张表没有画出各行的框线，行和空白格按文字的对齐读出，请对照原件抽查"
_UNSURE_ROWS: Final = (
    "这张表没有画出各行的框线，文字又不在各行的顶端对齐（如上下居中），分不清行与行的界线，读出的行可能有误；"
    "请对照原件逐行核对，或换有框线的文件（docx、xlsx）重新放入"
)

_HeaderKey = tuple[str, int, bool]
"""Text with digits masked, place on the page, and whether it is at the top."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Left and right edge of the running text, in points."""

    left: float
    right: float


def lay_out(pages: Iterable[Page], limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Layout:
    """Return the blocks of a document, with confidences where its words have them.

    A table split by page edges is returned as one `Table`; page numbers, headers and footers are left out; footnotes
    follow at the end.

    Args:
        pages: The pages, taken one at a time and reduced to lines and cells, so that a generator keeps memory flat.
        limits: Bounds on the cells and columns of a table.
        words: Tells headers, totals and notes of tables.
    """
    laid_out: list[PageItems] = []
    open_table = None
    for page in pages:
        laid_out.append(lay_out_page(page, limits.max_cells, words, open_table))
        open_table = laid_out[-1].open_table(open_table)
    drop_headers_footers(laid_out)
    builder = _DocumentBuilder(limits, _margins_by_width(laid_out), words)
    for items in laid_out:
        builder.add_page(items)
    return builder.finish(laid_out)


def drop_headers_footers(pages: Sequence[PageItems]) -> None:
    """Remove headers, footers and page numbers from `pages`, in place.

    A line near the edge goes when it reads as a decorated page number (`— 3 —`, 第3页), when it is a bare number equal
    to the count of its page on several pages, or when the same words (digits aside) are at its place on at least half
    of the pages and on three or more. A title printed on every page stays on the first one.
    """
    pages_of_key: dict[_HeaderKey, set[int]] = defaultdict(set)
    pages_of_offset: dict[int, set[int]] = defaultdict(set)
    edge_lines = {page.number: _find_edge_lines(page) for page in pages}
    for page in pages:
        for line, is_header in edge_lines[page.number]:
            pages_of_key[_header_key(line, is_header)].add(page.number)
            if line.text.strip().isdecimal():
                pages_of_offset[int(line.text) - page.number].add(page.number)
    min_pages = max(_MIN_REPEATS, (len(pages) + 1) // 2)
    title_ids = _find_title_lines(pages, edge_lines, pages_of_key, min_pages)
    for page in pages:
        dropped = {
            id(line)
            for line, is_header in edge_lines[page.number]
            if id(line) not in title_ids
            if _DECORATED_NUMBER.fullmatch(line.text.strip())
            or _is_repeated(pages_of_key, line, is_header, min_pages)
            or (
                line.text.strip().isdecimal()
                and len(pages_of_offset[int(line.text) - page.number]) >= _MIN_NUMBER_REPEATS
            )
        }
        page.items = [item for item in page.items if id(item) not in dropped]
        page.notes = [line for line in page.notes if id(line) not in dropped]


class _DocumentBuilder:
    """Puts the items of all pages one behind the other."""

    def __init__(self, limits: Limits, margins: dict[int, Margins], words: TableWords) -> None:
        self._limits = limits
        self._words = words
        self._margins = margins
        self._blocks: list[Block] = []
        self._certainty = Certainty()
        self._paragraphs = _ParagraphBuilder(self._certainty)
        self._table: TableBuilder | None = None
        self._notes: list[ReadNote] = []

    def add_page(self, page: PageItems) -> None:
        margins = self._margins[round(page.width)]
        lines: list[TextLine] = []
        for item in page.items:
            if isinstance(item, TextLine):
                lines.append(item)
                continue
            self._add_lines(lines, margins, before_table=item)
            lines = []
            if self._table is not None and self._table.is_continued_by(item):
                self._table.append_page(item)
                continue
            self._close_table()
            self._blocks += self._paragraphs.close()
            self._table = TableBuilder.from_page_table(item, self._words)
        self._add_lines(lines, margins)

    def _add_lines(self, lines: list[TextLine], margins: Margins, before_table: PageTable | None = None) -> None:
        if before_table is not None and self._table is not None and self._table.is_continued_by(before_table):
            lines = [line for line in lines if not _CONTINUED.fullmatch(line.text.strip())]
        if not lines:
            return
        self._close_table()
        self._blocks += self._paragraphs.add_lines(lines, margins)

    def _close_table(self) -> None:
        if self._table is not None:
            table = self._table.build(self._limits.max_columns, self._certainty)
            self._blocks.append(table)
            if self._table.has_unsure_rows:
                self._notes.append(ReadNote("unsure_rows", _UNSURE_ROWS, table.locator))
            elif self._table.has_inferred_rows:
                self._notes.append(ReadNote("inferred_rows", _INFERRED_ROWS, table.locator))
            self._table = None

    def finish(self, pages: list[PageItems]) -> Layout:
        """Return the layout, with the footnotes of all pages at the end."""
        self._close_table()
        self._blocks += self._paragraphs.close()
        for page in pages:
            self._blocks += self._paragraphs.add_lines(page.notes, _find_margins(page.notes, page.width), is_note=True)
        self._blocks += self._paragraphs.close(is_note=True)
        blocks = tuple(b for b in self._blocks if isinstance(b, Table) or b.text)
        notes = (*self._notes, *(note for page in pages if (note := _note_columns_outside(page)) is not None))
        lost = sum(page.lost_chars for page in pages)
        return Layout(blocks, self._certainty.confidence, notes, lost, self._certainty.doubtful)


def _note_columns_outside(page: PageItems) -> ReadNote | None:
    """Return a warning for a page with texts set in columns outside of its tables.

    A page that is mostly drawn tables has none: short fields to be filled in stand side by side below them. A table
    that is not drawn may have ended too early.
    """
    lines = [item for item in page.items if isinstance(item, TextLine)]
    in_columns = [line for line in lines if line.text.count(_WIDE_BLANK) >= _MIN_BLANKS]
    n_outside = sum(len(line.text) for line in lines)
    n_inside = sum(len(line.text) for line in _all_lines(page)) - n_outside
    is_drawn = not any(isinstance(item, PageTable) and item.has_inferred_rows for item in page.items)
    if len(in_columns) < _MIN_COLUMN_LINES or (is_drawn and n_inside >= n_outside):
        return None
    place = page_locator(page.number, in_columns[0])
    return ReadNote("columns_outside_tables", _COLUMNS_OUTSIDE.format(page.number, len(in_columns)), place)


class _ParagraphBuilder:
    """Joins lines to paragraphs by indent, line width, spacing and punctuation."""

    def __init__(self, certainty: Certainty) -> None:
        self._lines: list[TextLine] = []
        self._margins = Margins(0.0, 0.0)
        self._certainty = certainty

    def add_lines(self, lines: Sequence[TextLine], margins: Margins, *, is_note: bool = False) -> list[Paragraph]:
        """Add consecutive lines of one page; return the paragraphs that are complete by now."""
        leading = _usual_leading(lines)
        done: list[Paragraph] = []
        for line in lines:
            if self._lines and _continues_paragraph(
                self._lines[-1], line, self._margins_across_pages(line, margins), leading
            ):
                self._lines.append(line)
            else:
                done += self.close(is_note=is_note)
                self._lines = [line]
            self._margins = margins
        return done

    def _margins_across_pages(self, line: TextLine, margins: Margins) -> Margins:
        """Return the margins to compare with: across a page edge the text areas of both pages count."""
        if self._lines[-1].page == line.page:
            return margins
        return Margins(min(margins.left, self._margins.left), max(margins.right, self._margins.right))

    def close(self, *, is_note: bool = False) -> list[Paragraph]:
        """Return the paragraph being collected, if any."""
        if not self._lines:
            return []
        lines, self._lines = self._lines, []
        text = lines[0].text.strip()
        for before, after in pairwise(lines):
            blank = (
                " " if before.text[-1:].isascii() and before.text[-1:].isalpha() and after.text[:1].isascii() else ""
            )
            text += blank + after.text.strip()
        on_first_page = [line for line in lines if line.page == lines[0].page]
        box = Box(
            min(line.x0 for line in on_first_page), on_first_page[0].top,
            max(line.x1 for line in on_first_page), on_first_page[-1].bottom,
        )  # fmt: skip
        locator = page_locator(lines[0].page, box)
        self._certainty.add(locator, lines)
        return [Paragraph(text, locator, note=is_note)]


def _continues_paragraph(before: TextLine, after: TextLine, margins: Margins, leading: float) -> bool:
    """Return whether `after` continues the paragraph of `before`; `leading` is the usual line distance, in sizes."""
    if abs(before.size - after.size) > _SIZE_TOLERANCE * max(before.size, after.size):
        return False
    is_same_page = before.page == after.page
    max_leading = max(_PARAGRAPH_LEADING * leading, _MIN_PARAGRAPH_LEADING)
    if is_same_page and after.top - before.top > max_leading * before.size:
        return False
    unit = before.size * _INDENT_UNIT
    if starts_item(before.text, after.text):
        return False
    text_width = margins.right - margins.left
    if _is_centred(after, margins) and (_is_centred(before, margins) or _is_nearly_full(before, margins)):
        is_wide = (before.x1 - before.x0) > _WIDE_TITLE_SHARE * text_width
        return is_same_page and is_wide and not ends_sentence(before.text)
    if before.x1 - before.x0 < _SHORT_LINE_SHARE * text_width or not is_wrapped(
        before, after, margins.left, margins.right
    ):
        return False
    if after.x0 <= margins.left + unit:
        return True
    is_level = abs(after.x0 - before.x0) <= 0.5 * unit
    return (is_level or after.x0 < before.x0) and not ends_sentence(before.text) and not _is_centred(after, margins)


def _is_centred(line: TextLine, margins: Margins) -> bool:
    indent, rest = line.x0 - margins.left, margins.right - line.x1
    min_indent = _CENTRING * line.size
    return indent > min_indent and rest > min_indent and abs(indent - rest) < min_indent


def _is_nearly_full(line: TextLine, margins: Margins) -> bool:
    """Return whether a line is centred and so long that little room is left on both sides."""
    return abs((line.x0 - margins.left) - (margins.right - line.x1)) < line.size


def _usual_leading(lines: Sequence[TextLine]) -> float:
    """Return the usual distance of consecutive lines of one paragraph, in type sizes."""
    steps = sorted(
        (b.top - a.top) / a.size
        for a, b in pairwise(lines)
        if a.page == b.page and 0 < b.top - a.top < _MAX_LEADING * a.size
    )
    return steps[len(steps) // _LEADING_QUANTILE] if steps else 0.0


def _margins_by_width(pages: Sequence[PageItems]) -> dict[int, Margins]:
    """Return the margins of the running text by page width in points."""
    lines: dict[int, list[TextLine]] = {}
    for page in pages:
        lines.setdefault(round(page.width), []).extend(item for item in page.items if isinstance(item, TextLine))
    return {width: _find_margins(found, width) for width, found in lines.items()}


def _find_margins(lines: Sequence[TextLine], width: float) -> Margins:
    """Return the edges that the lines of pages of one `width` keep to.

    Lines of a short letter may all end early; then the right margin is taken to be as wide as the left one.
    """
    if not lines:
        return Margins(0.0, width)
    starts = sorted(line.x0 for line in lines)
    ends = sorted(find_line_end(line) for line in lines)
    has_outlier = len(starts) > _MIN_LINES_FOR_OUTLIER and starts[1] - starts[0] > _MAX_OUTDENT
    left = starts[1] if has_outlier else starts[0]
    size = lines[0].size
    full = [end for end in ends if end > left + _FULL_LINE_SHARE * (width - 2 * left)]
    # Ends that two longer lines come close to: a margin that several lines reach.
    aligned = [end for i, end in enumerate(full) if i + 2 < len(full) and full[i + 2] - end < size]
    if len(aligned) < _MIN_FULL_LINES:
        return Margins(left, max(max(aligned, default=ends[-1]), width - left))
    return Margins(left, max(end for end in full if end <= aligned[-1] + size))


def _find_title_lines(
    pages: Sequence[PageItems],
    edge_lines: Mapping[int, list[tuple[TextLine, bool]]],
    pages_of_key: dict[_HeaderKey, set[int]],
    min_pages: int,
) -> set[int]:
    """Return the ids of header lines of the first page that are its title all the same.

    A sheet printed with its title on every page has no other one: nothing else on the first page is set larger, or has
    the same words. The name of a book or an office above the text is set no larger than it, or smaller.
    """
    if not pages:
        return set()
    first = pages[0]
    headers = [
        line
        for line, is_header in edge_lines[first.number]
        if is_header and _is_repeated(pages_of_key, line, True, min_pages)
    ]
    headers = [line for line in headers if not _PAGE_NUMBER.fullmatch(line.text.strip()) and _title_text(line)]
    other_texts = {_title_text(line) for page in pages[1:] for line, is_header in edge_lines[page.number] if is_header}
    headers = [line for line in headers if _title_text(line) in other_texts]
    header_ids = {id(line) for line in headers}
    others = [line for line in _all_lines(first) if id(line) not in header_ids]
    sizes = sorted(line.size for line in others)
    usual_size = sizes[len(sizes) // 2] if sizes else 0.0
    largest_size = max((line.size for line in others), default=0.0)
    remaining_text = "".join(_title_text(line) for line in others)
    header_size = max((line.size for line in headers), default=0.0)
    if header_size < _TITLE_RATIO * usual_size or header_size * _TITLE_RATIO < largest_size:
        return set()
    return {id(line) for line in headers if _title_text(line) not in remaining_text}


def _all_lines(page: PageItems) -> list[TextLine]:
    """Return the lines of text and of cells of a page."""
    in_cells = (
        line for item in page.items if isinstance(item, PageTable) for cell in item.cells for line in cell.lines
    )
    return [*(item for item in page.items if isinstance(item, TextLine)), *in_cells]


def _title_text(line: TextLine) -> str:
    """Return the text of a line without blanks and page counts."""
    return _PAGE_OF_PAGES.sub("", "".join(line.text.split()))


def _header_key(line: TextLine, is_header: bool, shift: int = 0) -> _HeaderKey:
    return _DIGITS.sub("#", "".join(line.text.split())), round(line.top / _LINE_PITCH) + shift, is_header


def _is_repeated(pages_of_key: dict[_HeaderKey, set[int]], line: TextLine, is_header: bool, min_pages: int) -> bool:
    pages = set().union(*(pages_of_key.get(_header_key(line, is_header, shift), set()) for shift in (-1, 0, 1)))
    if _PAGE_NUMBER.fullmatch(line.text.strip()):
        min_pages = min(min_pages, _MIN_NUMBER_REPEATS)
    return len(pages) >= min_pages


def _find_edge_lines(page: PageItems) -> list[tuple[TextLine, bool]]:
    """Return the outermost lines near the upper (True) and lower edge."""
    lines = sorted([i for i in page.items if isinstance(i, TextLine)] + page.notes, key=lambda line: line.top)
    upper = [(line, True) for line in lines[:_MAX_EDGE_LINES] if line.bottom < page.height * _EDGE_SHARE]
    lower = [(line, False) for line in lines[-_MAX_EDGE_LINES:] if line.top > page.height * (1 - _EDGE_SHARE)]
    return upper + [pair for pair in lower if pair[0] not in [line for line, _ in upper]]
