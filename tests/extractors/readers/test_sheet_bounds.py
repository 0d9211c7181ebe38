"""What rows of a sheet are a table, at and beyond each bound: shares, headers, merged ranges, hidden rows, names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from extractors.document import Block, Paragraph, ReadError, ReadNote, Table
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers.sheet.layout import read_sheet
from extractors.readers.sheet.model import MergedRange, Sheet

HEADER = {0: "测评项目", 1: "测评标准", 2: "分值"}
ROW = {0: "甲", 1: "有制度。", 2: "3"}
Rows = Sequence[Mapping[int, str]]


def sheet_of(rows: Rows, *, merges: Sequence[tuple[int, int, int, int]] = (), name: str = "Sheet1") -> Sheet:
    """A sheet without borders; blank texts leave a cell empty."""
    sheet = Sheet(name, f"工作表“{name}”", merges=[MergedRange(*one) for one in merges])
    for number, row in enumerate(rows):
        for column, text in row.items():
            sheet.set_text(number, column, text)
    return sheet


def read(sheet: Sheet, limits: Limits = DEFAULT_LIMITS) -> tuple[list[Block], list[ReadNote]]:
    return read_sheet(sheet, limits, VOCABULARY_WORDS)


def shapes(sheet: Sheet) -> list[str | tuple[int, int]]:
    """Paragraphs as their text, tables as their rows and columns."""
    return [b.text if isinstance(b, Paragraph) else (b.n_rows, b.n_cols) for b in read(sheet)[0]]


def table(sheet: Sheet) -> Table:
    (found,) = [block for block in read(sheet)[0] if isinstance(block, Table)]
    return found


@pytest.mark.parametrize(
    ("n_several", "n_single", "is_table"), [(3, 2, True), (3, 3, False), (2, 0, False), (3, 0, True), (6, 4, True)]
)
def test_three_rows_in_five_with_several_cells_are_a_table(n_several: int, n_single: int, is_table: bool) -> None:
    rows = [{0: "甲", 1: "乙"}] * n_several + [{0: "丙"}] * n_single
    assert any(isinstance(shape, tuple) for shape in shapes(sheet_of(rows))) is is_table


def test_where_spans_are_not_known_two_such_rows_are_enough() -> None:
    rows = [{0: "甲", 1: "乙"}] * 2
    sheet = sheet_of(rows)
    sheet.spans_known = False
    assert shapes(sheet) == [(2, 2)]
    alone = sheet_of(rows[:1])
    alone.spans_known = False
    assert shapes(alone) == ["甲  乙"]


@pytest.mark.parametrize(
    ("header", "is_header"),
    [
        (HEADER, True),
        ({0: "测评项目", 1: f"测评标准{'（甲）' * 18}甲甲", 2: "分值"}, True),
        ({0: "测评项目", 1: f"测评标准{'（甲）' * 18}甲甲甲", 2: "分值"}, False),
        ({0: "测评项目", 1: "1", 2: "2"}, False),
    ],
)
def test_a_header_has_two_short_texts_of_known_words(header: Mapping[int, str], is_header: bool) -> None:
    """Below a letter of single cells it alone shows that a table begins; a cell has sixty characters at most."""
    rows = [{0: "致全体单位"}, {0: "请照此办理"}, {0: "附上细则"}, header, {0: "一、机关"}, {0: "二、学校"}]
    assert any(isinstance(shape, tuple) for shape in shapes(sheet_of(rows))) is is_header


@pytest.mark.parametrize(
    ("between", "below", "n_tables"),
    [
        ({0: "二、学校"}, ROW, 1),
        ({0: "二、学校"}, HEADER, 2),
        ({0: "附件3"}, ROW, 2),
        ({0: "附件3-1："}, ROW, 2),
        ({0: "附件说明"}, ROW, 1),
        ({1: "附表二"}, ROW, 2),
    ],
)
def test_a_row_of_one_cell_parts_tables_before_a_header_or_with_a_mark(
    between: Mapping[int, str], below: Mapping[int, str], n_tables: int
) -> None:
    found = shapes(sheet_of([HEADER, ROW, ROW, between, below, ROW]))
    assert sum(isinstance(shape, tuple) for shape in found) == n_tables
    assert (next(iter(between.values())) in found) is (n_tables == 2)


@pytest.mark.parametrize(("note", "n_rows"), [({0: "注：以上各项"}, 3), ({1: "补充一句"}, 4)])
def test_below_the_last_row_a_cell_further_right_belongs_to_the_table(note: Mapping[int, str], n_rows: int) -> None:
    found = shapes(sheet_of([HEADER, ROW, ROW, note]))
    assert found[0] == (n_rows, 3)
    assert len(found) == 5 - n_rows


@pytest.mark.parametrize(("right", "n_cols"), [(31, 3), (32, 3), (33, 3)])
def test_blank_merged_cells_do_not_widen_a_table(right: int, n_cols: int) -> None:
    assert table(sheet_of([HEADER, ROW, ROW], merges=[(1, 3, 1, right)])).n_cols == n_cols


@pytest.mark.parametrize(("right", "width"), [(31, 32), (32, 3)])
def test_a_text_merged_over_the_whole_sheet_does_not_widen_it(right: int, width: int) -> None:
    """A line thirty columns beyond the last filled one."""
    rows = [HEADER, ROW, {0: "一、机关"}, ROW]
    found = read(sheet_of(rows, merges=[(2, 0, 2, right)]))[0]
    assert [block.locator for block in found] == [f"工作表“Sheet1” A1:{'AF4' if width == 32 else 'C4'}"]


@pytest.mark.parametrize(("max_columns", "max_cells", "is_read"), [(3, 9, True), (2, 9, False), (3, 8, False)])
def test_a_table_is_as_large_as_the_limits(max_columns: int, max_cells: int, is_read: bool) -> None:
    limits = replace(DEFAULT_LIMITS, max_columns=max_columns, max_cells=max_cells)
    sheet = sheet_of([HEADER, ROW, ROW])
    if is_read:
        assert len(read(sheet, limits)[0]) == 1
        return
    with pytest.raises(ReadError, match="有 3 行 3 列，超过上限"):
        read(sheet, limits)


@pytest.mark.parametrize(("last", "header_rows"), [(None, None), (0, 1), (1, 2), (2, None), (5, None)])
def test_rows_repeated_on_every_page_are_the_header(last: int | None, header_rows: int | None) -> None:
    sheet = sheet_of([HEADER, ROW, ROW])
    sheet.last_title_row = last
    assert table(sheet).header_rows == header_rows


def test_merged_cells_span_and_text_below_them_is_noted() -> None:
    rows = [HEADER, ROW, {0: "藏", 1: "有措施。", 2: "4"}]
    found, notes = read(sheet_of(rows, merges=[(1, 0, 2, 0)]))
    (grid,) = found
    assert isinstance(grid, Table)
    assert [(c.row, c.col, c.row_span, c.text) for c in grid.cells if c.col == 0] == [
        (0, 0, 1, "测评项目"),
        (1, 0, 2, "甲"),
    ]
    assert [(note.rule, note.locator) for note in notes] == [("hidden_merged_text", "工作表“Sheet1” A2")]
    assert "“藏”" in notes[0].message


@pytest.mark.parametrize(("length", "quoted"), [(80, 80), (81, 80)])
def test_hidden_text_is_quoted_up_to_eighty_characters(length: int, quoted: int) -> None:
    rows = [HEADER, ROW, {0: "藏" * length, 1: "有措施。", 2: "4"}]
    (note,) = read(sheet_of(rows, merges=[(1, 0, 2, 0)]))[1]
    assert note.message == f"合并单元格下压有不显示的文字“{'藏' * quoted}”，未读取"


@pytest.mark.parametrize(("n", "is_read"), [(50, True), (51, False)])
def test_overlapping_merged_cells_are_noted_up_to_fifty(n: int, is_read: bool) -> None:
    rows = [{0: "测评项目", 1: "测评标准"}, *[{0: "甲", 1: "有制度。"}] * 60]
    sheet = sheet_of(rows, merges=[(1, 0, 59, 0), *[(2 + k, 0, 2 + k, 1) for k in range(n)]])
    if is_read:
        assert [note.rule for note in read(sheet)[1]].count("bad_span") == n
        return
    with pytest.raises(ReadError, match="互相重叠"):
        read(sheet)


@pytest.mark.parametrize(("hidden", "place"), [({1}, "第2行"), ({1, 2}, "第2至3行"), ({7}, None)])
def test_hidden_rows_are_read_and_noted(hidden: set[int], place: str | None) -> None:
    sheet = sheet_of([HEADER, ROW, ROW])
    sheet.hidden_rows = hidden
    notes = read(sheet)[1]
    assert [note.message.partition("处于")[0] for note in notes] == ([place] if place else [])


@pytest.mark.parametrize(
    ("hidden", "place"), [([range(1, 2)], "B列"), ([range(1, 3)], "B至C列"), ([range(7, 9)], None)]
)
def test_hidden_columns_are_read_and_noted(hidden: list[range], place: str | None) -> None:
    sheet = sheet_of([HEADER, ROW, ROW])
    sheet.hidden_columns = hidden
    notes = read(sheet)[1]
    assert [note.message.partition("处于")[0] for note in notes] == ([place] if place else [])


@pytest.mark.parametrize(
    ("name", "rows", "title"),
    [
        ("任务清单", [HEADER, ROW], "任务清单"),
        ("Sheet1", [HEADER, ROW], None),
        ("List", [HEADER, ROW], None),
        ("附件2", [{0: "致全体单位"}], "附件2"),
        ("附件2", [{0: "附件2 任务清单"}], None),
        ("任务清单", [{0: "致全体单位"}], None),
        ("任务清单", [], None),
    ],
)
def test_the_name_of_a_sheet_is_its_title(name: str, rows: Rows, title: str | None) -> None:
    found = shapes(sheet_of(rows, name=name))
    assert (found[0] if title else None) == title
    assert (name in found) is (title is not None)


def test_lines_of_a_cell_are_paragraphs_and_cells_side_by_side_one() -> None:
    assert shapes(sheet_of([{0: " 甲\n\n乙 "}, {}, {0: "甲\n乙", 3: "丙"}])) == ["甲", "乙", "甲 乙  丙"]


@pytest.mark.parametrize(("bordered", "n_rows"), [((0, 1, 2), 3), ((0, 1, 2, 3), 4), ((1, 2), 2)])
def test_rows_with_borders_are_the_table(bordered: Sequence[int], n_rows: int) -> None:
    sheet = sheet_of([HEADER, ROW, ROW, {0: "注：以上各项"}])
    for row in bordered:
        sheet.add_border(row, 0)
        sheet.add_border(row, 1)
    found = [shape for shape in shapes(sheet) if isinstance(shape, tuple)]
    assert found == [(n_rows, 3)]
