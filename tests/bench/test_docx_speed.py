"""The docx reader against a walk of the same file with python-docx, side by side in one run."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import docx as python_docx
import pytest

from extractors.attachments import read

_TURNS = 12
_TURNS_OF_ALL = 3
_RUNS = 4
"""Runs of one side in a row: the first finds the processor's caches filled by the other side (5 ms become 8)."""
_WANTED = 5.0


def _walk(data: bytes) -> int:
    """What one writes with python-docx to get all text: paragraphs, then every cell of every row of every table."""
    document = python_docx.Document(io.BytesIO(data))
    size = sum(len(paragraph.text) for paragraph in document.paragraphs)
    for table in document.tables:
        for row in table.rows:
            size += sum(len(cell.text) for cell in row.cells)
    return size


def _ours(data: bytes) -> int:
    found = read(data, "通知.docx")
    size = sum(len(paragraph.text) for paragraph in found.paragraphs())
    return size + sum(
        len(cell.text) * cell.row_span * cell.col_span for table in found.tables() for cell in table.cells
    )


def _generated(rows: int = 300) -> bytes:
    """A rubric as an office would make it: merged levels, several paragraphs in a cell, bold runs, headings."""
    document = python_docx.Document()
    for i in range(60):
        document.add_heading(f"第{i + 1}部分", level=2)
        document.add_paragraph("各有关单位要认真贯彻落实，").add_run("明确责任分工。").bold = True
    table = document.add_table(rows=rows, cols=7)
    for i, row in enumerate(table.rows):
        for j, cell in enumerate(row.cells):
            cell.text = f"第{i}行第{j}列测评标准"
        row.cells[3].add_paragraph("2）提供活动照片不少于4张（1分）。").add_run("材料审核").bold = True
    for top in range(0, rows - 5, 5):
        table.cell(top, 0).merge(table.cell(top + 4, 0))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _time(job: Callable[[bytes], int], data: bytes) -> float:
    began = time.process_time()
    job(data)
    return time.process_time() - began


def _least(job: Callable[[bytes], int], data: bytes) -> float:
    return min(_time(job, data) for _ in range(_RUNS))


def _compare(name: str, data: bytes, capsys: pytest.CaptureFixture[str]) -> float:
    """Ratio of the least times; the two sides take turns, so that whatever else the machine does hits both."""
    rounds = [(_least(_ours, data), _least(_walk, data)) for _ in range(_TURNS)]
    ours = min(mine for mine, _ in rounds)
    walked = min(theirs for _, theirs in rounds)
    with capsys.disabled():
        print(f"\n{name}: {ours * 1e3:.1f} ms, python-docx {walked * 1e3:.1f} ms, {walked / ours:.1f} times as fast")
    return walked / ours


@pytest.mark.bench
def test_the_largest_published_notice(notices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted((notices / "docx").glob("*.docx"))
    largest = max(files, key=lambda path: path.stat().st_size)
    assert _compare(largest.name, largest.read_bytes(), capsys) >= _WANTED


@pytest.mark.bench
def test_a_generated_rubric(capsys: pytest.CaptureFixture[str]) -> None:
    assert _compare("300 rows", _generated(), capsys) >= _WANTED


@pytest.mark.bench
def test_all_published_notices_together(notices: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Small files too: opening and the style sheet weigh most there."""
    files = [path.read_bytes() for path in sorted((notices / "docx").glob("*.docx"))]
    rounds = [[(_least(_ours, file), _least(_walk, file)) for file in files] for _ in range(_TURNS_OF_ALL)]
    ours, walked = (sum(min(pair[side] for pair in pairs) for pairs in zip(*rounds, strict=True)) for side in (0, 1))
    with capsys.disabled():
        print(
            f"\nall {len(files)} together: {ours * 1e3:.0f} ms, python-docx {walked * 1e3:.0f} ms, {walked / ours:.1f}"
        )
    assert walked / ours >= _WANTED
