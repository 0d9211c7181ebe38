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
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest

from extractors.attachments import read
from extractors.normalize import strip_whitespace

pytestmark = pytest.mark.bench

Found = TypeVar("Found")

_WANTED = 2.0
_MOST_OF_WALK = 2.4
"""Times of what it takes to ask pdfium for the text and the box of every character, which gives no word and no cell."""
_TURNS = 5
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


def _walk(data: bytes) -> int:
    """What one writes with pypdfium2 to get the characters of all pages with their boxes."""
    size = 0
    with pdfium.PdfDocument(data) as document:
        for page in document:
            text = page.get_textpage()
            boxes = [text.get_charbox(index, loose=True) for index in range(text.count_chars())]
            size += len(text.get_text_range()) + len(boxes)
            text.close()
            page.close()
    return size


def test_reading_tables_takes_little_more_than_the_characters_of_the_pages(notices: Path) -> None:
    """The two sides take turns, so that whatever else the machine does hits both; the least time counts."""
    ours = walked = 0.0
    for name, data, _ in _files(notices):
        turns = [(_timed(partial(read, data, "a.pdf"))[1], _timed(partial(_walk, data))[1]) for _ in range(_TURNS)]
        mine, theirs = min(mine for mine, _ in turns), min(theirs for _, theirs in turns)
        ours, walked = ours + mine, walked + theirs
        print(f"{name}: {mine * 1e3:.0f} ms, characters alone {theirs * 1e3:.0f} ms")
    print(f"together: {ours * 1e3:.0f} ms, characters alone {walked * 1e3:.0f} ms: {ours / walked:.2f} times")
    assert ours / walked <= _MOST_OF_WALK


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
