"""Notices in old formats give the rows of their docx."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from extractors.readers.office import converter
from tests.extractors.published import extraction_of

pytestmark = pytest.mark.skipif(
    converter.find_soffice() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
FILES = [
    "huarong-2021.doc",
    "sd-mixed-2024.doc",
    "shanwei-2016.doc",
    "tongchuan.doc",
    "zibo-2023.doc",
    "hb-xiaogan-2022.rtf",
    "hb-xiaogan-2022.odt",
]
SETS = ("tables", "tasks", "task_parties", "indicators", "clauses", "stages", "members")


def _rows(path: Path) -> tuple[str, dict[str, list[dict[str, Any]]]]:
    """The format, and all rows by kind: ids without the part that names the file, places in the file left out."""
    result = extraction_of(path)
    own = result.notice.notice_id

    def plain(row: Any) -> dict[str, Any]:
        values = {name: value for name, value in asdict(row).items() if name != "locator"}
        return {name: value.replace(own, "") if isinstance(value, str) else value for name, value in values.items()}

    rows = {name: [plain(row) for row in getattr(result, name)] for name in SETS}
    return result.format, rows | {"notice": [plain(result.notice)]}


@pytest.mark.parametrize("name", FILES)
def test_rows_equal_those_of_the_docx(name: str, notices: Path) -> None:
    slug, kind = name.rsplit(".", 1)
    file_format, result = _rows(notices / kind / name)
    _, expected = _rows(notices / "docx" / f"{slug}.docx")
    assert file_format == kind
    assert expected["tasks"]
    for key, rows in expected.items():
        assert result[key] == rows, key
