"""What a worker makes of a batch: parts that may be published, and each wrong notice held back by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

import schemas
from assets.ingest.batch_worker import Job, process_batch
from assets.ingest.build_plan import Candidate
from assets.ingest.discover_files import hash_file
from assets.ingest.duplicates import find_duplicates
from assets.ingest.quarantine import build_notice_rows
from assets.ingest.results import BatchResult, BuildInfo
from extractors import Extraction, Limits, attachments
from extractors import extract as real
from extractors.document import Document
from extractors.readers import read as read_file
from extractors.records import FindingRow
from tests.assets.workers import extraction, task
from tests.extractors.readers.test_archive import zip_of


def two_tasks(data: bytes, name: str, **_: Any) -> Extraction:
    """A notice of its own for each file, with two tasks; what the file holds are the points of the second."""
    made = extraction(task(1, "成立小组"), task(2, "制定方案", Decimal(data.decode())))
    own = f"notice-{name[0]}"
    return replace(
        made,
        notice=replace(made.notice, notice_id=own),
        tables=[replace(one, notice_id=own, table_id=f"{own}-t1") for one in made.tables],
        tasks=[
            replace(one, notice_id=own, table_id=f"{own}-t1", task_id=f"{own}-k{one.ordinal}") for one in made.tasks
        ],
    )


@pytest.fixture
def staged(tmp_path: Path) -> Callable[[dict[str, str]], BatchResult]:
    def run(points: dict[str, str]) -> BatchResult:
        candidates = []
        for name, text in points.items():
            path = tmp_path / name
            path.write_text(text, "utf-8")
            candidates.append(Candidate(name, str(path), len(text), 0, hash_file(path)))
        build = BuildInfo(datetime(2026, 1, 1, tzinfo=UTC), "1")
        return process_batch(
            candidates, Job(two_tasks, Limits(), build, str(tmp_path / "parts")), "part", time_limit=60
        )

    return run


def rows(folder: Path, table: str) -> pl.DataFrame:
    return pl.read_parquet(folder / "parts" / table / "part.parquet")


def test_a_value_of_a_wrong_type_costs_its_own_notice(
    staged: Callable[[dict[str, str]], BatchResult], tmp_path: Path
) -> None:
    batch_result = staged({"a.txt": "1", "b.txt": "1.2345", "c.txt": "2", "d.txt": "-1"})
    assert [one.file["status"] for one in batch_result.results] == ["loaded", "unreadable", "loaded", "unreadable"]
    good, typed, _, ranged = batch_result.results
    # The row is that of the notice, not of the batch.
    assert [one["message"] for one in typed.findings] == [
        "core.tasks（任务）第 2 行（task_id=notice-b-k2）的 points（分值）：“Decimal('1.2345')”类型应为 DECIMAL(9,3)"
    ]
    assert "第 2 行（task_id=notice-d-k2）" in ranged.findings[0]["message"]
    assert (typed.identity, typed.notice_id, typed.rows) == (None, None, {})
    assert (good.notice_id, good.rows["core.tasks"]) == ("notice-a", 2)
    tasks = rows(tmp_path, "core.tasks")
    owners = [str(one.file["file_id"]) for one in batch_result.results if one.rows]
    assert tasks["task_id"].to_list() == ["notice-a-k1", "notice-a-k2", "notice-c-k1", "notice-c-k2"]
    assert tasks["_file_id"].to_list() == [owner for owner in owners for _ in range(2)]
    assert tasks["points"].to_list() == [None, Decimal(1), None, Decimal(2)]


def test_rows_are_the_same_beside_a_refused_notice_and_without(
    staged: Callable[[dict[str, str]], BatchResult], tmp_path: Path
) -> None:
    tables = staged({"a.txt": "1", "b.txt": "1.2345", "c.txt": "2"}).parts
    beside = {table: rows(tmp_path, table) for table in tables}
    assert staged({"a.txt": "1", "c.txt": "2"}).parts == tables
    assert all(rows(tmp_path, table).equals(frame) for table, frame in beside.items())


def test_a_batch_of_very_many_rows_is_left_unfinished(
    staged: Callable[[dict[str, str]], BatchResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.ingest.batch_worker.MAX_ROWS_PER_BATCH", 7)
    batch_result = staged({"a.txt": "1", "b.txt": "1", "c.txt": "2"})
    assert [one.source_path for one in batch_result.results] == ["a.txt", "b.txt"]


@pytest.mark.parametrize("key", ["task_id", "table_id", "notice_id"])
def test_a_finding_that_names_what_is_not_there_costs_itself_only(key: str) -> None:
    made = two_tasks(b"1", "a.txt", limits=Limits())
    good = FindingRow("f1", "notice-a", None, "notice-a-k1", "repaired", "warning", "已补正", None, None, "第1行")
    broken = replace(good, finding_id="f2", **{key: "no-such"})  # type: ignore[arg-type]
    kept, dropped = build_notice_rows(replace(made, findings=[good, broken]), "file")["core.findings"][:2]
    assert kept["message"] == "已补正"
    assert (dropped["rule"], dropped["severity"], dropped["notice_id"]) == ("finding_dropped", "error", "notice-a")
    assert "“第1行”处" in dropped["message"]


@pytest.mark.parametrize(
    "fault", [{"declared": Decimal(10) ** 7}, {"computed": Decimal("1.23456")}, {"severity": "grave"}, {"message": " "}]
)
def test_a_finding_whose_values_cannot_stand_costs_itself_only(fault: dict[str, Any]) -> None:
    made = two_tasks(b"1", "a.txt", limits=Limits())
    good = FindingRow(
        "f1", "notice-a", None, None, "total_vs_tasks", "warning", "合计不符", Decimal(98), Decimal(100), ""
    )
    rows = build_notice_rows(replace(made, findings=[good, replace(good, finding_id="f2", **fault)]), "file")
    kept, dropped = rows["core.findings"][:2]
    assert kept["message"] == "合计不符"
    assert dropped["rule"] == "finding_dropped"
    schemas.frame("core.findings", rows["core.findings"])


def test_equal_members_of_an_archive_are_read_and_extracted_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    extracted: list[str] = []

    def reading(data: bytes, name: str, *how: Any) -> Document:
        read.append(name)
        return read_file(data, name, *how)

    def extracting(data: bytes, name: str, **how: Any) -> Extraction:
        extracted.append(name)
        return real(data, name, **how)

    monkeypatch.setattr(attachments, "read_file", reading)
    table = "| 序号 | 任务 | 责任科室 |\n|---|---|---|\n| 1 | 开展志愿服务活动并报送总结。 | 宣传科 |\n"
    equal = {f"{n}.md": table.encode() for n in range(1, 10)}
    path = tmp_path / "包.zip"
    path.write_bytes(zip_of(equal | {"另.md": table.replace("志愿服务", "植树").encode()}))
    info = path.stat()
    archive = Candidate("包.zip", str(path), info.st_size, info.st_mtime_ns, hash_file(path))
    job = Job(extracting, Limits(), BuildInfo(datetime(2026, 1, 1, tzinfo=UTC), "1"), str(tmp_path / "parts"))
    [result] = process_batch([archive], job, "一", 60).results
    assert sorted(read) == ["1.md", "包.zip", "另.md"]
    assert sorted(extracted) == ["包.zip", "包.zip/1.md", "包.zip/另.md"]
    assert [one.source_path for one in result.members] == [f"包.zip/{name}" for name in (*equal, "另.md")]
    assert all(one.file["status"] == "loaded" and one.rows["core.tasks"] == 1 for one in result.members)
    found = find_duplicates([one.identity for one in result.members if one.identity])
    assert {path: one.duplicate_of for path, one in found.items()} == {
        f"包.zip/{n}.md": "包.zip/1.md" for n in range(2, 10)
    }


def asks_beside(data: bytes, name: str, **how: Any) -> Extraction:
    """Files called b ask for one beside them, files called c take all memory."""
    if name[0] == "b":
        how["read_sibling"]("附件.txt")
    if name[0] == "c":
        raise MemoryError
    return two_tasks(data, name, **how)


def batch_of(folder: Path, *names: str) -> tuple[list[Candidate], Job]:
    for name in names:
        (folder / name).write_text("1", "utf-8")
    candidates = [Candidate(name, str(folder / name), 1, 0, hash_file(folder / name)) for name in names]
    build = BuildInfo(datetime(2026, 1, 1, tzinfo=UTC), "1")
    return candidates, Job(asks_beside, Limits(), build, str(folder / "parts"), isolated=True)


def test_what_needs_files_beside_it_or_all_memory_is_left_for_later(tmp_path: Path) -> None:
    candidates, job = batch_of(tmp_path, "a.txt", "b.txt", "c.txt", "d.txt")
    found = process_batch(candidates, job, "part", 60)
    assert [(one.source_path, one.file["status"]) for one in found.results] == [
        ("a.txt", "loaded"),
        ("d.txt", "loaded"),
    ]
    assert found.deferred == ("b.txt",)
    (alone,) = process_batch(candidates[2:3], job, "part", 60).results
    assert alone.file["status"] == "unreadable"
    assert "内存" in alone.file["reason"]
    beside = process_batch(candidates[:2], replace(job, isolated=False), "part", 60)
    assert ([one.source_path for one in beside.results], beside.deferred) == (["a.txt", "b.txt"], ())


@pytest.mark.parametrize(("now", "read"), [(29.9, 3), (30.0, 3), (30.1, 1)])
def test_half_of_the_time_is_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: float, read: int
) -> None:
    clock = iter([0.0, *[now] * 3])
    monkeypatch.setattr("assets.ingest.batch_worker.time", SimpleNamespace(perf_counter=lambda: next(clock)))
    candidates, job = batch_of(tmp_path, "a.txt", "d.txt", "e.txt")
    assert len(process_batch(candidates, job, "part", 60).results) == read


def test_of_many_faults_fifty_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.ingest.batch_worker.MAX_QUARANTINE_FINDINGS", 2)

    def wrong(data: bytes, name: str, **_: Any) -> Extraction:
        made = two_tasks(data, name)
        rows = [replace(one, task_id=f"notice-a-x{n}", points=Decimal(-n)) for n, one in enumerate(made.tasks * 2, 1)]
        return replace(made, tasks=rows)

    candidates, job = batch_of(tmp_path, "a.txt")
    (held,) = process_batch(candidates, replace(job, extract=wrong), "part", 60).results
    assert held.file["status"] == "unreadable"
    assert "（共 4 处，详见问题清单）" in held.file["reason"]
    file_id = held.file["file_id"]
    assert [one["finding_id"] for one in held.findings] == [f"{file_id}-validation-{n}" for n in (1, 2)]
    assert {(one["severity"], one["file_id"]) for one in held.findings} == {("error", file_id)}
