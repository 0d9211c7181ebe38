"""Task lists written side by side with the same cells written plainly by openpyxl, each in a process of its own."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from warehouse.export import ExportFormat
from warehouse.export.columns import KEY
from warehouse.export.task_lists import TaskList, build_task_lists
from warehouse.export.task_query import Deadline, Material, Notice, Party, Selection, Task
from warehouse.export.write_files import WriteOptions, write_list_files
from warehouse.export.xlsx import write_workbook

pytestmark = pytest.mark.bench

TASKS = int(os.environ.get("WENMING_BENCH_TASKS", "2000"))
WORKBOOKS = int(os.environ.get("WENMING_BENCH_WORKBOOKS", "120"))
EARLY = 60
"""Workbooks after which the process has all that it needs."""
EACH = 40
ROUNDS = 11
"""The median of so many ratios is taken: a neighbour disturbs both sides of most rounds alike."""
PAGES_MB = 8.0
"""Below that, what a process added says more of its allocator than of the workbook."""
MOST = 1.5
"""Time and memory of a task list, per time and memory of the same cells written plainly."""
FLAT_MB = 40.0
"""What all workbooks after the first may add to the memory of the process."""


def task(number: int, parties: int) -> Task:
    """A task as long as those of published notices."""
    first = date(2026, 1, 1) + timedelta(days=number % 300)
    return Task(
        task_id=f"n1-t01-r{number:06}",
        notice_id="n1",
        table_id="n1-t01",
        code=f"Ⅱ-{number % 40}",
        indicator_names=("培育和践行社会主义核心价值观", f"第 {number % 40} 项"),
        label=f"{number % 9 + 1}）",
        requirement=f"第 {number} 条：深入开展群众性精神文明创建活动，组织志愿服务不少于 {number % 9 + 1} 次，" * 2,
        criteria=None,
        scoring=None,
        remark=None,
        score=Decimal(number % 5 + 1),
        points_rows=1,
        score_cell=number,
        evidence_text="方案、照片",
        evidence=(
            Material("plan", 1, "份", None, "活动方案", None),
            Material("photo", 3, "张", None, "活动照片", None),
        ),
        methods=("材料审核",),
        deadline=f"{first.month}月底前",
        deadlines=(Deadline("by", None, first, None, f"{first.month}月底前"),),
        due_days=(first,),
        parties=(Party(f"第{number % parties}科", "lead", None),),
        leader=None,
        persons=(),
        bonus=False,
        topic="volunteering",
        locator=f"表1 第{number + 1}行",
        wording="0123456789ab",
        progress=(),
        is_doubtful=False,
    )


def selection(tasks: int, parties: int) -> Selection:
    notice = Notice("n1", "某市某局 2026", "关于印发文明创建工作方案的通知", "某市某局", 2026, "某市/通知.docx")
    return Selection((notice,), tuple(task(number, parties) for number in range(tasks)), {"volunteering": "志愿服务"})


def ours(one: TaskList, target: Path) -> None:
    write_workbook([one], target)


def plain(one: TaskList, target: Path) -> None:
    """The same values with openpyxl as its manual shows it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*one.rows[0].cells, KEY])
    for row in one.rows:
        sheet.append([*row.cells.values(), str(row.key)])
    book.save(target)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def timed(folder: Path) -> list[tuple[float, float]]:
    """CPU seconds of writing one list of `TASKS` tasks, ours and plain, of each round."""
    (one,) = build_task_lists(selection(TASKS, 1), by_party=False)
    return [(cpu_seconds(ours, one, folder), cpu_seconds(plain, one, folder)) for _ in range(ROUNDS)]


def cpu_seconds(write: Callable[[TaskList, Path], None], one: TaskList, folder: Path) -> float:
    # What the other one left is not for this one to clear away.
    gc.collect()
    start = time.process_time()
    write(one, folder / "list.xlsx")
    return time.process_time() - start


def added_mb(write: Callable[[TaskList, Path], None], target: Path) -> float:
    """MB that writing one list of `TASKS` tasks adds to a process."""
    (one,) = build_task_lists(selection(TASKS, 1), by_party=False)
    # What is made once (imports, styles) is no cost of a task.
    write(replace(one, rows=one.rows[:1], merges=()), target)
    before = peak_mb()
    write(one, target)
    return peak_mb() - before


def grown(folder: Path) -> tuple[float, float]:
    """CPU seconds of `WORKBOOKS` workbooks, and the MB that all after the first `EARLY` added."""
    start, early = time.process_time(), 0.0
    for number, _ in enumerate(
        write_list_files(
            build_task_lists(selection(WORKBOOKS * EACH, WORKBOOKS)), folder, WriteOptions(ExportFormat.XLSX)
        ),
        1,
    ):
        if number == EARLY:
            early = peak_mb()
    return time.process_time() - start, peak_mb() - early


def test_a_list_costs_little_more_than_its_cells(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        rounds = pool.apply(timed, (tmp_path,))
        our_mb, plain_mb = (pool.apply(added_mb, (write, tmp_path / "list.xlsx")) for write in (ours, plain))
    ratio = statistics.median(our_seconds / plain_seconds for our_seconds, plain_seconds in rounds)
    our_seconds, plain_seconds = map(min, zip(*rounds, strict=True))
    print(f"{TASKS} tasks, ours: {our_seconds:.2f} s, {our_mb:.0f} MB added")
    print(f"{TASKS} tasks, plain: {plain_seconds:.2f} s, {plain_mb:.0f} MB added")
    print(f"time ratio {ratio:.2f}")
    assert ratio <= MOST
    assert our_mb <= MOST * max(plain_mb, PAGES_MB)


def test_many_workbooks_need_no_more_memory_than_some(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        seconds, added = pool.apply(grown, (tmp_path,))
    print(f"{WORKBOOKS} workbooks of {EACH} tasks: {seconds:.0f} s, the last {WORKBOOKS - EARLY} added {added:.1f} MB")
    assert len(list(tmp_path.rglob("*.xlsx"))) == WORKBOOKS
    assert added <= FLAT_MB
