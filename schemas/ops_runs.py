"""`ops.run*`: what each run of the build read, how long it took and what came of it."""

from __future__ import annotations

from typing import Final

from schemas.columns import ColumnSpec, big_integer, integer, moment, text
from schemas.core_files import FORMATS
from schemas.tables import ForeignKey, TableSpec

RUN_PATTERN: Final = r"^\d{8}T\d{12}Z$"

UNKNOWN_CARRIER: Final = "unknown"

OUTCOMES: Final = {"published": "已发布", "unchanged": "没有变化", "failed": "失败"}
"""How a run ended."""

CARRIERS: Final = {**FORMATS, UNKNOWN_CARRIER: "未能辨认"}
"""What a file that was read turned out to be."""

_RUN: Final = text("run_id", "运行批次", "哪一次运行，即开始的时刻（UTC）", required=True, pattern=RUN_PATTERN)


def _seconds(label: str, description: str) -> ColumnSpec:
    return ColumnSpec("seconds", "DOUBLE", label, description, unit="秒", nullable=False, minimum=0)


RUNS: Final = TableSpec(
    schema="ops",
    name="runs",
    label="运行记录",
    comment="运行记录。每行是一次构建，每种结果保留最近 1000 次；没有发布的，到下次发布时写入本表。失败的没有文件数。",
    key=("run_id",),
    columns=(
        _RUN,
        moment("started_at", "开始时间", "开始的时间", required=True),
        text("outcome", "结果", "这次构建的结果", required=True, values=OUTCOMES),
        text("reason", "失败原因", "失败的原因；没有失败时为空"),
        _seconds("用时", "从开始读取到开始发布（没有发布的，到结束）的时间"),
        integer("read", "读取", "读取的文件数；压缩包计 1 个", unit="个"),
        integer("loaded", "入库", "其中入库的文件数；压缩包和其中的文件分别计数", unit="个"),
        integer("no_tables", "无表格", "已读取、没有表格的文件数", unit="个"),
        integer("duplicate", "重复", "与另一文件重复的文件数", unit="个"),
        integer("held_back", "暂不入库", "已读取、内容未通过校验的文件数", unit="个"),
        integer("unreadable", "无法读取", "无法打开或读取的文件数", unit="个"),
        integer("removed", "移除", "已不在 raw 中的文件数", unit="个"),
        integer("unchanged", "未变", "没有变化、未再读取的文件数", unit="个"),
        big_integer("bytes", "读取量", "读取的文件大小合计", unit="字节"),
    ),
)

RUN_CARRIERS: Final = TableSpec(
    schema="ops",
    name="run_carriers",
    label="各格式用时",
    comment="各格式用时。每行是一次运行中一种文件格式的文件数、大小和读取用时。",
    key=("run_id", "carrier"),
    foreign_keys=(ForeignKey(("run_id",), "ops.runs", ("run_id",)),),
    columns=(
        _RUN,
        text("carrier", "格式", "文件格式", required=True, values=CARRIERS),
        integer("files", "文件数", "读取的文件数", required=True, unit="个"),
        big_integer("bytes", "大小", "文件大小合计", required=True, unit="字节"),
        _seconds("用时", "各文件读取用时之和；几个进程同时读取时大于实际经过的时间"),
    ),
)

RUN_SLOWEST: Final = TableSpec(
    schema="ops",
    name="run_slowest",
    label="最慢的文件",
    comment="最慢的文件。每行是一次运行中读取最慢的十个文件之一。",
    key=("run_id", "rank"),
    foreign_keys=(ForeignKey(("run_id",), "ops.runs", ("run_id",)),),
    columns=(
        _RUN,
        integer("rank", "名次", "第几慢，从 1 起", required=True, minimum=1),
        text("source_path", "文件路径", "相对于 raw 目录的路径，用 / 分隔", required=True),
        text("carrier", "格式", "文件格式", required=True, values=CARRIERS),
        big_integer("bytes", "大小", "文件大小", required=True, unit="字节"),
        _seconds("用时", "读取这个文件的时间"),
    ),
)
