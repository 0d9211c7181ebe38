"""The deadlines of tasks: their own cell, the evidence beside it, the requirement, the headings above."""

from __future__ import annotations

from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice
from tests.extractors.tables.build import Row

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


def test_sections_by_time_limit_date_the_tasks_below() -> None:
    rows: list[Row] = [
        [("一、4月底前完成的任务", 1, 3)], ["1", "清理楼道杂物。", "后勤股"], ["2", "评选最美家庭。", "工会"],
        [("二、9月底前完成的任务", 1, 3)], ["3", "组织应急演练。", "安全股"], ["4", "更新宣传专栏。", "办公室"],
        [("三、长期坚持的任务", 1, 3)], ["5", "开展文明劝导。", "办公室"], ["6", "受理群众投诉。", "信访股"],
    ]  # fmt: skip
    found = notice("任务分解表", drawn(["序号", "工作任务", "责任股室"], *rows), head=HEAD)
    assert deadlines(found) == ["1 ..04-30", "2 ..04-30", "4 ..09-30", "5 ..09-30", "7 ongoing", "8 ongoing"]
    assert {d.basis for d in found.task_deadlines} == {"header"}


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


def test_rhythms_and_festivals_without_a_column_of_deadlines() -> None:
    rows = [
        ["安保股每季度开展消防检查1次。", "检查记录", "安保股"],
        ["围绕元宵、端午开展民俗活动。", "照片4张", "工会"],
        ["保护河道，6月至9月重点河段每周不少于2次。", "巡查记录，活动结束3日内报送", "河道股"],
        ["利用传统节日开展活动，每年不少于2次。", "照片", "工会"],
        ["职工每月缺一次例会的扣1分。", "考勤表", "办公室"],
    ]
    found = notice("任务分解表", drawn(["工作任务", "佐证材料", "责任股室"], *rows), head=HEAD)
    assert deadlines(found) == [
        "0 FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1",
        "1 02-24..02-24",
        "1 06-10..06-10",
        "2 event",
        "2 06-01..09-30",
    ]


def test_rhythms_beside_a_column_of_deadlines() -> None:
    rows = [["安保股每季度开展消防检查1次。", "11月底前", "安保股"], ["宣传栏每月更新。", "", "办公室"]]
    found = notice("任务分解表", drawn(["工作任务", "完成时限", "责任股室"], *rows), head=HEAD)
    assert [one for one in deadlines(found) if "FREQ" in one] == []


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


def test_a_first_and_a_last_day_in_columns_of_their_own_are_one_time() -> None:
    rows = [
        ["清理楼道杂物。", "3月1日", "5月31日"],
        ["评选最美家庭。", "4月", "6月底前"],
        ["组织应急演练。", "2024年5月", "2024年8月"],
        ["举办读书会。", "3月10日", ""],
        ["修订公约。", "", "9月底前"],
        ["开展植树。", "即日起", "4月15日"],
    ]
    found = notice("任务分解表", drawn(["工作内容", "开始时间", "完成时间"], *rows), head=HEAD)
    assert [t.deadline for t in found.tasks] == [
        "3月1日至5月31日", "4月至6月底前", "2024年5月至2024年8月", "3月10日起", "9月底前", "即日起至4月15日",
    ]  # fmt: skip
    times = found.task_deadlines
    assert [(d.kind, d.starts_on and d.starts_on.month, d.ends_on and d.ends_on.month) for d in times] == [
        ("window", 3, 5), ("window", 4, 6), ("window", 5, 8), ("window", 3, None), ("by", None, 9), ("by", None, 4),
    ]  # fmt: skip
    assert "unread_text" not in [f.rule for f in found.findings]


def test_columns_of_two_times_stay_two() -> None:
    rows = [["清理楼道杂物。", "5月底前", "6月5日前"], ["评选最美家庭。", "6月底前", "7月5日前"]]
    for header in (["完成时限", "报送时间"], ["启动时间", "报送时间"]):
        found = notice("任务分解表", drawn(["工作内容", *header], *rows), head=HEAD)
        assert [t.deadline for t in found.tasks] == ["5月底前；6月5日前", "6月底前；7月5日前"]
    rows = [["清理楼道杂物。", "3月、9月", "4月、10月"], ["评选最美家庭。", "3月底前", "4月底前"]]
    found = notice("任务分解表", drawn(["工作内容", "开始时间", "完成时间"], *rows), head=HEAD)
    assert [t.deadline for t in found.tasks] == ["3月、9月；4月、10月", "3月底前；4月底前"]


def test_a_time_beside_one_unit_leaves_the_rhythms_of_other_tasks() -> None:
    rows = [
        ["清理楼道杂物。", "县城管局（3月底前）"],
        ["每季度开展1次志愿服务。", "县文明办"],
        ["评选最美家庭。", "县妇联"],
    ]
    found = notice("任务分解表", drawn(["工作内容", "责任单位"], *rows), head=HEAD)
    assert deadlines(found) == ["0 ..03-31", "1 FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"]
    assert [p.party for p in found.task_parties] == ["县城管局", "县文明办", "县妇联"]
