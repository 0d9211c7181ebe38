"""Tables that a page draws without <table>: rows of boxes, by their styles, their ARIA roles or a header of boxes.

They are put in place as <table> elements, so that what follows knows one kind of table only. Rows of boxes are common
(menus, lists of news), so boxes without a style of tables count only below a row that reads as a header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, cast

from extractors.document import ReadNote
from extractors.readers.html.dom import Element, contains_tag, select, self_and_ancestors
from extractors.readers.html.main_content import is_small_part
from extractors.readers.html.stylesheet import Stylesheet
from extractors.table_words import TableWords

_DISPLAYS: Final = {
    "table": "table", "inline-table": "table", "table-row": "row", "table-cell": "cell", "table-row-group": "group",
    "table-header-group": "group", "table-footer-group": "group", "table-caption": "caption",
}  # fmt: skip
_ROLES: Final = {
    "table": "table", "grid": "table", "treegrid": "table", "rowgroup": "group", "row": "row", "cell": "cell",
    "gridcell": "cell", "columnheader": "cell", "rowheader": "cell", "caption": "caption",
}  # fmt: skip
_ROW_TAGS: Final = frozenset({"table", "thead", "tbody", "tfoot", "tr"})
_TABLE_TAGS: Final = _ROW_TAGS | {"td", "th", "caption"}
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TEXT_TAGS: Final = _HEADINGS | {"span", "font", "b", "strong", "em", "i", "u", "a", "img", "label", "p"}
"""Elements of running text, which are boxes of a table only if their words or styles say so."""
_NO_BAR_TAGS: Final = _TABLE_TAGS | {"a", "img"}
_NO_CELLS: Final = frozenset({"br", "hr", "wbr"})
_MAX_COLUMNS: Final = 20
_MIN_ROWS: Final = 3
"""With two columns; with more a header and one row are enough."""
_MIN_FULL: Final = 0.6
"""At least this share of the rows of several cells has a cell for each column."""
_MIN_COLUMNS: Final = 3
_PROBED: Final = 12
"""Neighbours below a row of short words that are looked at."""
_MIN_ALIKE: Final = 4
"""So many rows below short words with a sentence in one column each are a table, whatever the words."""
_MIN_SENTENCE: Final = 10
"""Characters of a sentence: 公厕有专人保洁，设施完好。"""
_MAX_NAME: Final = 10
"""Characters of a header that no vocabulary knows."""
_MAX_LINKED: Final = 0.5
"""Where more of the rows lead to other pages it is a list of news."""
_MAX_BAR: Final = 80
"""Characters of a line between two rows: 一、组织领导（20分）; longer ones are text behind the table."""
_MAX_PIECE: Final = 1_000
_MAX_DEPTH: Final = 4
"""Boxes around rows, and levels beside the rows they hold."""
_NO_NAME: Final = re.compile(r"[\d，。；：:]")
_SENTENCE_MARK: Final = re.compile(r"[，。；]")
_REPEATED: Final = re.compile(r"repeat\(\s*(\d{1,2})\s*,")
_SPAN: Final = re.compile(r"span\s+(\d{1,2})")
_FROM_TO: Final = re.compile(r"(-?\d{1,2})\s*/\s*(-?\d{1,2})")


@dataclass(frozen=True, slots=True)
class _Box:
    """A cell, and how many rows and columns it reaches over."""

    element: Element
    rows: int = 1
    columns: int = 1


_Row = Sequence[_Box]


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring elements that are one table of `width` columns."""

    elements: Sequence[Element]
    rows: Sequence[_Row]
    width: int
    is_cut: bool = False
    """Whether a row follows that has more or fewer cells."""


def restore_tables(root: Element, styles: Stylesheet, words: TableWords) -> list[ReadNote]:
    """Replace the boxes of drawn tables below `root` by <table> elements.

    Args:
        root: the page.
        styles: how its elements are arranged.
        words: tells which rows are headers; without words only styles and roles tell tables.

    Returns:
        A note for every table some of whose rows have more or fewer cells than its header.
    """
    restorer = _Restorer(styles, words)
    restorer.restore(root)
    return restorer.notes()


class _Restorer:
    def __init__(self, styles: Stylesheet, words: TableWords) -> None:
        self._styles = styles
        self._words = words
        self._notes: dict[str, ReadNote] = {}
        """By the header of the table."""

    def restore(self, root: Element) -> None:
        parts: set[Element] = set()
        for container in select(root, "//*[*]"):
            if container.getparent() in parts or is_small_part(container):
                parts.add(container)
            elif container.tag not in _ROW_TAGS and not self._restore_cells(container):
                self._restore_rows(container)

    def notes(self) -> list[ReadNote]:
        """Return the notes on tables with odd rows."""
        return list(self._notes.values())

    def _restore_rows(self, container: Element) -> None:
        is_table = self._part(container) == "table"
        children = list(container)
        place = 0
        while place < len(children):
            run = self._find_run(children, place, is_table)
            if run is not None:
                self._replace(container, run)
            place += len(run.elements) if run is not None else 1

    def _restore_cells(self, container: Element) -> bool:
        """Restore cells that stand in no rows: those of a grid, and terms with their descriptions."""
        rows = _term_rows(container) if container.tag == "dl" else self._grid_rows(container)
        if not rows or _has_own_text(container) or not self._is_header(rows[0]):
            return False
        return self._replace(container, _Run(list(container), rows, _width(rows[0])))

    def _find_run(self, children: Sequence[Element], start: int, is_table: bool) -> _Run | None:
        """Return the table that begins with one of several neighbours."""
        header = self._first_row(children[start])
        width = _width(header)
        if width < 2 or not (is_table or self._is_header(header) or self._has_rows_alike(header, children, start)):
            return None
        rows: list[_Row] = []
        bars: list[_Row] = []
        end = start
        is_cut = False
        for place in range(start, len(children)):
            child = children[place]
            own = self._rows(child, width, is_table)
            if own is None and not self._is_bar(child):
                inner = self._unwrap(child)
                is_cut = len(self._cells_of_row(inner)) > 1 and not _is_page_part(child, inner)
                break
            if own is None:
                bars += _bar_rows(child, width)
            elif bars and _texts(own[0]) == _texts(header):
                break
            else:
                rows += [*bars, *own]
                bars = []
                end = place + 1
            if (child.tail or "").strip():
                break
        return _Run(children[start:end], rows, width, is_cut) if rows else None

    def _has_rows_alike(self, header: _Row, children: Sequence[Element], start: int) -> bool:
        """Return whether boxes of short words are a header by what stands below: rows with a sentence at one place."""
        names = _texts(header)
        if len(names) < _MIN_COLUMNS or len(set(names)) < len(names) or not all(map(_is_name, names)):
            return False
        if any(cell.element.tag in _TEXT_TAGS for cell in header):
            return False
        own = self._rows(children[start], len(header), False) or ()
        below = (self._rows(child, len(header), False) or () for child in children[start + 1 : start + 1 + _PROBED])
        rows = [row for rows in (own[1:], *below) for row in rows if len(row) == len(header)]
        sentences = [sum(map(_is_sentence, column)) for column in zip(*map(_texts, rows), strict=True)]
        return len(rows) >= _MIN_ALIKE and max(sentences) >= _MIN_FULL * len(rows)

    def _replace(self, container: Element, run: _Run) -> bool:
        """Put a table in the place of its boxes, if they are one."""
        rows = [row for row in run.rows if len(row) > 1]
        widths = _filled_widths(rows)
        pairs = zip(widths, rows, strict=True)
        is_odd = run.is_cut or any(width != run.width and not self._is_total(row) for width, row in pairs)
        linked = sum(any(map(_is_link, row)) for row in rows)
        if (
            len(rows) < (_MIN_ROWS if run.width == 2 else 2)
            or sum(width == run.width for width in widths) < _MIN_FULL * len(rows)
            or linked > _MAX_LINKED * len(rows)
        ):
            if is_odd and self._is_header(rows[0]):
                self._note(rows[0], "未能还原为表格，请改用带表格线的原文件")
            return False
        if is_odd:
            self._note(rows[0], "可能错栏或缺行，请对照原网页核对")
        _put_table(container, run)
        return True

    def _note(self, header: _Row, consequence: str) -> None:
        """Report that rows have more or fewer cells than their header."""
        locator = f"表头“{'、'.join(_texts(header))}”"
        message = f"网页用方框画成的表有的行与表头的格数不一致，{consequence}"
        self._notes.setdefault(locator, ReadNote("cell_lines", message, locator))

    def _cells_of_row(self, element: Element) -> _Row:
        """Return the cells of what may be a row; none if it has links, as lines around an article do."""
        cells = self._cells(self._unwrap(element))
        return () if any(map(_is_link, cells)) else cells

    def _is_bar(self, element: Element) -> bool:
        """Return whether an element may stand between two rows: a short line, or nothing that is seen."""
        if element.tag in _NO_BAR_TAGS or any(contains_tag(element, tag) for tag in _NO_BAR_TAGS):
            return False
        cells = [cell for cell in self._cells(self._unwrap(element)) if _text(cell.element)]
        is_line = len(cells) < 2 or (len(cells) == 2 and all(cell.element.tag in _TEXT_TAGS for cell in cells))
        return is_line and len(_text(element)) <= _MAX_BAR

    def _first_row(self, element: Element) -> _Row:
        """Return the first row that an element is or holds without blank boxes at its end, empty if there is none."""
        outer = element
        row: _Row = ()
        for _ in range(_MAX_DEPTH):
            element = self._unwrap(element)
            cells = self._cells(element)
            part = self._part(element)
            if not cells or part == "cell":
                break
            row = cells if len(cells) > 1 or part == "row" else row
            if part == "row" or self._is_header(row):
                break
            if _is_page_part(outer, element):
                return ()
            element = cells[0].element
        n_filled = max((place + 1 for place, text in enumerate(_texts(row)) if text), default=0)
        return row[:n_filled]

    def _rows(self, element: Element, width: int, is_table: bool, depth: int = 0) -> Sequence[_Row] | None:
        """Return the rows that an element is or holds, None if it is none of a table of this width."""
        outer = element
        element = self._unwrap(element)
        cells = self._cells(element)
        part = self._part(element)
        if not cells or part == "cell" or depth > _MAX_DEPTH:
            return None
        if part == "row":
            return [_row(cells, width)]
        inside = self._rows_inside(cells, width, is_table, depth)
        if inside is not None and len(inside) > 1 and _is_page_part(outer, element):
            return None
        if inside is not None or part == "group":
            return inside
        if len(cells) < 2:
            return None
        beside = self._rows_beside(cells, width, depth)
        if beside is not None:
            return beside
        row = _row(cells, width)
        return [row] if is_table or _width(row) == width or self._is_total(row) else None

    def _rows_inside(self, boxes: _Row, width: int, is_table: bool, depth: int) -> Sequence[_Row] | None:
        """Return the rows of a box of rows, with the lines between them."""
        rows: list[_Row] = []
        n_rows = 0
        for box in boxes:
            own = self._rows(box.element, width, is_table, depth + 1)
            if own is None and not self._is_bar(box.element):
                return None
            n_rows += own is not None
            rows += _bar_rows(box.element, width) if own is None else own
        # A cell of as many paragraphs as there are columns is no row.
        return rows if n_rows and 2 * n_rows >= len(boxes) else None

    def _rows_beside(self, boxes: _Row, width: int, depth: int) -> Sequence[_Row] | None:
        """Return the rows of a box beside cells that reach over all of them: a level and its items."""
        inner_width = width - len(boxes) + 1
        inner = [self._rows(box.element, inner_width, False, depth + 1) for box in boxes] if inner_width > 1 else []
        if sum(rows is not None for rows in inner) != 1:
            return None
        for place, rows in enumerate(inner):
            if rows and all(len(row) > 1 for row in rows):
                beside = [_Box(other.element, len(rows)) for other in boxes]
                return [[*beside[:place], *rows[0], *beside[place + 1 :]], *rows[1:]]
        return None

    def _unwrap(self, element: Element) -> Element:
        """Return the element that holds the boxes, inside of others around all of them."""
        for _ in range(_MAX_DEPTH):
            only = element[0] if len(element) == 1 else None
            if only is None or not len(only) or _has_own_text(element) or self._part(element) in ("row", "cell"):
                break
            element = only
        return element

    def _cells(self, element: Element) -> _Row:
        """Return the boxes of an element; none if it holds text of its own or is a table."""
        if element.tag in _TABLE_TAGS or _has_own_text(element):
            return ()
        boxes = [child for child in element if child.tag not in _NO_CELLS]
        if any(box.tag in _TABLE_TAGS or contains_tag(box, "table") for box in boxes):
            return ()
        return [_Box(box, _number(box.get("aria-rowspan")), _number(box.get("aria-colspan"))) for box in boxes]

    def _part(self, element: Element) -> str:
        """Return what an element is in a table by its role or style, empty if nothing."""
        role = (element.get("role") or "").strip().lower()
        return _ROLES.get(role, "") or _DISPLAYS.get(self._styles.value(element, "display"), "")

    def _is_header(self, row: _Row) -> bool:
        # A heading beside paragraphs is a section.
        n_headings = sum(cell.element.tag in _HEADINGS for cell in row)
        return 1 < len(row) <= _MAX_COLUMNS and n_headings in (0, len(row)) and self._words.is_header(_texts(row))

    def _is_total(self, row: _Row) -> bool:
        return len(row) > 0 and self._words.is_total(_text(row[0].element))

    def _grid_rows(self, container: Element) -> Sequence[_Row]:
        """Return the cells of a grid row by row; each goes to the next place where it has room."""
        if self._styles.value(container, "display") not in ("grid", "inline-grid"):
            return ()
        columns = self._styles.value(container, "grid-template-columns")
        match = _REPEATED.match(columns)
        width = int(match[1]) if match else len(columns.split())
        if not 1 < width <= _MAX_COLUMNS:
            return ()
        rows: list[list[_Box]] = []
        free_from = [0] * width
        column = width
        for element in container:
            n_rows = _grid_span(self._styles.value(element, "grid-row"), 1)
            n_columns = min(_grid_span(self._styles.value(element, "grid-column"), width), width)
            while column + n_columns > width or max(free_from[column : column + n_columns]) >= len(rows):
                column += 1
                if column >= width:
                    rows.append([])
                    column = 0
            rows[-1].append(_Box(element, n_rows, n_columns))
            free_from[column : column + n_columns] = [len(rows) - 1 + n_rows] * n_columns
        return rows


def _is_page_part(outer: Element, inner: Element) -> bool:
    """Return whether a box of rows, or one around it up to `outer`, is a footer, a menu or the like."""
    around = takewhile(lambda element: element is not outer.getparent(), self_and_ancestors(inner))
    return any(map(is_small_part, around))


def _term_rows(terms: Element) -> Sequence[_Row]:
    """Return the rows of a <dl>, each of which begins with a term."""
    rows: list[list[_Box]] = []
    previous = "dd"
    for child in terms:
        if child.tag not in ("dt", "dd"):
            return ()
        if not rows or (child.tag == "dt" and previous == "dd"):
            rows.append([])
        rows[-1].append(_Box(child))
        previous = child.tag
    return rows


def _row(cells: _Row, width: int) -> _Row:
    """Return a row without blank boxes behind its last column; one cell alone reaches over all of them."""
    while len(cells) > width and not _text(cells[-1].element):
        cells = cells[:-1]
    filled = [cell for cell in cells if _text(cell.element)]
    return [_Box(filled[0].element, 1, width)] if len(filled) == 1 and len(cells) < width else cells


def _bar_rows(element: Element, width: int) -> list[_Row]:
    return [[_Box(element, 1, width)]] if _text(element) else []


def _is_name(text: str) -> bool:
    return 0 < len(text) <= _MAX_NAME and not _NO_NAME.search(text)


def _is_sentence(text: str) -> bool:
    return len(text) >= _MIN_SENTENCE and _SENTENCE_MARK.search(text) is not None


def _is_link(cell: _Box) -> bool:
    parent = cell.element.getparent()
    return cell.element.tag == "a" or contains_tag(cell.element, "a") or (parent is not None and parent.tag == "a")


def _width(row: _Row) -> int:
    return sum(cell.columns for cell in row)


def _filled_widths(rows: Sequence[_Row]) -> list[int]:
    """Return how many columns each row fills, with the cells that reach into it from above."""
    widths = [0] * len(rows)
    for place, row in enumerate(rows):
        for cell in row:
            for below in range(place, min(place + cell.rows, len(rows))):
                widths[below] += cell.columns
    return widths


def _texts(row: _Row) -> list[str]:
    return [_text(cell.element) for cell in row]


def _text(element: Element) -> str:
    """Return the text of a box without whitespace, cut where it is longer than any line between rows."""
    text = ""
    for piece in cast(Iterator[str], element.itertext()):
        text += "".join(piece[:_MAX_PIECE].split())
        if len(text) > _MAX_BAR:
            break
    return text


def _has_own_text(element: Element) -> bool:
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _number(raw: str | None) -> int:
    return int(raw) if raw is not None and raw.isascii() and raw.isdigit() and 0 < len(raw) < 3 and int(raw) else 1


def _grid_span(value: str, width: int) -> int:
    """Return how many lines of a grid a cell takes: `span 3`, `1 / 4`, `1 / -1`."""
    span = _SPAN.search(value)
    if span:
        return max(int(span[1]), 1)
    lines = _FROM_TO.fullmatch(value)
    if not lines:
        return 1
    first, last = int(lines[1]), int(lines[2])
    return max((width + 2 + last if last < 0 else last) - first, 1)


def _put_table(container: Element, run: _Run) -> None:
    table = container.makeelement("table")
    table.tail = run.elements[-1].tail
    container.insert(container.index(run.elements[0]), table)
    for row in run.rows:
        line = table.makeelement("tr")
        table.append(line)
        for cell in row:
            place = line.makeelement("td", {"rowspan": str(cell.rows), "colspan": str(cell.columns)})
            line.append(place)
            place.append(cell.element)
            cell.element.tail = None
            # Names of parts of a page (class="td header") would drop the cell.
            for name in ("class", "id", "style"):
                if name in cell.element.attrib:
                    del cell.element.attrib[name]
    for element in run.elements:
        if element.getparent() is container:
            container.remove(element)
