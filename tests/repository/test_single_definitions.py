"""What several places must agree on is written in one place only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOMS = ("assets", "extractors", "notebooks", "pipelines", "schemas", "warehouse")

PLACES = (
    (r"INTERVAL\W+8\W+HOUR", "schemas/macros.py"),
    (r"ZoneInfo\([\"']|= [\"']Asia/Shanghai", "warehouse/clock.py"),
    (r"md5\(coalesce\([\w.]*requirement", "schemas/macros.py"),
    (r"issuer, \w+\.county, \w+\.city, \w+\.province", "warehouse/transform/marts/notice_names.sql"),
)
"""What must not be repeated -> the file that may say it."""


@pytest.mark.parametrize(("pattern", "place"), PLACES)
def test_only_one_file_says_it(repository: Path, pattern: str, place: str) -> None:
    paths = (path for room in ROOMS for path in (repository / room).rglob("*") if path.suffix in (".py", ".sql"))
    found = {
        path.relative_to(repository).as_posix() for path in paths if re.search(pattern, path.read_text("utf-8"), re.I)
    }
    assert found == {place}
