"""Every query of the guides for analysts runs on the published notices and gives rows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.warehouse.conftest import five  # noqa: F401  the warehouse of raw/
from warehouse.query import run

GUIDE = Path(__file__).resolve().parents[2] / "GUIDE.zh-CN.md"
QUERIES = re.findall(r"```sql\n(.*?)```", GUIDE.read_text("utf-8"), re.S)


def test_the_guide_has_its_ten_queries_progress_and_how_to_see_the_dictionary() -> None:
    assert len(QUERIES) == 12


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_of_the_guide_gives_rows(five: Path, query: str) -> None:  # noqa: F811
    found = run(five, query)
    assert found.rows
    assert all(re.search("[一-龥]", name) for name in found.columns)
