"""The materials of tasks: their own column, a column of requirements that lists them, a cell that serves several."""

from __future__ import annotations

from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice
from tests.extractors.tables.build import Row


def materials(found: Extraction) -> list[str]:
    """The materials of all tasks as `row kind number shared rows, again where it is listed before`."""
    rows = {t.task_id: t.row for t in found.tasks}
    return [
        f"{rows[e.task_id]} {e.kind} {e.min_count or '-'} {e.shared_rows or '-'}{' again' if e.is_repeated else ''}"
        for e in found.task_evidence
    ]


def test_a_column_of_contents_that_lists_materials() -> None:
    rows: list[Row] = [
        ["阅读推广", "读书活动有计划、有成效。", "1.全年读书活动计划（红头便函文件）；", "2月上旬", "工会"],
        ["阅读推广", "读书活动有计划、有成效。", "2.读书分享会照片5张；", "6月下旬", "工会"],
        ["安全生产", "安全设施齐全。", "1.消防检查记录12份；", "11月下旬", "安保股"],
        ["安全生产", "安全设施齐全。", "2.职工参加安全考试的网络截图。", "9月中旬", "安保股"],
    ]
    found = notice("任务分解表", drawn(["项目", "创建标准", "创建内容", "完成时限", "责任股室"], *rows))
    assert materials(found) == ["0 plan - -", "1 photo 5 -", "2 minutes 12 -", "3 screenshot - -"]


def test_a_column_of_duties_lists_none() -> None:
    rows: list[Row] = [
        ["阅读推广", "1.制定读书活动计划。", "2月上旬", "工会"],
        ["阅读推广", "2.建立图书管理制度。", "6月下旬", "工会"],
        ["安全生产", "3.签订安全责任书。", "1月下旬", "安保股"],
        ["安全生产", "4.完善检查台账。", "9月中旬", "安保股"],
    ]
    found = notice("任务分解表", drawn(["项目", "工作任务", "完成时限", "责任股室"], *rows))
    assert materials(found) == []


def test_a_cell_of_materials_that_serves_several_tasks() -> None:
    rows: list[Row] = [
        ["1.组织义务植树。", ("活动照片6张；活动小结1份", 2, 1), "办公室"],
        ["2.组织清理河道。", "办公室"],
        ["3.慰问环卫工人。", "慰问照片2张", "工会"],
    ]
    found = notice("任务分解表", drawn(["工作任务", "佐证材料", "责任科室"], *rows))
    assert materials(found) == [
        "0 photo 6 2",
        "0 report 1 2",
        "1 photo 6 2 again",
        "1 report 1 2 again",
        "2 photo 2 -",
    ]
