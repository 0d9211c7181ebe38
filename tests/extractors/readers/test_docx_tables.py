"""The grid of a docx table: spans, merges, rows that are not there, tables in tables."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from extractors.attachments import read
from extractors.document import Paragraph
from extractors.limits import Limits

from .build import cell, document, docx, grid, para, row, run, table, tbl, texts

RESTART = '<w:vMerge w:val="restart"/>'
CONTINUE = "<w:vMerge/>"


def test_rows_columns_and_locators() -> None:
    found = table(tbl(row("甲", "乙"), row("丙", "丁")))
    assert grid(found) == [(0, 0, 1, 1, "甲"), (0, 1, 1, 1, "乙"), (1, 0, 1, 1, "丙"), (1, 1, 1, 1, "丁")]
    assert [c.locator for c in found.cells] == ["表1 第1行第1列", "表1 第1行第2列", "表1 第2行第1列", "表1 第2行第2列"]
    assert (found.n_rows, found.n_cols, found.locator, found.spans_known) == (2, 2, "表1", True)


def test_a_vertical_merge_is_one_cell() -> None:
    rows = row(cell("甲", properties=RESTART), "1") + row(cell(properties=CONTINUE), "2") + row("乙", "3")
    assert grid(table(tbl(rows))) == [
        (0, 0, 2, 1, "甲"),
        (0, 1, 1, 1, "1"),
        (1, 1, 1, 1, "2"),
        (2, 0, 1, 1, "乙"),
        (2, 1, 1, 1, "3"),
    ]


def test_a_restart_below_a_merge_begins_a_new_cell() -> None:
    rows = "".join(row(cell(t, properties=m), "x") for t, m in (("甲", RESTART), ("", CONTINUE), ("乙", RESTART)))
    assert [(c.row, c.row_span, c.text) for c in table(tbl(rows)).cells if c.col == 0] == [(0, 2, "甲"), (2, 1, "乙")]


def test_a_continuation_without_a_beginning_stands_for_itself() -> None:
    rows = row(cell("甲", properties=CONTINUE), "1") + row(cell(properties=CONTINUE), "2")
    assert grid(table(tbl(rows)))[0] == (0, 0, 2, 1, "甲")
    wider = row(cell("甲", properties=RESTART), "1") + row(cell("乙", properties='<w:gridSpan w:val="2"/>' + CONTINUE))
    assert grid(table(tbl(wider)))[2] == (1, 0, 1, 2, "乙")


def test_text_pressed_under_a_merge_is_noted_not_shown() -> None:
    rows = row(cell("甲", properties=RESTART), "1") + row(cell("旧文", properties=CONTINUE), "2")
    found = document(tbl(rows))
    assert [(n.rule, n.locator) for n in found.notes] == [("hidden_merged_text", "表1 第1行第1列")]
    assert "旧文" in found.notes[0].message


def test_horizontal_spans_new_and_old() -> None:
    rows = row(cell("宽", properties='<w:gridSpan w:val="2"/>'), "丙") + row("1", "2", "3")
    assert grid(table(tbl(rows)))[:2] == [(0, 0, 1, 2, "宽"), (0, 2, 1, 1, "丙")]
    old = row(cell("宽", properties='<w:hMerge w:val="restart"/>'), cell(properties="<w:hMerge/>"), "丙")
    assert [g[:4] for g in grid(table(tbl(old + row("1", "2", "3"))))][:2] == [(0, 0, 1, 2), (0, 2, 1, 1)]


def test_a_row_that_begins_and_ends_inside_the_grid() -> None:
    inner = row("中", properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>')
    assert grid(table(tbl(row("a", "b", "c"), inner)))[3] == (1, 1, 1, 1, "中")


def test_grid_lines_that_no_cell_uses_are_no_columns() -> None:
    rows = "".join(row(cell(t, properties='<w:gridSpan w:val="3"/>'), "x") for t in ("甲", "乙"))
    found = table(tbl(rows))
    assert found.n_cols == 2
    assert {c.col_span for c in found.cells} == {1}


def test_a_border_dragged_in_one_row_makes_no_column() -> None:
    straight = row(cell("甲", properties='<w:gridSpan w:val="2"/>'), "乙")
    dragged = row("丙", cell("丁", properties='<w:gridSpan w:val="2"/>'))
    assert [g[:4] for g in grid(table(tbl(straight, dragged, widths=(3000, 40, 3000))))] == [
        (0, 0, 1, 1),
        (0, 1, 1, 1),
        (1, 0, 1, 1),
        (1, 1, 1, 1),
    ]
    real = table(tbl(straight, dragged, widths=(3000, 600, 3000)))
    assert real.n_cols == 3
    thin_but_used = table(tbl(straight, row("a", "b", "c"), widths=(3000, 40, 3000)))
    assert thin_but_used.n_cols == 3


def test_header_rows_are_those_marked_at_the_top() -> None:
    head = "<w:tblHeader/>"
    assert table(tbl(row("a", properties=head), row("b", properties=head), row("c"))).header_rows == 2
    assert table(tbl(row("a"), row("b", properties=head))).header_rows is None
    assert table(tbl(row("a", properties='<w:tblHeader w:val="0"/>'), row("b"))).header_rows is None


def test_deleted_rows_and_cells_are_gone_and_inserted_ones_stand() -> None:
    rows = row("留") + row("删", properties='<w:del w:id="1"/>') + row("增", properties='<w:ins w:id="2"/>')
    assert [c.text for c in table(tbl(rows)).cells] == ["留", "增"]
    gone = row("留", cell("删", properties='<w:cellDel w:id="1"/>'), "末")
    assert [c.text for c in table(tbl(gone)).cells] == ["留", "末"]
    assert list(document(tbl(row("删", properties="<w:del/>"))).tables()) == []


def test_content_controls_around_rows_and_cells() -> None:
    def control(inner: str) -> str:
        return f"<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    rows = row("甲", control(cell("乙"))) + control(row(cell(control(para("丙"))), cell(para(control(run("丁"))))))
    assert [c.text for c in table(control(tbl(rows))).cells] == ["甲", "乙", "丙", "丁"]


def test_paragraphs_of_a_cell_are_lines_and_blank_ones_stay() -> None:
    assert table(tbl(row(cell("一", para(), "二"), "x"))).cells[0].lines == ("一", "", "二")


def test_a_table_in_a_cell_becomes_lines_of_the_cell() -> None:
    inner = tbl(row("内1", "内2"), row("内3", "内4")) + para()
    found = table(tbl(row(cell("前", inner), "旁"), row("下", "末")))
    assert found.cells[0].text == "前\n内1  内2\n内3  内4"
    assert len(found.cells) == 4


@pytest.mark.parametrize(
    "outer",
    [
        lambda inner: tbl(row(cell(inner, para()))),
        lambda inner: tbl(row(cell("标题")), row(cell(inner, para())), row(cell("注"))),
        lambda inner: tbl(row(cell(), cell(inner, para()))),
        lambda inner: tbl(row(cell(tbl(row(cell(inner, para()))), para()))),
    ],
    ids=["one cell", "one column", "one cell filled", "twice"],
)
def test_a_layout_table_is_opened(outer: object) -> None:
    assert callable(outer)
    found = list(document(outer(tbl(row("甲", "乙"), row("丙", "丁")))).tables())
    assert [[c.text for c in t.cells] for t in found] == [["甲", "乙", "丙", "丁"]]


def test_a_framed_text_without_a_table_inside_stays_a_table() -> None:
    assert [c.text for c in table(tbl(row(cell("框内文字")))).cells] == ["框内文字"]


def test_paragraphs_of_an_opened_layout_table_keep_their_place() -> None:
    inner = tbl(row("甲", "乙"))
    blocks = document(para("前") + tbl(row(cell("上")), row(cell(inner, para())), row(cell("下"))) + para("后")).blocks
    assert [b.text if isinstance(b, Paragraph) else b.locator for b in blocks] == ["前", "上", "表1", "下", "后"]


def test_an_absurd_span_is_cut_to_the_grid() -> None:
    for claimed in ("1000000000", "99999999999999999999", "一"):
        wide = row(cell("宽", properties=f'<w:gridSpan w:val="{claimed}"/>'))
        found = document(tbl(wide, row("a", "b", "c"), widths=(900, 900, 900)))
        (only,) = found.tables()
        assert (only.n_cols, only.cells[0].col_span) == (3, 3)
        assert [n.rule for n in found.notes] == ["bad_span"]


def test_a_table_beyond_the_limit_is_refused() -> None:
    data = docx(tbl(*(row("a", "b", "c") for _ in range(10))))
    with pytest.raises(Exception, match="10 行 3 列，超过上限"):
        read(data, "a.docx", Limits(max_cells=29))


def test_automatic_numbers_of_covered_cells_do_not_count() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="%1"/></w:lvl></w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num>'
    )
    number = para(properties='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr>')
    rows = (
        row(cell(number, properties=RESTART), "a")
        + row(cell(number, properties=CONTINUE), "b")
        + row(cell(number), "c")
    )
    assert [c.text for c in table(tbl(rows), numbering=numbering).cells if c.col == 0] == ["1", "2"]


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    "slug",
    ["hb-xiaogan-2022", "huarong-2021", "sd-mixed-2024", "shanwei-2016", "tongchuan", "yiyang-2021", "zibo-2023"],
)
def test_published_grids_are_read_as_people_read_them(slug: str, notices: Path, gold: Path) -> None:
    """Header rows are those the docx marks. A gold table that the file cuts at page edges is put together here, and
    its cells that lie across a cut are left out of the comparison."""
    found = list(read((notices / "docx" / f"{slug}.docx").read_bytes(), f"{slug}.docx").tables())
    for wanted in json.loads((gold / slug / "grid.json").read_text(encoding="utf-8"))["tables"]:
        cells: set[tuple[int, int, int, int, str]] = set()
        cuts: list[int] = []
        rows = 0
        while rows < wanted["n_rows"]:
            piece = found.pop(0)
            head = piece.header_rows or 0
            assert head > 0
            assert piece.n_cols == wanted["n_cols"]
            cells |= {
                (c.row - head + rows, c.col, c.row_span, c.col_span, _plain(c.text))
                for c in piece.cells
                if c.row >= head
            }
            rows += piece.n_rows - head
            cuts.append(rows)
        expected = {
            (c["r"], c["c"], c["rowspan"], c["colspan"], _plain(c["text"]))
            for c in wanted["cells"]
            if not any(c["r"] < cut < c["r"] + c["rowspan"] for cut in cuts)
        }
        assert rows == wanted["n_rows"]
        assert expected <= cells
        if len(cuts) == 1:
            assert expected == cells
    assert found == []


def test_texts_between_tables_keep_the_order() -> None:
    assert texts(para("一") + tbl(row("x")) + para("二")) == ["一", "二"]
