"""Which tables list tasks, and which list people, sums, results or blanks to fill in."""

from __future__ import annotations

import pytest

from extractors.tables.column_features import ColumnFeatures, column_features
from extractors.tables.column_roles import ColumnRole
from extractors.tables.grid import build_grid
from extractors.tables.task_tables import TABLE_NAMES, TASK_HEADER, table_values, task_log_odds
from tests.extractors.tables.build import Row, cleaned, table
from tests.extractors.tables.sentences import DATES, DUTIES, SERIALS, UNITS, lines

PHONE = "0000000"


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["序号", "姓名", "单位", "职务", "联系电话"],
            ["1", "于昉", "县教育局", "副局长", PHONE],
            ["2", "崔克辉", "县公安局", "政委", PHONE],
            ["3", "迟庆峰", "团县委", "副书记", PHONE],
        ],
        [
            ["序号", "项目名称", "数量", "单价（元）", "金额（元）"],
            ["1", "公益广告牌", "20", "500", "10000"],
            ["2", "志愿者马甲", "100", "35", "3500"],
            ["3", "宣传折页", "5000", "1.2", "6000"],
            ["", "合计", "", "", "19500"],
        ],
        [
            ["日期", "值班领导", "值班人员", "值班电话"],
            ["5月1日", "于昉", "崔克辉", PHONE],
            ["5月2日", "迟庆峰", "于昉", PHONE],
            ["5月3日", "崔克辉", "迟庆峰", PHONE],
        ],
        [["账号", "开户日期", "余额"], *[[f"{2000 + i}", f"2023-05-0{i}", f"{i}"] for i in range(1, 8)]],
        [["活动名称", "活动时间", "活动地点", "参加人数", "备注"], *[["", "", "", "", ""]] * 3],
        [
            ["序号", "单位", "是否完成", "存在问题", "整改措施"],
            ["1", "县教育局", "", "", ""],
            ["2", "县公安局", "", "", ""],
            ["3", "县城管局", "", "", ""],
        ],
        [
            ["序号", "单位", "得分", "排名"],
            ["1", "县教育局", "96.5", "1"],
            ["2", "县公安局", "95.0", "2"],
            ["3", "县城管局", "93.5", "3"],
        ],
    ],
    ids=["roster", "budget", "duty roster", "accounts", "blank form", "form of units", "results"],
)
def test_no_tasks(rows: list[Row]) -> None:
    found = cleaned(*rows)
    assert found.kind.value in ("roster", "other")
    assert found.task_rows() == []


@pytest.mark.parametrize(
    "rows",
    [
        [
            ["序号", "工作任务", "责任单位"],
            ["1", "更新公益广告", "县城管局"],
            ["2", "清理卫生死角", "县住建局"],
            ["3", "开展文明劝导", "团县委"],
            ["4", "举办道德讲堂", "县教育局"],
        ],
        [
            ["序号", "工作任务", "责任单位"],
            *lines(SERIALS[:4], ["道德讲堂", "志愿服务", "文明餐桌", "网络文明"], UNITS[:4], rows=4),
        ],
        [["序号", "工作任务", "责任单位", "完成时限"], *lines(SERIALS, DUTIES, UNITS, DATES, rows=3)],
        [["号", "要做的事", "谁来办"], *lines(SERIALS, DUTIES, UNITS, rows=4)],
        lines(SERIALS, DUTIES, UNITS, DATES, rows=4),
    ],
    ids=["short duties", "names of tasks", "three tasks", "unknown words", "no header"],
)
def test_tasks(rows: list[Row]) -> None:
    found = cleaned(*rows)
    tasks = [row for row in rows if str(row[0]).isdecimal()]
    assert found.kind.value in ("task_list", "rubric")
    assert len(found.task_rows()) == len(tasks)


def features(rows: list[list[str]]) -> list[ColumnFeatures]:
    grid = build_grid(table(*rows))
    return [column_features(grid.column(c), grid.n_rows) for c in range(grid.n_cols)]


ROLES = (ColumnRole.SERIAL, ColumnRole.REQUIREMENT, ColumnRole.PARTY)
NAMES_ONLY = lines(SERIALS, ["道德讲堂", "志愿服务", "文明餐桌", "网络文明", "文明交通", "礼仪培训"], UNITS)


def observed(header: list[str], rows: list[list[str]], roles: tuple[ColumnRole, ...] = ROLES) -> dict[str, float]:
    return dict(zip(TABLE_NAMES, table_values(header, features(rows), roles, adds_up=False), strict=True))


def test_duties_begin_with_verbs_and_names_do_not() -> None:
    header = ["序号", "内容", "单位"]
    duties = lines(SERIALS, ["落实经费", "1.清理死角", "（二）开展劝导", "建立台账", "组织培训", "举办讲座"], UNITS)
    assert observed(header, duties)["verb"] == 1.0
    assert observed(header, NAMES_ONLY)["verb"] == 0.0


def test_what_is_observed_of_words_and_roles() -> None:
    roster = observed(["姓名", "职务", "联系电话"], lines(["于昉", "崔克辉"], ["局长", "政委"], [PHONE, PHONE]))
    assert roster["roster_words"] == 0.75
    assert observed(["序号", "内容", "单位"], NAMES_ONLY)["roster_words"] == 0.0
    without = observed(["序号", "内容", "单位"], NAMES_ONLY, (ColumnRole.SERIAL, ColumnRole.LEVEL, ColumnRole.PARTY))
    assert (without["requirement"], without["level"], without["length"]) == (0.0, 1.0, 0.0)


def test_a_header_that_asks_for_something_speaks_for_tasks() -> None:
    values = table_values(["序号", "工作任务", "单位"], features(NAMES_ONLY), ROLES, adds_up=False)
    asked = task_log_odds(values, ["序号", "工作任务", "单位"], ROLES)
    unnamed = task_log_odds(values, ["序号", "某某", "单位"], ROLES)
    assert unnamed + TASK_HEADER / 2 < asked <= unnamed + TASK_HEADER
