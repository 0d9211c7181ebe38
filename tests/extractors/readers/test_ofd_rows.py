"""The records of a notice are the same from pdf and OFD."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from extractors import extract
from extractors.records import Extraction
from tests.extractors.published import extraction_of
from tests.extractors.readers.build_ofd import from_pdf

SLUGS = ["hb-xiaogan-2022", "huarong-2021", "sd-mixed-2024", "tongchuan"]
KINDS = ("indicators", "tasks", "task_parties", "stages", "members", "clauses", "footnotes")


def _rows(found: Extraction, kind: str) -> list[dict[str, Any]]:
    """Rows without places and without the notice's own id, which comes from the bytes."""
    own = found.notice.notice_id
    rows = [asdict(row) for row in getattr(found, kind)]
    return [
        {k: v.replace(own, "") if isinstance(v, str) else v for k, v in row.items() if "locator" not in k}
        for row in rows
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_rows_equal_those_of_the_pdf(slug: str, notices: Path) -> None:
    path = notices / "pdf" / f"{slug}.pdf"
    pdf, ofd = extraction_of(path), extract(from_pdf(path.read_bytes()), f"{slug}.ofd")
    assert ofd.tasks
    for kind in KINDS:
        assert _rows(ofd, kind) == _rows(pdf, kind), kind
    assert ofd.notice.title == pdf.notice.title
    assert [(t.first_page, t.last_page) for t in ofd.tables] == [(t.first_page, t.last_page) for t in pdf.tables]
