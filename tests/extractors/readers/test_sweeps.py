"""A part of a file grows step by step: the steps at which what is read of it changes in kind.

The steps are the bounds of the readers, met exactly: one more, or one fewer, and a line of the table moves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from extractors.attachments import read
from extractors.document import Document, ReadError, Table
from tests.extractors.readers import build, build_sheets
from tests.extractors.readings import ODS


def _kind(name: str, data: bytes) -> Any:
    """What is read, but for lengths: the reason of a refusal, or the blocks with the number of tables."""
    try:
        document: Document = read(data, name)
    except ReadError as error:
        return error.reason.partition("（")[0]
    tables = sum(isinstance(block, Table) for block in document.blocks)
    return tables, len(document.blocks) - tables, sorted({note.rule for note in document.notes})


def _steps(make: Callable[[int], Any], numbers: range) -> list[int]:
    """The numbers at which another kind begins."""
    kinds = [make(number) for number in numbers]
    return [number for number, kind, before in zip(numbers[1:], kinds[1:], kinds, strict=False) if kind != before]


def _ods(rows: str) -> Any:
    names = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in ODS.items())
    table = f'<table:table table:name="表">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    content = f"<office:document-content {names}>{body}</office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return _kind("a.ods", build.pack({"mimetype": kind, "content.xml": content}))


def _ods_row(text: str) -> str:
    return f"<table:table-row><table:table-cell><text:p>{text}</text:p></table:table-cell></table:table-row>"


def _nested_spans(number: int) -> Any:
    return _ods(_ods_row("<text:span>" * number + "甲" + "</text:span>" * number) + _ods_row("乙"))


def _html(body: str, head: str = "") -> Any:
    return _kind("a.html", f"<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>".encode())


def _page_title(number: int) -> Any:
    return _html("<p>正文写在这里，足够长的一段话。</p>", f"<meta name='ArticleTitle' content='{'题' * number}'>")


def _layout_cells(number: int) -> Any:
    cells = "".join(f"<td>单元{at}</td>" for at in range(number))
    return _html(f"<p>前</p><table><tr>{cells}</tr></table>")


def _attachment_links(number: int) -> Any:
    links = "".join(f"<a href='{at}.docx'>附件{at}</a>" for at in range(number))
    text = f"<html><body><p>关于测评的通知</p>{links}</body></html>"
    return len(read(text.encode(), "a.html").links) - number


def _sheet_column(number: int) -> Any:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    rows = build_sheets.row(1, build_sheets.text_cell(f"{letters}1", "甲")) + build_sheets.row(
        2, build_sheets.text_cell("A2", "乙")
    )
    return _kind("a.xlsx", build_sheets.package(rows))


def _sheet_row(number: int) -> Any:
    rows = build_sheets.row(1, build_sheets.text_cell("A1", "甲"))
    rows += build_sheets.row(number, build_sheets.text_cell(f"A{number}", "乙"))
    return _kind("a.xlsx", build_sheets.package(rows))


def _docx_tables(number: int) -> Any:
    inner = build.para("甲")
    for _ in range(number):
        inner = build.tbl(build.row(build.cell(inner, build.para("")), "乙"), widths=(100, 100))
    return _kind("a.docx", build.docx(build.para("前") + inner))


SWEEPS: tuple[tuple[Callable[[int], Any], range, list[int]], ...] = (
    (_nested_spans, range(1, 40), [21]),
    (_page_title, range(1, 140), [121]),
    (_layout_cells, range(1, 12), [2]),
    (_attachment_links, range(195, 204), [201, 202, 203]),
    (_sheet_column, range(16_380, 16_388), [16_385]),
    (_sheet_row, range(1_048_572, 1_048_580), [1_048_577]),
    (_docx_tables, range(20, 30), [26]),
)


@pytest.mark.parametrize(("make", "numbers", "steps"), SWEEPS)
def test_a_growing_part_is_read_otherwise_from_a_step_on(
    make: Callable[[int], Any], numbers: range, steps: list[int]
) -> None:
    assert _steps(make, numbers) == steps


if __name__ == "__main__":
    for make, numbers, _ in SWEEPS:
        print(f"    ({make.__name__}, {numbers}, {_steps(make, numbers)}),")
