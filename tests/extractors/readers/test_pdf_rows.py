"""The records of a notice are the same from docx and pdf."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest

from extractors.records import Extraction
from tests.extractors.published import extraction_of

SLUGS = ["hb-xiaogan-2022", "huarong-2021", "sd-mixed-2024", "shanwei-2016", "tongchuan", "yiyang-2021", "zibo-2023"]
KINDS = ("indicators", "tasks", "task_parties", "stages", "members", "clauses", "footnotes")
NOTICE = ("title", "doc_number", "issuer", "province", "city", "county", "issued_on", "year", "campaign", "award")


def _rows(found: Extraction, kind: str) -> list[dict[str, Any]]:
    """Rows without places and without the notice's own id, which comes from the bytes."""
    own = found.notice.notice_id
    rows = [asdict(row) for row in getattr(found, kind)]
    return [
        {k: v.replace(own, "") if isinstance(v, str) else v for k, v in row.items() if "locator" not in k}
        for row in rows
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_rows_equal_those_of_the_docx(slug: str, notices: Path) -> None:
    docx, pdf = (extraction_of(notices / kind / f"{slug}.{kind}") for kind in ("docx", "pdf"))
    assert {f.name for f in fields(Extraction)} >= set(KINDS)
    for kind in KINDS:
        assert _rows(pdf, kind) == _rows(docx, kind), kind
    assert [getattr(pdf.notice, n) for n in NOTICE] == [getattr(docx.notice, n) for n in NOTICE]
    assert all(t.first_page for t in pdf.tables)
