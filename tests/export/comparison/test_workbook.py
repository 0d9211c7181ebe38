"""The workbook: figures as in the marts, native charts, print set-up, text that stays text, the same bytes twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.workbook import Workbook

from tests.export.comparison.conftest import Ask, Spoil
from warehouse.errors import QueryError
from warehouse.export.comparison import tables
from warehouse.export.comparison.load import load_comparison
from warehouse.export.comparison.workbook import CHART_SHEET, FRONT_SHEET, TABLE_BUILDERS, write_workbook
from warehouse.printing import HEADER_ROW

HEADS = {"通知情况": 5, "主题权重": 5, "主题分值": 5, "时限": 5}
"""Row of the column names where it is not the fourth."""


@pytest.fixture(scope="module")
def path(five: Path, all_ids: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("comparison") / "比较.xlsx"
    write_workbook(five, all_ids, target)
    return target


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


def table(book: Workbook, name: str) -> list[list[Any]]:
    """The rows of a sheet below the column names."""
    return [list(row) for row in book[name].iter_rows(min_row=HEADS.get(name, HEADER_ROW) + 1, values_only=True)]


def charts_of(book: Workbook) -> list[Any]:
    """The charts of the sheet of charts."""
    return list(book[CHART_SHEET]._charts)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def labels(ask: Ask) -> dict[str, str]:
    return dict(ask("SELECT notice_id, label FROM mart.notice_labels"))


def test_weights_are_those_of_the_mart(book: Workbook, ask: Ask, all_ids: list[str]) -> None:
    expected = {
        (name, notice_id): share
        for name, notice_id, share in ask(
            "SELECT t.name, w.notice_id, coalesce(w.share, w.task_share) FROM mart.topic_weights AS w "
            "JOIN mart.topics AS t USING (topic)"
        )
    }
    rows = table(book, "主题权重")
    displayed = {
        (row[0], item): row[1 + place]
        for row in rows
        for place, item in enumerate(all_ids)
        if row[1 + place] not in (None, "仅加分项")
    }
    assert displayed == pytest.approx(expected)
    for row in rows:
        stated = [value for value in row[1:6] if value not in (None, "仅加分项")]
        shares = [*stated, 0] if len(stated) < 5 else stated
        assert row[6] == pytest.approx(max(shares) - min(shares))
        assert row[7] == len(stated)


def test_points_and_tasks_by_topic_are_those_of_the_mart(book: Workbook, ask: Ask, all_ids: list[str]) -> None:
    rows = table(book, "主题分值")
    sums = {
        row[0]: row[1:]
        for row in ask("SELECT notice_id, sum(points), sum(tasks) FROM mart.topic_weights GROUP BY notice_id")
    }
    for place, notice_id in enumerate(all_ids):
        points, tasks = sums[notice_id]
        assert sum(row[1 + place] or 0 for row in rows) == pytest.approx(points or 0)
        assert sum(row[6 + place] or 0 for row in rows) == tasks


def test_responsibility_is_that_of_the_marts(book: Workbook, ask: Ask, labels: dict[str, str]) -> None:
    expected = ask("SELECT notice_id, hhi, top1_share, top3_share FROM mart.responsibility_concentration")
    displayed = {row[0]: row for row in table(book, "责任集中度")}
    assert len(displayed) == len(expected)
    for notice_id, hhi, top1, top3 in expected:
        row = displayed[labels[notice_id]]
        assert (row[5], row[3], row[4]) == pytest.approx((hhi, top1, top3))
        assert row[7] == ("高度集中" if hhi >= 0.25 else "中等集中" if hhi >= 0.15 else "较为分散")
    loads = {(labels[a], b): c for a, b, c in ask("SELECT notice_id, party, share FROM mart.responsibility_load")}
    assert {(row[0], row[2]): row[8] for row in table(book, "责任单位")} == pytest.approx(loads)


def test_lists_name_the_place_in_the_file_of_the_notice(book: Workbook, ask: Ask, labels: dict[str, str]) -> None:
    places = {(labels[item], locator) for item, locator in ask("SELECT notice_id, locator FROM core.tasks")}
    for name, place in (("量化指标", 1), ("独有事项", 0), ("对应事项", 3)):
        rows = table(book, name)
        assert rows
        assert {(row[place], row[-1]) for row in rows} <= places
        assert "文件见“说明”" in book[name]["A2"].value
    assert len(table(book, "量化指标")) == ask("SELECT count(*) FROM mart.threshold_comparison")[0][0]


def test_what_sums_up_comes_before_the_lists_of_tasks(book: Workbook) -> None:
    lengths = {name: len(table(book, name)) for name in book.sheetnames[2:]}
    assert book.sheetnames[:2] == [FRONT_SHEET, CHART_SHEET]
    assert book.sheetnames[-5:] == ["责任单位", "量化对照", "量化指标", "独有事项", "对应事项"]
    # None of the others is longer than the list of topics.
    assert max(lengths[name] for name in book.sheetnames[2:-5]) == lengths["主题权重"]


def test_methods_materials_and_months_are_those_of_the_marts(book: Workbook, ask: Ask, all_ids: list[str]) -> None:
    for name, value in (
        ("测评方法", "sum(share) FROM mart.method_mix"),
        ("材料负担", "sum(items) FROM mart.evidence_burden"),
        ("到期月份", "sum(tasks_due) FROM mart.deadline_calendar"),
    ):
        sums: dict[str, Any] = dict(ask(f"SELECT notice_id, {value} GROUP BY notice_id"))
        rows = table(book, name)
        displayed = [sum(row[1 + place] or 0 for row in rows) for place in range(len(all_ids))]
        assert displayed == pytest.approx([float(sums.get(notice_id, 0)) for notice_id in all_ids])


def test_charts_are_native_and_show_the_cells(book: Workbook) -> None:
    charts = charts_of(book)
    sheets = [chart.series[0].val.numRef.f.split("!")[0].strip("'") for chart in charts]
    assert sheets == ["主题权重", "责任集中度", "测评方法", "材料负担", "到期月份"]
    assert all(isinstance(chart, BarChart) for chart in charts)
    weights, concentration, methods, *_ = charts
    assert [item.val.numRef.f for item in weights.series] == [f"'主题权重'!${c}$6:${c}$17" for c in "BCDEF"]
    assert {item.cat.strRef.f for item in weights.series} == {"'主题权重'!$A$6:$A$17"}
    assert [item.tx.strRef.f for item in concentration.series] == ["'责任集中度'!D4", "'责任集中度'!E4"]
    assert methods.grouping == "percentStacked"
    assert len(methods.series) == len(table(book, "测评方法"))


def test_every_sheet_prints_across_a4_with_its_header_and_page_numbers(book: Workbook) -> None:
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        footer: Any = sheet.oddFooter
        assert "&P" in footer.right.text
    for name in book.sheetnames[2:]:
        sheet, head = book[name], HEADS.get(name, HEADER_ROW)
        assert sheet.print_title_rows == f"${HEADER_ROW}:${head}"
        assert sheet.freeze_panes is not None
        assert int("".join(letter for letter in sheet.freeze_panes if letter.isdigit())) == head + 1
        assert sheet.page_setup.fitToWidth == 1
        assert all(sheet.column_dimensions[letter].width >= 5 for letter in "AB")
    similar = book["对应事项"]
    assert str(similar.auto_filter.ref).startswith("A4:")
    assert str(similar.auto_filter.ref).endswith(f"{similar.max_row}")
    unique = book["独有事项"]
    assert unique["E5"].alignment.wrap_text
    assert unique["E5"].border.left.style == "thin"
    assert [unique["H4"].value, book["主题权重"]["B6"].number_format] == ["位置", "0.0%_ "]


def test_the_front_leads_to_every_sheet_and_names_every_file(book: Workbook, ask: Ask) -> None:
    front = book[FRONT_SHEET]
    links = {cell.value: cell.hyperlink.location for (cell, *_) in front.iter_rows() if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in book.sheetnames[1:]}
    text = "\n".join(str(cell) for row in front.iter_rows(values_only=True) for cell in row if cell)
    assert all(path in text for (path,) in ask("SELECT source_path FROM mart.notice_labels"))
    assert "没有写明分值" in text


def test_the_same_warehouse_gives_the_same_bytes(five: Path, all_ids: list[str], path: Path, tmp_path: Path) -> None:
    write_workbook(five, all_ids, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_of_two_notices_the_difference_has_a_sign(five: Path, all_ids: list[str]) -> None:
    rows = tables.topic_weights_table(load_comparison(five, [all_ids[0], all_ids[2]])).rows
    assert any(row[3] < 0 for row in rows)
    for row in rows:
        first, second = (0 if value == "仅加分项" else value or 0 for value in row[1:3])
        assert row[3] == pytest.approx(first - second)


def test_text_never_becomes_a_formula(spoil: Spoil, all_ids: list[str], tmp_path: Path) -> None:
    spoilt = spoil(
        "UPDATE core.tasks SET requirement = '=HYPERLINK(\"http://x\")独有的事项'",
        "UPDATE mart.responsibility_load SET party = '@' || party",
        "UPDATE mart.notice_labels SET label = '+' || label, title = '-1+1', source_path = '=1+1'",
        "UPDATE mart.topics SET name = '=' || name",
    )
    target = tmp_path / "formula.xlsx"
    write_workbook(spoilt, all_ids[3:], target)
    seen = 0
    for sheet in openpyxl.load_workbook(target):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix
                    seen += 1
    assert seen > 100


def test_notices_that_state_nothing_are_named(spoil: Spoil, all_ids: list[str], tmp_path: Path) -> None:
    marts = (
        "topic_weights",
        "rubric_similarity",
        "threshold_comparison",
        "responsibility_load",
        "responsibility_concentration",
        "task_pairs",
        "method_mix",
        "evidence_burden",
        "deadline_calendar",
    )
    spoilt = spoil(
        *(f"DELETE FROM mart.{name}" for name in marts),
        "UPDATE mart.notice_labels SET tasks = 0, points = NULL, title = NULL, year = NULL, unit = NULL",
        "UPDATE core.tasks SET requirement = NULL, criteria = NULL",
    )
    target = tmp_path / "bare.xlsx"
    write_workbook(spoilt, all_ids, target)
    book = openpyxl.load_workbook(target)
    for name in ("主题权重", "责任单位", "独有事项", "测评方法", "材料负担", "到期月份"):
        assert "通知" in table(book, name)[0][0]
        assert len(table(book, name)) == 1
    assert not charts_of(book)
    assert len(book.sheetnames) == 2 + len(TABLE_BUILDERS)


def test_a_target_that_cannot_be_written_is_reported(five: Path, all_ids: list[str], tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="无法写入"):
        write_workbook(five, all_ids, tmp_path / "none" / "比较.xlsx")
