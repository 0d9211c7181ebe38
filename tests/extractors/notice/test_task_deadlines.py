"""The deadlines of tasks: their own cell, the evidence beside it, the requirement, the headings above."""

from __future__ import annotations

from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice

HEAD = ("乙市丙局文件", "乙丙发〔2024〕5号", "关于印发《2024年文明创建任务分解表》的通知", "各股室：")


def deadlines(found: Extraction) -> list[str]:
    """The deadlines of all tasks as `row days or recurrence`."""
    tasks = {t.task_id: t.row for t in found.tasks}
    return [
        f"{tasks[d.task_id]} {d.recurrence or f'{d.starts_on or str():%m-%d}..{d.ends_on or str():%m-%d}'}"
        if d.recurrence or (d.starts_on and d.ends_on)
        else f"{tasks[d.task_id]} ..{d.ends_on:%m-%d}"
        if d.ends_on
        else f"{tasks[d.task_id]} {d.kind}"
        for d in found.task_deadlines
    ]


def test_headings_of_months_date_the_tasks_below() -> None:
    rows = [
        ["四月环境整治月", "清理楼道杂物。", "4分", "后勤股"],
        ["五月家风传承月", "评选最美家庭。", "3分", "工会"],
        ["六月安全生产月", "组织应急演练。", "3分", "安全股"],
    ]
    found = notice("任务分解表", drawn(["主题", "工作内容", "分值", "责任股室"], *rows), head=HEAD)
    assert deadlines(found) == ["0 04-01..04-30", "1 05-01..05-31", "2 06-01..06-30"]


def test_one_heading_that_begins_with_a_month_is_a_name() -> None:
    rows = [["五月花歌会", "组织合唱。", "4分", "工会"], ["环境整治", "清理杂物。", "3分", "后勤股"]]
    found = notice("任务分解表", drawn(["主题", "工作内容", "分值", "责任股室"], *rows), head=HEAD)
    assert deadlines(found) == []


def test_the_evidence_adds_its_own_time_limit() -> None:
    rows = [
        ["报送好人线索。", "推荐表，每月20日前报送", "11月底前", "人事股"],
        ["更新宣传栏。", "照片2张，11月底前报送", "11月底前", "办公室"],
    ]
    found = notice("任务分解表", drawn(["工作任务", "佐证材料", "完成时限", "责任股室"], *rows), head=HEAD)
    assert deadlines(found) == ["0 ..11-30", "0 FREQ=MONTHLY;BYMONTHDAY=20", "1 ..11-30"]


def test_requirements_that_begin_with_dates() -> None:
    rows = [
        ["3月：制定实施方案。", "办公室"],
        ["4月至9月集中整治背街小巷。", "城管股"],
        ["全年受理群众投诉。", "信访股"],
        ["10月，迎接检查。", "办公室"],
    ]
    found = notice("任务分解表", drawn(["工作任务", "责任股室"], *rows), head=HEAD)
    assert deadlines(found) == ["0 03-01..03-31", "1 04-01..09-30", "2 01-01..12-31", "3 10-01..10-31"]


def test_a_day_in_no_calendar_is_a_finding_and_no_date() -> None:
    rows = [
        ["报送好人线索。", "2101年1月1日前", "人事股"],
        ["更新宣传栏。", "6月31日前", "办公室"],
        ["清理楼道。", "6月30日前", "后勤股"],
    ]
    found = notice("任务分解表", drawn(["工作任务", "完成时限", "责任股室"], *rows), head=HEAD)
    assert deadlines(found) == ["0 unknown", "1 unknown", "2 ..06-30"]
    told = [f.message for f in found.findings if f.rule == "deadline_unread"]
    assert [any(text in message for message in told) for text in ("2101年1月1日前", "6月31日前")] == [True, True]
    assert len(told) == 2
