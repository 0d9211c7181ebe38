"""Stand-ins for the extractor that misbehave on purpose. They run in worker processes, so they are named functions."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars

from extractors import Extraction
from extractors import extract as real
from extractors.document import ReadError
from extractors.records import NoticeRow, TableRow, TaskRow

NOTICE = NoticeRow(
    notice_id="notice-1",
    title="关于开展创建工作的通知",
    doc_number=None,
    issuer="甲州市文明办",
    province=None,
    city=None,
    county=None,
    division_code=None,
    issued_on=None,
    period_start=None,
    period_end=None,
    year=None,
    campaign=None,
    award_level=None,
    award=None,
)


def task(number: int, requirement: str, points: Decimal | None = None, points_rows: int = 1) -> TaskRow:
    """A task of table `notice-1-t1`."""
    return TaskRow(
        task_id=f"notice-1-k{number}",
        notice_id=NOTICE.notice_id,
        table_id="notice-1-t1",
        indicator_id=None,
        ordinal=number,
        row=number,
        label=None,
        requirement=requirement,
        criteria=None,
        points=points,
        points_rows=points_rows,
        inline_points=[],
        evidence=None,
        methods=[],
        deadline=None,
        leader=None,
        persons=[],
        bonus=False,
        topic=None,
        topic_score=None,
        repaired=[],
        remark=None,
        scoring=None,
        locator=f"表1 第{number}行",
    )


def extraction(*tasks: TaskRow) -> Extraction:
    """A notice with one table."""
    table = TableRow("notice-1-t1", NOTICE.notice_id, 1, None, "rubric", 3, 2, ["标准"], ["requirement"], None, None)
    return Extraction("text", NOTICE, tables=[table], tasks=list(tasks), chars_total=40, chars_accounted=40)


def behave(data: bytes, name: str, **_: Any) -> Extraction:
    """Read a file whose content says how it ends."""
    order = data.decode("utf-8").strip()
    if order == "死":
        os._exit(7)
    if order == "慢":
        time.sleep(60)
    if order == "大":
        return extraction(task(1, str(len(bytearray(64 << 30)))))
    if order == "拒":
        raise ReadError("文件已加密", "请取消密码")
    if order == "错":
        raise KeyError(order)
    if order == "线程":
        return extraction(task(1, f"{polars.thread_pool_size()} 线程"))
    return extraction(task(1, order))


def negative_points(data: bytes, name: str, **how: Any) -> Extraction:
    """The real extractor, except that it reads negative points from files called 负分."""
    read = real(data, name, **how)
    if "负分" not in name:
        return read
    return replace(read, tasks=[replace(one, points=Decimal(-3)) for one in read.tasks])


def slowly(data: bytes, name: str, **how: Any) -> Extraction:
    """The real extractor, slow enough that something can happen in between."""
    time.sleep(0.2)
    return real(data, name, **how)
