"""Lines, headings, lists and tables of a page."""

from __future__ import annotations

import pytest

from extractors.attachments import read
from extractors.document import Paragraph, Table
from extractors.limits import Limits

from .build import grid


def texts(body: str) -> list[str]:
    """The paragraphs of a page."""
    return [
        b.text for b in read(f"<html><body>{body}</body></html>".encode(), "a.html").blocks if isinstance(b, Paragraph)
    ]


def tables(body: str) -> list[Table]:
    """The tables of a page."""
    return list(read(f"<html><body>{body}</body></html>".encode(), "a.html").tables())


def table(rows: str) -> Table:
    """The only table, of the rows given."""
    (found,) = tables(f"<table>{rows}</table>")
    return found


def tr(*cells: str) -> str:
    """A row of plain cells."""
    return "<tr>" + "".join(c if c.startswith("<t") else f"<td>{c}</td>" for c in cells) + "</tr>"


def test_lines_end_where_blocks_and_breaks_end() -> None:
    assert texts("前<p>甲</p>中<div>乙<br/>丙<section>丁</section>戊</div>后") == [
        "前",
        "甲",
        "中",
        "乙",
        "丙",
        "丁",
        "戊",
        "后",
    ]


def test_blanks_run_together_and_hard_blanks_stay() -> None:
    assert texts("<p>  甲\n\t  乙  </p><p>&nbsp;&nbsp;组长：&nbsp;&nbsp;张&nbsp;&nbsp;三 &#8203;</p>") == [
        "甲 乙",
        "组长：  张  三",
    ]


def test_inline_elements_do_not_cut_words() -> None:
    assert texts("<p><b>测</b><span>评<font>标</font></span>准<a href=x>（附）</a></p>") == ["测评标准（附）"]


def test_preformatted_text_keeps_its_lines() -> None:
    assert texts("<pre>一  二\n三</pre><p>四\n五</p>") == ["一  二", "三", "四 五"]


def test_headings_have_levels() -> None:
    found = read("<html><body><h1>总则</h1><h3>目标<br>任务</h3><p>文</p></body></html>".encode(), "a.html")
    assert [(p.text, p.level) for p in found.paragraphs()] == [("总则", 1), ("目标", 3), ("任务", 3), ("文", None)]


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<ol><li>甲</li><li><p>乙</p></li></ol>", ["1.甲", "2.乙"]),
        ("<ol start=3><li>甲</li><li value=7>乙</li><li>丙</li></ol>", ["3.甲", "7.乙", "8.丙"]),
        ("<ol type=I><li>甲</li><li>乙</li></ol>", ["I.甲", "II.乙"]),
        ("<ol style='list-style-type:lower-alpha'><li>甲</li><li>乙</li></ol>", ["a.甲", "b.乙"]),
        ("<ol style='list-style: cjk-ideographic'><li>甲</li><li>乙</li></ol>", ["一、甲", "二、乙"]),
        ("<ol style='list-style:none'><li>甲</li></ol>", ["甲"]),
        ("<ol reversed><li>甲</li><li>乙</li></ol>", ["2.甲", "1.乙"]),
        ("<ol><li>1.甲</li><li>（二）乙</li><li>③丙</li></ol>", ["1.甲", "（二）乙", "③丙"]),
        ("<ol><li>甲<ol><li>子</li></ol></li><li>乙</li></ol>", ["1.甲", "1.子", "2.乙"]),
        ("<ul><li>甲</li></ul>", ["甲"]),
        ("<li>甲</li>", ["甲"]),
    ],
)
def test_lists_keep_the_numbers_that_a_browser_draws(markup: str, shown: list[str]) -> None:
    assert texts(markup) == shown


def test_spans() -> None:
    found = table(tr("<td rowspan=2>甲</td>", "<td colspan='2'>乙</td>") + tr("丙", "丁"))
    assert grid(found) == [(0, 0, 2, 1, "甲"), (0, 1, 1, 2, "乙"), (1, 1, 1, 1, "丙"), (1, 2, 1, 1, "丁")]
    assert [c.locator for c in found.cells][:2] == ["表1 第1行第1列", "表1 第1行第2列"]
    assert found.spans_known


def test_rowspan_zero_reaches_to_the_end_of_its_group() -> None:
    rows = f"<tbody>{tr('<td rowspan=0>甲</td>', '1')}{tr('2')}{tr('3')}</tbody><tbody>{tr('乙', '4')}</tbody>"
    assert [(c.row, c.row_span) for c in table(rows).cells if c.col == 0] == [(0, 3), (3, 1)]


def test_spans_beyond_the_table_are_cut_to_it() -> None:
    rows = tr("<td rowspan=99999999999>甲</td>", "<td colspan=1000>乙</td>") + tr("<td rowspan=-3 colspan=x>丙</td>")
    assert grid(table(rows)) == [(0, 0, 2, 1, "甲"), (0, 1, 1, 1, "乙"), (1, 1, 1, 1, "丙")]


def test_squares_claimed_twice_belong_to_the_upper_cell() -> None:
    rows = tr("a", "<td rowspan=2>b</td>", "c") + tr("<td colspan=3>d</td>", "e")
    assert [g[:5] for g in grid(table(rows))] == [
        (0, 0, 1, 1, "a"),
        (0, 1, 2, 1, "b"),
        (0, 2, 1, 1, "c"),
        (1, 0, 1, 1, "d"),
        (1, 2, 1, 1, "e"),
    ]


def test_grid_lines_that_no_cell_uses_are_none() -> None:
    rows = (
        tr("<td colspan=3 rowspan=2>甲</td>", "<td rowspan=2>乙</td>") + "<tr></tr>" + tr("<td colspan=3>丙</td>", "丁")
    )
    found = table(rows)
    assert (found.n_rows, found.n_cols) == (2, 2)
    assert {(c.row_span, c.col_span) for c in found.cells} == {(1, 1)}


def test_header_rows_of_thead_and_th() -> None:
    head = "<thead>" + tr("<th>甲</th>", "<th>乙</th>") + "</thead>"
    body = tr("1", "2")
    assert table(head + f"<tbody>{body}</tbody>").header_rows == 1
    assert table(tr("<th>甲</th>", "<th>乙</th>") + tr("<th>丙</th>", "<th>丁</th>") + body).header_rows == 2
    assert table(tr("<th>甲</th>", "乙") + body).header_rows is None
    assert table(body + body).header_rows is None
    foot = f"<tfoot>{tr('合', '计')}</tfoot>"
    assert [c.text for c in table(f"{foot}<tbody>{body}</tbody>").cells] == ["1", "2", "合", "计"]


def test_lines_of_a_cell() -> None:
    cell = "<td><p>一</p><p>&nbsp;</p><p><span>二</span><br>三</p><ol><li>四</li></ol></td>"
    assert table(tr(cell, "x") + tr("y", "z")).cells[0].lines == ("一", "", "二", "三", "1.四")


def test_hidden_rows_and_cells_are_not_there() -> None:
    rows = tr("a", "b") + "<tr style='display:none'><td>暗</td><td>暗</td></tr>" + tr("<td hidden>暗</td>", "c", "d")
    assert [c.text for c in table(rows).cells] == ["a", "b", "c", "d"]


def test_a_caption_is_the_title() -> None:
    found = read(
        f"<html><body><table><caption>测评细则</caption>{tr('甲', '乙')}</table></body></html>".encode(), "a.html"
    )
    assert isinstance(found.blocks[0], Paragraph)
    assert found.blocks[0].text == "测评细则"


@pytest.mark.parametrize(
    "outer",
    [
        "<table><tr><td>{}</td></tr></table>",
        "<table><tr><td>标题</td></tr><tr><td>{}</td></tr></table>",
        "<table><tr><td></td><td>{}</td></tr></table>",
        "<table><tr><td><table><tr><td>{}</td></tr></table></td></tr></table>",
    ],
)
def test_tables_that_only_arrange_the_page_are_opened(outer: str) -> None:
    inner = f"<table>{tr('甲', '乙') * 2}</table>"
    assert [[c.text for c in t.cells] for t in tables(outer.format(inner))] == [["甲", "乙"] * 2]


def test_cells_of_prose_are_no_table() -> None:
    prose = "".join(f"<p>第{i}条要认真落实各项工作任务。</p>" for i in range(12))
    assert len(texts(f"<table><tr><td>左边的话。</td><td>{prose}</td></tr></table>")) == 13
    assert len(tables(f"<table>{tr('序号', '测评标准')}{tr('1', f'<td>{prose}</td>')}</table>")) == 1


def test_a_table_in_a_cell_becomes_lines_of_the_cell() -> None:
    inner = f"<table>{tr('内1', '内2')}{tr('内3', '内4')}</table>"
    rows = tr(f"<td>前{inner}</td>", "旁边的一段较长的文字") + tr("下面的一段较长的文字", "末尾的一段较长的文字") * 3
    assert table(rows).cells[0].text == "前\n内1  内2\n内3  内4"


def test_broken_markup_is_mended_as_browsers_do() -> None:
    found = table("<tr><td>甲<td>乙<tr><td>丙<td>丁")
    assert [c.text for c in found.cells] == ["甲", "乙", "丙", "丁"]
    loose = table("<td>甲</td><td>乙</td><tr><td>丙</td><td>丁</td></tr>")
    assert (loose.n_rows, loose.n_cols) == (2, 2)


def test_a_table_beyond_the_limits_is_refused() -> None:
    data = f"<html><body><table>{tr('a', 'b', 'c') * 10}</table></body></html>".encode()
    with pytest.raises(Exception, match="10 行 3 列，超过上限"):
        read(data, "a.html", Limits(max_cells=29))
    with pytest.raises(Exception, match="超过 2 列"):
        read(data, "a.html", Limits(max_columns=2))
