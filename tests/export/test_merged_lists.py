"""The merged list of a unit with what each row stands for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.explorer.sample_site import publish
from tests.warehouse.test_unit_obligations import notice_text, office
from warehouse.errors import QueryError
from warehouse.export.merged_lists import build_merged_list

__all__ = ["office"]


@pytest.fixture
def merged_lists_alone(few_views: Callable[..., None]) -> None:
    few_views("mart.unit_obligations", "mart.unit_materials", "mart.notice_labels")


def test_a_row_stands_for_all_its_sources(office: Path) -> None:
    merged = build_merged_list(office, "教育局")
    assert [row.cells["截止日期"] for row in merged.rows] == sorted(
        day for day in (row.cells["截止日期"] for row in merged.rows) if isinstance(day, date)
    )
    (row,) = [row for row in merged.rows if "交通劝导" in str(row.cells["任务要求"])]
    assert row.cells["截止日期"] == date(2024, 5, 20)
    assert row.cells["完成时限"] == "2024年6月30日前；2024年5月20日前；2024年12月20日前"
    assert str(row.cells["材料要求"]).split("\n") == [
        "图片至少6张（活动照片）",
        "方案、计划至少1份（活动方案）",
        "说明报告至少1份，不少于800字（工作总结）",
    ]
    assert str(row.cells["备注"]).count("表1 第2行") == 3
    assert len(merged.rows) == 6


def test_only_the_notices_that_were_asked_for(office: Path) -> None:
    merged = build_merged_list(office, "教育局", ("公安",))
    assert len(merged.rows) == 2
    with pytest.raises(QueryError, match="没有含有"):
        build_merged_list(office, "没有这个单位")
    with pytest.raises(QueryError, match="请写全名称"):
        build_merged_list(office, "局")


@pytest.mark.usefixtures("merged_lists_alone")
def test_the_strictest_number_is_stated_where_the_fullest_text_has_another(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    few = "2024年在公园广场刊播公益广告不少于10处，定期更新内容，及时清理破损版面"
    many = "2024年在公园广场刊播公益广告不少于20处，定期更新内容"
    for number, (issuer, text) in enumerate((("桃源县民政局", few), ("桃源县统计局", many))):
        content = notice_text(issuer, 2024, (text, "城市管理局"))
        (tmp_path / "raw" / f"{number}.md").write_text(content, "utf-8")
    (row,) = build_merged_list(publish(tmp_path), "城市管理局").rows
    assert str(row.cells["任务要求"]).startswith(few)
    assert "（各处最严：" in str(row.cells["任务要求"])
    assert "不少于20处）" in str(row.cells["任务要求"])


def test_the_issuer_is_named_where_all_notices_have_one(office: Path) -> None:
    assert build_merged_list(office, "教育局").notice.unit is None
    assert build_merged_list(office, "教育局", ("公安",)).notice.unit == "桃源县公安局"


@pytest.mark.usefixtures("merged_lists_alone")
def test_rows_that_may_ask_for_the_same_name_each_other(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    text = "组织{}开展文明交通劝导志愿服务活动不少于4次"
    for number, (issuer, who) in enumerate((("桃源县民政局", "小学生"), ("桃源县统计局", "中学生"))):
        content = notice_text(issuer, 2024, ("制定值班表", "教育局"), (text.format(who), "教育局"))
        (tmp_path / "raw" / f"{number}.md").write_text(content, "utf-8")
    remarks = [str(row.cells["备注"]) for row in build_merged_list(publish(tmp_path), "教育局").rows]
    # 制定值班表 is too short to say which table, so that it is not merged either.
    named = [remark.split("\n")[0] for remark in remarks]
    assert named == [f"疑似相同，请核对：第 {row} 行" for row in (3, 4, 1, 2)]
