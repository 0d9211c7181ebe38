"""One notice in several formats gives the same tables, cell by cell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.extractors.published import extraction_of

NOTICES = {
    "xlsx": ["huarong-2021", "sd-mixed-2024", "shanwei-2016", "tongchuan", "yiyang-2021", "zibo-2023"],
    "xls": ["sd-mixed-2024"],
    "html": ["hb-xiaogan-2022", "huarong-2021", "sd-mixed-2024", "shanwei-2016", "tongchuan", "zibo-2023"],
}


def _tables(path: Path) -> list[tuple[str, set[tuple[int, int, int, int, str]]]]:
    """Title and cells of every table of a notice, cells without the blanks that line ends leave."""
    result = extraction_of(path)
    cells: dict[str, set[tuple[int, int, int, int, str]]] = {table.table_id: set() for table in result.tables}
    for c in result.cells:
        text = re.sub(r"\s+", "", c.text)
        if text:
            cells[c.table_id].add((c.row, c.col, c.row_span, c.col_span, text))
    return [(table.title or "", cells[table.table_id]) for table in result.tables]


@pytest.mark.parametrize(("kind", "slug"), [(kind, slug) for kind, slugs in NOTICES.items() for slug in slugs])
def test_tables_equal_those_of_the_docx(kind: str, slug: str, notices: Path) -> None:
    expected = _tables(notices / "docx" / f"{slug}.docx")
    result = _tables(notices / kind / f"{slug}.{kind}")
    assert len(result) == len(expected)
    for (title, cells), (wanted_title, wanted) in zip(result, expected, strict=True):
        assert title.endswith(wanted_title)
        assert cells == wanted


@pytest.mark.parametrize("slug", NOTICES["html"])
def test_the_running_text_of_a_page_equals_that_of_the_docx(slug: str, notices: Path) -> None:
    """Identity, clauses, stages, members and notes come from it. Sheets hold theirs in another order."""
    docx, html = (extraction_of(notices / kind / f"{slug}.{kind}") for kind in ("docx", "html"))
    assert [c.text for c in html.clauses] == [c.text for c in docx.clauses]
    assert [(s.name, s.starts_on, s.ends_on) for s in html.stages] == [
        (s.name, s.starts_on, s.ends_on) for s in docx.stages
    ]
    assert [m.person for m in html.members] == [m.person for m in docx.members]
    for name in ("title", "doc_number", "issuer", "city", "county", "issued_on", "year", "campaign"):
        assert getattr(html.notice, name) == getattr(docx.notice, name)
