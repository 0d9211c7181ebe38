"""Makes small workbooks: with openpyxl where a test is about content, from bare XML where it is about the file."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from extractors.attachments import read
from extractors.document import Document, Paragraph, Table

from .build import REL, pack, relationships

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_MAIN_TYPE}"/></Types>'
)
_LINE = Side(style="thin")
FRAME = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
HEAD: list[Any] = ["测评项目", "测评标准", "分值"]


def save(book: Workbook) -> bytes:
    """The workbook as bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill(sheet: Worksheet, rows: Sequence[Any], merges: Sequence[str] = (), frames: str = "") -> None:
    """Write rows from A1 on (None = nothing), merge ranges, and draw lines around the squares of `frames`."""
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(r, c, value)
    if frames:
        for line in sheet[frames]:
            for cell in line:
                cell.border = FRAME
    for merge in merges:
        sheet.merge_cells(merge)


def workbook(rows: Sequence[Any], merges: Sequence[str] = (), frames: str = "", name: str = "Sheet1") -> bytes:
    """A workbook of one sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    fill(sheet, rows, merges, frames)
    return save(book)


def document(rows: Sequence[Any], merges: Sequence[str] = (), frames: str = "", name: str = "Sheet1") -> Document:
    """A workbook of one sheet, read."""
    return read(workbook(rows, merges, frames, name), "通知.xlsx")


def outline(found: Document) -> list[Any]:
    """The blocks: paragraphs by their text, tables by the texts of their rows."""
    out: list[Any] = []
    for block in found.blocks:
        if isinstance(block, Paragraph):
            out.append(block.text)
        else:
            out.append([[c.text for c in block.cells if c.row == row] for row in range(block.n_rows)])
    return out


def only_table(found: Document) -> Table:
    """The only table of a document."""
    (table,) = found.tables()
    return table


def text_cell(at: str, text: str) -> str:
    """A cell with text, as XML."""
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *cells: str, attributes: str = "") -> str:
    """A row, as XML."""
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'


def package(
    rows: str,
    *,
    after: str = "",
    before: str = "",
    namespace: str = MAIN,
    parts: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> bytes:
    """An xlsx whose one sheet consists of the rows given; `parts` adds styles or sharedStrings (inside of the root)."""
    root = f'xmlns="{namespace}" xmlns:r="{REL}"'
    roots = {"styles": "styleSheet", "sharedStrings": "sst"}
    extra = parts or {}
    links = {"worksheet": "worksheets/sheet1.xml", **{kind: f"{kind}.xml" for kind in extra}}
    content = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": relationships({"officeDocument": "xl/workbook.xml"}),
        "xl/_rels/workbook.xml.rels": relationships(links),
        "xl/workbook.xml": f'<workbook {root}><sheets><sheet name="Sheet1" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": sheet
        or f"<worksheet {root}>{before}<sheetData>{rows}</sheetData>{after}</worksheet>",
        **{f"xl/{kind}.xml": f"<{roots[kind]} {root}>{inner}</{roots[kind]}>" for kind, inner in extra.items()},
    }
    return pack(content)
