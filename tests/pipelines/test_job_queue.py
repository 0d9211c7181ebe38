"""Jobs of the browser: one after another, builds together while they wait, a failure ends one job only."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.commands.build import BuildSummary
from pipelines.editing import job_process, job_results
from pipelines.editing.child_process import ChildRunner
from pipelines.editing.job_process import dump_settings, run_request, wait_while_busy
from pipelines.editing.job_queue import (
    MAX_REMEMBERED,
    WAITING_LINE,
    JobFailedError,
    JobQueue,
    Order,
    Progress,
    UploadedBook,
)
from pipelines.settings import Settings
from tests.explorer.editing_site import NOTICE
from warehouse.errors import WarehouseBusyError, WarehouseLockedError
from warehouse.explorer.editing import JobReport


class Gate:
    """Work that waits to be let on."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.running = 0
        self.most = 0
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)

    def work(self, order: Order, progress: Progress) -> Sequence[str]:
        self.orders.append(order)
        self.running += 1
        self.most = max(self.most, self.running)
        progress(1, 4)
        self.begun.release()
        self.go.acquire()
        self.running -= 1
        return [f"{order.title}做完"]


def finished(queue: JobQueue, job: int) -> JobReport:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        report = queue.find(job)
        assert report is not None
        if report.is_over:
            return report
        time.sleep(0.005)
    raise AssertionError("the job did not end")


def test_builds_that_wait_are_one_and_imports_keep_their_place() -> None:
    gate = Gate()
    queue = JobQueue(gate.work)
    books = (UploadedBook("清单.xlsx", "/tmp/清单.xlsx"),)
    first = queue.submit(Order("更正", ("甲.md",)))
    gate.begun.acquire()
    assert queue.find(first) == JobReport(first, "更正", "running", 1, 4)
    second = queue.submit(Order("更正", ("乙.md",)))
    assert queue.submit(Order("认定单位", ("丙.md",), ("丙.md",))) == second
    third = queue.submit(Order("导入填报", books=books))
    fourth = queue.submit(Order("撤销"))
    assert len({first, second, third, fourth}) == 4
    assert queue.find(second) == JobReport(second, "更正、认定单位", "waiting")
    for _ in range(4):
        gate.go.release()
    assert finished(queue, fourth).lines == ("撤销做完",)
    assert [order.title for order in gate.orders] == ["更正", "更正、认定单位", "导入填报", "撤销"]
    assert (gate.orders[1].source_paths, gate.orders[1].added) == (("乙.md", "丙.md"), ("丙.md",))
    assert gate.most == 1
    assert [report.job_id for report in queue.list()] == [fourth, third, second, first]
    queue.close()


def test_a_failure_is_told_and_the_next_job_runs() -> None:
    ended: list[str] = []

    def work(order: Order, progress: Progress) -> Sequence[str]:
        if order.title == "一":
            raise JobFailedError("磁盘已满")
        if order.title == "二":
            raise ZeroDivisionError
        progress(0, 0)
        return []

    queue = JobQueue(work)
    reports = []
    for title in ("一", "二", "三"):
        reports.append(finished(queue, queue.submit(Order(title, finish=lambda title=title: ended.append(title)))))  # type: ignore[misc]
    queue.close()
    assert [report.state for report in reports] == ["failed", "failed", "done"]
    assert reports[0].lines == ("磁盘已满",)
    assert "程序内部出错（ZeroDivisionError）" in reports[1].lines[0]
    assert ended == ["一", "二", "三"]
    assert WAITING_LINE.startswith("另一个程序")


def test_old_jobs_are_forgotten_and_numbers_go_on() -> None:
    queue = JobQueue(lambda *_: [])
    jobs = [queue.submit(Order("导入", books=(UploadedBook("a", "a"),))) for _ in range(MAX_REMEMBERED + 2)]
    assert jobs == list(range(1, MAX_REMEMBERED + 3))
    finished(queue, jobs[-1])
    assert queue.find(1) is None
    assert len(queue.list()) == MAX_REMEMBERED
    queue.close()


def test_a_closed_queue_begins_nothing() -> None:
    gate = Gate()
    queue = JobQueue(gate.work)
    queue.submit(Order("一"))
    gate.begun.acquire()
    waiting = queue.submit(Order("二"))
    gate.go.release()
    queue.close()
    report = queue.find(waiting)
    assert report is not None
    assert report.state == "waiting"


def test_a_job_waits_for_the_build_of_another_program() -> None:
    sent: list[Mapping[str, Any]] = []
    errors = [WarehouseBusyError("忙"), WarehouseBusyError("忙")]

    def work() -> list[str]:
        if errors:
            raise errors.pop()
        return ["好了"]

    assert wait_while_busy(work, sent.append) == ["好了"]
    assert sent == [{"done": 0, "total": 0}] * 2

    def busy() -> list[str]:
        raise WarehouseBusyError("仍在构建")

    def locked() -> list[str]:
        raise WarehouseLockedError("被占用")

    with pytest.raises(WarehouseBusyError, match="仍在构建"):
        wait_while_busy(busy, sent.append, 0)
    with pytest.raises(WarehouseLockedError, match="被占用"):
        wait_while_busy(locked, sent.append)


def test_no_secret_is_passed_on() -> None:
    settings = Settings(token="a secret", editor_token="another", webhook="https://x.example/hook")  # type: ignore[arg-type]
    text = json.dumps(dump_settings(settings))
    for secret in ("a secret", "another", "x.example"):
        assert secret not in text
    assert Settings(**json.loads(text)).warehouse == settings.warehouse


def test_errors_of_a_request_are_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(warehouse=tmp_path / "none.duckdb")
    sent: list[Mapping[str, Any]] = []
    for error, message in (
        (WarehouseLockedError("被占用"), "被占用"),
        (PermissionError(13, "Permission denied", "x.csv"), "读写文件时出错（Permission denied：x.csv）"),
    ):

        def fail(*_: object, error: Exception = error, **__: object) -> BuildSummary:
            raise error

        monkeypatch.setattr(job_process, "build", fail)
        run_request(settings, {"kind": "build", "source_paths": [], "added": []}, sent.append)
        assert sent.pop() == {"error": message}


def test_progress_is_reported_now_and_then_and_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)
    clock.monotonic = lambda: clock.now
    sent: list[Mapping[str, Any]] = []

    def read_five(_: Settings, *, progress: Callable[[int, int, str], None], **__: object) -> None:
        for number, clock.now in enumerate((10.0, 10.1, 10.25, 10.3, 10.35), 1):
            progress(number, 5, f"{number}.md")

    monkeypatch.setattr(job_process, "time", clock)
    monkeypatch.setattr(job_process, "build", read_five)
    monkeypatch.setattr("pipelines.editing.job_results.describe_build", lambda *_: ["已生效"])
    run_request(settings_of(tmp_path), {"kind": "build", "source_paths": [], "added": []}, sent.append)
    assert sent == [{"done": number, "total": 5} for number in (1, 3, 5)] + [{"result": ["已生效"]}]


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (("loaded", None, None, None, "测评通知", 3, 1), "甲.md：已入库（测评通知），任务 3 条，待核对 1 条"),
        (("loaded", None, None, None, None, 0, 0), "甲.md：已入库，任务 0 条，待核对 0 条"),
        (("duplicate", "与另一份相同", None, "乙.md", None, 0, 0), "甲.md：与 乙.md 内容相同，不重复入库"),
        (("unreadable", "文件损坏。", "请重新下载。", None, None, 0, 0), "甲.md：无法读取。文件损坏。请重新下载"),
    ],
)
def test_what_became_of_an_upload_is_one_line(row: tuple[object, ...], line: str) -> None:
    assert job_results._describe_file(("甲.md", *row)) == line


def settings_of(folder: Path) -> Settings:
    return Settings(
        raw=folder / "raw",
        warehouse=folder / "wenming.duckdb",
        corrections=folder / "corrections",
        progress=folder / "progress",
        workers=1,
    )


def test_a_process_of_its_own_builds_and_reports(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    settings.raw.mkdir()
    (settings.raw / "甲.md").write_text(NOTICE, "utf-8")
    progress: list[tuple[int, int]] = []
    runner = ChildRunner(settings)
    lines = runner.do(Order("上传通知", ("甲.md",), ("甲.md",)), lambda *counts: progress.append(counts))
    assert lines[0].startswith("已生效：重新读取 1 个文件")
    assert "甲.md：已入库" in lines[1]
    assert progress[-1] == (1, 1)
    (tmp_path / "wenming.duckdb").write_text("something else")
    with pytest.raises(JobFailedError, match="不是本程序的数据仓库"):
        runner.do(Order("更正"), lambda *_: None)
    runner.close()
    with pytest.raises(JobFailedError, match="正在停止"):
        runner.do(Order("更正"), lambda *_: None)


def test_a_process_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.editing.child_process.sys.executable", "/bin/true")
    with pytest.raises(JobFailedError, match="处理中断"):
        ChildRunner(settings_of(tmp_path)).do(Order("更正"), lambda *_: None)


@pytest.mark.parametrize("written", ['{"done": 1, "tot', '{"result": []}'])
def test_a_process_that_dies_while_it_writes_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """What is not ended by a line break is not whole, whatever it looks like."""
    program = tmp_path / "dying"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\nprintf '%s' '{written}'\n")
    program.chmod(0o755)
    monkeypatch.setattr("pipelines.editing.child_process.sys.executable", str(program))
    with pytest.raises(JobFailedError, match="处理中断"):
        ChildRunner(settings_of(tmp_path)).do(Order("更正"), lambda *_: None)


def test_a_server_that_stops_ends_its_processes(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    settings.raw.mkdir()
    runner = ChildRunner(settings)
    failures: list[str] = []

    def work() -> None:
        try:
            runner.do(Order("更正"), lambda *_: None)
        except JobFailedError as error:
            failures.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    end = time.monotonic() + 10
    while not runner._running and time.monotonic() < end:
        time.sleep(0.01)
    runner.close()
    thread.join(30)
    assert not thread.is_alive()
    assert len(failures) == 1
    assert "所作的改动已经记下，下次构建时生效" in failures[0]
    assert not settings.warehouse.exists()
