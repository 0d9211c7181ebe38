"""Selected tasks drawn by lot: what a notice states and leaves out in every mixture. Offices stand for persons."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from schemas.core_tasks import EVIDENCE_KINDS
from schemas.ops import PROGRESS_STATUSES
from warehouse.export.task_query import Deadline, Material, Notice, Party, Progress, Selection, Task

T = TypeVar("T")
OFFICES = ("办公室", "宣传科", "=财务科", "各股室", "党建办")
SCOPES = (None, None, "①", "（2）")
RULES = (
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=MONTHLY;BYMONTHDAY=15",
    "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
    "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=30",
)
TEXTS = ("制订计划", "=HYPERLINK(1)", "开展活动。\n每季度一次", "做好\u200b“五个一”活动，" * 9, "-5", "@甲")
FIRST = date(2022, 1, 31)


def drawn_selection(seed: int) -> Selection:
    """The selection of a seed: one to three notices with up to nine tasks each."""
    lot = random.Random(seed)
    notices = tuple(
        Notice(
            f"n{number}",
            f"甲{'乙丙丁'[number]}局 202{number}",
            lot.choice((None, "关于任务分解的通知", "关于印发《2022年计划》的通知")),
            lot.choice((None, "甲局")),
            lot.choice((None, 2022)),
            f"甲/{number}.docx",
        )
        for number in range(lot.randint(1, 3))
    )
    tasks = [_task(lot, notice, number) for notice in notices for number in range(lot.randint(1, 9))]
    return Selection(notices, tuple(tasks), {"festivals": "我们的节日", "other": "其他"})


def _some(lot: random.Random, *values: T) -> T | None:
    return lot.choice((None, *values))


def _day(lot: random.Random) -> date:
    return FIRST + timedelta(days=lot.choice((0, 1, 14, 28, 59, 150, 333, 365, 700)))


def _task(lot: random.Random, notice: Notice, number: int) -> Task:
    shared = lot.choice((1, 1, 2, 3))
    deadlines = tuple(_deadline(lot) for _ in range(lot.choice((0, 1, 1, 2))))
    names = lot.sample(OFFICES, lot.choice((0, 1, 1, 2, 3)))
    parties = tuple(Party(name, lot.choice(("lead", "lead", "support")), lot.choice(SCOPES)) for name in names)
    days = {_day(lot) for _ in range(lot.choice((0, 1, 3)))}
    if any(one.recurrence for one in deadlines):
        days |= {date(2022, month, 28 if month == 2 else 30) for month in range(1, 1 + lot.choice((1, 4, 12)))}
        days |= {date(2022, month, 31) for month in (3, 5)}
    return Task(
        task_id=f"{notice.notice_id}-t{number}",
        notice_id=notice.notice_id,
        table_id=_some(lot, "t01", "t01"),
        code=_some(lot, "1", "1.1", "=2"),
        indicator_names=tuple(lot.sample(("组织领导", "阵地建设", "文明创建"), lot.choice((0, 1, 2, 3)))),
        label=_some(lot, "（1）"),
        requirement=_some(lot, *TEXTS),
        criteria=_some(lot, "查看资料"),
        scoring=_some(lot, "缺一项扣1分"),
        remark=_some(lot, "见附件"),
        score=_some(lot, Decimal("2"), Decimal("0.50"), Decimal("0"), Decimal("1.25")),
        points_rows=shared,
        score_cell=number // shared,
        evidence_text=_some(lot, "图片2张"),
        evidence=tuple(_material(lot) for _ in range(lot.choice((0, 1, 3)))),
        methods=tuple(lot.sample(("材料审核", "实地考察"), lot.choice((0, 1, 2)))),
        deadline=_some(lot, "全年", "6月底"),
        deadlines=deadlines,
        due_days=tuple(sorted(days)),
        parties=parties,
        leader=_some(lot, "分管领导"),
        persons=tuple(lot.sample(("科室负责人", "联络员"), lot.choice((0, 1, 2)))),
        bonus=lot.random() < 0.2,
        topic=_some(lot, "festivals", "other", "unknown"),
        locator=f"表1 第{number + 2}行",
        wording=f"{number:x}" * 8,
        progress=tuple(_progress(lot, party) for party in (*names[:2], None) if lot.random() < 0.4),
        is_doubtful=number % 7 == 3,
    )


def _deadline(lot: random.Random) -> Deadline:
    rule = _some(lot, *RULES)
    kind = "recurring" if rule else lot.choice(("by", "window", "event", "ongoing"))
    starts, ends = _some(lot, _day(lot)), _some(lot, _day(lot), _day(lot))
    if starts and ends and ends < starts:
        starts, ends = ends, starts
    return Deadline(kind, starts, ends, rule, lot.choice(("6月底前", "每月底", "全年")))


def _material(lot: random.Random) -> Material:
    kind = lot.choice(sorted(EVIDENCE_KINDS))
    raw = lot.choice((EVIDENCE_KINDS[kind], "活动图片"))
    return Material(kind, _some(lot, 1, 4), _some(lot, "张"), _some(lot, 500), raw, _some(lot, "任选1"))


def _progress(lot: random.Random, party: str | None) -> Progress:
    status = lot.choice(sorted(PROGRESS_STATUSES))
    return Progress(party, status, _some(lot, _day(lot)), _some(lot, "计划1份"), _some(lot, "=注"))
