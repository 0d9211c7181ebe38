"""One published file after another is read: what is still in use stays open, what is not is closed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from warehouse.errors import WarehouseMissingError
from warehouse.explorer.connections import Limits, SnapshotReader

NOTICES = ("SELECT count(*) AS n FROM core.notices", ())


def _is_open(snapshot_number: int) -> bool:
    """Return whether this process has the file of this number open."""
    numbers = set()
    for file in Path("/dev/fd").iterdir():
        try:
            numbers.add(os.fstat(int(file.name)).st_ino)
        except OSError:
            # The listing itself.
            continue
    return snapshot_number in numbers


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="lists open files")
def test_a_replaced_file_is_closed_with_its_last_session(warehouse: Path, tmp_path: Path) -> None:
    live, following = tmp_path / "live.duckdb", tmp_path / "next.duckdb"
    shutil.copyfile(warehouse, live)
    shutil.copyfile(warehouse, following)
    with duckdb.connect(str(following)) as connection:
        connection.execute("INSERT INTO ops.meta VALUES ('mark', '2')")
    reader = SnapshotReader(live, Limits())
    first = live.stat().st_ino
    with reader.session() as session:
        before = session.rows(NOTICES)
        with reader.session() as other:
            assert other.rows(NOTICES) == before
        following.replace(live)
        with reader.session() as later:
            assert later.rows(("SELECT value FROM ops.meta WHERE key = 'mark'", ())) == [{"value": "2"}]
        assert session.rows(NOTICES) == before
        assert _is_open(first)
    assert not _is_open(first)
    second = live.stat().st_ino
    assert _is_open(second)
    reader.close()
    assert not _is_open(second)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="lists open files")
def test_a_file_that_nobody_reads_is_closed_as_soon_as_it_is_replaced(warehouse: Path, tmp_path: Path) -> None:
    live, following = tmp_path / "live.duckdb", tmp_path / "next.duckdb"
    shutil.copyfile(warehouse, live)
    shutil.copyfile(warehouse, following)
    reader = SnapshotReader(live, Limits())
    first = live.stat().st_ino
    with reader.session() as session:
        assert session.row(NOTICES) == session.rows(NOTICES)[0]
    assert _is_open(first)
    following.replace(live)
    with reader.session():
        assert not _is_open(first)
    reader.close()
    reader.close()
    live.unlink()
    with pytest.raises(WarehouseMissingError), reader.session():
        pass
