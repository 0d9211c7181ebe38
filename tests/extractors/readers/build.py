"""Makes small docx packages out of snippets of WordprocessingML, so that a test shows just what it is about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from extractors.attachments import read
from extractors.document import Document, Paragraph, Table

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/{main}" ContentType="{type}"/></Types>'
)


def part(root: str, inner: str) -> str:
    """One XML part whose root element is `w:<root>`."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {NAMESPACES}>{inner}</w:{root}>'


def relationships(targets: Mapping[str, str]) -> str:
    """A .rels part: relationship kind to target."""
    items = "".join(
        f'<Relationship Id="r{i}" Type="{REL}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{_PACKAGE_REL}">{items}</Relationships>'


def members(
    body: str, *, main: str = "word/document.xml", main_type: str = _MAIN_TYPE, **parts: str
) -> dict[str, str | bytes]:
    """The members of a docx: `body` goes into w:body, each keyword (styles, numbering …) is the inside of that part."""
    folder, _, base = main.rpartition("/")
    roots = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "endnotes": "endnotes"}
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": _CONTENT_TYPES.format(main=main, type=main_type),
        "_rels/.rels": relationships({"officeDocument": main}),
        main: part("document", f"<w:body>{body}</w:body>"),
        f"{folder}/_rels/{base}.rels": relationships({kind: f"{kind}.xml" for kind in parts}),
    }
    for kind, inner in parts.items():
        found[f"{folder}/{kind}.xml"] = part(roots.get(kind, kind), inner)
    return found


def pack(content: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A docx as bytes."""
    return pack(members(body, **parts))


def document(body: str, **parts: str) -> Document:
    """A docx, read."""
    return read(docx(body, **parts), "通知.docx")


def texts(body: str, **parts: str) -> list[str]:
    """The paragraphs of a docx, read."""
    return [block.text for block in document(body, **parts).blocks if isinstance(block, Paragraph)]


def table(body: str, **parts: str) -> Table:
    """The only table of a docx, read."""
    (found,) = document(body, **parts).tables()
    return found


def grid(found: Table) -> list[tuple[int, int, int, int, str]]:
    """Row, column, row span, column span and text of every cell."""
    return [(c.row, c.col, c.row_span, c.col_span, c.text) for c in found.cells]


def run(text: str, properties: str = "") -> str:
    """A run of text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def para(*content: str, properties: str = "") -> str:
    """A paragraph: snippets of markup, or plain words."""
    inner = "".join(c if c.startswith("<") else run(c) for c in content if c)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def cell(*content: str, properties: str = "") -> str:
    """A cell: paragraphs as markup, or the words of one paragraph each."""
    inner = "".join(c if c.startswith("<") else para(c) for c in content) or para()
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A row: cells as markup, or the words of one cell each."""
    inner = "".join(c if c.startswith("<") else cell(c) for c in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def tbl(*rows: str, widths: tuple[int, ...] = ()) -> str:
    """A table, followed by the paragraph that the format wants after it."""
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
