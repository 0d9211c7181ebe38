"""The pdf reader against pdfplumber's own table extraction on the same files, in one run."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pdfplumber
import pytest

from extractors.attachments import read
from extractors.normalize import strip_whitespace

pytestmark = pytest.mark.bench

Found = TypeVar("Found")

_WANTED = 2.0
_PEAK_MIB = 500
_PAGES = 500


def _plumbed(data: bytes) -> list[list[list[str | None]]]:
    """All tables that `extract_tables` gives, page by page."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return [table for page in document.pages for table in page.extract_tables()]


def _timed(work: Callable[[], Found]) -> tuple[Found, float]:
    """What the work gives, and its CPU seconds."""
    began = time.process_time()
    found = work()
    return found, time.process_time() - began


def _files(notices: Path) -> Iterator[tuple[str, bytes, bytes]]:
    """Name, pdf and docx of the notices that are there in both."""
    for path in sorted((notices / "pdf").glob("*.pdf")):
        twin = notices / "docx" / f"{path.stem}.docx"
        if twin.exists():
            yield path.stem, path.read_bytes(), twin.read_bytes()


def test_twice_as_fast_as_pdfplumber_and_at_least_as_right(notices: Path) -> None:
    ours = theirs = 0.0
    right_ours = right_theirs = wanted = pages = 0
    for name, data, docx in _files(notices):
        truth = [
            strip_whitespace(c.text) for t in read(docx, "a.docx").tables() for c in t.cells if strip_whitespace(c.text)
        ]
        document, seconds = _timed(partial(read, data, "a.pdf"))
        tables, their_seconds = _timed(partial(_plumbed, data))
        ours, theirs = ours + seconds, theirs + their_seconds
        mine = [strip_whitespace(c.text) for t in document.tables() for c in t.cells]
        plumbed = [strip_whitespace(c or "") for table in tables for row in table for c in row]
        wanted += len(truth)
        right_ours += _common(truth, mine)
        right_theirs += _common(truth, plumbed)
        with pdfplumber.open(io.BytesIO(data)) as opened:
            pages += len(opened.pages)
        print(f"{name}: cells {_common(truth, mine)}/{len(truth)}, pdfplumber {_common(truth, plumbed)}")
    print(f"{ours / pages * 1000:.1f} ms a page, pdfplumber {theirs / pages * 1000:.1f} ms: {theirs / ours:.1f} times")
    print(f"cells right: {right_ours} of {wanted}, pdfplumber {right_theirs}")
    assert right_ours >= right_theirs
    assert theirs / ours >= _WANTED


def _common(truth: list[str], found: list[str]) -> int:
    """How many texts of `truth` were found, each counted once."""
    left = list(found)
    count = 0
    for text in truth:
        if text in left:
            left.remove(text)
            count += 1
    return count


_CHILD = """
import re, resource, sys
from pathlib import Path
from extractors.attachments import read
found = read(Path(sys.argv[1]).read_bytes(), "a.pdf")
status = Path("/proc/self/status")
# ru_maxrss also counts what the parent held when it forked; VmHWM is this program's own.
own = re.search(r"VmHWM:\\s*(\\d+)", status.read_text()) if status.exists() else None
peak = int(own[1]) if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sum(t.n_rows for t in found.tables()), peak // 1024)
"""


def test_five_hundred_pages_stay_small(tmp_path: Path, repository: Path) -> None:
    from tests.extractors.readers.build_pdf import PdfPageSource, build_pdf

    pages = []
    for number in range(_PAGES):
        page = PdfPageSource()
        ys = [60.0 + 24 * i for i in range(31)]
        page.grid([60, 120, 440, 500], ys)
        for i, y in enumerate(ys[:-1]):
            page.text(64, y + 6, f"{number}-{i}", 9)
            page.text(124, y + 6, f"第{number}页第{i}项任务，提供说明报告1份、活动图片2张。", 9)
            page.text(450, y + 6, "5", 9)
        pages.append(page)
    path = tmp_path / "long.pdf"
    path.write_bytes(build_pdf(pages))
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, str(path)], cwd=repository, capture_output=True, text=True, check=True
    )
    rows, peak = map(int, done.stdout.split())
    print(f"{_PAGES} pages, {rows} rows: peak {peak} MiB")
    assert rows == 30 * _PAGES
    assert peak < _PEAK_MIB
