"""The xlsx reader against openpyxl's plain read of the same file, side by side in one run.

openpyxl only lists the values; ours also settles merges, number formats, titles and places.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Border, Side

from extractors.attachments import read

_ROUNDS = 3


def _plain(data: bytes) -> int:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return sum(len(row) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True))


def _ours(data: bytes) -> int:
    return sum(len(table.cells) for table in read(data, "通知.xlsx").tables())


def _generated(rows: int = 8_000) -> bytes:
    """A rubric with lines around its cells and a text of its own in every row."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    side = Side(style="thin")
    frame = Border(left=side, right=side, top=side, bottom=side)
    sheet.append(["测评项目", "测评内容", "测评标准", "分值", "责任科室"])
    for i in range(1, rows):
        words = [f"一、项目{i // 9}", f"内容{i // 3}", f"1.第{i}条，每季度不少于1次（1分）。", i % 9, "办公室"]
        sheet.append(words)
    for line in sheet.iter_rows():
        for cell in line:
            cell.border = frame
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _time(job: Callable[[bytes], int], data: bytes) -> float:
    began = time.process_time()
    job(data)
    return time.process_time() - began


def _ratio(name: str, files: list[bytes], capsys: pytest.CaptureFixture[str]) -> float:
    rounds = [(sum(_time(_ours, f) for f in files), sum(_time(_plain, f) for f in files)) for _ in range(_ROUNDS)]
    ours = statistics.median(mine for mine, _ in rounds)
    plain = statistics.median(theirs for _, theirs in rounds)
    with capsys.disabled():
        print(f"\n{name}: {ours * 1e3:.0f} ms, openpyxl {plain * 1e3:.0f} ms, {plain / ours:.1f} times as fast")
    return float(plain / ours)


@pytest.mark.bench
def test_published_workbooks(notices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [path.read_bytes() for path in sorted((notices / "xlsx").glob("*.xlsx"))]
    assert _ratio("published", files, capsys) >= 2.0


@pytest.mark.bench
def test_a_large_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    assert _ratio("8,000 rows", [_generated()], capsys) >= 1.0
