"""The shared helpers: captions, folded labels, months, SQL text, words for codes, tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

pytest.importorskip("marimo", reason="extra explore is not installed")
pytest.importorskip("altair", reason="extra explore is not installed")

import altair as alt

import schemas
from notebooks import helpers, labels
from warehouse.comparability import Comparability, NoticeKind
from warehouse.doubtful_tables import DoubtfulTables


def make_warehouse(*rows: tuple[str, str, date | None, datetime | None]) -> helpers.OpenWarehouse:
    """Return a warehouse with these notices: id, label, issued_on, ingested_at."""
    frame = pl.DataFrame(
        rows,
        schema={"notice_id": pl.String, "label": pl.String, "issued_on": pl.Date, "ingested_at": pl.Datetime},
        orient="row",
    )
    points = pl.Series([(None if number % 2 else number + 1) for number in range(len(rows))], dtype=pl.Float64)
    more = frame.with_columns(is_current=pl.lit(True), points=points)
    return helpers.OpenWarehouse(duckdb.connect(), Path("w.duckdb"), more)


JAN, MAY = datetime(2026, 1, 2, 3), datetime(2026, 5, 6, 7)


def test_a_caption_names_notices_and_dates() -> None:
    some = make_warehouse(
        ("a", "甲市 2021", date(2021, 3, 1), JAN), ("b", "乙市", None, MAY), ("c", "丙市", date(2020, 1, 1), MAY)
    )
    assert helpers.build_caption(some, ["b", "a", "a"]) == [
        "通知：甲市 2021、乙市",
        "印发日期：2021-03-01（另有 1 份未写明）；数据入库日期：2026-01-02 至 2026-05-06",
    ]
    assert helpers.build_caption(some, ["b"])[1] == "印发日期：原文未写明；数据入库日期：2026-05-06"
    assert helpers.build_caption(some, ["a", "c"])[1].startswith("印发日期：2020-01-01 至 2021-03-01；")


def test_a_caption_and_the_first_line_tell_of_doubtful_tables() -> None:
    some = make_warehouse(("a", "甲市", None, JAN), ("b", "乙市", None, JAN))
    unsure = replace(some, doubtful=DoubtfulTables({"a-t1": "a", "a-t2": "a"}, frozenset({"b"})))
    assert helpers.build_caption(unsure, ["a"])[-1] == "其中 2 张表的版式存疑，请对照原件核实"
    assert helpers.build_caption(unsure, ["b"])[-1] == "有 1 份通知的表格没有读全，请对照原件核实"
    assert len(helpers.build_caption(unsure, [])) == len(helpers.build_caption(some, []))
    first = helpers.show_warehouse(unsure).text
    assert "其中 2 张表的版式存疑，有 1 份通知的表格没有读全，见 wenming review。" in first
    assert "存疑" not in helpers.show_warehouse(some).text


def test_a_caption_tells_notices_of_different_kinds_apart() -> None:
    some = make_warehouse(("a", "甲市", None, JAN), ("b", "乙市", None, JAN))
    mixed = replace(
        some, kinds=Comparability({"a": NoticeKind("文明单位", "省级"), "b": NoticeKind("文明城市", "省级")})
    )
    text = "".join(helpers.build_caption(mixed, ["a", "b"]))
    assert "所比的通知创建类别不同（文明单位 1 份、文明城市 1 份），分值和任务不宜直接相比" in text
    assert "创建类别" not in "".join(helpers.build_caption(mixed, ["a"]))


def test_a_caption_of_many_notices_counts_them() -> None:
    many = make_warehouse(*[(f"n{i}", f"通知{i:02d}", None, JAN) for i in range(3)])
    assert "等" not in "".join(helpers.build_caption(many, ["n0", "n1", "n2"]))
    lots = make_warehouse(*[(f"n{i}", f"通知{i:02d}", None, JAN) for i in range(20)])
    message = "".join(helpers.build_caption(lots, [f"n{i}" for i in range(20)]))
    assert message.count("通知") == helpers.MAX_CAPTION_NOTICES + 1
    assert "等 20 份" in message


def test_choices_put_first_what_has_something() -> None:
    some = make_warehouse(("a", "甲", None, JAN), ("b", "乙", None, JAN), ("c", "丙", None, JAN))
    assert list(some.options("points")) == ["甲", "丙", "乙"]
    assert some.initial_labels("points") == ["甲", "丙"]
    assert some.label_with_most("points") == "丙"
    assert some.labels(["c", "a"]) == ["甲", "丙"]


def test_a_dropdown_begins_with_the_notice_that_has_most() -> None:
    some = make_warehouse(("a", "甲", None, JAN), ("b", "乙", None, JAN), ("c", "丙", None, JAN))
    assert helpers.dropdown_from_most(some, "points", label="看哪份通知").value == "c"
    assert helpers.notice_multiselect({"甲": "a", "乙": "b"}, value=["乙"]).value == ["b"]


def test_a_chart_of_the_longest_says_how_many_are_left() -> None:
    assert helpers.describe_longest(helpers.MAX_PARTIES, "个单位", "任务最多") == ""
    assert helpers.describe_longest(21, "人", "任务最多") == "共 21 人，列出任务最多的 20 人。"


def test_the_parts_of_bars_keep_the_order_and_colors_of_their_words() -> None:
    frame = pl.DataFrame({"通知": ["甲", "甲"], "类": ["丙类", "甲类"], "条数": [1, 2]})

    def drawn(**more: Any) -> dict[str, Any]:
        bars = helpers.stacked_bars(
            frame,
            x=alt.X("条数:Q"),
            y=alt.Y("通知:N"),
            parts="类",
            title="类别",
            words=["甲类", "乙类", "丙类"],
            tooltip=["类"],
            **more,
        )
        return dict(bars.to_dict())

    plain, colored = drawn(), drawn(colors=["red", "green", "blue"], legend_columns=2)
    assert plain["transform"] == [{"calculate": "indexof(['甲类', '丙类'], datum['类'])", "as": "次序"}]
    assert plain["encoding"]["color"]["scale"] == {"domain": ["甲类", "丙类"]}
    assert colored["encoding"]["color"]["scale"] == {"domain": ["甲类", "丙类"], "range": ["red", "blue"]}
    assert colored["encoding"]["color"]["legend"] == {"columns": 2, "orient": "bottom"}


def test_text_is_cut_after_marks_and_folded_at_words() -> None:
    assert helpers.wrap_text("一二三、四五六", 10) == ["一二三、", "四五六"]
    assert helpers.wrap_text("") == []
    assert helpers.fold_label("某某市国防动员办公室 2023", 12) == "某某市国防\n动员办公室\n2023"
    assert helpers.fold_label("某县 2021", 12) == "某县 2021"
    assert all(
        helpers.display_width(line) <= 12
        for line in helpers.fold_label("中共某某市委党校精神文明办公室", 12).split("\n")
    )


def test_months_between_are_filled() -> None:
    assert helpers.fill_months(["2021-11", "2022-02"]) == ["2021-11", "2021-12", "2022-01", "2022-02"]
    assert helpers.fill_months(["2010-01", "2022-02"]) == ["2010-01", "2022-02"]
    assert helpers.fill_months([]) == []


def test_sql_text_is_quoted() -> None:
    con = duckdb.connect()
    hostile = "O'Brien'; DROP"
    assert con.execute(f"SELECT {helpers.sql_text(hostile)}").fetchone() == (hostile,)
    assert con.execute(f"SELECT 'a' IN {helpers.sql_list(['a', 'b'])}").fetchone() == (True,)
    assert con.execute(f"SELECT count(*) FROM (VALUES ('a')) AS t(x) WHERE x IN {helpers.sql_list([])}").fetchone() == (
        0,
    )


def test_codes_are_shown_in_chinese_and_unknown_ones_kept() -> None:
    con = duckdb.connect()
    query = f"SELECT {labels.case('x', labels.SEVERITIES)} FROM (VALUES ('error'), ('unknown')) AS t(x)"
    assert con.execute(query).fetchall() == [("错误",), ("unknown",)]


def test_words_of_the_notebooks_are_those_of_the_tables_and_say_what_is_missing() -> None:
    assert labels.DEADLINES["none"] == "未写明"
    assert labels.DEADLINES["by"] == schemas.TABLES["core.task_deadlines"].column["kind"].values["by"] == "截止日"
    assert labels.TABLES["prose"] == "正文"
    assert labels.case("x", {"a'b": "甲'乙"}) == "CASE x WHEN 'a''b' THEN '甲''乙' ELSE x END"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        ("", "—"),
        ([], "—"),
        (True, "是"),
        (Decimal("1.500"), "1.5"),
        (0.12345, "0.123"),
        (12345, "12345"),
        (["甲", "乙"], "甲、乙"),
        (date(2024, 5, 1), "2024-05-01"),
    ],
)
def test_values_are_shown_as_a_reader_writes_them(value: object, shown: str) -> None:
    assert helpers.display_value(value) == shown


def test_a_table_escapes_and_counts() -> None:
    frame = pl.DataFrame({"名称": ["<b>甲</b>", None], "分值": [Decimal("1.500"), None], "是否": [True, False]})
    message = helpers.show_table(frame, "没有").text
    assert "&lt;b&gt;甲" in message
    assert ">1.5<" in message
    assert ">是<" in message
    assert ">—<" in message
    assert "共 2 行。" in message
    assert "共 2 行，此处为前 1 行。" in helpers.show_table(frame, "没有", max_rows=1).text
    assert helpers.show_table(frame.clear(), "没有数据").text.count("没有数据") == 1


def test_names_of_a_slope_never_overlap() -> None:
    frame = pl.DataFrame({"权重": ["左"] * 3 + ["右"], "主题": ["甲", "乙", "丙", "甲"], "占比": [0.1, 0.1, 0.11, 0.5]})
    placed = helpers.spread_labels(frame, "权重", "占比", 0.1)
    left = sorted(placed.filter(pl.col("权重") == "左")["字位"].to_list())
    assert [round(b - a, 6) >= 0.05 for a, b in pairwise(left)] == [True, True]
    assert "甲 50.0%" in placed["字样"].to_list()
