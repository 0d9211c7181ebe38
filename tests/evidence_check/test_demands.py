"""What a unit has to hand in, read from the warehouse of a made-up notice: form, number, days, what is shared."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assets.evidence_check.demands import TaskDemand, read_demands
from extractors.parsers.material_forms import KIB
from tests.explorer.sample_site import publish
from warehouse.errors import QueryError

MATERIALS = "活动照片3张（JPG格式，每张不小于1M）、说明报告1份，500字以内，不能用“下一步”等表述"
NOTICE = f"""# 关于印发《湖滨局2024年文明单位创建任务清单》的通知

各科室：

现将任务清单印发给你们，请按时完成。

湖滨局

2024年2月1日

| 序号 | 任务要求 | 材料要求 | 完成时限 | 责任科室 |
| --- | --- | --- | --- | --- |
| 1 | 开展节水周宣传活动 | {MATERIALS} | 2024年3月1日—6月30日 | 人事科 |
| 2 | 组织理论学习 | 学习记录4次 | 2024年11月30日前 | 人事科、财务科 |
| 3 | 评选先进个人 | 荣誉证书或表彰通报1份 | 长期 | 人事股 |
| 4 | 做好对外宣传 | ①提供宣传情况（说明报告，300字左右）；②提供培训情况（说明报告，不少于200字） | 长期 | 宣传科 |
| 5 | 开展机关绿化 | 绿化照片2张 | 2024年4月30日前 | 财务科 |
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demands")
    (folder / "raw").mkdir()
    (folder / "raw" / "甲.md").write_text(NOTICE, "utf-8")
    return publish(folder)


@pytest.fixture(scope="module")
def demands(warehouse: Path) -> list[TaskDemand]:
    return read_demands(warehouse, (), "人事科")


def test_serials_are_those_of_the_list_of_the_unit(warehouse: Path, demands: list[TaskDemand]) -> None:
    assert [(one.serial, one.short_name) for one in demands] == [(1, "开展节水周宣传活动"), (2, "组织理论学习")]
    assert [one.serial for one in read_demands(warehouse, (), "财务科")] == [1, 2]


def test_the_form_of_each_material_is_its_own(demands: list[TaskDemand]) -> None:
    photos, report = demands[0].materials
    assert (photos.kind, photos.min_count, photos.is_counted) == ("photo", 3, True)
    assert photos.form.extensions == ("jpg", "jpeg")
    assert photos.form.min_bytes == KIB * KIB
    assert photos.form.max_words is None
    assert (report.kind, report.raw) == ("report", "说明报告")
    assert (report.form.max_words, report.form.banned) == (500, ("下一步",))
    assert report.form.extensions == ()


def test_days_are_those_of_the_task_within_the_year(demands: list[TaskDemand]) -> None:
    assert (demands[0].first_day, demands[0].last_day) == (date(2024, 3, 1), date(2024, 6, 30))
    assert (demands[1].first_day, demands[1].last_day) == (date(2024, 1, 1), date(2024, 11, 30))


def test_a_number_of_occasions_counts_no_files(demands: list[TaskDemand]) -> None:
    (record,) = demands[1].materials
    assert (record.min_count, record.unit, record.is_counted) == (4, "次", False)


def test_alternatives_keep_their_mark(warehouse: Path) -> None:
    (demand,) = read_demands(warehouse, (), "人事股")
    assert len({material.choice for material in demand.materials}) == 1
    assert demand.materials[0].choice is not None


def test_names_that_stand_twice_have_the_length_that_was_read_of_each(warehouse: Path) -> None:
    (demand,) = read_demands(warehouse, (), "宣传科")
    forms = [(one.form.min_words, one.form.max_words, one.form.is_about) for one in demand.materials]
    assert forms == [(240, 360, True), (200, None, False)]


def test_one_unit_must_be_meant(warehouse: Path) -> None:
    with pytest.raises(QueryError, match="人事科、人事股。请写全名称"):
        read_demands(warehouse, (), "人事")
    with pytest.raises(QueryError, match="没有符合条件的任务"):
        read_demands(warehouse, (), "保卫科")


MERGED = """<html><body><h1>关于印发《山前局文明单位创建任务清单》的通知</h1><p>各科室：</p>
<p>现将任务清单印发给你们，请按时完成。</p><p>山前局</p><table>
<tr><th>序号</th><th>任务要求</th><th>材料要求</th><th>完成时限</th><th>责任科室</th></tr>
<tr><td>1</td><td>开展普法宣传</td><td rowspan="3">活动照片2张</td><td>长期</td><td>法规科</td></tr>
<tr><td>2</td><td>开展法治讲座</td><td>2024年5月31日前</td><td>法规科</td></tr>
<tr><td>3</td><td>开展案例评析</td><td>长期</td><td>政策法规科</td></tr>
<tr><td>4</td><td>整理文档。提供文档目录1份，整理总结2份（不少于300字）。</td><td></td><td>长期</td><td>办公室</td></tr>
</table></body></html>"""


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("merged")
    (folder / "raw").mkdir()
    (folder / "raw" / "乙.html").write_text(MERGED, "utf-8")
    return publish(folder)


def test_a_material_of_several_tasks_is_asked_for_once_of_each_unit(merged: Path) -> None:
    first, second = read_demands(merged, (), "法规科")
    assert [(one.raw, one.min_count) for one in first.materials] == [("活动照片", 2)]
    assert (first.is_shared, second.is_shared, second.materials) == (False, True, ())
    # The first task of the cell is another unit's.
    (own,) = read_demands(merged, (), "政策法规科")
    assert ([one.raw for one in own.materials], own.is_shared) == (["活动照片"], False)


def test_without_year_and_limit_every_day_counts(merged: Path) -> None:
    first, second = read_demands(merged, (), "法规科")
    assert (first.first_day, first.last_day) == (None, None)
    assert (second.first_day, second.last_day) == (None, date(2024, 5, 31))


def test_materials_of_the_requirement_have_their_own_words(merged: Path) -> None:
    (demand,) = read_demands(merged, (), "办公室")
    assert [(one.raw, one.min_count, one.form.min_words) for one in demand.materials] == [
        ("文档目录", 1, None),
        ("整理总结", 2, 300),
    ]
    assert [one.form_text for one in demand.materials] == ["提供文档目录1份，", "整理总结2份（不少于300字）"]
