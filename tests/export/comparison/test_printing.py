"""The workbook as LibreOffice prints it: it opens, every sheet lies across A4, charts and figures are there."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest

from tests.export.comparison.conftest import Ask
from warehouse.export.comparison.workbook import write_workbook

SOFFICE = shutil.which("soffice")


@pytest.mark.export
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_every_sheet_prints_across_a4(five: Path, all_ids: list[str], ask: Ask, tmp_path: Path) -> None:
    assert SOFFICE is not None
    write_workbook(five, all_ids, tmp_path / "比较.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    completed = subprocess.run(
        [*command, str(tmp_path / "比较.xlsx")], capture_output=True, text=True, timeout=240, check=True
    )
    assert "Error" not in completed.stderr
    with contextlib.closing(pypdfium2.PdfDocument(tmp_path / "比较.pdf")) as document:
        for page in document:
            width, height = page.get_size()
            assert (round(width), round(height)) == (842, 595)
        pages = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    full_text = "".join(pages)
    # Every page bears the name of its sheet: a chart that falls over the edge would make a page without one.
    assert all("文明测评通知比较" in page for page in pages)
    assert sum("文明测评通知比较图表" in page for page in pages) == 5
    assert all(title in full_text for title in ("各测评方法占多大比重", "各类材料的件数", "别的通知未见相近要求的事项"))
    assert all(label.replace(" ", "") in full_text for (label,) in ask("SELECT label FROM mart.notice_labels"))
    # The header stands on every page of a list.
    similar = [page for page in pages if "文明测评通知比较对应事项" in page]
    assert len(similar) > 1
    assert all("关系" in page for page in similar)
    # Every task is there once: six or more of them fit a page.
    ((tasks,),) = ask(
        "SELECT count(*) FROM (SELECT task_a FROM mart.topic_crosswalk UNION SELECT task_b FROM mart.topic_crosswalk)"
    )
    assert len(similar) * 6 < tasks
