"""The functions stored in a warehouse file give the same values wherever the file is read."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from schemas.ddl import literal
from tests.warehouse.progress_frames import Duty, frames, notice_rows
from warehouse import store

REQUIREMENT = "开展普法"
QUERY = "SELECT china_time(TIMESTAMP '2026-11-29 16:30:00'), wording_hash('开展普法'), wording_hash(NULL)"
WANTED = (
    datetime(2026, 11, 30, 0, 30),
    hashlib.md5(REQUIREMENT.encode(), usedforsecurity=False).hexdigest()[:12],
    hashlib.md5(b"", usedforsecurity=False).hexdigest()[:12],
)


@pytest.fixture
def published(tmp_path: Path, few_views: Callable[..., None]) -> Path:
    few_views("cn.文件状态")
    path = tmp_path / "w.duckdb"
    store.publish(path, add=frames(notice_rows(1, (Duty(REQUIREMENT),))))
    return path


def test_the_values_are_those_of_lists_that_were_handed_out(published: Path) -> None:
    with contextlib.closing(store.connect(published)) as connection:
        assert connection.execute(QUERY).fetchall() == [WANTED]


def test_views_call_the_functions_of_their_own_file(published: Path) -> None:
    """The file is attached read-only, under another name, beside one with a function of the same name."""
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute("CREATE MACRO china_time(moment) AS NULL")
        connection.execute(f"ATTACH {literal(str(published))} AS other (READ_ONLY)")
        ((shown, stored),) = connection.execute(
            'SELECT v.入库时间, f.ingested_at + INTERVAL 8 HOUR FROM other.cn."文件状态" AS v '
            "JOIN other.core.files AS f ON f.source_path = v.文件"
        ).fetchall()
    assert shown is not None
    assert shown == stored
