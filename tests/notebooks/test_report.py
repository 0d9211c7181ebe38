"""What a notebook shows as blocks of a report: words, figures, tables and charts, without controls."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest

pytest.importorskip("marimo", reason="extra explore is not installed")

import altair as alt
import marimo as mo

from notebooks import helpers
from notebooks.export_report import group_wide_tables, join_lines, read_output
from pipelines.commands.notebook import share_columns


def blocks(output: Any) -> list[dict[str, Any]]:
    return list(read_output(output))


def test_words_become_headings_and_texts() -> None:
    page = mo.md("# 责任分布\n\n任务落在哪些单位。\n\n- 甲\n- 乙")
    assert [(one["kind"], one["text"]) for one in blocks(page)] == [
        ("heading", "责任分布"), ("text", "任务落在哪些单位。"), ("text", "· 甲"), ("text", "· 乙"),
    ]  # fmt: skip


def test_notes_tiles_and_tables_keep_their_form() -> None:
    assert blocks(helpers.show_note("甲 < 乙")) == [{"kind": "note", "text": "甲 < 乙"}]
    (tiles,) = blocks(helpers.show_tiles([("通知", "5", "来自 5 个市"), ("任务", "317", "条")]))
    assert tiles["items"] == [["通知", "5", "来自 5 个市"], ["任务", "317", "条"]]
    frame = pl.DataFrame({"单位": ["办公室", "工会"], "任务": [3, None]})
    table, count = blocks(helpers.show_table(frame, "没有"))
    assert (table["columns"], table["rows"]) == (["单位", "任务"], [["办公室", "3"], ["工会", "—"]])
    assert table["numbers"] == [False, True]
    assert count == {"kind": "text", "text": "共 2 行。"}


def test_several_outputs_in_one_are_read_one_after_the_other_and_controls_left_out() -> None:
    controls = mo.ui.dropdown(["甲"], label="看哪份通知")
    shown = mo.vstack([controls, helpers.show_note("第一"), helpers.show_note("第二")])
    assert [one["text"] for one in blocks(shown)] == ["第一", "第二"]
    assert blocks(controls) == []
    assert blocks(None) == []


def test_the_title_and_caption_of_a_chart_become_text() -> None:
    chart = alt.Chart(pl.DataFrame({"a": [1]})).mark_bar().encode(x="a:Q")
    (block,) = blocks(chart.properties(title=alt.Title("任务数", subtitle=["通知：甲", "入库日期：2026-01-01"])))
    assert (block["title"], block["caption"]) == ("任务数", "通知：甲。入库日期：2026-01-01")
    assert "title" not in json.loads(block["spec"])


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["通知：甲、", "乙", "日期：无"], "通知：甲、乙。日期：无"),
        (["字" * 46, "续"], "字" * 46 + "续"),
        ([], ""),
    ],
)
def test_lines_of_a_caption_are_joined_where_they_were_wrapped(lines: list[str], text: str) -> None:
    assert join_lines(lines) == text


def test_a_wide_table_takes_its_heading_and_its_count_to_a_wide_page() -> None:
    heading, count = {"kind": "heading", "text": "目录"}, {"kind": "text", "text": "共 1 行。"}
    wide = {"kind": "table", "columns": list("一二三四五六七八九"), "rows": []}
    note = {"kind": "note", "text": "甲"}
    assert group_wide_tables([note, heading, wide, count, note]) == [
        note, {"kind": "wide", "parts": [heading, wide, count]}, note,
    ]  # fmt: skip
    narrow = {"kind": "table", "columns": list("一二三"), "rows": []}
    assert group_wide_tables([heading, narrow, count]) == [heading, narrow, count]


def test_columns_share_the_width_by_their_text_and_words_are_not_broken() -> None:
    short, long, dates = share_columns(["级", "要求", "日期"], [["省", "长" * 60, "2026-01-01"]] * 5)
    assert short < dates < long
    assert dates >= 0.45 * 10
