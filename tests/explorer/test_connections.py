"""Many people at once, and a new warehouse published while they read."""

from __future__ import annotations

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import duckdb
import httpx
import pytest

from tests.explorer.sample_site import serving
from warehouse.errors import WarehouseMissingError
from warehouse.explorer import connections, create_app, queries
from warehouse.explorer.connections import Limits, Session, SnapshotReader, TooSlowError

pytestmark = pytest.mark.browser

USERS = 50
MARK: queries.Query = ("SELECT value FROM ops.meta WHERE key = 'mark'", [])
SLOW: queries.Query = (
    "SELECT count(*) FROM range(1000000) AS a, range(1000000) AS b WHERE (a.range * b.range) % 7 = 3",
    [],
)


def write_warehouse(warehouse: Path, folder: Path, mark: str) -> Path:
    """A copy of the warehouse whose notices all bear `mark` in their title."""
    path = folder / f"{mark}.duckdb"
    shutil.copyfile(warehouse, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO ops.meta VALUES ('mark', ?)", [mark])
        connection.execute("UPDATE mart.notice_labels SET label = concat(label, ' ', ?)", [mark])
        connection.execute("UPDATE core.notices SET title = concat(title, ' ', ?)", [mark])
    return path


def still_open(inode: int) -> bool:
    """True where this process has the file of this number open."""
    for file in Path("/dev/fd").iterdir():
        try:
            if os.fstat(int(file.name)).st_ino == inode:
                return True
        except OSError:
            # The listing itself, or a file closed in the meantime.
            continue
    return False


def test_fifty_at_once_get_right_answers_while_files_are_swapped(warehouse: Path, tmp_path: Path) -> None:
    live = tmp_path / "live.duckdb"
    marks = [f"第{number}版" for number in range(4)]
    warehouses = [write_warehouse(warehouse, tmp_path, mark) for mark in marks]
    warehouses[0].replace(live)
    with duckdb.connect(str(live), read_only=True) as connection:
        hits = {
            word: connection.execute(
                "SELECT count(*) FROM core.tasks JOIN core.notices USING (notice_id) WHERE is_current AND contains("
                "concat_ws('|', requirement, criteria, scoring, evidence, deadline, remark), ?)",
                [word],
            ).fetchall()[0][0]
            for word in ("志愿服务", "报告", "活动", "学习", "制度")
        }
        notices = [row[0] for row in connection.execute("SELECT notice_id FROM core.notices").fetchall()]
    barrier = threading.Barrier(USERS + 1)

    def user(number: int) -> list[str]:
        """Three requests of one user; the marks that their answers bear."""
        word, notice = list(hits)[number % len(hits)], notices[number % len(notices)]
        seen: list[str] = []
        with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
            for turn in range(3):
                barrier.wait(60)
                path = f"/?q={word}" if (number + turn) % 2 else f"/notice/{notice}"
                response = client.get(path)
                assert response.status_code == 200, response.text[:500]
                if path.startswith("/?"):
                    assert f"共 {hits[word]} 条" in response.text
                result = {mark for mark in marks if mark in response.text}
                assert len(result) == 1, "one page, one edition"
                seen += result
        return seen

    with serving(create_app(live)) as address, ThreadPoolExecutor(USERS) as pool:
        answers = [pool.submit(user, number) for number in range(USERS)]
        for turn in range(3):
            barrier.wait(60)
            # While fifty requests are under way.
            warehouses[turn + 1].replace(live)
        seen = [answer.result() for answer in answers]
        last = httpx.get(f"{address}/", trust_env=False, timeout=60).text
    assert all(marks.index(a) <= marks.index(b) for item in seen for a, b in pairwise(item))
    assert marks[3] in last
    assert marks[0] not in last


def test_a_session_keeps_its_edition_to_the_end_and_the_file_is_let_go(warehouse: Path, tmp_path: Path) -> None:
    live = tmp_path / "live.duckdb"
    write_warehouse(warehouse, tmp_path, "旧").replace(live)
    old_inode = live.stat().st_ino
    new = write_warehouse(warehouse, tmp_path, "新")
    reader = SnapshotReader(live, Limits())
    with reader.session() as old:
        assert still_open(old_inode)
        assert old.row(MARK) == {"value": "旧"}
        new.replace(live)
        with reader.session() as fresh:
            assert fresh.row(MARK) == {"value": "新"}
        assert old.row(MARK) == {"value": "旧"}
    assert not still_open(old_inode)
    with reader.session() as after:
        assert after.row(MARK) == {"value": "新"}
    reader.close()


def test_nothing_is_locked(warehouse: Path, tmp_path: Path) -> None:
    live = tmp_path / "live.duckdb"
    shutil.copyfile(warehouse, live)
    reader = SnapshotReader(live, Limits())
    before = sorted(path.name for path in tmp_path.iterdir())
    with reader.session() as session:
        session.rows(("SELECT count(*) FROM core.tasks", []))
        assert sorted(path.name for path in tmp_path.iterdir()) == before
        write_warehouse(warehouse, tmp_path, "新").replace(live)
    reader.close()


def test_a_private_copy_leaves_the_file_alone(warehouse: Path, tmp_path: Path) -> None:
    live = tmp_path / "live.duckdb"
    shutil.copyfile(warehouse, live)
    reader = SnapshotReader(live, Limits(), private_copy=True)
    with reader.session() as session:
        live.write_bytes(b"gone")
        assert session.rows(("SELECT count(*) AS n FROM core.notices", []))[0]["n"] == 7
    reader.close()


def test_time_is_up_for_the_whole_request_and_for_nobody_else(warehouse: Path) -> None:
    reader = SnapshotReader(warehouse, Limits())
    with reader.session(0.3) as session:
        with pytest.raises(TooSlowError, match=r"超过 0\.3 秒"):
            session.rows(SLOW)
        with pytest.raises(TooSlowError):
            session.rows(("SELECT 1", []))
    for _ in range(connections.MAX_CURSORS + 1):
        with reader.session() as session:
            assert session.rows(("SELECT 1 AS one", [])) == [{"one": 1}]
    reader.close()


def test_a_late_alarm_hits_nobody(warehouse: Path) -> None:
    reader = SnapshotReader(warehouse, Limits())
    with reader.session() as ended:
        pass
    with reader.session() as session:
        ended.expire()
        assert session.rows(("SELECT 1 AS one", [])) == [{"one": 1}]
    reader.close()


def test_too_many_have_to_wait(warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MAX_CURSORS", 1)
    monkeypatch.setattr(connections, "WAIT_SECONDS", 0.05)
    reader = SnapshotReader(warehouse, Limits())
    with reader.session(), pytest.raises(connections.BusyError, match="请过一会儿再试"), reader.session():
        pass
    with reader.session() as session:
        assert session.rows(("SELECT 1 AS one", []))
    reader.close()


def test_something_is_computed_once_per_edition(warehouse: Path, tmp_path: Path) -> None:
    live = tmp_path / "live.duckdb"
    shutil.copyfile(warehouse, live)
    reader = SnapshotReader(live, Limits())
    calls: list[Session] = []

    def compute(session: Session) -> int:
        calls.append(session)
        return len(calls)

    for _ in range(3):
        with reader.session() as session:
            assert session.cached("count", compute) == 1
    write_warehouse(warehouse, tmp_path, "新").replace(live)
    with reader.session() as session:
        assert session.cached("count", compute) == 2
    live.unlink()
    with pytest.raises(WarehouseMissingError), reader.session():
        pass
    reader.close()
