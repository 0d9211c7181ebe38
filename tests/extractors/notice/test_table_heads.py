"""What the lines above a table say of all its tasks."""

from __future__ import annotations

from tests.extractors.notice.build import drawn, notice, parties, values

HEADER = ["序号", "工作内容", "完成时限", "协作科室"]
FIRST = [["1", "更新宣传橱窗，张贴公益广告。", "4月底", "信息科"], ["2", "组织志愿服务不少于4次。", "11月底", ""]]
SECOND = [["1", "开展安全检查每季度1次。", "12月底", "各科室"], ["2", "建立信用档案，公示结果。", "9月底", "办公室"]]


def test_each_table_has_the_units_and_persons_of_its_line() -> None:
    found = notice(
        "办公室任务书",
        "责任科室：办公室　　科室负责人：林栖梧　　分管领导：宋观海",
        drawn(HEADER, *FIRST),
        "监督科任务书",
        "责任科室：监督科　　科室负责人：蒲云舟　　分管领导：康伯远",
        drawn(HEADER, *SECOND),
    )
    assert parties(found) == ["办公室|信息科", "办公室", "监督科|各科室", "监督科|办公室"]
    assert values(found, "persons") == [["林栖梧"]] * 2 + [["蒲云舟"]] * 2
    assert values(found, "leader") == ["宋观海"] * 2 + ["康伯远"] * 2
    assert [table.title for table in found.tables] == ["办公室任务书", "监督科任务书"]


def test_a_line_names_who_leads_and_who_supports() -> None:
    table = drawn(HEADER[:-1], *(row[:-1] for row in FIRST))
    found = notice("任务分解表", "牵头单位：区住建局　配合单位：区城管局、各街道", table)
    assert parties(found) == ["区住建局|区城管局/各街道"] * 2


def test_columns_of_the_table_come_before_the_line_above_it() -> None:
    table = drawn(["序号", "工作内容", "责任人"], ["1", FIRST[0][1], "周明远"], ["2", FIRST[1][1], "郑红梅"])
    found = notice("任务分解表", "责任科室：办公室　责任人：林栖梧", table)
    assert values(found, "persons") == [["周明远"], ["郑红梅"]]
    assert parties(found) == ["办公室"] * 2


def test_a_day_in_the_title_is_the_deadline_of_all_tasks_and_a_month_is_when_it_was_written() -> None:
    table = drawn(["序号", "工作内容"], *(row[:2] for row in FIRST))
    found = notice("四月报送任务（4月28日前）", table)
    assert values(found, "deadline") == ["4月28日前"] * 2
    assert values(notice("四月报送任务（2024年3月）", table), "deadline") == [None] * 2
    assert values(notice("四月报送任务（4月28日前）", drawn(HEADER, *FIRST)), "deadline") == ["4月底", "11月底"]


def test_who_fills_a_table_in_has_no_duty() -> None:
    found = notice("任务分解表", "填报单位：区住建局　填报人：林栖梧", drawn(HEADER, *FIRST))
    assert parties(found) == ["|信息科", ""]
