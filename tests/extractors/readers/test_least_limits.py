"""The least value of each limit under which a small file is still read whole; one less, and it is not.

Each value follows from the file: the elements, cells, pages or bytes it has. To find those of another file:
`.venv/bin/python -m tests.extractors.readers.test_least_limits`.
"""

from __future__ import annotations

import zipfile
from dataclasses import asdict, replace
from typing import Any, cast

import pytest

from extractors.attachments import read
from extractors.document import Document, ReadError
from extractors.limits import DEFAULT_LIMITS
from tests.extractors.readers import build, build_sheets
from tests.extractors.readers.build_ofd import OfdPageSource, build_ofd
from tests.extractors.readers.build_pdf import PdfPageSource, build_pdf
from tests.extractors.readings import ODS

ROWS = (("序号", "任务", "责任单位"), ("1", "开展宣传", "宣传科"), ("2", "整治市容", "城管科"))
INNER = build.tbl(build.row("甲", "乙"), widths=(100, 100))
BODY = (
    build.para("测评任务清单")
    + build.tbl(*(build.row(*cells) for cells in ROWS), widths=(100, 100, 100))
    + build.tbl(build.row("外", build.cell(INNER, build.para("下"))), widths=(100, 100))
)
SHEET = "".join(
    build_sheets.row(number, *(build_sheets.text_cell(f"{'ABC'[at]}{number}", text) for at, text in enumerate(cells)))
    for number, cells in enumerate(ROWS, start=1)
)
HTML_ROWS = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in cells)}</tr>" for cells in ROWS)
HTML_INNER = "<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td><td>丁</td></tr></table>"
HTML = (
    "<html><head><meta charset='utf-8'><title>清单</title></head><body><p>测评任务清单</p>"
    f"<table>{HTML_ROWS}</table><table><tr><td>外</td><td>{HTML_INNER}</td></tr></table></body></html>"
)
RATIO = replace(DEFAULT_LIMITS, ratio_grace_bytes=0)


def _drawn(page: Any, x: float, size: float) -> Any:
    """A page with a table; its unit is the millimetre or the point."""
    xs, ys = [x * step for step in (1, 3, 6, 9)], [x * step for step in (1, 2, 3, 4)]
    page.grid(xs, ys)
    for top, cells in zip(ys, ROWS, strict=False):
        for left, text in zip(xs, cells, strict=False):
            page.text(left + 0.2 * size, top + 0.2 * size, text, size)
    return page


def _ods() -> bytes:
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in cells)
        + "</table:table-row>"
        for cells in ROWS
    )
    names = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in ODS.items())
    table = f'<table:table table:name="表">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    content = f"<office:document-content {names}>{body}</office:document-content>"
    return build.pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def _files() -> dict[str, bytes]:
    docx = build.docx(BODY)
    ofd_pages = [_drawn(OfdPageSource(height=381), 20, 4), OfdPageSource(width=100, height=200)]
    ofd_pages[1].text(20, 20, "第二页的通知")
    pdf_pages = [_drawn(PdfPageSource(), 60, 12), PdfPageSource(width=300)]
    pdf_pages[1].text(60, 60, "第二页的通知")
    inner = build.pack({"附件1.docx": docx})
    return {
        "通知.docx": docx,
        "不压缩.docx": build.pack(build.members(BODY), zipfile.ZIP_STORED),
        "清单.xlsx": build_sheets.package(SHEET),
        "清单.ods": _ods(),
        "清单.html": HTML.encode(),
        "清单.txt": "一、开展宣传\n二、整治市容\n".encode(),
        "清单.ofd": build_ofd(ofd_pages),
        "清单.pdf": build_pdf(pdf_pages),
        "通知.zip": build.pack({"甲.zip": inner}),
    }


FILES = _files()
LEAST: tuple[tuple[str, str, int], ...] = (
    ("通知.docx", "max_expanded_bytes", 3321),
    ("通知.docx", "max_part_bytes", 2663),
    ("通知.docx", "max_members", 4),
    ("通知.docx", "max_nodes", 111),
    ("通知.docx", "max_depth", 1),
    ("通知.docx", "max_cells", 9),
    ("不压缩.docx", "max_expanded_bytes", 3321),
    ("不压缩.docx", "max_part_bytes", 2663),
    ("不压缩.docx", "max_members", 4),
    ("不压缩.docx", "max_nodes", 111),
    ("不压缩.docx", "max_depth", 1),
    ("不压缩.docx", "max_cells", 9),
    ("清单.xlsx", "max_expanded_bytes", 1623),
    ("清单.xlsx", "max_part_bytes", 708),
    ("清单.xlsx", "max_members", 5),
    ("清单.xlsx", "max_cells", 9),
    ("清单.xlsx", "max_columns", 3),
    ("清单.ods", "max_expanded_bytes", 1187),
    ("清单.ods", "max_part_bytes", 1141),
    ("清单.ods", "max_members", 2),
    ("清单.ods", "max_cells", 9),
    ("清单.ods", "max_columns", 3),
    ("清单.html", "max_nodes", 59),
    ("清单.html", "max_depth", 2),
    ("清单.html", "max_cells", 9),
    ("清单.html", "max_columns", 3),
    ("清单.ofd", "max_expanded_bytes", 3701),
    ("清单.ofd", "max_part_bytes", 2800),
    ("清单.ofd", "max_members", 4),
    ("清单.ofd", "max_nodes", 66),
    ("清单.ofd", "max_cells", 9),
    ("清单.ofd", "max_columns", 3),
    ("清单.ofd", "max_pages", 2),
    ("清单.ofd", "max_page_side", 1080),
    ("清单.ofd", "max_page_marks", 58),
    ("清单.pdf", "max_cells", 9),
    ("清单.pdf", "max_columns", 3),
    ("清单.pdf", "max_pages", 2),
    ("清单.pdf", "max_page_side", 842),
    ("清单.pdf", "max_page_marks", 34),
    ("通知.zip", "max_expanded_bytes", 3321),
    ("通知.zip", "max_part_bytes", 2663),
    ("通知.zip", "max_members", 4),
    ("通知.zip", "max_nodes", 111),
    ("通知.zip", "max_archive_files", 2),
    ("通知.zip", "max_archive_depth", 2),
    ("通知.zip", "max_depth", 1),
    ("通知.zip", "max_cells", 9),
)


def _outcome(name: str, limit: str, value: float) -> Document | str:
    base = RATIO if limit == "max_ratio" else DEFAULT_LIMITS
    try:
        return read(FILES[name], name, replace(base, **cast(dict[str, Any], {limit: value})))
    except ReadError as error:
        return str(error)


def _found() -> list[tuple[str, str, int]]:
    """Each limit that matters to a file, with the least value under which it is read as without one."""
    found: list[tuple[str, str, int]] = []
    for name in FILES:
        whole = read(FILES[name], name)
        for limit in type(DEFAULT_LIMITS).__slots__:
            if limit in ("max_bytes", "ratio_grace_bytes", "max_ratio") or _outcome(name, limit, 0) == whole:
                continue
            low, high = 0, int(getattr(DEFAULT_LIMITS, limit))
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if _outcome(name, limit, middle) == whole else (middle, high)
            found.append((name, limit, high))
    return found


@pytest.mark.parametrize(("name", "limit", "least"), LEAST)
def test_a_file_is_read_whole_at_a_limit_and_not_below_it(name: str, limit: str, least: int) -> None:
    assert _outcome(name, limit, least) == read(FILES[name], name)
    assert _outcome(name, limit, least - 1) != read(FILES[name], name)


@pytest.mark.parametrize("name", FILES)
def test_a_file_may_have_as_many_bytes_as_the_limit(name: str) -> None:
    size = len(FILES[name])
    assert _outcome(name, "max_bytes", size) == read(FILES[name], name)
    assert _outcome(name, "max_bytes", size - 1) == (
        "文件大小 0 MB，超过上限 0 MB；请拆分或压缩其中的图片后放入，或调高文件大小上限"
    )


def test_the_limits_of_an_ordinary_machine() -> None:
    mib = 1 << 20
    assert asdict(DEFAULT_LIMITS) == {
        "max_bytes": 200 * mib,
        "max_expanded_bytes": 1024 * mib,
        "max_part_bytes": 64 * mib,
        "max_ratio": 200.0,
        "ratio_grace_bytes": 8 * mib,
        "max_members": 20_000,
        "max_nodes": 4_000_000,
        "max_archive_files": 500,
        "max_archive_depth": 2,
        "max_depth": 24,
        "max_cells": 5_000_000,
        "max_columns": 1_000,
        "max_pages": 3_000,
        "max_page_side": 14_400.0,
        "max_page_marks": 200_000,
        "max_recognised_pictures": 40,
    }


def test_what_is_stored_as_it_is_has_a_ratio_of_one() -> None:
    name = "不压缩.docx"
    assert _outcome(name, "max_ratio", 1.0) == read(FILES[name], name)
    assert "压缩炸弹" in str(_outcome(name, "max_ratio", 0.999))
    largest = max(len(data) for data in build.members(BODY).values())
    for grace, is_read in ((largest - 1, False), (largest, False), (10 * largest, True)):
        limits = replace(RATIO, max_ratio=0.5, ratio_grace_bytes=grace)
        try:
            outcome: Document | str = read(FILES[name], name, limits)
        except ReadError as error:
            outcome = str(error)
        assert isinstance(outcome, Document) is is_read


if __name__ == "__main__":
    for line in _found():
        print(f"    {line!r},".replace("'", '"'))
