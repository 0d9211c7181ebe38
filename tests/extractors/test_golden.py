"""Everything that is read from every published notice in every format, compared line by line with `tests/golden`.

A reading that changes on purpose: run the command that the failure names, and let a reviewer read the difference.
"""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest

from extractors import extract
from extractors.readers.office import converter
from tests.extractors.golden import GOLDEN, UPDATE, golden_of, notices, text_of
from tests.extractors.published import extraction_of
from tests.golden_files import difference_from_golden, first_differences

IN_CI = bool(os.environ.get("CI"))
OFFICE = pytest.mark.skipif(converter.find_soffice() is None and not IN_CI, reason="LibreOffice is not installed")
OCR = pytest.mark.skipif(find_spec("rapidocr") is None and not IN_CI, reason="the extra [ocr] is not installed")
MARKS = {"doc": [OFFICE], "odt": [OFFICE], "rtf": [OFFICE], "scan": [OCR, pytest.mark.fuzz]}


@pytest.mark.parametrize(
    "notice", [pytest.param(path, id=path.name, marks=MARKS.get(path.parent.name, [])) for path in notices()]
)
def test_all_that_is_read_is_as_kept(notice: Path, update_golden: bool) -> None:
    golden = golden_of(notice)
    difference = difference_from_golden(golden, text_of(extraction_of(notice)), update_golden)
    place = golden.relative_to(GOLDEN.parents[1]).as_posix()
    assert not difference, f"{place} differs; if this is meant: {UPDATE}\n{difference}"


def test_no_golden_file_is_without_its_notice(update_golden: bool) -> None:
    stale = {path for path in GOLDEN.rglob("*") if path.is_file()} - {golden_of(notice) for notice in notices()}
    if update_golden:
        for path in stale:
            path.unlink()
        stale.clear()
    assert not stale, f"no notice for these; {UPDATE} removes them"


def test_no_two_notices_share_a_golden_file() -> None:
    assert len({golden_of(notice) for notice in notices()}) == len(notices()) > 50


class TestTextForm:
    @pytest.fixture
    def lines(self, notices: Path) -> list[str]:
        return text_of(extraction_of(notices / "docx" / "tongchuan.docx")).splitlines()

    def test_one_byte_more_changes_no_line(self, notices: Path) -> None:
        page = notices / "html" / "tongchuan.html"
        data = page.read_bytes()
        assert text_of(extract(data, page.name)) == text_of(extract(data + b"\n", page.name))

    def test_a_value_that_changes_is_one_line(self, notices: Path, lines: list[str]) -> None:
        found = extraction_of(notices / "docx" / "tongchuan.docx")
        tasks = [replace(found.tasks[0], points=Decimal("1.5")), *found.tasks[1:]]
        now = text_of(replace(found, tasks=tasks)).splitlines()
        assert [line for line in now if line not in lines] == [now[lines.index(_first(lines, "tasks"))]]
        assert '"points": 1.5' in _first(now, "tasks")

    def test_a_row_that_goes_is_one_line(self, notices: Path) -> None:
        found = extraction_of(notices / "docx" / "zibo-2023.docx")
        lines = text_of(found).splitlines()
        notice = found.notice.notice_id
        stages = [replace(row, ordinal=n) for n, row in enumerate(found.stages[1:], start=1)]
        clauses = [
            replace(row, ordinal=n, clause_id=f"{notice}-c{n:03d}") for n, row in enumerate(found.clauses[1:], start=1)
        ]
        findings = [replace(row, finding_id=f"{notice}-f{n:04d}") for n, row in enumerate(found.findings[1:], start=1)]
        now = text_of(replace(found, stages=stages, clauses=clauses, findings=findings)).splitlines()
        gone = [line.split(" ", 1)[0] for line in lines if line not in now]
        assert gone == ["stages", "clauses", "findings"]
        assert [line for line in now if line not in lines] == []

    def test_the_difference_is_cut(self) -> None:
        shown = first_differences("", "".join(f"{n}\n" for n in range(100))).splitlines()
        assert len(shown) == 21
        assert shown[-1] == "... and 83 lines more"


def _first(lines: list[str], table: str) -> str:
    return next(line for line in lines if line.startswith(f"{table} "))
