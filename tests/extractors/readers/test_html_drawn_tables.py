"""Tables that a page draws with boxes: by styles, by roles, below a header of boxes, as grids and lists of terms."""

from __future__ import annotations

import pytest

from extractors.attachments import read
from extractors.document import Document, Paragraph

HEADER = ["检查内容", "分值", "责任部门"]
QUAY = [
    ["候船室每日清扫三遍，座椅完好。", "8", "客运站"],
    ["检票口设一米线，有人疏导。", "6", "港务科"],
    ["残疾人通道无堆物，标识清楚。", "6", "港务科、工会"],
    ["栈桥护栏每周巡查，台账齐全。", "5", "安全科"],
]
TABLE_STYLES = ".t{display:table}.r{display:table-row}.c{display:table-cell}"


def page(body: str, style: str = "") -> Document:
    letter = "<p>各科室：</p><p>现将检查表印发给你们，请认真落实。</p>"
    note = "<p>注：另有规定的从其规定。</p>"
    text = f"<html><head><style>{style}</style></head><body><div>{letter}{body}{note}</div></body></html>"
    return read(text.encode(), "通知.html")


def box(text: str, tag: str = "div", attributes: str = "") -> str:
    return f"<{tag} {attributes}>{text}</{tag}>"


def boxes(rows: list[list[str]], row: str = "", cell: str = "", tag: str = "div") -> str:
    return "".join(box("".join(box(text, tag, cell) for text in texts), "div", row) for texts in rows)


def rows_of(document: Document) -> list[list[str]]:
    (table,) = document.tables()
    rows = [[""] * table.n_cols for _ in range(table.n_rows)]
    for grid_cell in table.cells:
        rows[grid_cell.row][grid_cell.col] = grid_cell.text
    return rows


def test_styles_of_tables() -> None:
    plain = boxes([HEADER, *QUAY], 'style="display: table-row"', 'style="display:table-cell; border:1px"')
    assert rows_of(page(box(plain, attributes='style="display:table"'))) == [HEADER, *QUAY]
    named = boxes([["事", "几分", "谁"], *QUAY], 'class="r x"', 'class="c"')
    assert rows_of(page(box(named, attributes='class="t"'), TABLE_STYLES))[1:] == QUAY


def test_roles_and_their_spans() -> None:
    level = box("码头", attributes='role="rowheader" aria-rowspan="4"')
    lines = ["".join(box(text, "span", 'role="cell"') for text in row) for row in QUAY]
    rows = "".join(box(line, attributes='role="row"') for line in [level + lines[0], *lines[1:]])
    names = "".join(box(text, attributes='role="columnheader" class="header"') for text in ["类别", *HEADER])
    header = box(names, attributes='role="row"')
    document = page(box(box(header, "div", 'role="rowgroup"') + rows, "div", 'role="table"'))
    (table,) = document.tables()
    assert [cell.text for cell in table.cells][:4] == ["类别", *HEADER], "names of parts of a page drop no cell"
    assert [(cell.text, cell.row_span) for cell in table.cells if cell.row_span > 1] == [("码头", 4)]


@pytest.mark.parametrize(
    ("tag", "row", "outer"),
    [("div", "div", "div"), ("span", "li", "ul"), ("p", "div", "section"), ("em", "p", "div"), ("dd", "dl", "div")],
)
def test_boxes_below_a_header_of_known_words(tag: str, row: str, outer: str) -> None:
    rows = "".join(
        f"<{row}>\n" + "\n".join(box(text, tag) for text in texts) + f"\n</{row}>" for texts in [HEADER, *QUAY]
    )
    assert rows_of(page(f"<{outer}>{rows}</{outer}>")) == [HEADER, *QUAY]


def test_boxes_of_rows_beside_a_letter_without_a_box_around_them() -> None:
    cleared = boxes([[*row, ""] for row in [HEADER, *QUAY]], 'class="row"')
    document = page(cleared)
    assert rows_of(document) == [HEADER, *QUAY]
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)][-1] == "注：另有规定的从其规定。"


def test_header_and_rows_in_boxes_of_their_own_with_titles_between() -> None:
    body = box("一、客运", attributes='class="bar"') + boxes(QUAY[:2]) + "<h4>二、货运</h4>" + boxes(QUAY[2:])
    rows = rows_of(page(box("".join(map(box, HEADER))) + box(body)))
    assert [row[0] for row in rows] == [
        "检查内容",
        "一、客运",
        QUAY[0][0],
        QUAY[1][0],
        "二、货运",
        QUAY[2][0],
        QUAY[3][0],
    ]
    (table,) = page(box("".join(map(box, HEADER))) + box(body)).tables()
    assert [cell.col_span for cell in table.cells if cell.text.startswith(("一、", "二、"))] == [3, 3]


def test_a_level_beside_its_rows_reaches_over_them() -> None:
    groups = [("客运", QUAY[:2]), ("货运", QUAY[2:])]
    body = "".join(box(box(name) + box(boxes(rows))) for name, rows in groups)
    (table,) = page(box(boxes([["类别", *HEADER]]) + body)).tables()
    assert table.n_cols == 4
    assert [(cell.text, cell.row, cell.row_span) for cell in table.cells if cell.col == 0] == [
        ("类别", 0, 1), ("客运", 1, 2), ("货运", 3, 2),
    ]  # fmt: skip


def test_a_total_lacks_cells_and_a_header_again_begins_another_table() -> None:
    total = rows_of(page(box(boxes([HEADER, *QUAY, ["合计", "25"]]))))
    assert total[-1] == ["合计", "25", ""]
    document = page(boxes([HEADER, *QUAY[:2]]) + "<h3>货运</h3>" + boxes([HEADER, *QUAY[2:]]))
    assert [table.n_rows for table in document.tables()] == [3, 3]
    assert "货运" in [block.text for block in document.blocks if isinstance(block, Paragraph)]
    assert not document.notes


@pytest.mark.parametrize(
    ("columns", "bar"),
    [("3fr 1fr 1fr", "1 / -1"), ("repeat(3, 1fr)", "span 3"), ("repeat( 3,minmax(0,1fr))", "1/4")],
)
def test_cells_of_a_grid(columns: str, bar: str) -> None:
    cells = [*map(box, HEADER), box("客运", attributes=f'style="grid-column:{bar}"')]
    cells += [box(text) for row in QUAY for text in row]
    document = page(box("".join(cells), attributes='class="g"'), f".g{{display:grid;grid-template-columns:{columns}}}")
    assert [row[0] for row in rows_of(document)] == ["检查内容", "客运", *(row[0] for row in QUAY)]


def test_cells_of_a_grid_that_reach_down() -> None:
    cells = [*map(box, ["类别", *HEADER]), box("客运", attributes='style="grid-row:span 4"')]
    cells += [box(text) for row in QUAY for text in row]
    style = ".g{display:grid;grid-template-columns:1fr 3fr 1fr 1fr}"
    rows = rows_of(page(box("".join(cells), attributes='class="g"'), style))
    assert [row[1:] for row in rows] == [HEADER, *QUAY]


def test_terms_with_their_descriptions() -> None:
    terms = "".join(box(row[0], "dt") + "".join(box(text, "dd") for text in row[1:]) for row in [HEADER, *QUAY])
    assert rows_of(page(box(terms, "dl"))) == [HEADER, *QUAY]


def test_rows_of_sentences_are_a_table_whatever_its_words() -> None:
    rows = [["干啥", "几下", "谁来"], *QUAY]
    assert rows_of(page(box(boxes(rows)))) == rows
    assert not list(page(box(boxes(rows, tag="span"))).tables()), "pieces of running text"


LINKS = boxes(
    [[f"<a href='/{r}{c}'>栏目</a>" for c in range(4)] for r in range(5)],
    'style="display:table-row"',
    'style="display:table-cell"',
)
NEWS = boxes([["标题", "时间"], *([f"<a href='/{n}'>检查内容公布</a>", "5月6日"] for n in range(6))])
RUNS = "".join(
    box(f"<span>{number}、</span><span>各科室要高度重视，</span><span>抓好落实。</span>", "p")
    for number in "一二三四五六"
)
SECTIONS = "".join(
    box(f"<h3>责任单位</h3><p>检查内容</p><p>各科室要高度重视，抓好落实。{number}</p>") for number in "甲乙丙丁戊"
)
FRAME = boxes([["各科室要高度重视。", "<ul><li>抓好落实。</li></ul>"]], 'style="display:table-row"')


@pytest.mark.parametrize("body", [LINKS, NEWS, RUNS, SECTIONS, FRAME, boxes([["来源：", "市文明办", "5月6日"]])])
def test_what_looks_alike_is_no_table(body: str) -> None:
    assert not list(page(box(body)).tables())


def test_odd_rows_are_told() -> None:
    odd = page(box(boxes([HEADER, *QUAY, ["无障碍设施完好，有人巡查。", "安全科"]])))
    assert [note.rule for note in odd.notes] == ["cell_lines"]
    assert [table.n_rows for table in odd.tables()] == [5]
    short = boxes([HEADER, *(row[:2] for row in QUAY)], 'class="r"', 'class="c"')
    lost = page(box(short, attributes='class="t"'), TABLE_STYLES)
    assert [note.rule for note in lost.notes] == ["cell_lines"]
    assert not list(lost.tables())


def test_cells_that_nothing_tells_apart_are_told() -> None:
    document = page("".join(box(text) for row in [HEADER, *QUAY] for text in row))
    assert [note.rule for note in document.notes] == ["cell_lines"]


@pytest.mark.parametrize(
    ("style", "is_table"),
    [
        (TABLE_STYLES, True),
        (".t{display:table}/* .t{} */ .b > .r { display : TABLE-ROW !important } div.t .r>.c, .z {color:red}", True),
        ("#b .t{display:table}.t>div{display:table-row}.t div div{display:table-cell}", True),
        ("@media print{.t{display:table}.r{display:table-row}.c{display:table-cell}}", False),
        (".t:before{display:table}.r:after{display:table-row}.c::after{display:table-cell}", False),
        (f"{TABLE_STYLES}.t,div.r.r{{display:block}}.b .t .c{{display:inline}}", False),
        (".t{display:table", False),
    ],
)
def test_which_styles_count(style: str, is_table: bool) -> None:
    rows = boxes([["事", "几分"], ["扫地", "8"], ["擦窗", "6"]], 'class="r"', 'class="c"')
    document = page(f'<div class="b" id="b"><div class="t b">{rows}</div></div>', style)
    assert bool(list(document.tables())) == is_table


@pytest.mark.parametrize(
    "footer",
    ["<footer>{}</footer>", "<div class='footer'>{}</div>", "<div><div class='footer'><div>{}</div></div></div>"],
)
def test_a_footer_of_boxes_below_known_words_is_no_table(footer: str) -> None:
    rows = boxes([["责任部门", "联系人", "联系电话"], ["客运站", "", "值班室"], ["港务科", "", "总机"]])
    letter = box("各科室要对照检查表自查，当场能改的当场改，改不了的列出清单，写明时限。" * 4, "p")
    for body in (
        footer.format(rows),
        boxes([HEADER, *QUAY]) + footer.format(rows),
        footer.format(rows) + "<p>附：</p>",
    ):
        document = page(letter + body)
        assert [table.n_cols for table in document.tables()] == [3] * ("检查内容" in body)
        assert not document.notes
        assert not any("值班室" in block.text for block in document.blocks if isinstance(block, Paragraph))


def test_rows_with_names_of_parts_of_a_page_are_rows() -> None:
    header = boxes([HEADER], 'class="header"')
    total = box(boxes([["合计", "25", ""]]), "div", 'class="footer"')
    assert rows_of(page(header + boxes(QUAY) + total)) == [HEADER, *QUAY, ["合计", "25", ""]]
