"""The Chinese views on a small warehouse: every column documented, every row where it belongs."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import schemas
from schemas.code_labels import RELATIONS
from tests.schemas.samples import frames, notice
from warehouse import store
from warehouse.transform.view_files import read_views

VIEWS = {view.name: view for view in read_views("cn")}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("warehouse") / "w.duckdb"
    add = frames(1, 2)
    second = notice(2)["core.tasks"][0]
    body = {"table_id": None, "indicator_id": None, "row": None, "points": None, "bonus": True, "ordinal": 9}
    bonus = {"task_id": "notice-2-k2", "points": Decimal("2"), "bonus": True, "ordinal": 2}
    extra = [second | bonus, second | body | {"task_id": "notice-2-k3"}]
    add["core.tasks"] = add["core.tasks"].vstack(schemas.frame("core.tasks", extra))
    file = notice(3)["core.files"][0] | {"status": "unreadable", "reason": "文件是空的", "remedy": "请重新下载"}
    finding = notice(3)["core.findings"][0] | {
        "notice_id": None,
        "table_id": None,
        "task_id": None,
        "severity": "error",
    }
    add["core.files"] = add["core.files"].vstack(schemas.frame("core.files", [file]))
    add["core.findings"] = add["core.findings"].vstack(schemas.frame("core.findings", [finding]))
    store.publish(path, add=add)
    with contextlib.closing(store.connect(path)) as connection:
        yield connection


def all_of(warehouse: duckdb.DuckDBPyConnection, view: str) -> list[dict[str, Any]]:
    return list(warehouse.sql(f"SELECT * FROM cn.{view}").pl().to_dicts())


def test_the_views_are_these() -> None:
    assert set(VIEWS) == {
        "任务清单",
        "指标体系",
        "责任分工",
        "通知目录",
        "问题清单",
        "文件状态",
        "版本变化",
        "任务时限",
        "材料清单",
        "量化指标",
        "计分规则",
        "主题权重",
        "责任负担",
        "单位名录",
        "对应任务",
        "到期任务",
        "分值核对",
        "通知相似度",
        "办理进展",
        "逾期任务",
        "材料缺口",
        "通用规定",
        "减负对照",
        "撤下通知",
    }


@pytest.mark.parametrize("name", VIEWS)
def test_the_documentation_names_the_columns_sort_views(warehouse: duckdb.DuckDBPyConnection, name: str) -> None:
    assert list(VIEWS[name].columns) == warehouse.sql(f"SELECT * FROM cn.{name}").columns
    for word in ("用途：", "一行：", "来源：", "读法："):
        assert word in VIEWS[name].comment
    assert all(re.search("[一-龥]", column) for column in VIEWS[name].columns)


@pytest.mark.parametrize("name", [view.name for view in read_views("mart")])
def test_the_documentation_of_a_mart_names_its_columns_sort_views(
    warehouse: duckdb.DuckDBPyConnection, name: str
) -> None:
    (view,) = [view for view in read_views("mart") if view.name == name]
    assert list(view.columns) == warehouse.sql(f"SELECT * FROM mart.{name}").columns
    for part in ("用途：", "一行：", "来源：", "读法："):
        assert part in view.comment, part


def test_comparisons_in_chinese(five: Path) -> None:
    with contextlib.closing(store.connect(five)) as connection:

        def found(sql: str) -> list[tuple[Any, ...]]:
            return connection.execute(sql).fetchall()

        where = "WHERE 城市 = '淄博市' AND 主题 = '理想信念教育'"
        assert found(f"SELECT 分值, 任务数 FROM 主题权重 {where}") == [(11.0, 6)]
        assert found("SELECT 责任单位, 名次, 牵头任务 FROM 责任负担 WHERE 通知 LIKE '汕尾%' LIMIT 1") == [
            ("人教科", 1, 21)
        ]
        wrong = found("SELECT 核对对象, 差值 FROM 分值核对 WHERE 通知 LIKE '淄博%' AND 核对 = '整表'")
        assert [difference for _, difference in wrong] == [4]
        relations = {row[0] for row in found("SELECT DISTINCT 关系 FROM 对应任务")}
        assert relations <= set(RELATIONS.values())
        assert "部分相同" in relations
        assert found("SELECT count(*) FROM 通知相似度") == [(20,)]
        (first,) = found("SELECT 到期日, 旬 FROM 到期任务 WHERE 通知 LIKE '华容%' ORDER BY 到期日 LIMIT 1")
        assert first[1].startswith(f"{first[0]:%Y-%m} ")


def test_task_list(warehouse: duckdb.DuckDBPyConnection) -> None:
    tasks = all_of(warehouse, "任务清单")
    assert [(task["通知标题"], task["序号"], task["任务编号"]) for task in tasks] == [
        ("通知1", 1, "notice-1-k1"),
        ("通知2", 1, "notice-2-k3"),
        ("通知2", 2, "notice-2-k1"),
        ("通知2", 3, "notice-2-k2"),
    ]
    assert tasks[0] == {
        "城市": "某市某县",
        "单位": "某市文明办",
        "年度": 2023,
        "序号": 1,
        "一级指标": "诚信建设",
        "二级指标": "诚信教育",
        "三级指标": None,
        "四级及以下指标": None,
        "指标编号": "Ⅱ-1",
        "条目标号": "1）",
        "任务要求": "开展诚信教育1",
        "评价标准": "诚信建设制度化",
        "评分标准": "缺一项扣1分",
        "分值": Decimal("3.40"),
        "共用分值行数": 1,
        "行内分值": [Decimal("1.00"), Decimal("0.50")],
        "材料要求": "报告1份",
        "测评方法": ["材料审核", "实地考察"],
        "完成时限": "10月底前",
        "牵头": "①甲科",
        "配合": "乙科",
        "责任领导": "张三",
        "责任人": ["李四"],
        "是否加分": False,
        "备注": "无",
        "通知标题": "通知1",
        "表题": "测评清单",
        "出处": "370000/某市/通知1.docx 表1 第2行",
        "是否现行": True,
        "版式存疑": False,
        "任务编号": "notice-1-k1",
    }
    assert (tasks[1]["一级指标"], tasks[1]["表题"], tasks[1]["牵头"]) == (None, None, None)


def test_deeper_levels_are_joined(tmp_path: Path, few_views: Callable[..., None]) -> None:
    few_views("cn.任务清单", "cn.指标体系")
    add = frames(1)
    rows = [notice()["core.indicators"][0]]
    for level in range(2, 6):
        parent = rows[-1]["indicator_id"]
        rows.append(
            rows[0]
            | {"indicator_id": f"notice-1-x{level}", "parent_id": parent, "level": level, "name": f"第{level}级"}
        )
    add["core.indicators"] = schemas.frame("core.indicators", rows)
    task = notice()["core.tasks"][0] | {"indicator_id": "notice-1-x5"}
    add["core.tasks"] = schemas.frame("core.tasks", [task])
    store.publish(tmp_path / "w.duckdb", add=add)
    with contextlib.closing(store.connect(tmp_path / "w.duckdb")) as connection:
        [row] = all_of(connection, "任务清单")
        names = [indicator["完整路径"] for indicator in all_of(connection, "指标体系")]
    assert (row["三级指标"], row["四级及以下指标"]) == ("第3级", "第4级 / 第5级")
    assert "诚信建设 / 第2级 / 第3级 / 第4级 / 第5级" in names


def test_indicators_count_the_tasks_below_them(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = [row for row in all_of(warehouse, "指标体系") if row["通知标题"] == "通知2"]
    assert [(row["层级"], row["指标名称"], row["上级指标"], row["任务数"]) for row in found] == [
        (1, "诚信建设", None, 2),
        (2, "诚信教育", "诚信建设", 2),
    ]
    assert {(row["标明分值"], row["任务分值"], row["差额"]) for row in found} == {
        (Decimal("5.00"), Decimal("5.40"), Decimal("-0.40"))
    }


def test_parties_of_a_task_stand_one_below_the_other(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = [row for row in all_of(warehouse, "责任分工") if row["通知标题"] == "通知1"]
    assert [(row["责任单位"], row["角色"], row["负责部分"]) for row in found] == [
        ("甲科", "牵头", "①"),
        ("乙科", "配合", None),
    ]
    assert found[0]["指标名称"] == "诚信教育"


def test_notices_are_counted(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = {row["标题"]: row for row in all_of(warehouse, "通知目录")}
    assert list(found) == ["通知1", "通知2"]
    row = found["通知2"]
    assert (row["表格数"], row["指标数"], row["任务数"], row["责任单位数"], row["问题数"]) == (1, 2, 3, 2, 1)
    assert (row["基础分"], row["加分"], row["落实率"]) == (Decimal("3.40"), Decimal("2.00"), 100.0)


def test_findings_name_their_file_even_without_a_notice(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = all_of(warehouse, "问题清单")
    assert [(row["严重程度"], row["通知标题"]) for row in found] == [
        ("错误", None),
        ("警告", "通知1"),
        ("警告", "通知2"),
    ]
    assert found[0]["出处"].startswith("370000/某市/通知3.docx")
    assert found[1]["差额"] == Decimal("1.60")


def test_files_say_why_they_are_not_in(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = all_of(warehouse, "文件状态")
    assert [(row["处理结果"], row["任务数"], row["问题数"]) for row in found] == [
        ("已入库", 1, 1),
        ("已入库", 3, 1),
        ("无法读取", 0, 1),
    ]
    assert (found[2]["原因"], found[2]["处理办法"], found[2]["大小"]) == ("文件是空的", "请重新下载", 2.0)
    assert found[0]["入库时间"].isoformat() == "2026-01-02T04:00:00"


def test_doubtful_tables_are_counted_and_a_file_that_wants_a_review_is_named(
    tmp_path: Path, few_views: Callable[..., None]
) -> None:
    few_views("cn.通知目录", "cn.任务清单", "cn.文件状态")
    rows = notice(1)
    file = rows["core.files"][0] | {"status": "needs_review", "reason": "表1写有成句的要求，但没有读出任务"}
    finding = rows["core.findings"][0] | {"rule": "layout_doubt", "severity": "warning", "dismissed": None}
    settled = finding | {"finding_id": "finding-9", "dismissed": "核对无误"}
    unsure = {
        "core.files": schemas.frame("core.files", [file]),
        "core.notices": schemas.frame("core.notices", [rows["core.notices"][0] | {"confidence": 0.558}]),
        "core.findings": schemas.frame("core.findings", [finding, settled]),
    }
    store.publish(tmp_path / "w.duckdb", add=frames(1) | unsure)
    with contextlib.closing(store.connect(tmp_path / "w.duckdb")) as connection:
        (listed,) = all_of(connection, "通知目录")
        assert (listed["把握"], listed["存疑表格数"]) == (55, 1)
        assert [row["版式存疑"] for row in all_of(connection, "任务清单")] == [True]
        (state,) = all_of(connection, "文件状态")
        assert (state["处理结果"], state["原因"]) == ("待认定", "表1写有成句的要求，但没有读出任务")


def test_what_is_no_notice_is_in_no_list_of_notices(tmp_path: Path, few_views: Callable[..., None]) -> None:
    few_views("cn.通知目录", "mart.notice_labels", "cn.文件状态")
    rows = notice(1)
    file = rows["core.files"][0] | {"status": "not_a_notice", "reason": "没有对谁提出要求：表1各列是金额、日期"}
    other = rows["core.notices"][0] | {"kind": "other", "kind_reason": file["reason"]}
    kept = {name: schemas.frame(name, [row]) for name, row in (("core.files", file), ("core.notices", other))}
    store.publish(tmp_path / "w.duckdb", add=kept)
    with contextlib.closing(store.connect(tmp_path / "w.duckdb")) as connection:
        assert all_of(connection, "通知目录") == []
        assert connection.sql("FROM mart.notice_labels").fetchall() == []
        (state,) = all_of(connection, "文件状态")
        assert (state["处理结果"], state["原因"]) == ("不是通知", file["reason"])


@pytest.mark.parametrize(
    ("view", "column"),
    [
        ("文件状态", "core.files.status"),
        ("责任分工", "core.task_parties.role"),
        ("问题清单", "core.findings.severity"),
    ],
)
def test_no_allowed_value_is_left_without_its_chinese_word(view: str, column: str) -> None:
    table, _, name = column.rpartition(".")
    for value in schemas.TABLES[table].column[name].values:
        assert f"WHEN '{value}' THEN '" in VIEWS[view].sql
