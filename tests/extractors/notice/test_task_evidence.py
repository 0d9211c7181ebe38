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


def test_the_task_says_how_many_occasions_its_materials_are_for() -> None:
    rows: list[Row] = [
        ["1.围绕元宵、端午、重阳组织活动，每个节日不少于1次。", "每次照片2张", "办公室"],
        ["2.举办讲座不少于5场。", "每场照片3张，通知", "工会"],
        ["3.组织清理河道。", "每次照片2张", "工会"],
    ]
    found = notice("任务分解表", drawn(["工作任务", "佐证材料", "责任科室"], *rows))
    assert materials(found) == ["0 photo 6 -", "1 photo 15 -", "1 document - -", "2 photo 2 -"]


def test_a_requirement_drawn_into_the_column_of_materials_is_none() -> None:
    rows: list[Row] = [
        ["1.组织义务植树。", "活动照片6张", "办公室"],
        [("2.建立志愿者花名册，完善值班制度和活动记录。", 1, 2), "办公室"],
        ["3.慰问环卫工人。", "慰问照片2张", "工会"],
    ]
    found = notice("任务分解表", drawn(["工作任务", "佐证材料", "责任科室"], *rows))
    assert [task.evidence for task in found.tasks] == ["活动照片6张", None, "慰问照片2张"]
    assert materials(found) == ["0 photo 6 -", "2 photo 2 -"]


def test_rows_of_a_list_of_materials_that_begin_with_a_verb() -> None:
    rows: list[Row] = [
        ["阅读推广", "1.全年读书活动计划（红头便函文件）；", "2月上旬", "工会"],
        ["阅读推广", "2.组织读书分享会的照片5张；例如：诵读、征文等；", "6月下旬", "工会"],
        ["安全生产", "3.成立消防队成员名单（红头便函文件）；", "11月下旬", "安保股"],
        ["安全生产", "4.消防检查记录12份；", "11月下旬", "安保股"],
        ["安全生产", "5.设施齐全可用，有专人管理。", "9月中旬", "安保股"],
        ["安全生产", "6.职工参加安全考试的网络截图。", "9月中旬", "安保股"],
    ]
    found = notice("任务分解表", drawn(["项目", "创建内容", "完成时限", "责任股室"], *rows))
    assert materials(found) == ["0 plan - -", "1 photo 5 -", "2 list - -", "3 minutes 12 -", "5 screenshot - -"]
