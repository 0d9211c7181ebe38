"""A composed notice as the bytes of every format that the product reads.

All but those made by LibreOffice (`OFFICE`) are the same bytes each time.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, Final

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import typst

from extractors.readers.office import converter
from tests.bench.notices import Cell, Notice, Table
from tests.extractors.readers import build, build_ofd, build_sheets

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
OFFICE: Final = {"doc": "docx", "wps": "docx", "odt": "docx", "rtf": "docx", "xls": "xlsx"}
"""Carriers that LibreOffice makes, and from which of the others."""
DPI: Final = 200
OFFICE_SECONDS: Final = 120
CHANCE: Final = re.compile(rb"/ID\s*\[\s*<[0-9A-Fa-f]{32}>\s*<[0-9A-Fa-f]{32}>\s*\]|/CreationDate\(D:\d{14}\+")
"""What pdfium writes anew each time: the hour, and a name of the file drawn by lot."""
_BORDERS: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_FONT: Final = '<w:rFonts w:ascii="FangSong" w:eastAsia="仿宋_GB2312" w:hint="eastAsia"/><w:sz w:val="{}"/>'
_STYLES: Final = (
    '<borders count="2"><border/><border><left style="thin"/><right style="thin"/><top style="thin"/>'
    '<bottom style="thin"/></border></borders><cellXfs count="2"><xf/><xf borderId="1" applyBorder="1"/></cellXfs>'
)
_TYPST: Final = """#set document(title: "通知", date: none)
#set page(paper: "a4", margin: 1.6cm)
#set text(font: ("Noto Sans CJK SC", "SimSun", "Microsoft YaHei"), size: 9pt, lang: "zh")
#for line in data.letter [#line #parbreak()]
#for one in data.tables [
  #pagebreak()
  #align(center, text(size: 13pt, one.title))
  #table(
    columns: one.widths.map(width => width * 1fr),
    ..one.cells.map(c => table.cell(x: c.x, y: c.y, colspan: c.w, rowspan: c.h, c.text)),
  )
]
"""


def stable_zip(members: Mapping[str, str | bytes]) -> bytes:
    """A zip of the members without the hour of its making."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def docx(notice: Notice) -> bytes:
    """Paragraphs and tables in WordprocessingML, with vertical and horizontal merges as Word writes them."""
    return _docx(notice.letter, notice.tables, first=1)


def _docx(letter: Sequence[str], tables: Sequence[Table], first: int) -> bytes:
    body = [_paragraph(line, 32) for line in letter]
    for at, table in enumerate(tables, first):
        body += [_paragraph(f"附件{at}", 32), _paragraph(table.title, 36), _docx_table(table)]
    return stable_zip(build.members("".join(body)))


def _paragraph(text: str, size: int) -> str:
    return build.para(build.run(escape(text, quote=False), _FONT.format(size)))


def _docx_table(table: Table) -> str:
    rows: list[list[tuple[int, str]]] = [[] for _ in range(table.n_rows)]
    for cell in table.cells:
        across = f'<w:gridSpan w:val="{cell.col_span}"/>' if cell.col_span > 1 else ""
        lines = [_paragraph(line, 21) for line in cell.text.split("\n")]
        start = '<w:vMerge w:val="restart"/>' if cell.row_span > 1 else ""
        rows[cell.row].append((cell.col, build.cell(*lines, properties=across + start)))
        for below in range(cell.row + 1, cell.row + cell.row_span):
            rows[below].append((cell.col, build.cell(properties=across + "<w:vMerge/>")))
    columns = "".join(f'<w:gridCol w:w="{9000 // table.n_cols}"/>' for _ in range(table.n_cols))
    drawn = "".join(build.row(*(text for _, text in sorted(row))) for row in rows)
    borders = f"<w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>"
    return f"<w:tbl>{borders}<w:tblGrid>{columns}</w:tblGrid>{drawn}</w:tbl>" + build.para()


def xlsx(notice: Notice) -> bytes:
    """One sheet: the letter's lines, then each table below its title, framed, with merged ranges."""
    rows: list[str] = []
    merges: list[str] = []

    def put(texts: Mapping[int, str], width: int = 0) -> None:
        number = len(rows) + 1
        cells = []
        for col in range(max([width, *(at + 1 for at in texts)])):
            style = ' s="1"' if width else ""
            text = escape(texts.get(col, ""), quote=False)
            inner = f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else "/>"
            cells.append(f'<c r="{_letter(col)}{number}"{style}{inner}')
        rows.append(build_sheets.row(number, *cells))

    for line in notice.letter:
        put({0: line})
    for at, table in enumerate(notice.tables, 1):
        put({0: f"附件{at}"})
        put({0: table.title})
        start = len(rows)
        for line_texts in table.grid():
            put({col: text for col, text in enumerate(line_texts) if text}, table.n_cols)
        merges += [_range(cell, start) for cell in table.cells if cell.row_span * cell.col_span > 1]
    listed = "".join(f'<mergeCell ref="{one}"/>' for one in merges)
    after = f'<mergeCells count="{len(merges)}">{listed}</mergeCells>' if merges else ""
    package = build_sheets.package("".join(rows), after=after, parts={"styles": _STYLES})
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return stable_zip({name: archive.read(name) for name in archive.namelist()})


def _letter(col: int) -> str:
    return chr(ord("A") + col)


def _range(cell: Cell, start: int) -> str:
    first, last = start + cell.row + 1, start + cell.row + cell.row_span
    return f"{_letter(cell.col)}{first}:{_letter(cell.col + cell.col_span - 1)}{last}"


def html(notice: Notice) -> bytes:
    """A page as a content management system of a government site shows it, in UTF-8."""
    body = "".join(f"<p>{escape(line)}</p>\n" for line in notice.letter)
    for at, table in enumerate(notice.tables, 1):
        rows: list[str] = ["" for _ in range(table.n_rows)]
        for cell in table.cells:
            spans = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
            spans += f' colspan="{cell.col_span}"' if cell.col_span > 1 else ""
            rows[cell.row] += f"<td{spans}>{escape(cell.text).replace(chr(10), '<br>')}</td>"
        drawn = "".join(f"<tr>{row}</tr>\n" for row in rows)
        body += f'<p>附件{at}</p>\n<p>{escape(table.title)}</p>\n<table border="1">\n{drawn}</table>\n'
    head = f'<head><meta charset="utf-8"><title>{escape(notice.title)}</title></head>'
    return f'<!DOCTYPE html>\n<html>{head}\n<body><div class="content">\n{body}</div></body></html>\n'.encode()


def txt(notice: Notice) -> bytes:
    """Text as it is pasted from an office program: every cell behind a TAB, a blank line behind every row."""
    lines = list(notice.letter)
    for at, table in enumerate(notice.tables, 1):
        lines += ["", f"附件{at}", "", table.title, ""]
        for row in table.grid():
            lines += [*("\t" + text for text in row), ""]
    return "\n".join(lines).encode()


def md(notice: Notice) -> bytes:
    """Text with tables between pipes; what a merged cell covers is blank."""
    lines = [part for line in notice.letter for part in (line, "")]
    for at, table in enumerate(notice.tables, 1):
        lines += [f"附件{at}", "", table.title, ""]
        for number, row in enumerate(table.grid()):
            lines.append("| " + " | ".join(text.replace("\n", "<br>") for text in row) + " |")
            if number == 0:
                lines.append("|" + " --- |" * table.n_cols)
        lines.append("")
    return "\n".join(lines).encode()


def pdf(notice: Notice) -> bytes:
    """Pages with the tables ruled, cut where the page ends."""
    tables = [
        {
            "title": f"附件{at} {table.title}",
            "widths": _widths(table),
            "cells": [{"x": c.col, "y": c.row, "w": c.col_span, "h": c.row_span, "text": c.text} for c in table.cells],
        }
        for at, table in enumerate(notice.tables, 1)
    ]
    data = json.dumps({"letter": notice.letter, "tables": tables}, ensure_ascii=False)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "data.json").write_text(data, "utf-8")
        Path(folder, "page.typ").write_text('#let data = json("data.json")\n' + _TYPST, "utf-8")
        made = typst.compile(Path(folder, "page.typ"), timestamp=0)
    assert isinstance(made, bytes)
    return made


def _widths(table: Table) -> list[int]:
    """Wide columns for long texts, as people draw them."""
    longest = [4] * table.n_cols
    for cell in table.cells:
        if cell.col_span == 1:
            longest[cell.col] = max(longest[cell.col], *(len(line) for line in cell.text.split("\n")))
    return [min(length, 24) for length in longest]


def ofd(notice: Notice) -> bytes:
    """The pages of the pdf as OFD."""
    with zipfile.ZipFile(io.BytesIO(build_ofd.from_pdf(pdf(notice)))) as archive:
        return stable_zip({name: archive.read(name) for name in archive.namelist()})


def _pictures(notice: Notice) -> list[Any]:
    with pdfium.PdfDocument(pdf(notice)) as document:
        return [page.render(scale=DPI / 72).to_pil().convert("L") for page in document]


def scan(notice: Notice) -> bytes:
    """A pdf that holds pictures of the pages."""
    pages = _pictures(notice)
    out = io.BytesIO()
    with pdfium.PdfDocument.new() as document:
        for picture in pages:
            jpeg = io.BytesIO()
            picture.save(jpeg, "JPEG", quality=85)
            image = pdfium.PdfImage.new(document)
            image.load_jpeg(jpeg, inline=True)
            width, height = (side * 72 / DPI for side in picture.size)
            image.set_matrix(pdfium.PdfMatrix().scale(width, height))
            page = document.new_page(width, height)
            page.insert_obj(image)
            page.gen_content()
        document.save(out)
    return CHANCE.sub(lambda match: re.sub(rb"[0-9A-Fa-f](?=[0-9A-Fa-f]*[>+])", b"0", match[0]), out.getvalue())


def png(notice: Notice) -> bytes:
    """A picture of the first table's first page alone: a photograph of one sheet."""
    out = io.BytesIO()
    _pictures(replace(notice, letter=(notice.title,)))[-1].save(out, "PNG", dpi=(DPI, DPI))
    return out.getvalue()


def archive(notice: Notice) -> bytes:
    """The letter as docx and each attachment as a docx beside it."""
    members: dict[str, str | bytes] = {f"{notice.title}.docx": _docx(notice.letter, (), 1)}
    for at, table in enumerate(notice.tables, 1):
        members[f"附件{at}：{table.title}.docx"] = _docx((), (table,), at)
    return stable_zip(members)


def office(notice: Notice, file_format: str) -> bytes:
    """Converted by LibreOffice; a wps file is a doc under another name.

    Raises:
        FileNotFoundError: LibreOffice is not installed.
        subprocess.CalledProcessError: it did not convert the file.
    """
    program = converter.find_soffice()
    if program is None:
        raise FileNotFoundError("LibreOffice is needed for " + file_format)
    target = "doc" if file_format == "wps" else file_format
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"in.{OFFICE[file_format]}")
        source.write_bytes(WRITERS[OFFICE[file_format]](notice))
        command: list[str | Path] = [
            program,
            f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            "--headless",
            "--convert-to",
        ]
        subprocess.run(
            [*command, target, "--outdir", folder, source], check=True, capture_output=True, timeout=OFFICE_SECONDS
        )
        return Path(folder, f"in.{target}").read_bytes()


WRITERS: Final[Mapping[str, Callable[[Notice], bytes]]] = {
    "docx": docx,
    "xlsx": xlsx,
    "html": html,
    "txt": txt,
    "md": md,
    "pdf": pdf,
    "ofd": ofd,
    "scan": scan,
    "png": png,
    "zip": archive,
    **{name: partial(office, file_format=name) for name in OFFICE},
}
SUFFIXES: Final = {"scan": ".scan.pdf"}


def render(notice: Notice, file_format: str) -> bytes:
    """The notice in a format of `WRITERS`."""
    return WRITERS[file_format](notice)


def suffix(file_format: str) -> str:
    """How names of files of the format end."""
    return SUFFIXES.get(file_format, f".{file_format}")
